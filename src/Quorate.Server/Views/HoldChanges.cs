using System.Data.Common;
using Quorate.Server.Transfers;

namespace Quorate.Server.Views;

/// <summary>What a page of events changes of the amounts that are kept, gathered to be written at once.</summary>
sealed class HoldChanges
{
    // The fee of a payment in another asset is kept beside the reservation that pays it.
    const string FeeOf = "/fee";

    readonly Dictionary<string, TransferDraft> drafts = new(StringComparer.Ordinal);
    readonly Dictionary<(string Transfer, string Reservation), Hold> holds = [];

    // Added: the row is new. Consumed: the time is to be set. Gone: given back.
    sealed record Hold(Reservation? Added, long? ConsumedAt, bool IsGone);

    /// <summary>Takes an event of a transfer; those of one in their order.</summary>
    internal void Add(string transfer, TransferEvent happened)
    {
        switch (happened)
        {
            case TransferEvent.Requested e:
                drafts[transfer] = e.Draft;
                break;
            case TransferEvent.ReservationNoted { Reservation: { Asset: not null, Amount: not null } reservation }:
                holds[(transfer, reservation.Id)] = new(reservation, null, false);
                break;
            case TransferEvent.ReservationDecided e:
                foreach (var key in ((string, string)[])[(transfer, e.Id), (transfer, e.Id + FeeOf)])
                {
                    var added = holds.GetValueOrDefault(key)?.Added;
                    holds[key] = e.Outcome == ReservationOutcome.Consume ? new(added, Sql.Microseconds(e.At), false) : new(added, null, true);
                }
                break;
        }
    }

    /// <summary>Writes what was gathered, and forgets it.</summary>
    internal async Task WriteAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        await transaction.RunManyAsync("INSERT INTO balance_wallets SELECT * FROM @rows", cancellation,
            new Column("transfer", drafts.Keys.ToArray()), new Column("wallet", drafts.Values.Select(d => d.Wallet.ToString()).ToArray()),
            new Column("fee_asset", drafts.Values.Select(d => d.MaxFee?.Asset.ToString()).ToArray()),
            new Column("fee_amount", drafts.Values.Select(d => d.MaxFee?.Amount.ToString()).ToArray())).ConfigureAwait(false);

        var added = holds.Where(h => h.Value is { Added: not null, IsGone: false }).ToArray();
        await transaction.RunManyAsync(
            """
            INSERT INTO balance_holds SELECT rows.transfer, rows.reservation, wallet, rows.asset, rows.amount, rows.consumed_at
            FROM @rows JOIN balance_wallets ON balance_wallets.transfer = rows.transfer
            """, cancellation,
            [
                .. Keys(added), new Column("asset", added.Select(h => h.Value.Added!.Asset!.ToString()).ToArray()),
                new Column("amount", added.Select(h => h.Value.Added!.Amount!.Value.ToString()).ToArray()), new Column("consumed_at", added.Select(h => h.Value.ConsumedAt).ToArray()),
            ]).ConfigureAwait(false);

        var paying = added.Where(h => h.Value.Added!.Kind == ReservationKind.Funds).ToArray();
        await transaction.RunManyAsync(
            $"""
            INSERT INTO balance_holds SELECT rows.transfer, rows.reservation || '{FeeOf}', wallet, fee_asset, fee_amount, rows.consumed_at
            FROM @rows JOIN balance_wallets ON balance_wallets.transfer = rows.transfer WHERE fee_asset IS NOT NULL AND fee_asset <> rows.asset
            """, cancellation,
            [
                .. Keys(paying), new Column("asset", paying.Select(h => h.Value.Added!.Asset!.ToString()).ToArray()),
                new Column("consumed_at", paying.Select(h => h.Value.ConsumedAt).ToArray()),
            ]).ConfigureAwait(false);

        var consumed = holds.Where(h => h.Value is { Added: null, IsGone: false }).ToArray();
        await transaction.RunManyAsync(
            "UPDATE balance_holds SET consumed_at = rows.consumed_at FROM @rows WHERE balance_holds.transfer = rows.transfer AND balance_holds.reservation = rows.reservation",
            cancellation, [.. Keys(consumed), new Column("consumed_at", consumed.Select(h => h.Value.ConsumedAt).ToArray())]).ConfigureAwait(false);

        await transaction.RunManyAsync(
            "DELETE FROM balance_holds WHERE (transfer, reservation) IN (SELECT rows.transfer, rows.reservation FROM @rows)", cancellation,
            Keys([.. holds.Where(h => h.Value is { Added: null, IsGone: true })])).ConfigureAwait(false);
        drafts.Clear();
        holds.Clear();
    }

    static Column[] Keys(KeyValuePair<(string Transfer, string Reservation), Hold>[] changed) =>
        [new("transfer", changed.Select(h => h.Key.Transfer).ToArray()), new("reservation", changed.Select(h => h.Key.Reservation).ToArray())];
}
