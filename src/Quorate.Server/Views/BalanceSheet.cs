using System.Data.Common;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Balances;
using Quorate.Server.Transfers;

namespace Quorate.Server.Views;

/// <summary>A wallet's balance of an asset.</summary>
/// <param name="Asset">Of what.</param>
/// <param name="OnChain">What the chain said when it was asked last.</param>
/// <param name="Pending">What transfers keep for themselves, or have spent since the chain was asked.</param>
/// <param name="Available">The rest; zero where more is kept than there is.</param>
/// <param name="ReconciledAt">When the chain was asked; null where it never was.</param>
/// <param name="Unexplained">How much less the chain had, when it was asked last, than followed from what was known; zero where it agreed.</param>
sealed record BalanceLine(AssetId Asset, Amount OnChain, Amount Pending, Amount Available, DateTimeOffset? ReconciledAt, Amount Unexplained);

/// <summary>
/// Balances: what the chain said, less what is kept. A reservation counts from when it is noted until it is given back, or
/// until the chain was asked after it was used up, so that no amount is ever available twice.
/// </summary>
sealed class BalanceSheet : IProjection
{
    /// <inheritdoc/>
    public string Name => "balances";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var sql in (string[])
        [
            "DROP TABLE IF EXISTS balances",
            "CREATE TABLE balances (wallet TEXT NOT NULL, asset TEXT NOT NULL, on_chain TEXT NOT NULL, reconciled_at BIGINT NOT NULL, unexplained TEXT NOT NULL, PRIMARY KEY (wallet, asset))",
            "DROP TABLE IF EXISTS balance_wallets",
            "CREATE TABLE balance_wallets (transfer TEXT PRIMARY KEY, wallet TEXT NOT NULL, fee_asset TEXT, fee_amount TEXT)",
            "DROP TABLE IF EXISTS balance_holds",
            "CREATE TABLE balance_holds (transfer TEXT NOT NULL, reservation TEXT NOT NULL, wallet TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, consumed_at BIGINT, PRIMARY KEY (transfer, reservation))",
            "CREATE INDEX balance_holds_by_wallet ON balance_holds (wallet, asset)",
        ])
            await transaction.RunAsync(sql, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        var changes = new HoldChanges();
        foreach (var recorded in events)
        {
            var slash = recorded.Stream.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
                continue;
            var (kind, id) = (recorded.Stream[..slash], recorded.Stream[(slash + 1)..]);
            if (kind == "transfer" && recorded.Type is "transfer-requested" or "transfer-reservation-noted" or "transfer-reservation-decided")
                changes.Add(id, TransferEvent.Catalog.Decode(recorded));
            else if (kind == "balance" && BalanceEvent.Catalog.Decode(recorded) is BalanceEvent.BalanceReconciled reconciled)
            {
                // What the chain said counts against what was kept before it, not after.
                await changes.WriteAsync(transaction, cancellation).ConfigureAwait(false);
                await ReconcileAsync(transaction, reconciled, cancellation).ConfigureAwait(false);
            }
        }
        await changes.WriteAsync(transaction, cancellation).ConfigureAwait(false);
    }

    static async Task ReconcileAsync(DbTransaction transaction, BalanceEvent.BalanceReconciled e, CancellationToken cancellation)
    {
        (string, object?)[] key = [("wallet", e.Wallet.ToString()), ("asset", e.Asset.ToString()), ("at", Sql.Microseconds(e.At))];
        var connection = transaction.Connection!;
        var before = await Amounts("SELECT on_chain FROM balances WHERE wallet = @wallet AND asset = @asset AND reconciled_at < @at").ConfigureAwait(false);
        var spent = Sum(await Amounts("SELECT amount FROM balance_holds WHERE wallet = @wallet AND asset = @asset AND consumed_at < @at").ConfigureAwait(false));
        // What is kept and not used up yet may be in a block that is not final: the chain may have that much less, and no less.
        var kept = Sum(await Amounts("SELECT amount FROM balance_holds WHERE wallet = @wallet AND asset = @asset AND (consumed_at IS NULL OR consumed_at >= @at)").ConfigureAwait(false));
        var expected = before.Count == 0 || before[0] < spent + kept ? Amount.Zero : before[0] - spent - kept;
        await transaction.RunAsync("DELETE FROM balance_holds WHERE wallet = @wallet AND asset = @asset AND consumed_at < @at", cancellation, key).ConfigureAwait(false);
        await transaction.RunAsync(
            """
            INSERT INTO balances VALUES (@wallet, @asset, @on_chain, @at, @unexplained)
            ON CONFLICT (wallet, asset) DO UPDATE SET on_chain = excluded.on_chain, reconciled_at = excluded.reconciled_at, unexplained = excluded.unexplained
            """, cancellation,
            [.. key, ("on_chain", e.OnChain.ToString()), ("unexplained", (e.OnChain < expected ? expected - e.OnChain : Amount.Zero).ToString())]).ConfigureAwait(false);

        async Task<List<Amount>> Amounts(string sql)
        {
            await using var command = Sql.Command(connection, transaction, sql, key);
            await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            var amounts = new List<Amount>();
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                amounts.Add(Amount.Parse(reader.GetString(0)));
            return amounts;
        }
    }

    /// <summary>The assets of which something is kept for transfers that are under way, or was used up since the chain was asked, by wallet.</summary>
    internal static async Task<ILookup<string, AssetId>> KeptAsync(DbDataSource readModels, CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var kept = await connection.QueryAsync("SELECT DISTINCT wallet, asset FROM balance_holds WHERE amount <> '0'", r => (Wallet: r.GetString(0), Asset: r.GetString(1)), cancellation).ConfigureAwait(false);
        return kept.ToLookup(k => k.Wallet, k => AssetId.Parse(k.Asset), StringComparer.Ordinal);
    }

    /// <summary>All balances of a wallet, by asset.</summary>
    internal static async Task<IReadOnlyList<BalanceLine>> ReadAsync(DbDataSource readModels, string wallet, CancellationToken cancellation = default)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var seen = await connection.QueryAsync("SELECT asset, on_chain, reconciled_at, unexplained FROM balances WHERE wallet = @wallet",
            r => (Asset: r.GetString(0), OnChain: Amount.Parse(r.GetString(1)), At: Sql.Time(r.GetInt64(2)), Unexplained: Amount.Parse(r.GetString(3))),
            cancellation, ("wallet", wallet)).ConfigureAwait(false);
        var holds = await connection.QueryAsync("SELECT asset, amount FROM balance_holds WHERE wallet = @wallet",
            r => (Asset: r.GetString(0), Amount: Amount.Parse(r.GetString(1))), cancellation, ("wallet", wallet)).ConfigureAwait(false);
        var pending = holds.GroupBy(h => h.Asset, StringComparer.Ordinal).ToDictionary(g => g.Key, g => Sum(g.Select(h => h.Amount)), StringComparer.Ordinal);
        return
        [
            .. seen.Select(s => s.Asset).Union(pending.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(asset =>
            {
                var line = seen.Find(s => s.Asset == asset);
                var kept = pending.GetValueOrDefault(asset);
                var known = line.Asset is not null;
                return new BalanceLine(AssetId.Parse(asset), line.OnChain, kept, line.OnChain > kept ? line.OnChain - kept : Amount.Zero, known ? line.At : null, line.Unexplained);
            }),
        ];
    }

    static Amount Sum(IEnumerable<Amount> amounts) => amounts.Aggregate(Amount.Zero, (sum, next) => sum + next);
}
