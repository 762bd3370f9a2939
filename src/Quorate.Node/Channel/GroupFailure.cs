using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>Why nodes did not come together, or came apart.</summary>
public enum GroupFault
{
    /// <summary>Something had not come by the deadline. Everybody it was missing from is a suspect, and so is the network.</summary>
    Timeout,

    /// <summary>The network or whoever sits in it has interfered: it delayed beyond all bounds, or forged. Nobody is named.</summary>
    Interference,

    /// <summary>A node has signed that this attempt is another session. Who told it so is not known.</summary>
    Disagreement,

    /// <summary>A node has signed two different contributions, or two different states at one step.</summary>
    Equivocation,

    /// <summary>A node has signed that another contributed or stated what that one did not sign, or a root over other leaves.</summary>
    FalseReport,

    /// <summary>A node has sent, under keys that only it has, what no honest node sends. Proven to this node alone.</summary>
    Malformed,

    /// <summary>
    /// A node has signed that it heard from this node what this one did not say, or that it said itself what this one did not
    /// hear. Proven to this node alone.
    /// </summary>
    FalseProgress,

    /// <summary>
    /// A node has signed that it heard something else from a third than this one did. Either it lies or the third has said
    /// both; both are named, suspected.
    /// </summary>
    Divergence,

    /// <summary>
    /// A node has given the session up and signed why. It is named, suspected; whom it accuses is in its statement, and not
    /// thereby guilty.
    /// </summary>
    Abandoned,
}

/// <summary>How a group ended without a session, or a session without its group.</summary>
/// <param name="Fault">What happened.</param>
/// <param name="Culprits">Who is named, in ascending order; nobody where it could be the network.</param>
/// <param name="Evidence">Statements under the culprits' own signatures, for those faults that rest on them.</param>
public sealed record GroupFailure(GroupFault Fault, IReadOnlyList<PartyId> Culprits, IReadOnlyList<SignedStatement> Evidence)
{
    internal static GroupFailure Interference { get; } = new(GroupFault.Interference, [], []);

    /// <summary>How sure the accuser is.</summary>
    public Certainty Certainty =>
        Fault is GroupFault.Timeout or GroupFault.Interference or GroupFault.Divergence or GroupFault.Abandoned ? Certainty.Suspected : Certainty.Proven;

    /// <summary>The fault and who is named, for logs.</summary>
    public override string ToString() => $"{Fault}: {string.Join(", ", Culprits)}";

    internal static GroupFailure Of(GroupFault fault, PartyId culprit, params SignedStatement[] evidence) => new(fault, [culprit], evidence);
}
