using Quorate.Node.Breaker;
using Quorate.Node.Channel;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Sessions;

/// <summary>How much of what conduct falls on a party after a session, for <see cref="Reputation"/>.</summary>
public readonly record struct PartyConduct(PartyId Party, Conduct Conduct, double Weight);

/// <summary>What a node has seen in a session, beside its outcome. Public throughout.</summary>
public sealed record SessionReport
{
    /// <summary>What has been seen of each other party.</summary>
    public required IReadOnlyList<PartyObservation> Parties { get; init; }

    /// <summary>What it means for their reputation.</summary>
    public required IReadOnlyList<PartyConduct> Conduct { get; init; }

    /// <summary>Whom this node waited for when the session ended without an output.</summary>
    public required IReadOnlyList<PartyId> Missing { get; init; }

    /// <summary>The signed word with which it was given up, this node's or the one it has accepted; null where there is none.</summary>
    public AbortStatement? Abort { get; init; }

    /// <summary>Whether this node itself waits in vain for somebody whom an accepted abort says to be late.</summary>
    public bool IsBorneOut { get; init; }

    /// <summary>From the beginning to the end.</summary>
    public required TimeSpan Took { get; init; }
}

/// <summary>Who is charged with what after a session.</summary>
static class Verdict
{
    /// <summary>Those whom an accepted abort says to be late and this node waits for too.</summary>
    internal static PartyId[] BorneOut(AbortStatement abort, IReadOnlyList<PartyId> missing) =>
        [.. abort.Accusations.Where(a => a.Fault == Fault.Timeout && missing.Contains(a.Culprit)).Select(a => a.Culprit).Distinct()];

    internal static IEnumerable<PartyConduct> Of(Abort abort) => abort.Accusations
        .GroupBy(a => a.Fault.Certainty).SelectMany(g => Charge(g.Key, [.. g.Select(a => a.Culprit).Distinct()]));

    internal static IEnumerable<PartyConduct> Of(GroupFailure failure) => Charge(failure.Certainty, failure.Culprits);

    /// <summary>
    /// An abort that is borne out counts against whom it accuses. One that is not says that either its maker or the accused
    /// are at fault, and costs both sides alike, so that whoever accuses again and again pays most.
    /// </summary>
    internal static IEnumerable<PartyConduct> Of(AbortStatement abort, PartyId[] borneOut, PartyId me)
    {
        if (borneOut.Length > 0)
            return Charge(Certainty.Suspected, borneOut);
        PartyId[] accused = [.. abort.Accusations.Select(a => a.Culprit).Where(p => p != me).Distinct()];
        return [new(abort.Aborter, Conduct.Suspicion, 1), .. Charge(Certainty.Suspected, accused)];
    }

    static IEnumerable<PartyConduct> Charge(Certainty certainty, IReadOnlyList<PartyId> parties) =>
        parties.Select(p => certainty == Certainty.Proven ? new PartyConduct(p, Conduct.ProvenFault, 1) : new(p, Conduct.Suspicion, 1.0 / parties.Count));
}
