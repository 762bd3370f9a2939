using System.Collections.Immutable;
using Quorate.Policies;
using Quorate.Server.Store;
using Act = Quorate.Server.Acts.Act;

namespace Quorate.Server.Governance;

/// <summary>
/// Follows what administrators have decided: the server's copy of what is in force, and the acts to hand on. Acts are kept
/// in memory, and those alone are read anew that something has happened to.
/// </summary>
sealed class DeploymentBook(GenesisDocument genesis, ServerStore store)
{
    readonly Lock gate = new();
    readonly Dictionary<string, (Act Act, AdministrativeAct Document, long Version)> acts = new(StringComparer.Ordinal);
    volatile PinnedDeployment current = PinnedDeployment.Of(genesis);
    long seen;

    /// <summary>What is in force, as far as the server has seen.</summary>
    internal PinnedDeployment Current => current;

    /// <summary>The acts that a node has taken, in the order of their numbers.</summary>
    internal ImmutableArray<(Act Act, AdministrativeAct Document)> Taken => Select(a => a.IsTaken);

    /// <summary>The acts that have not ended, in the order of their numbers.</summary>
    internal ImmutableArray<(Act Act, AdministrativeAct Document)> Open => Select(a => a.EndReason is null);

    /// <summary>Reads what has happened to acts since the last time. One that a node has taken is in force, or will be everywhere.</summary>
    internal async Task RefreshAsync(CancellationToken cancellation)
    {
        long after;
        lock (gate)
            after = seen;
        var changed = await store.Index.ChangedAsync("act", after, cancellation).ConfigureAwait(false);
        if (changed.Count == 0)
            return;
        await ReadAsync(changed.Select(c => c.Id), cancellation).ConfigureAwait(false);
        lock (gate)
            seen = Math.Max(seen, changed[^1].Position);
    }

    /// <summary>Reads some acts anew, of which the index may not know yet that something has happened to them.</summary>
    internal async Task ReadAsync(IEnumerable<string> ids, CancellationToken cancellation)
    {
        foreach (var id in ids)
        {
            var (act, version) = await store.Acts.ReadAsync(id, cancellation).ConfigureAwait(false);
            lock (gate)
                // Somebody else may have read more of it meanwhile. The document of an act never changes.
                if (!acts.TryGetValue(id, out var known))
                    acts[id] = (act, AdministrativeAct.Parse(Documents.Utf8(act.Document)), version);
                else if (known.Version < version)
                    acts[id] = known with { Act = act, Version = version };
        }
        // Of two that read at once, the one that has read less must not have the last word.
        lock (gate)
            current = Taken.Aggregate(PinnedDeployment.Of(genesis), (pinned, act) => pinned.After(act.Document));
    }

    ImmutableArray<(Act Act, AdministrativeAct Document)> Select(Func<Act, bool> isWanted)
    {
        lock (gate)
            return [.. acts.Values.Where(a => isWanted(a.Act)).OrderBy(a => a.Document.Number).Select(a => (a.Act, a.Document))];
    }
}
