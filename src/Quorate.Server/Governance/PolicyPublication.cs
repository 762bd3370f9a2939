using System.Collections.Concurrent;
using Quorate.Server.Acts;
using Quorate.Server.PolicyDrafts;
using Quorate.Server.Store;

namespace Quorate.Server.Governance;

/// <summary>Notes that a draft is in force as soon as a node has taken the act that it was proposed by. Decides nothing.</summary>
sealed class PolicyPublication(ServerStore store, DeploymentBook deployment, TimeProvider time)
{
    readonly ConcurrentDictionary<string, bool> noted = new(StringComparer.Ordinal);

    /// <summary>One round over the acts that nodes have taken; each is looked at once.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var (act, _) in deployment.Taken.Where(a => a.Act.Kind == ChangeKind.Policy && !noted.ContainsKey(a.Act.Id.ToString())))
        {
            // An act that came from elsewhere than a draft is nobody's.
            if (await store.OwnerAsync(PolicyDraft.ActSpace, act.Id.ToString(), cancellation).ConfigureAwait(false) is { } draft)
                await store.Policies.DoAsync(draft, new PolicyDraftCommand.NotePublished(time.GetUtcNow(), act.Id), cancellation: cancellation).ConfigureAwait(false);
            noted[act.Id.ToString()] = true;
        }
    }
}
