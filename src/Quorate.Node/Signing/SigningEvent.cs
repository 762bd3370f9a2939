using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Node.Breaker;
using Quorate.Node.Gate;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>What happens to a run. Closed. What carries the number of an attempt that is over is ignored.</summary>
abstract record SigningEvent
{
    SigningEvent() { }

    /// <summary>A quorum was found, and everybody in it may be asked; with presignatures for every input or without.</summary>
    internal sealed record QuorumEntered(PartySet Quorum, bool HasPresignatures) : SigningEvent;

    /// <summary>There is none.</summary>
    internal sealed record QuorumMissing(string Reason) : SigningEvent;

    /// <summary>A peer has answered the offer.</summary>
    internal sealed record Answered(int Attempt, PartyId Peer, SigningAnswer Answer) : SigningEvent;

    /// <summary>A peer has not answered in time, or nothing that is an answer.</summary>
    internal sealed record Silent(int Attempt, PartyId Peer) : SigningEvent;

    /// <summary>A session has ended with a signature.</summary>
    internal sealed record InputSigned(int Attempt, int Input, InputSignature Signature) : SigningEvent;

    /// <summary>A session has ended without.</summary>
    /// <param name="Attempt">In which attempt.</param>
    /// <param name="Input">Which.</param>
    /// <param name="Failure">What went wrong.</param>
    internal sealed record InputFailed(int Attempt, int Input, SigningOutcome.Failed Failure) : SigningEvent;

    /// <summary>This node's gate no longer lends the share.</summary>
    internal sealed record InputRefused(int Attempt, int Input, Ruling.Refused Ruling) : SigningEvent;

    /// <summary>A signature verifies under the key it should be of, or does not.</summary>
    internal sealed record InputVerified(int Input, bool IsValid) : SigningEvent;

    /// <summary>The time for a phase of an attempt is over.</summary>
    internal sealed record PhaseTimedOut(int Attempt, SigningPhase Phase) : SigningEvent;

    /// <summary>The time for all of it is over, or nobody wants it any more, or this node is at fault.</summary>
    internal sealed record GivenUp(string Reason) : SigningEvent;
}

/// <summary>What is to be done for a run, in the order given. Closed.</summary>
abstract record SigningCommand
{
    SigningCommand() { }

    /// <summary>Find a quorum and enter its peers' circuit breakers; if wanted, take presignatures for it.</summary>
    internal sealed record FindQuorum(bool MayUsePresignatures) : SigningCommand;

    /// <summary>Offer the inputs to the peers of a quorum.</summary>
    internal sealed record Offer(int Attempt, PartySet Quorum, ImmutableArray<int> Inputs) : SigningCommand;

    /// <summary>Run this node's side of the sessions.</summary>
    internal sealed record StartSessions(int Attempt, PartySet Quorum, ImmutableArray<int> Inputs) : SigningCommand;

    /// <summary>Verify a signature.</summary>
    internal sealed record Verify(int Input, InputSignature Signature) : SigningCommand;

    /// <summary>From now on a phase takes time.</summary>
    internal sealed record Expect(int Attempt, SigningPhase Phase) : SigningCommand;

    /// <summary>A peer's breaker is told that it did its part, or did not; and whoever keeps its reputation.</summary>
    /// <param name="Peer">Which.</param>
    /// <param name="Conduct">What it has done.</param>
    /// <param name="Weight">A suspicion's part of it: it is divided among all on whom it falls.</param>
    internal sealed record Judge(PartyId Peer, Conduct Conduct, double Weight = 1) : SigningCommand
    {
        internal bool DidItsPart => Conduct == Conduct.Success;
    }

    /// <summary>Undo something.</summary>
    internal sealed record Undo(Compensation What) : SigningCommand;

    /// <summary>It is over.</summary>
    internal sealed record Finish(SigningReport Report) : SigningCommand;
}

/// <summary>How what an attempt has taken or begun is undone when it fails.</summary>
enum Compensation
{
    /// <summary>Give back the right to ask the peers of whom nothing was learnt.</summary>
    LeavePeers,

    /// <summary>Wipe the presignatures that were taken: whoever was told of them may have used them.</summary>
    WipePresignatures,

    /// <summary>Tell the peers that the attempt is not gone on with.</summary>
    WithdrawOffer,

    /// <summary>End this node's sessions.</summary>
    StopSessions,
}
