using System.Collections.Concurrent;
using System.Collections.Immutable;
using Quorate.Policies;
using Quorate.Server.Acts;
using Quorate.Server.Nodes;
using Quorate.Server.Store;
using Act = Quorate.Server.Acts.Act;

namespace Quorate.Server.Governance;

/// <summary>
/// Hands approved acts to nodes that have not taken them, all that one lacks at once: a node that was away catches up. What
/// a node says to it is recorded once.
/// </summary>
sealed class ActDelivery(ServerStore store, DeploymentBook deployment, NodeFleet nodes, TimeSpan timeout, TimeProvider time)
{
    readonly ConcurrentDictionary<(int Node, string Act), string> declined = [];

    /// <summary>One round over the nodes that have answered.</summary>
    /// <param name="reports">What they say of themselves, by number.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task RunAsync(IReadOnlyDictionary<int, NodeReport> reports, CancellationToken cancellation)
    {
        await deployment.RefreshAsync(cancellation).ConfigureAwait(false);
        var acts = deployment.Open;
        if (acts.IsEmpty)
            return;
        var noted = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var approved = Approved(acts);
        await Task.WhenAll(reports.Select(async report =>
        {
            var (number, node) = (report.Key, deployment.Current.Genesis.Nodes.First(n => n.Number == report.Key).Id);
            foreach (var (act, document) in acts.Where(a => a.Document.Number <= report.Value.Acts && !a.Act.TakenBy.Contains(number)))
                await NoteAsync(act, number, "", noted, cancellation).ConfigureAwait(false);
            var lacking = approved.Where(a => a.Document.Number > report.Value.Acts).ToArray();
            // What it lacks before these it can have from nobody else.
            if (lacking.Length == 0 || lacking[0].Document.Number != report.Value.Acts + 1)
                return;
            var answer = await nodes.TakeActsAsync(
                node, [.. lacking.Select(a => (a.Document.Canonical, (ReadOnlyMemory<byte>)Documents.Array(a.Act.Approvals)))], timeout, cancellation).ConfigureAwait(false);
            foreach (var (act, _) in lacking)
                await NoteAsync(act, number, answer, noted, cancellation).ConfigureAwait(false);
        })).ConfigureAwait(false);
        if (!noted.IsEmpty)
            await deployment.ReadAsync(noted.Keys, cancellation).ConfigureAwait(false);
    }

    // The acts that follow on what is in force and have as many signatures as it takes.
    List<(Act Act, AdministrativeAct Document)> Approved(ImmutableArray<(Act Act, AdministrativeAct Document)> acts)
    {
        var (pinned, now) = (PinnedDeployment.Of(deployment.Current.Genesis), time.GetUtcNow());
        var approved = new List<(Act, AdministrativeAct)>();
        foreach (var (act, document) in acts)
        {
            var asOf = now < document.ExpiresAt ? now : document.ExpiresAt.AddSeconds(-1);
            if (!act.IsTaken && pinned.Signers(document.Hash, document.ExpiresAt, Documents.Read(act.Approvals), asOf).Count < pinned.Administrators.Threshold)
                continue;
            var next = pinned.After(document);
            if (ReferenceEquals(next, pinned))
                continue;
            pinned = next;
            approved.Add((act, document));
        }
        return approved;
    }

    async Task NoteAsync(Act act, int node, string? answer, ConcurrentDictionary<string, bool> noted, CancellationToken cancellation)
    {
        var key = (node, act.Id.ToString());
        if (answer is "")
        {
            await store.Acts.DoAsync(key.Item2, new ActCommand.NoteTaken(time.GetUtcNow(), node), cancellation: cancellation).ConfigureAwait(false);
            noted[key.Item2] = true;
        }
        else if (answer is not null && (!declined.TryGetValue(key, out var before) || before != answer))
        {
            declined[key] = answer;
            await store.Acts.DoAsync(key.Item2, new ActCommand.NoteDeclined(time.GetUtcNow(), node, answer), cancellation: cancellation).ConfigureAwait(false);
        }
    }
}
