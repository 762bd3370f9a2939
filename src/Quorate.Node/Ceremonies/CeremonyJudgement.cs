using System.Collections.Immutable;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>Why a node takes no part in a ceremony.</summary>
public enum CeremonyRefusal
{
    /// <summary>The clock is too far behind the journal.</summary>
    ClockWentBack = 1,

    /// <summary>No genesis document is installed.</summary>
    NoGenesis,

    /// <summary>The order is for another deployment.</summary>
    WrongDeployment,

    /// <summary>The id belongs to another order, or its ceremony has ended.</summary>
    IdUsed,

    /// <summary>The order has expired.</summary>
    Expired,

    /// <summary>The order is good for longer than orders may be.</summary>
    ExpiresTooLate,

    /// <summary>Too few administrators have signed it.</summary>
    NotApproved,

    /// <summary>The order names a node that the deployment has not, or keys that the wallet has not.</summary>
    UnknownNodeOrKey,

    /// <summary>This node has no part in it.</summary>
    NotConcerned,

    /// <summary>The wallet is stopped, or everything is.</summary>
    Frozen,

    /// <summary>There is such a wallet, or there may soon be.</summary>
    WalletExists,

    /// <summary>This node knows no such wallet.</summary>
    UnknownWallet,

    /// <summary>The wallet is in another epoch.</summary>
    WrongEpoch,

    /// <summary>Too many ceremonies are open.</summary>
    TooMany,

    /// <summary>The attempt is not one that this node can join: its number, its epoch, its keys, or who deals.</summary>
    WrongPlan,

    /// <summary>An attempt that this node has attested may yet be certified.</summary>
    Unsettled,

    /// <summary>The attempt needs something of this node that it has not: a share, a key to import, a place for a backup.</summary>
    NotPrepared,
}

/// <summary>A refusal, in words as well.</summary>
public sealed record CeremonyRefused(CeremonyRefusal Reason, string Detail)
{
    /// <summary>Reason and detail.</summary>
    public override string ToString() => $"{Reason}: {Detail}";
}

/// <summary>
/// Whether a node takes part in a ceremony, docs/spec/ceremonies.md: pure functions of what it has pinned and recorded, the
/// order and the time.
/// </summary>
static class CeremonyJudgement
{
    /// <summary>Ceremonies that are allowed and have not ended. Each is held in memory, with its approvals.</summary>
    internal const int MaxOpen = 32;

    /// <summary>The longest list of approvals, as JSON: order and approvals fit a letter, and an event.</summary>
    internal const int MaxApprovals = 256 << 10;

    /// <summary>Judges an order when it is first shown.</summary>
    /// <param name="state">What the node has pinned.</param>
    /// <param name="before">What it has recorded under the order's id.</param>
    /// <param name="order">The order.</param>
    /// <param name="approvals">The approvals, as JSON that has been read.</param>
    /// <param name="clock">The node's clock.</param>
    /// <param name="isHeld">
    /// Whether a certificate came with it, or the question for one: then it counts as of its last second, because whoever
    /// was away learns of it late.
    /// </param>
    /// <returns>The refusal; or null, and the event to record where it is not recorded yet.</returns>
    internal static (CeremonyRefused? Refused, NodeEvent? Record) Admit(
        NodeState state, CeremonyState before, CeremonyOrder order, ImmutableArray<Approval> approvals, DateTimeOffset clock, bool isHeld)
    {
        if (state.Now(clock) is not { } now)
            return Refuse(CeremonyRefusal.ClockWentBack, "The clock is behind the journal.");
        if (state.Genesis is not { } genesis)
            return Refuse(CeremonyRefusal.NoGenesis, "No genesis document is installed.");
        if (order.Deployment != genesis.Hash)
            return Refuse(CeremonyRefusal.WrongDeployment, "The order is for another deployment.");
        if (before.Hash is { } known)
            return known == order.Hash ? (null, null) : Refuse(CeremonyRefusal.IdUsed, $"{order.Id} is another order's.");
        if (now >= order.ExpiresAt)
        {
            if (!isHeld)
                return Refuse(CeremonyRefusal.Expired, $"The order expired at {order.ExpiresAt:u}.");
            now = order.ExpiresAt.AddSeconds(-1);
        }
        if (order.ExpiresAt - now > CeremonyOrder.MaxLifetime)
            return Refuse(CeremonyRefusal.ExpiresTooLate, $"An order is good for {CeremonyOrder.MaxLifetime.Days} days.");
        if (Verify(state, order, approvals, now, out var verified) is { } problem)
            return Refuse(CeremonyRefusal.NotApproved, problem);
        if (Standing(state, order, now, isHeld) is { } refused)
            return (refused, null);
        if (state.Ceremonies.Count >= MaxOpen)
            return Refuse(CeremonyRefusal.TooMany, $"{MaxOpen} ceremonies are open.");
        return (null, new NodeEvent.CeremonyAllowed(
            state.TimeToRecord(clock), order.Id, NodeEvent.Json(order.Canonical), NodeEvent.Json(ApprovalJson.Write(approvals)), PasskeyUse.Of(verified!)));
    }

    /// <summary>Whether an order that was allowed may be carried out now.</summary>
    internal static CeremonyRefused? Standing(NodeState state, CeremonyOrder order, DateTimeOffset now, bool isHeld = false)
    {
        static CeremonyRefused No(CeremonyRefusal reason, string detail) => new(reason, detail);

        if (now >= order.ExpiresAt)
            return No(CeremonyRefusal.Expired, $"The order expired at {order.ExpiresAt:u}.");
        // A refresh changes nobody's power, and is what a theft that was frozen calls for.
        if (!isHeld && order.Ceremony is not Ceremony.Refresh
            && (order.Ceremony.WalletName is { } name ? state.IsFrozen(name) : state.Frozen.Contains(AdministrativeAct.Everything)))
            return No(CeremonyRefusal.Frozen, "It is frozen.");
        var wallet = order.Ceremony.WalletName is { } named ? state.Wallets.GetValueOrDefault(named) : null;
        if (CeremonyRoster.Of(order, state.Genesis!, wallet) is not { } roster)
            return order.Ceremony is Ceremony.Refresh && wallet is null
                ? No(CeremonyRefusal.UnknownWallet, $"This node knows no wallet {order.Ceremony.WalletName}.")
                : No(CeremonyRefusal.UnknownNodeOrKey, "The order names nodes that are none of the deployment's, or keys that are none of the wallet's.");
        if (!roster.Everybody.Contains(new(state.Me!.Number)))
            return wallet is null && order.Ceremony is Ceremony.Repair
                ? No(CeremonyRefusal.UnknownWallet, $"This node knows no wallet {order.Ceremony.WalletName}.")
                : No(CeremonyRefusal.NotConcerned, "This node has no part in it.");
        return order.Ceremony switch
        {
            Ceremony.CreateWallet or Ceremony.ImportKey when wallet is not null || IsBeingMade(state, order) =>
                No(CeremonyRefusal.WalletExists, $"There is a wallet {order.Ceremony.WalletName}, or an order for one."),
            Ceremony.Refresh c => Epoch(c.Epoch),
            Ceremony.Reshare c => Epoch(c.Epoch),
            Ceremony.Repair c => Epoch(c.Epoch),
            _ => null,
        };

        CeremonyRefused? Epoch(uint epoch) => wallet is not null && wallet.Epoch != epoch
            ? No(CeremonyRefusal.WrongEpoch, $"{wallet.Name} is in epoch {wallet.Epoch}, the order starts from {epoch}.")
            : null;
    }

    /// <summary>Judges whether to join an attempt.</summary>
    /// <param name="state">What the node has pinned.</param>
    /// <param name="ceremony">What it has recorded of the ceremony, which is open.</param>
    /// <param name="plan">The attempt.</param>
    /// <param name="vow">What came to show that the attempt it attested before can have no certificate; null where nothing did.</param>
    /// <param name="lead">Who offers it.</param>
    /// <param name="clock">The node's clock.</param>
    internal static (CeremonyRefused? Refused, NodeEvent? Record) Join(
        NodeState state, CeremonyState ceremony, AttemptPlan plan, Vow? vow, string lead, DateTimeOffset clock)
    {
        if (state.Now(clock) is not { } now)
            return Refuse(CeremonyRefusal.ClockWentBack, "The clock is behind the journal.");
        var order = ceremony.Order!;
        if (ceremony.Outcome is not null || ceremony.IsCertified)
            return Refuse(CeremonyRefusal.IdUsed, "The ceremony has been held.");
        if (Standing(state, order, now) is { } refused)
            return (refused, null);
        if (plan.Number < ceremony.NextNumber)
            return Refuse(CeremonyRefusal.WrongPlan, $"The next attempt is {ceremony.NextNumber}.");
        var roster = CeremonyRoster.Of(order, state.Genesis!, order.Ceremony.WalletName is { } name ? state.Wallets.GetValueOrDefault(name) : null)!;
        if (Problem(roster, order, plan, new(state.Me!.Number)) is { } problem)
            return Refuse(CeremonyRefusal.WrongPlan, problem);
        var settles = false;
        if (ceremony.IsUnsettled)
        {
            // Somebody who counts has promised that there will never be a certificate of it.
            settles = vow is not null && vow.Number == ceremony.Attested && roster.Attesters.Contains(vow.Party)
                && vow.Party.Value != state.Me!.Number && vow.Verify(order.Hash, roster.NodeOf(vow.Party));
            if (!settles)
                return Refuse(CeremonyRefusal.Unsettled, $"Attempt {ceremony.Attested} may have been certified.");
        }
        return (null, new NodeEvent.CeremonyAttempted(
            state.TimeToRecord(now), order.Id, plan.Number, Convert.ToHexStringLower(plan.Attempt), plan.Epoch, lead, settles ? vow!.Encode() : null));
    }

    /// <summary>Whether enough administrators have signed, in words where not.</summary>
    static string? Verify(NodeState state, CeremonyOrder order, ImmutableArray<Approval> approvals, DateTimeOffset now, out ApprovalSet? verified)
    {
        verified = null;
        if (approvals.Length > ApprovalSet.MaxApprovals || ApprovalJson.Write(approvals).Length > MaxApprovals)
            return "There are too many approvals.";
        verified = ApprovalSet.Verify(order.Hash, order.ExpiresAt, approvals, state.Membership!, state.Passkeys, now);
        var count = verified.Approvers.Count(state.Administrators!.Members.Contains);
        return count < state.Administrators.Threshold ? $"{count} administrators have signed; it takes {state.Administrators.Threshold}." : null;
    }

    static string? Problem(CeremonyRoster roster, CeremonyOrder order, AttemptPlan plan, PartyId me)
    {
        if (!roster.Attesters.Contains(me) && !plan.Dealers.Contains(me))
            return "This node has no part in the attempt.";
        if (order.Ceremony is Ceremony.CreateWallet or Ceremony.Backup)
            return plan is { Epoch: 0, Dealers.IsEmpty: true, Keys.IsEmpty: true } ? null : "Nobody deals, and there are no keys yet.";
        KeyView[] keys;
        try
        {
            keys = [.. plan.Keys.Select(KeyView.Read)];
        }
        catch (FormatException invalid)
        {
            return invalid.Message;
        }
        if (roster.IsToldKeys ? !roster.AreNamed(keys) : !keys.Select(k => k.Stored).SequenceEqual(roster.Before.Select(k => k.Stored), ByteComparer.Instance))
            return "It starts from other keys than the order, or than this node knows.";
        if (keys.Any(key => key.Epoch != keys[0].Epoch || !key.Parties.Equals(keys[0].Parties)))
            return "The keys are not one wallet's.";
        if (plan.Dealers.Length < keys[0].Threshold || !plan.Dealers.All(keys[0].Parties.Contains))
            return "Those who deal are no quorum.";
        if (order.Ceremony is Ceremony.Repair)
            return plan.Epoch != keys[0].Epoch ? "A repair keeps the epoch."
                : plan.Dealers.Contains(roster.Attesters[0]) || !keys[0].Parties.Contains(roster.Attesters[0]) ? "The one who is repaired is a holder, and helps nobody."
                : null;
        return plan.Epoch <= keys[0].Epoch || plan.Epoch - keys[0].Epoch > Threshold.Lifecycle.ResharePlan<Cryptography.Curves.Secp256k1>.MaxEpochStep
            ? $"Epoch {plan.Epoch} does not follow {keys[0].Epoch}."
            : null;
    }

    static bool IsBeingMade(NodeState state, CeremonyOrder order) => state.Ceremonies.Values.Any(open =>
        open.Order is { Ceremony: Ceremony.CreateWallet or Ceremony.ImportKey } other && other.Id != order.Id
        && other.Ceremony.WalletName == order.Ceremony.WalletName);

    static (CeremonyRefused?, NodeEvent?) Refuse(CeremonyRefusal reason, string detail) => (new(reason, detail), null);

    sealed class ByteComparer : IEqualityComparer<byte[]>
    {
        internal static ByteComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj.Length;
    }
}
