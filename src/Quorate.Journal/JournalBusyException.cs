namespace Quorate.Journal;

/// <summary>
/// More appends wait for the writer than <see cref="JournalLimits.MaxQueuedAppends"/> or
/// <see cref="JournalLimits.MaxQueuedBytes"/> allow. Nothing has been appended; try again later.
/// </summary>
public sealed class JournalBusyException() : Exception("Too many appends are waiting for the journal's writer.");
