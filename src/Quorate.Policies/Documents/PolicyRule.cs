using System.Collections.Frozen;
using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>What a rule does where it applies.</summary>
public enum RuleEffect
{
    /// <summary>Forbids the transaction, whatever else is said.</summary>
    Deny = 0,

    /// <summary>Allows the acts it matches. A transaction is allowed when all of its acts are.</summary>
    Allow = 1,

    /// <summary>Asks for approvals on top. Allows nothing by itself.</summary>
    Require = 2,
}

/// <summary>So many different members of a group have to approve.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Members">Who is in it.</param>
/// <param name="Count">How many of them.</param>
/// <param name="InitiatorMayApprove">Whether the initiator's own signature counts.</param>
sealed record Quorum(string Group, FrozenSet<string> Members, int Count, bool InitiatorMayApprove);

/// <summary>One rule, with its names resolved. Null and empty conditions hold always.</summary>
sealed record PolicyRule(string Id, RuleEffect Effect, string Pointer)
{
    internal FrozenSet<string>? Wallets { get; init; }

    internal FrozenSet<ChainId>? Chains { get; init; }

    internal MemberSet? Initiators { get; init; }

    internal MemberSet? ExceptInitiators { get; init; }

    /// <summary>One of these hours has to hold.</summary>
    internal ImmutableArray<Hours> During { get; init; } = [];

    /// <summary>None of these hours may hold.</summary>
    internal ImmutableArray<Hours> Outside { get; init; } = [];

    internal long? ValidFrom { get; init; }

    internal long? ValidUntil { get; init; }

    /// <summary>Empty: the transaction as a whole, whatever it does.</summary>
    internal ImmutableArray<Pattern> What { get; init; } = [];

    internal ImmutableArray<Limit> Limits { get; init; } = [];

    internal ImmutableArray<Quorum> Approvals { get; init; } = [];

    /// <summary>Whether the rule is about this request at all, before its acts are looked at.</summary>
    internal bool Concerns(PolicyRequest request, long now) =>
        (Wallets is null || Wallets.Contains(request.Wallet))
        && (Chains is null || Chains.Contains(request.Chain))
        && (Initiators is null || Initiators.Contains(request.Initiator))
        && (ExceptInitiators is null || !ExceptInitiators.Contains(request.Initiator))
        && (ValidFrom is null || now >= ValidFrom)
        && (ValidUntil is null || now < ValidUntil)
        && (During.IsEmpty || During.Any(hours => hours.Contains(now)))
        && !Outside.Any(hours => hours.Contains(now));

    internal Truth Matches(Act act, long now)
    {
        if (What.IsEmpty)
            return Truth.Yes;
        var truth = Truth.No;
        foreach (var pattern in What)
            truth = truth.Or(pattern.Matches(act, now));
        return truth;
    }
}
