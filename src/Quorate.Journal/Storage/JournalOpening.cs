using Quorate.Journal.Chain;

namespace Quorate.Journal.Storage;

/// <summary>What is checked before a journal is written to: its last link, and the caller's anchor.</summary>
static class JournalOpening
{
    /// <summary>The head to go on from.</summary>
    /// <exception cref="JournalCorruptException">The last event does not follow, or the anchor does not stand in the journal.</exception>
    internal static async Task<Head> CheckAsync(IJournalStorage storage, Head? anchor)
    {
        var (position, hash) = await storage.LastAsync(default).ConfigureAwait(false);
        var head = hash is { } last ? new(storage.Journal, position, last) : Head.Genesis(storage.Journal);
        if (position > 0)
        {
            var before = position == 1 ? Head.Genesis(storage.Journal).Hash : await storage.HashAtAsync(position - 1, default).ConfigureAwait(false)
                ?? throw new JournalCorruptException(new(FaultKind.Missing, position - 1, $"there is no event at position {position - 1}"));
            var (rows, _) = await storage.ReadAsync(position - 1, 1, default).ConfigureAwait(false);
            ReadCheck.Behind(new(storage.Journal, position - 1, before), rows[0]);
        }
        if (anchor is not null)
            await FindAsync(storage, anchor, default).ConfigureAwait(false);
        return head;
    }

    /// <summary>Passes if the head stands in the journal's history.</summary>
    /// <exception cref="JournalCorruptException">It does not.</exception>
    internal static async Task FindAsync(IJournalStorage storage, Head head, CancellationToken cancellation)
    {
        if (head.Journal != storage.Journal)
            throw new JournalCorruptException(new(FaultKind.WrongJournal, head.Position, $"the head {head} is of another journal than {storage.Journal:N}"));
        var hash = head.Position == 0
            ? HashChain.Genesis(storage.Journal)
            : await storage.HashAtAsync(head.Position, cancellation).ConfigureAwait(false);
        if (hash is null)
            throw new JournalCorruptException(new(FaultKind.Truncated, head.Position, $"there is no event at position {head.Position}, but its head has been kept"));
        if (hash != head.Hash)
            throw new JournalCorruptException(new(FaultKind.Diverged, head.Position, $"the head of position {head.Position} that has been kept is not this history's"));
    }
}
