using System.Collections.Concurrent;
using System.Collections.Immutable;
using Quorate.Policies;
using Quorate.Server.Governance;
using Quorate.Server.Nodes;
using Quorate.Server.Store;

namespace Quorate.Server.Ceremonies;

/// <summary>
/// Has orders carried out that enough administrators have signed: asks a node to lead, follows it, and asks another where
/// one fails. Nodes decide, and remember an order's id for ever, so whatever is asked twice is done once.
/// </summary>
sealed class CeremonyLeading(ServerStore store, DeploymentBook deployment, NodeWatch watch, INodeLine line, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Nodes that are asked to lead one order, one after the other; each makes several attempts of its own.</summary>
    internal const int MaxLeads = 8;

    /// <summary>How long after a node has failed with it another one is asked; doubled each time.</summary>
    static readonly TimeSpan firstRest = TimeSpan.FromSeconds(2);

    // In memory: a server that begins anew asks at once.
    readonly ConcurrentDictionary<string, DateTimeOffset> resting = new(StringComparer.Ordinal);

    /// <summary>One round over the orders that have not ended.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        var open = await store.Index.AllAsync("ceremony", isOpenOnly: true, cancellation).ConfigureAwait(false);
        await Task.WhenAll(open.Select(id => RunAsync(id, cancellation))).ConfigureAwait(false);
    }

    async Task RunAsync(string id, CancellationToken cancellation)
    {
        var order = (await store.Ceremonies.ReadAsync(id, cancellation).ConfigureAwait(false)).State;
        if (order.Outcome is not null)
            return;
        if (order.Lead is { } lead)
            await FollowAsync(id, order, lead, cancellation).ConfigureAwait(false);
        else if (time.GetUtcNow() >= order.ExpiresAt)
            await EndAsync(id, isDone: false, "its time ran out", cancellation).ConfigureAwait(false);
        else if ((!resting.TryGetValue(id, out var until) || time.GetUtcNow() >= until) && Signers(order).Count >= deployment.Current.Administrators.Threshold)
            await LeadAsync(id, order, cancellation).ConfigureAwait(false);
    }

    /// <summary>The administrators who have signed it.</summary>
    internal IReadOnlyList<string> Signers(CeremonyCase order) =>
        deployment.Current.Signers(order.Hash, order.ExpiresAt, Documents.Read(order.Approvals), time.GetUtcNow());

    async Task LeadAsync(string id, CeremonyCase order, CancellationToken cancellation)
    {
        if (order.Attempts >= MaxLeads)
        {
            await EndAsync(id, isDone: false, $"{MaxLeads} nodes have led it and none brought it to an end", cancellation).ConfigureAwait(false);
            return;
        }
        // Who is away has not failed with it.
        NodeEntry[] candidates = [.. Candidates(CeremonyOrder.Parse(Documents.Utf8(order.Order)).Ceremony).Where(n => watch.Latest.ContainsKey(n.Number))];
        if (candidates.Length == 0)
            return;
        var node = candidates[order.Attempts % candidates.Length];
        // First it is written down who leads, then it is asked: a server that dies between asks the same one again.
        if ((await store.Ceremonies.DoAsync(id, new CeremonyCommand.Lead(time.GetUtcNow(), node.Number), cancellation: cancellation).ConfigureAwait(false)).IsAccepted)
            await FollowAsync(id, order, node.Number, cancellation).ConfigureAwait(false);
    }

    async Task FollowAsync(string id, CeremonyCase order, int lead, CancellationToken cancellation)
    {
        var node = deployment.Current.Genesis.Nodes.First(n => n.Number == lead);
        // Asked to lead what it leads already, a node says how that goes on.
        var report = await line.CeremonyAsync(node.Id, order.OrderId, timeout, cancellation).ConfigureAwait(false);
        if (report is null or { IsLeading: false, Outcome: "" })
            report = await line.LeadAsync(node.Id, Documents.Utf8(order.Order), Documents.Array(order.Approvals), timeout, cancellation).ConfigureAwait(false);
        if (report is { IsCompleted: true })
            await EndAsync(id, isDone: true, "completed", cancellation).ConfigureAwait(false);
        else if (report is null || report.Refused.Length > 0)
            await FailAsync(id, order, lead, report?.Refused ?? $"{node.Name} does not answer", [], cancellation).ConfigureAwait(false);
        else if (!report.IsLeading)
            await FailAsync(id, order, lead, report.Fault.Length > 0 ? report.Fault : report.Outcome, report.Culprits, cancellation).ConfigureAwait(false);
    }

    // Who takes part can lead; of a new committee and an old one, whoever is in the new one.
    ImmutableArray<NodeEntry> Candidates(Ceremony ceremony)
    {
        var all = deployment.Current.Genesis.Nodes;
        ImmutableArray<string> named = ceremony switch
        {
            Ceremony.CreateWallet c => c.Nodes,
            Ceremony.Reshare c => c.Nodes,
            Ceremony.ImportKey c => c.Nodes,
            Ceremony.Backup c => c.Nodes,
            _ => [],
        };
        ImmutableArray<NodeEntry> able = [.. all.Where(n => named.Contains(n.Name))];
        return able.IsEmpty ? all : able;
    }

    async Task FailAsync(string id, CeremonyCase order, int lead, string fault, ImmutableArray<string> culprits, CancellationToken cancellation)
    {
        ImmutableArray<int> numbers = [.. deployment.Current.Genesis.Nodes.Where(n => culprits.Contains(n.Name)).Select(n => n.Number)];
        resting[id] = time.GetUtcNow() + firstRest * (1 << Math.Min(order.Attempts, MaxLeads));
        await store.Ceremonies.DoAsync(
            id, new CeremonyCommand.NoteFailed(time.GetUtcNow(), lead, fault.Length > 0 ? fault : "no reason given", numbers), cancellation: cancellation).ConfigureAwait(false);
    }

    async Task EndAsync(string id, bool isDone, string outcome, CancellationToken cancellation)
    {
        resting.TryRemove(id, out _);
        await store.Ceremonies.DoAsync(id, new CeremonyCommand.End(time.GetUtcNow(), isDone, outcome), cancellation: cancellation).ConfigureAwait(false);
    }
}
