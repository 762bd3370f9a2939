namespace Quorate.Journal.Chain;

/// <summary>What a verification found.</summary>
/// <param name="Head">The head after the last event that was read.</param>
/// <param name="Events">Events that were read.</param>
/// <param name="Streams">Streams they belong to.</param>
/// <param name="AnchorsMatched">How many of the heads given stand in this history.</param>
/// <param name="Faults">The first faults by position, at most <see cref="JournalLimits.MaxFaults"/>; empty for an intact journal.</param>
/// <param name="FaultCount">All faults.</param>
public sealed record VerificationReport(
    Head Head, long Events, long Streams, int AnchorsMatched, IReadOnlyList<JournalFault> Faults, long FaultCount)
{
    /// <summary>Whether nothing is wrong. Without heads kept elsewhere, a journal that was cut off or hashed anew is intact too.</summary>
    public bool IsIntact => FaultCount == 0;
}
