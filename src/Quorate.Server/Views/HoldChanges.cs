using System.Data.Common;
using Quorate.Server.Transfers;

namespace Quorate.Server.Views;

/// <summary>What a page of events changes of the amounts that are kept, gathered to be written at once.</summary>
sealed class HoldChanges
{
    readonly Dictionary<string, string> wallets = new(StringComparer.Ordinal);
    readonly Dictionary<(string Transfer, string Reservation), Hold> holds = [];

    // Added: the row is new. Consumed: the time is to be set. Gone: given back.
    sealed record Hold(Reservation? Added, long? ConsumedAt, bool IsGone);

    /// <summary>Takes an event of a transfer; those of one in their order.</summary>
    internal void Add(string transfer, TransferEvent happened)
    {
        switch (happened)
        {
            case TransferEvent.Requested e:
                wallets[transfer] = e.Draft.Wallet.ToString();
                break;
            case TransferEvent.ReservationNoted { Reservation: { Asset: not null, Amount: not null } reservation }:
                holds[(transfer, reservation.Id)] = new(reservation, null, false);
                break;
            case TransferEvent.ReservationDecided e:
                var added = holds.GetValueOrDefault((transfer, e.Id))?.Added;
                holds[(transfer, e.Id)] = e.Outcome == ReservationOutcome.Consume ? new(added, Sql.Microseconds(e.At), false) : new(added, null, true);
                break;
        }
    }

    /// <summary>Writes what was gathered, and forgets it.</summary>
    internal async Task WriteAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        await transaction.RunManyAsync("INSERT INTO balance_wallets SELECT * FROM @rows", cancellation,
            new Column("transfer", wallets.Keys.ToArray()), new Column("wallet", wallets.Values.ToArray())).ConfigureAwait(false);

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

        var consumed = holds.Where(h => h.Value is { Added: null, IsGone: false }).ToArray();
        await transaction.RunManyAsync(
            "UPDATE balance_holds SET consumed_at = rows.consumed_at FROM @rows WHERE balance_holds.transfer = rows.transfer AND balance_holds.reservation = rows.reservation",
            cancellation, [.. Keys(consumed), new Column("consumed_at", consumed.Select(h => h.Value.ConsumedAt).ToArray())]).ConfigureAwait(false);

        await transaction.RunManyAsync(
            "DELETE FROM balance_holds WHERE (transfer, reservation) IN (SELECT rows.transfer, rows.reservation FROM @rows)", cancellation,
            Keys([.. holds.Where(h => h.Value is { Added: null, IsGone: true })])).ConfigureAwait(false);
        wallets.Clear();
        holds.Clear();
    }

    static Column[] Keys(KeyValuePair<(string Transfer, string Reservation), Hold>[] changed) =>
        [new("transfer", changed.Select(h => h.Key.Transfer).ToArray()), new("reservation", changed.Select(h => h.Key.Reservation).ToArray())];
}
