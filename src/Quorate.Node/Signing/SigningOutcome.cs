using Quorate.Chains;
using Quorate.Node.Gate;

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
    public sealed record Failed(string Fault) : SigningOutcome;
}
