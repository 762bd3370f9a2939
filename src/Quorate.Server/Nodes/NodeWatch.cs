using System.Collections.Concurrent;
using Quorate.Policies;
using Quorate.Server.Store;
using Quorate.Server.Wallets;

namespace Quorate.Server.Nodes;

/// <summary>
/// Asks every node from time to time what it is and holds, and records what is new about wallets that the server knows.
/// </summary>
sealed class NodeWatch(ServerStore store, GenesisDocument genesis, NodeFleet nodes, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Wallets of one node that are looked at; what a node says beyond is its own affair.</summary>
    const int MaxWallets = 4_096;

    readonly ConcurrentDictionary<(int Node, string Wallet), NodeWallet> told = [];
    volatile IReadOnlyDictionary<int, NodeReport> latest = new Dictionary<int, NodeReport>();

    /// <summary>What nodes have said in the last round, by number; who did not answer is not there.</summary>
    internal IReadOnlyDictionary<int, NodeReport> Latest => latest;

    /// <summary>The deployment's nodes.</summary>
    internal int Count => genesis.Nodes.Length;

    /// <summary>
    /// How many it takes to sign for the wallet that takes most: the largest number that as many nodes report as a threshold,
    /// so that no few make it large; one where there is no wallet.
    /// </summary>
    internal int Needed => Enumerable.Range(1, genesis.Nodes.Length).LastOrDefault(
        t => latest.Values.Count(r => r.Wallets.Any(w => w.Keys.Any(k => k.Threshold >= t))) >= t, 1);

    /// <summary>One round over all nodes.</summary>
    internal async Task<IReadOnlyDictionary<int, NodeReport>> RunAsync(CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(genesis.Nodes.Select(async node =>
            (node.Number, Report: await nodes.ReportAsync(node.Id, timeout, cancellation).ConfigureAwait(false)))).ConfigureAwait(false);
        latest = answers.Where(a => a.Report is not null).ToDictionary(a => a.Number, a => a.Report!);
        foreach (var (number, report) in latest)
            foreach (var wallet in report.Wallets.Take(MaxWallets))
                await NoteAsync(number, wallet, cancellation).ConfigureAwait(false);
        return latest;
    }

    async Task NoteAsync(int node, NodeWallet wallet, CancellationToken cancellation)
    {
        if (told.TryGetValue((node, wallet.Name), out var before) && before.Epoch == wallet.Epoch && before.Keys.SequenceEqual(wallet.Keys))
            return;
        // A wallet that nobody has planned here is none of this server's.
        if (await store.OwnerAsync("wallet_name", wallet.Name, cancellation).ConfigureAwait(false) is not { } id)
            return;
        // Refused or not, it is said once: what a node claims falsely shows in its status.
        await store.Wallets.DoAsync(id, new WalletCommand.ReportKeys(time.GetUtcNow(), node, wallet.Epoch, wallet.Keys), cancellation: cancellation).ConfigureAwait(false);
        told[(node, wallet.Name)] = wallet;
    }
}
