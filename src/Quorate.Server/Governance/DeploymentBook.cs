using Quorate.Policies;
using Quorate.Server.Store;
using Act = Quorate.Server.Acts.Act;

namespace Quorate.Server.Governance;

/// <summary>Follows what administrators have decided: the server's copy of what is in force, and the acts to hand on.</summary>
sealed class DeploymentBook(GenesisDocument genesis, ServerStore store)
{
    readonly Dictionary<string, AdministrativeAct> documents = new(StringComparer.Ordinal);
    volatile PinnedDeployment current = PinnedDeployment.Of(genesis);

    /// <summary>What is in force, as far as the server has seen.</summary>
    internal PinnedDeployment Current => current;

    /// <summary>Reads the acts anew. One that a node has taken is in force, or will be everywhere.</summary>
    /// <returns>The acts that have not ended, in the order of their numbers.</returns>
    internal async Task<IReadOnlyList<(Act Act, AdministrativeAct Document)>> RefreshAsync(CancellationToken cancellation)
    {
        var acts = new List<(Act Act, AdministrativeAct Document)>();
        foreach (var id in await store.Index.AllAsync("act", isOpenOnly: false, cancellation).ConfigureAwait(false))
        {
            var act = (await store.Acts.ReadAsync(id, cancellation).ConfigureAwait(false)).State;
            AdministrativeAct? document;
            lock (documents)
                if (!documents.TryGetValue(id, out document))
                    documents[id] = document = AdministrativeAct.Parse(Documents.Utf8(act.Document));
            acts.Add((act, document));
        }
        acts.Sort((a, b) => a.Document.Number.CompareTo(b.Document.Number));
        current = acts.Where(a => a.Act.IsTaken).Aggregate(PinnedDeployment.Of(genesis), (pinned, act) => pinned.After(act.Document));
        return [.. acts.Where(a => a.Act.EndReason is null)];
    }
}
