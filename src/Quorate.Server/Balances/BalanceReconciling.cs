using Quorate.Chains;
using Quorate.Server.Hosting;
using Quorate.Server.Store;
using Quorate.Server.Views;

namespace Quorate.Server.Balances;

/// <summary>
/// Asks the chains what wallets have, and records what they say: where it is another amount than before, where something is
/// kept, so that what final transfers have used up stops being so, and otherwise once in a while.
/// </summary>
sealed class BalanceReconciling(ServerStore store, IReadOnlyDictionary<ChainId, ChainConnection> chains, TimeSpan atLeastEvery, TimeProvider time)
{
    // Wallets as they were read last; those alone are read anew that something has happened to.
    readonly Dictionary<string, Wallets.Wallet> wallets = new(StringComparer.Ordinal);
    readonly Dictionary<string, (Amount Amount, DateTimeOffset At)> recorded = new(StringComparer.Ordinal);
    long seen;

    /// <summary>One round over all wallets, and one at a time. A chain whose node fails is left out, and said at the end.</summary>
    /// <exception cref="ChainException">A node failed; the others were asked.</exception>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        ChainException? failure = null;
        foreach (var (id, position) in await store.Index.ChangedAsync("wallet", seen, cancellation).ConfigureAwait(false))
            (wallets[id], seen) = ((await store.Wallets.ReadAsync(id, cancellation).ConfigureAwait(false)).State, position);
        var kept = await BalanceSheet.KeptAsync(store.ReadModels, cancellation).ConfigureAwait(false);
        foreach (var (id, wallet) in wallets)
        {
            foreach (var chain in wallet.Addresses.Select(a => a.Chain).Distinct())
            {
                if (!chains.TryGetValue(chain, out var connection))
                    continue;
                try
                {
                    foreach (var asset in connection.Assets)
                        await ReconcileAsync(wallet, connection, asset, kept[id].Contains(asset), cancellation).ConfigureAwait(false);
                }
                catch (ChainException problem)
                {
                    failure = problem;
                }
            }
        }
        if (failure is not null)
            throw failure;
    }

    async Task ReconcileAsync(Wallets.Wallet wallet, ChainConnection connection, AssetId asset, bool isKept, CancellationToken cancellation)
    {
        // The time before the question: what moves meanwhile is asked for the next time.
        var (at, name) = (time.GetUtcNow(), Balance.IdOf(wallet.Id, asset));
        var amount = await connection.BalanceAsync(wallet, asset, cancellation).ConfigureAwait(false);
        if (!isKept && recorded.TryGetValue(name, out var before) && before.Amount == amount && at - before.At < atLeastEvery)
            return;
        await store.Balances.DoAsync(name, new BalanceCommand.Reconcile(at, wallet.Id, asset, amount), cancellation: cancellation).ConfigureAwait(false);
        recorded[name] = (amount, at);
    }
}
