namespace Quorate.Journal.Storage;

/// <summary>A row as it was found: an event, or what keeps it from being one.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Event">The event; null for a row that is none.</param>
/// <param name="Problem">Why it is none.</param>
/// <param name="Previous">The hash at the position before, where the read asked for it.</param>
readonly record struct StoredRow(long Position, RecordedEvent? Event, string? Problem, ChainHash? Previous = null);

/// <summary>Rows in order.</summary>
/// <param name="Rows">None only at the end.</param>
/// <param name="IsEnd">Whether there were no more at that moment.</param>
readonly record struct StoredPage(IReadOnlyList<StoredRow> Rows, bool IsEnd);
