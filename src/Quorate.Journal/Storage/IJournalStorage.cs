namespace Quorate.Journal.Storage;

/// <summary>
/// The port to a database: rows in, rows out, one writer at a time. Everything about chains, batches and checks is done by
/// its caller, the same way for all databases.
/// </summary>
interface IJournalStorage : IAsyncDisposable
{
    /// <summary>The journal's id, drawn when the tables were made.</summary>
    Guid Journal { get; }

    /// <summary>Hash of the event at a position; null if there is none.</summary>
    /// <exception cref="JournalUnavailableException">The database did not answer.</exception>
    Task<ChainHash?> HashAtAsync(long position, CancellationToken cancellation);

    /// <summary>Position and hash of the last event, or 0 and null.</summary>
    /// <exception cref="JournalUnavailableException">The database did not answer.</exception>
    Task<(long Position, ChainHash? Hash)> LastAsync(CancellationToken cancellation);

    /// <summary>
    /// In one transaction that excludes every other writer, in this process and elsewhere: shows the planner the end of
    /// the journal and the versions of <paramref name="streams"/>, writes what it plans, commits to disk. When this
    /// returns, the rows survive kill −9 and power loss. The planner may be called again after a failure that is known
    /// to have written nothing.
    /// </summary>
    /// <exception cref="JournalUnavailableException">It failed; the exception says whether the outcome is known.</exception>
    Task WriteAsync(IReadOnlyCollection<string> streams, Func<JournalState, WritePlan> planner);

    /// <summary>
    /// Rows behind a position, in order, at most <paramref name="limit"/>, and fewer where
    /// <see cref="JournalLimits.MaxPageBytes"/> ends the page.
    /// </summary>
    /// <exception cref="JournalUnavailableException">The database did not answer.</exception>
    Task<StoredPage> ReadAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>The same of one stream behind a version, each row with the hash of the one before it in the journal.</summary>
    /// <exception cref="JournalUnavailableException">The database did not answer.</exception>
    Task<StoredPage> ReadStreamAsync(string stream, long afterVersion, int limit, CancellationToken cancellation);

    /// <summary>
    /// Entries of the index by which streams are read, behind one of them, in the order of stream and version: what the index
    /// says and not what the rows say. None at the end.
    /// </summary>
    /// <exception cref="JournalUnavailableException">The database did not answer.</exception>
    Task<IReadOnlyList<IndexEntry>> ReadIndexAsync(IndexEntry after, int limit, CancellationToken cancellation);

    /// <summary>The snapshot of a stream; null if there is none.</summary>
    /// <exception cref="JournalUnavailableException">The database did not answer.</exception>
    Task<StoredSnapshot?> SnapshotAsync(string stream, CancellationToken cancellation);
}
