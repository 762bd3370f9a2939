namespace Quorate.Journal.Chain;

/// <summary>What can be wrong with a journal.</summary>
public enum FaultKind
{
    /// <summary>The event is not the one that was chained here: it, or the hash of the one before it, has been changed.</summary>
    Altered,

    /// <summary>There is no event at this position, but there is one behind it.</summary>
    Missing,

    /// <summary>The journal ends before a head that somebody has kept: its end has been cut off, or it was rolled back.</summary>
    Truncated,

    /// <summary>The history differs from the one whose head somebody has kept, at this position or before it, and has been hashed anew.</summary>
    Diverged,

    /// <summary>What stands there cannot be an event: a field of a wrong type or size.</summary>
    Malformed,

    /// <summary>The event's version does not follow its stream's last one: whoever wrote the journal did not write it by the rules.</summary>
    WrongVersion,

    /// <summary>
    /// The events are intact, but the database's index by which streams are read leaves some out or leads elsewhere: readers of
    /// a stream are not given all of it. The database's own repair makes the index anew (REINDEX).
    /// </summary>
    Misindexed,

    /// <summary>The head, or the history, is another journal's.</summary>
    WrongJournal,
}

/// <summary>One thing that is wrong with a journal, and where.</summary>
/// <param name="Kind">What.</param>
/// <param name="Position">The first position that is affected.</param>
/// <param name="Detail">A sentence for people.</param>
public sealed record JournalFault(FaultKind Kind, long Position, string Detail)
{
    /// <summary>Kind, position and detail, for people.</summary>
    public override string ToString() => $"{Kind} at {Position}: {Detail}";
}
