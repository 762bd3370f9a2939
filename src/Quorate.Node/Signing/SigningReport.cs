using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Node.Gate;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>What became of a request at the node that led it.</summary>
public abstract record SigningReport
{
    SigningReport() { }

    /// <summary>This node does not sign it, and has asked nobody.</summary>
    public sealed record Refused(Ruling.Refused Ruling) : SigningReport;

    /// <summary>Every signature, verified, in the order of the inputs.</summary>
    /// <param name="Signatures">One for each input.</param>
    /// <param name="Attempts">What was tried; empty where everything had been signed before.</param>
    public sealed record Signed(ImmutableArray<InputSignature> Signatures, ImmutableArray<SigningAttempt> Attempts) : SigningReport;

    /// <summary>There is no signature, or not every one. What has been signed is recorded, and the next request goes on from there.</summary>
    /// <param name="Reason">In words.</param>
    /// <param name="Attempts">What was tried.</param>
    public sealed record Failed(string Reason, ImmutableArray<SigningAttempt> Attempts) : SigningReport;
}

/// <summary>One quorum that was tried.</summary>
/// <param name="Quorum">Who.</param>
/// <param name="Fault">Why it did not end with all signatures; null where it did.</param>
/// <param name="Culprits">Who is named for it, suspected or proven.</param>
/// <param name="Declined">Who said no, and what.</param>
public sealed record SigningAttempt(
    PartySet Quorum, string? Fault, ImmutableArray<PartyId> Culprits, ImmutableSortedDictionary<PartyId, string> Declined);
