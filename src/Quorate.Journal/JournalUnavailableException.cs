namespace Quorate.Journal;

/// <summary>The database did not do what was asked: it is gone, full, locked or broken.</summary>
public sealed class JournalUnavailableException : Exception
{
    /// <summary>A failure, with what the database said.</summary>
    public JournalUnavailableException(string message, bool isOutcomeUnknown, Exception? inner = null) : base(message, inner) =>
        IsOutcomeUnknown = isOutcomeUnknown;

    /// <summary>
    /// False: nothing has been appended. True: it failed in the middle of a commit, and only reading the stream again, by
    /// version or event id, tells whether the events are in the journal.
    /// </summary>
    public bool IsOutcomeUnknown { get; }
}
