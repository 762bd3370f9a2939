namespace Quorate.Journal;

/// <summary>Events that follow each other, and the head behind the last.</summary>
/// <param name="Events">In order of position.</param>
/// <param name="Head">Where to go on.</param>
public sealed record JournalPage(IReadOnlyList<RecordedEvent> Events, Head Head);
