using Quorate.Journal.Chain;
using Quorate.Journal.Heads;

namespace Quorate.Journal.Export;

/// <summary>What a file says, and whether it holds together.</summary>
/// <param name="Start">The head behind which its events begin; the genesis for a whole journal.</param>
/// <param name="Chain">What is wrong with the events, their end and the heads given.</param>
/// <param name="Notes">The notes in the file, of its last head; their signatures have not been looked at.</param>
public sealed record ExportReport(Head Start, VerificationReport Chain, IReadOnlyList<HeadNote> Notes)
{
    /// <summary>Whether the file begins with the journal's first event. If not, its beginning is only as good as the head it starts from.</summary>
    public bool IsWhole => Start.Position == 0;
}
