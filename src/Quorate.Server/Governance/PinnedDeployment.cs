using Quorate.Policies;

namespace Quorate.Server.Governance;

/// <summary>
/// What nodes have pinned, as the server follows it: the genesis document and the acts that a node has taken since. Nodes
/// decide by their own; this is to know what to gather before they are asked.
/// </summary>
/// <param name="Genesis">The genesis document.</param>
/// <param name="Policy">The policy in force.</param>
/// <param name="Membership">The membership in force.</param>
/// <param name="Administrators">Who decides.</param>
/// <param name="Acts">Acts taken.</param>
/// <param name="LastAct">What the next act has to name.</param>
/// <param name="Unfreezings">How many of them were unfreezings.</param>
sealed record PinnedDeployment(
    GenesisDocument Genesis, Policy Policy, Membership Membership, Administrators Administrators, ulong Acts, Digest LastAct, ulong Unfreezings)
{
    /// <summary>Before any act.</summary>
    internal static PinnedDeployment Of(GenesisDocument genesis) =>
        new(genesis, genesis.Policy, genesis.Membership, genesis.Administrators, 0, genesis.Hash, 0);

    /// <summary>After the next act; this where it is not the next.</summary>
    internal PinnedDeployment After(AdministrativeAct act)
    {
        if (act.Number != Acts + 1 || act.Previous != LastAct)
            return this;
        var changed = act.Change switch
        {
            Change.PolicyChange c => this with { Policy = c.Policy },
            Change.MembershipChange c => this with { Membership = c.Membership },
            Change.AdministratorsChange c => this with { Administrators = new(c.Threshold, [.. c.Members]) },
            _ => this with { Unfreezings = Unfreezings + 1 },
        };
        return changed with { Acts = act.Number, LastAct = act.Hash };
    }

    /// <summary>The administrators whose signatures of a document verify.</summary>
    internal IReadOnlyList<string> Signers(Digest document, DateTimeOffset expiresAt, IReadOnlyCollection<Approval> approvals, DateTimeOffset now) =>
        [.. ApprovalSet.Verify(document, expiresAt, approvals, Membership, PasskeyCounters.Empty, now).Approvers.Where(Administrators.Members.Contains)
            .Order(StringComparer.Ordinal)];
}
