using Quorate.Journal;
using Quorate.Journal.Export;
using Quorate.Journal.Heads;

namespace Quorate.Server.Audit;

/// <summary>A server's journal for those who audit it, whether the server runs or not.</summary>
public static class ServerJournal
{
    /// <summary>What a server's journal is called in its data directory.</summary>
    public const string FileName = "journal.db";

    /// <summary>
    /// Writes the journal up to the last head that nodes have co-signed, with their signatures; the whole of it where they have
    /// signed none. What has happened since is in the next export.
    /// </summary>
    /// <param name="journal">The journal.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="after">Behind which head to begin; null for the whole journal.</param>
    /// <param name="cancellation">Gives up, and leaves an incomplete file that does not verify.</param>
    /// <returns>The note; null where there is none.</returns>
    /// <exception cref="JournalCorruptException">The journal does not verify, or does not have such a head.</exception>
    /// <exception cref="ArgumentException">The head is behind the last that nodes have co-signed.</exception>
    public static async Task<HeadNote?> ExportAsync(EventStore journal, Stream destination, Head? after, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(journal);
        HeadNote? last = null;
        await foreach (var recorded in journal.ReadStreamAsync(HeadCosigning.Stream, cancellation: cancellation).ConfigureAwait(false))
            last = HeadNote.Parse(HeadCosigning.Catalog.Decode(recorded).Note);
        await JournalExport.WriteAsync(journal, destination, after, last is null ? [] : [last], cancellation).ConfigureAwait(false);
        return last;
    }
}
