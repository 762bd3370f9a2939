using Quorate.Journal;
using Quorate.Policies;

namespace Quorate.Node.Governance;

/// <summary>
/// Who may change what, at one node: the operator installs the deployment, administrators act by quorum, any one of them can
/// freeze. Refusals are words, null is success, and nothing holds before it is on disk.
/// </summary>
sealed class NodeGovernance(NodeJournal journal, NodeId me, TimeProvider time)
{
    /// <summary>Pins the deployment. Once, for ever: another one is another node.</summary>
    internal async Task<string?> InstallAsync(GenesisDocument genesis, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        if (journal.State.Genesis is { } installed)
            return installed.Hash == genesis.Hash ? null : $"The node belongs to the deployment {installed.Hash}, for ever.";
        if (genesis.Find(me) is null)
            return $"The document does not name this node, {me}.";
        await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion,
            new NodeEvent.GenesisInstalled(time.GetUtcNow().ToUnixTimeSeconds(), NodeEvent.Json(genesis.Canonical), me.ToString()), cancellation)
            .ConfigureAwait(false);
        return null;
    }

    /// <summary>Takes administrators' acts, all or none.</summary>
    internal async Task<string?> TakeAsync(IReadOnlyList<ApprovedAct> acts, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        if (journal.State.Now(time.GetUtcNow()) is not { } now)
            return "The clock is behind the journal.";
        var (events, problem) = ActChain.Take(journal.State, acts, now);
        if (events.Length > 0)
            await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, [.. events], cancellation).ConfigureAwait(false);
        return problem;
    }

    /// <summary>Stops a wallet or everything, by one administrator's order.</summary>
    internal async Task<string?> FreezeAsync(FreezeOrder order, Approval approval, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        var state = journal.State;
        if (state.Genesis?.Hash != order.Deployment)
            return "The order is for another deployment.";
        if (order.Unfreezings < state.Unfreezings)
            return $"The order is older than the last of {state.Unfreezings} unfreezings.";
        // A clock that is wrong keeps nobody from stopping: the time that counts is never before what is recorded.
        var now = DateTimeOffset.FromUnixTimeSeconds(state.TimeToRecord(time.GetUtcNow()));
        var verified = ApprovalSet.Verify(order.Hash, DateTimeOffset.MaxValue, [approval], state.Membership!, state.Passkeys, now);
        if (!verified.Approvers.Any(state.Administrators!.Members.Contains))
            return verified.Refused is [var refused] ? $"The signature does not count: {refused.Fault}." : "Only administrators freeze.";
        if (state.Frozen.Contains(order.Scope))
            return null;
        await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion,
            new NodeEvent.Frozen(now.ToUnixTimeSeconds(), order.Scope, approval.Member, order.Reason, NodeEvent.Json(ApprovalJson.Write([approval])),
                PasskeyUse.Of(verified)), cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>Stops a wallet or everything at this node, by its operator.</summary>
    internal async Task FreezeByOperatorAsync(string scope, string reason, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        if (!journal.State.Frozen.Contains(scope))
            await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion,
                new NodeEvent.Frozen(journal.State.TimeToRecord(time.GetUtcNow()), scope, "", reason, null, []), cancellation).ConfigureAwait(false);
    }
}
