namespace Quorate.Threshold.Sessions;

/// <summary>What a peer did. Every fault has a test in which a party commits it and is named.</summary>
public enum Fault
{
    /// <summary>Bytes of this session that do not decode: too long, truncated, trailing bytes, an invalid point or scalar.</summary>
    MalformedMessage,

    /// <summary>A well-framed message that this sender has no business sending: an unknown round, or one it does not speak in.</summary>
    UnexpectedMessage,

    /// <summary>Two different messages where the protocol allows one, both seen by this party.</summary>
    Equivocation,

    /// <summary>
    /// Two parties report different bytes for the same broadcast. The sender sent both or a reporter lies: at least one
    /// of the culprits is at fault, and this party cannot tell which.
    /// </summary>
    InconsistentBroadcast,

    /// <summary>A round's message that had not come when the host's deadline passed.</summary>
    Timeout,

    /// <summary>A commitment of the wrong length, or with an element the protocol excludes.</summary>
    InvalidCommitment,

    /// <summary>A proof of knowledge that does not verify.</summary>
    InvalidProof,

    /// <summary>A secret share that does not lie on the committed polynomial.</summary>
    InvalidShare,

    /// <summary>A signature share that does not verify against its signer's verifying share.</summary>
    InvalidSignatureShare,

    /// <summary>A signature by a party's own long-term key that does not verify.</summary>
    InvalidSignature,

    /// <summary>
    /// A contribution that came by way of a coordinator and is unsound. Its maker or the coordinator is at fault, and
    /// this party cannot tell which.
    /// </summary>
    SuspectContribution,

    /// <summary>A coordinator that contradicts itself, or changed what this party sent.</summary>
    DishonestCoordinator,

    /// <summary>
    /// A participant has reported a share that does not fit, and the run has been abandoned. Everybody is named who may
    /// be the cause, the reporter included; the reporter's own session can tell more.
    /// </summary>
    Complaint,

    /// <summary>An opening that does not fit its commitment.</summary>
    InvalidOpening,

    /// <summary>A key of an oblivious transfer that the protocol excludes.</summary>
    InvalidTransferKey,

    /// <summary>
    /// Extended oblivious transfers that fail their check. Whether they do can depend on this party's long-lived choices,
    /// so every further try would tell more of them.
    /// </summary>
    FailedTransferCheck,

    /// <summary>A multiplication that fails its check, or does not fit the points it was announced with.</summary>
    FailedMultiplicationCheck,

    /// <summary>Everybody's share of the key, as sent, do not add up to the group key.</summary>
    InconsistentKeyShares,

    /// <summary>Signature shares that make no valid signature, where the protocol can not tell whose is wrong.</summary>
    FailedSignature,
}

/// <summary>How sure the accuser is.</summary>
public enum Certainty
{
    /// <summary>At least one of the culprits deviated, or the network failed; this party cannot tell which.</summary>
    Suspected,

    /// <summary>This party has seen enough to know that every culprit deviated, given that its channels are authentic.</summary>
    Proven,
}

/// <summary>What the host should do about a fault.</summary>
public enum Severity
{
    /// <summary>A new session, with another quorum if there is one.</summary>
    Retry,

    /// <summary>A new session without the culprits.</summary>
    Exclude,

    /// <summary>Never again with this party for this key: the attempt itself may have leaked, and repeats would leak more.</summary>
    Ban,
}

/// <summary>Certainty and severity follow from the fault alone.</summary>
public static class FaultProperties
{
    extension(Fault fault)
    {
        /// <summary>How sure the accuser is.</summary>
        public Certainty Certainty => fault switch
        {
            Fault.InconsistentBroadcast or Fault.Timeout or Fault.SuspectContribution or Fault.Complaint
                or Fault.InconsistentKeyShares or Fault.FailedSignature => Certainty.Suspected,
            Fault.MalformedMessage or Fault.UnexpectedMessage or Fault.Equivocation or Fault.InvalidCommitment
                or Fault.InvalidProof or Fault.InvalidShare or Fault.InvalidSignatureShare or Fault.InvalidSignature
                or Fault.DishonestCoordinator or Fault.InvalidOpening or Fault.InvalidTransferKey or Fault.FailedTransferCheck
                or Fault.FailedMultiplicationCheck => Certainty.Proven,
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };

        /// <summary>What the host should do.</summary>
        public Severity Severity => fault switch
        {
            Fault.FailedTransferCheck or Fault.FailedMultiplicationCheck => Severity.Ban,
            _ => fault.Certainty == Certainty.Proven ? Severity.Exclude : Severity.Retry,
        };
    }
}
