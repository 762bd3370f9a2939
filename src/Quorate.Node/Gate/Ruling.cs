using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Policies;

namespace Quorate.Node.Gate;

/// <summary>Why a node does not sign.</summary>
public enum Refusal
{
    /// <summary>No deployment is installed.</summary>
    NoGenesis = 1,

    /// <summary>The wallet, or everything, is frozen.</summary>
    Frozen = 2,

    /// <summary>The node's clock is behind what it has recorded.</summary>
    ClockWentBack = 3,

    /// <summary>The intent is another organisation's.</summary>
    WrongOrganisation = 4,

    /// <summary>The node holds no share of such a wallet.</summary>
    UnknownWallet = 5,

    /// <summary>The wallet's key is in another epoch: it has been reshared since.</summary>
    WrongEpoch = 6,

    /// <summary>The node does not know the chain.</summary>
    UnknownChain = 7,

    /// <summary>The intent has expired.</summary>
    Expired = 8,

    /// <summary>The intent is good for longer than any should be.</summary>
    ExpiresTooLate = 9,

    /// <summary>The payload is nothing that the chain's adapter reads.</summary>
    Undecodable = 10,

    /// <summary>What the node derives from the payload is not what the intent names: digest, signatures, paths.</summary>
    NotBound = 11,

    /// <summary>The request was used for another intent.</summary>
    RequestReused = 12,

    /// <summary>Another policy was pinned since the intent was allowed.</summary>
    PolicyChanged = 13,

    /// <summary>The policy says no.</summary>
    Denied = 14,

    /// <summary>Approvals are missing.</summary>
    NeedsApprovals = 15,

    /// <summary>Too much is allowed and not yet signed, or too often tried.</summary>
    TooMany = 16,

    /// <summary>What is asked for does not replace what was approved: both could take effect, or more than the fee has changed.</summary>
    NotAReplacement = 17,
}

/// <summary>What the gate answers. Closed: a refusal or a permit.</summary>
public abstract record Ruling
{
    Ruling()
    {
    }

    /// <summary>No.</summary>
    /// <param name="Reason">The kind of no.</param>
    /// <param name="Detail">In words.</param>
    /// <param name="Decision">The policy's answer, where it was asked.</param>
    public sealed record Refused(Refusal Reason, string Detail, Decision? Decision = null) : Ruling;

    /// <summary>Yes. The node has recorded it, and may lend its share for exactly these inputs.</summary>
    /// <param name="Intent">What is signed.</param>
    /// <param name="Wallet">The wallet's public keys.</param>
    /// <param name="Inputs">The signatures, as the node has derived them itself.</param>
    public sealed record Permit(Intent Intent, WalletKeys Wallet, ImmutableArray<SigningInput> Inputs) : Ruling;
}
