using Quorate.Journal.Chain;

namespace Quorate.Journal.Storage;

/// <summary>What a row has to pass before a reader gets it as an event.</summary>
static class ReadCheck
{
    /// <summary>The row as the event that follows from <paramref name="previous"/>.</summary>
    /// <exception cref="JournalCorruptException">It does not.</exception>
    internal static RecordedEvent Behind(Head previous, StoredRow row)
    {
        if (row.Position != previous.Position + 1)
            throw Corrupt(FaultKind.Missing, previous.Position + 1, $"position {row.Position} follows position {previous.Position}");
        return Chained(row, previous.Hash);
    }

    /// <summary>The row as the event that has the next version of its stream.</summary>
    /// <exception cref="JournalCorruptException">It has not, or it is not chained to the row before it in the journal.</exception>
    internal static RecordedEvent InStream(StoredRow row, Guid journal, long version)
    {
        var previous = row.Position == 1 ? HashChain.Genesis(journal) : row.Previous
            ?? throw Corrupt(FaultKind.Missing, row.Position - 1, $"there is no event at position {row.Position - 1}");
        var next = Chained(row, previous);
        return next.Version == version + 1
            ? next
            : throw Corrupt(FaultKind.Missing, next.Position, $"{next.Stream}@{next.Version} follows version {version}");
    }

    static RecordedEvent Chained(StoredRow row, ChainHash previous)
    {
        if (row.Event is not { } next)
            throw Corrupt(FaultKind.Malformed, row.Position, row.Problem!);
        if (EventEncoding.Problem(next) is { } problem)
            throw Corrupt(FaultKind.Malformed, row.Position, problem);
        return HashChain.Link(previous, next.Position, HashChain.Digest(next)) == next.Hash
            ? next
            : throw Corrupt(FaultKind.Altered, next.Position, $"{next.Stream}@{next.Version} is not what was chained behind position {next.Position - 1}");
    }

    static JournalCorruptException Corrupt(FaultKind kind, long position, string detail) => new(new(kind, position, detail));
}
