using System.Collections.Immutable;
using Quorate.Policies;

namespace Quorate.Node.Governance;

/// <summary>An act with the signatures that came with it.</summary>
public sealed record ApprovedAct(AdministrativeAct Act, ImmutableArray<Approval> Approvals);

/// <summary>
/// Whether a node takes administrators' acts, docs/spec/governance.md: a pure function. Acts come as a list, so that a node
/// that was away catches up; only the last has to be unexpired, because it stands for those before it.
/// </summary>
static class ActChain
{
    /// <summary>Acts taken at once.</summary>
    internal const int MaxLength = 256;

    /// <summary>Takes the acts that are new.</summary>
    /// <param name="state">What the node has pinned.</param>
    /// <param name="acts">A chain; may begin with acts that the node has taken.</param>
    /// <param name="now">The time.</param>
    /// <returns>The events to record, in order; or why not, in words, and then none.</returns>
    internal static (ImmutableArray<NodeEvent> Events, string? Problem) Take(NodeState state, IReadOnlyList<ApprovedAct> acts, DateTimeOffset now)
    {
        if (state.Genesis is null)
            return Refuse("No deployment is installed.");
        if (acts.Count is 0 or > MaxLength)
            return Refuse($"{acts.Count} acts; 1 to {MaxLength} are taken at once.");
        if (now >= acts[^1].Act.ExpiresAt)
            return Refuse($"{acts[^1].Act} expired at {acts[^1].Act.ExpiresAt:u}.");
        var events = ImmutableArray.CreateBuilder<NodeEvent>();
        foreach (var (act, approvals) in acts.SkipWhile(a => a.Act.Number <= state.Acts))
        {
            // Whoever could sign when it was good counts; that it was not withheld is what the last act says.
            var asOf = now < act.ExpiresAt ? now : act.ExpiresAt.AddSeconds(-1);
            if (NotApproved(state, act, approvals, asOf, out var verified) is { } missing)
                return Refuse(missing);
            if (Unsafe(state, act.Change, asOf) is { } problem)
                return Refuse($"{act}: {problem}");
            var happened = new NodeEvent.ActAccepted(
                state.TimeToRecord(now), NodeEvent.Json(act.Canonical), NodeEvent.Json(ApprovalJson.Write(approvals)),
                PasskeyUse.Of(verified));
            events.Add(happened);
            state = state.Evolve(happened);
        }
        return (events.ToImmutable(), null);
    }

    /// <summary>Whether an act is the next one and has the signatures of as many administrators as it takes.</summary>
    /// <returns>Null where it has; otherwise what is missing.</returns>
    internal static string? NotApproved(NodeState state, AdministrativeAct act, ImmutableArray<Approval> approvals, DateTimeOffset asOf, out ApprovalSet verified)
    {
        verified = ApprovalSet.Verify(act.Hash, act.ExpiresAt, [.. approvals.Take(ApprovalSet.MaxApprovals)], state.Membership!, state.Passkeys, asOf);
        if (act.Number != state.Acts + 1 || act.Previous != state.LastAct)
            return $"{act} does not follow act {state.Acts} ({state.LastAct}).";
        if (approvals.Length > ApprovalSet.MaxApprovals)
            return $"{act} comes with {approvals.Length} approvals; at most {ApprovalSet.MaxApprovals} are read.";
        var count = verified.Approvers.Count(state.Administrators!.Members.Contains);
        return count < state.Administrators.Threshold
            ? $"{act} has the signatures of {count} administrators; it takes {state.Administrators.Threshold}."
            : null;
    }

    static string? Unsafe(NodeState state, Change change, DateTimeOffset now) => change switch
    {
        Change.PolicyChange c when c.Policy.FindBackdated(state.Policy!, now) is [var first, ..] =>
            $"the address book's entry {first} is new and says it is older, so that it would skip its activation delay.",
        Change.MembershipChange c => UnableToApprove(state.Administrators!.Threshold, state.Administrators.Members, c.Membership),
        Change.AdministratorsChange c when state.Genesis!.Mode == DeploymentMode.Production && c.Threshold < 2 =>
            "in production every act takes at least two administrators.",
        Change.AdministratorsChange c => UnableToApprove(c.Threshold, c.Members, state.Membership!),
        Change.Unfreeze c when !state.Frozen.Contains(c.Scope) => $"{c.Scope} is not frozen.",
        _ => null,
    };

    // An act after which no act is possible would be the last.
    static string? UnableToApprove(int threshold, IEnumerable<string> administrators, Membership membership) =>
        administrators.Count(membership.CanApprove) < threshold ? $"fewer than {threshold} administrators would have a device." : null;

    static (ImmutableArray<NodeEvent>, string?) Refuse(string problem) => ([], problem);
}
