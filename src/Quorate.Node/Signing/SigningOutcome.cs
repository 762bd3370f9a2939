using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Node.Gate;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>How an attempt to sign one input ended at this node.</summary>
public abstract record SigningOutcome
{
    SigningOutcome() { }

    /// <summary>With a signature that has been verified.</summary>
    public sealed record Signed(InputSignature Signature) : SigningOutcome;

    /// <summary>Without a session: the gate no longer lends the share.</summary>
    public sealed record Refused(Ruling.Refused Ruling) : SigningOutcome;

    /// <summary>The session ended without a signature.</summary>
    /// <param name="Fault">What went wrong, in words, with whoever is named for it.</param>
    /// <param name="Culprits">Who is named.</param>
    /// <param name="IsProven">Whether every one of them is known to have cheated; else they are suspects, and so is the network.</param>
    public sealed record Failed(string Fault, ImmutableArray<PartyId> Culprits, bool IsProven) : SigningOutcome;
}
