using System.Runtime.CompilerServices;
using Quorate.Journal.Chain;
using Quorate.Journal.Snapshots;
using Quorate.Journal.Storage;
using Quorate.Journal.Storage.Postgres;
using Quorate.Journal.Storage.Sqlite;
using Quorate.Journal.Telemetry;
using Quorate.Journal.Writing;

namespace Quorate.Journal;

/// <summary>
/// An append-only, hash-chained event store (docs/spec/journal.md). Append with the version you have seen, read a stream,
/// follow from a position. Everything read is checked against the chain on the way. Thread-safe; several processes may open
/// one journal at once.
/// </summary>
public sealed class EventStore : IAsyncDisposable
{
    /// <summary>Expected version of an append that does not care.</summary>
    public const long AnyVersion = -1;

    /// <summary>Entries of the index in memory at once: some hundred bytes each.</summary>
    const int IndexPage = 10_000;

    readonly IJournalStorage storage;
    readonly JournalOptions options;
    readonly Writer writer;
    volatile TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    EventStore(IJournalStorage storage, Head head, JournalOptions options)
    {
        (this.storage, this.options) = (storage, options);
        writer = new(storage, head, options.Time);
        writer.Written += Wake;
    }

    /// <summary>The journal's id: drawn when it was made, and part of every hash in it.</summary>
    public Guid Journal => storage.Journal;

    /// <summary>Opens the journal in an SQLite file, and makes it if there is none. Write-ahead log, fsync with every commit.</summary>
    /// <param name="path">The file; SQLite keeps two more beside it while it is open.</param>
    /// <param name="options">What is to be chosen.</param>
    /// <exception cref="JournalUnavailableException">The file cannot be opened, or not in the durable mode.</exception>
    /// <exception cref="JournalCorruptException">The end of the chain is broken, or the anchor does not stand in it.</exception>
    public static async Task<EventStore> OpenSqliteAsync(string path, JournalOptions? options = null)
    {
        options ??= new();
        options.Check();
        return await OpenAsync(SqliteStorage.Open(path, options), options).ConfigureAwait(false);
    }

    /// <summary>Opens the journal in a PostgreSQL schema (<see cref="JournalOptions.Schema"/>), and makes it if there is none.</summary>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <param name="options">What is to be chosen.</param>
    /// <param name="cancellation">Gives up opening.</param>
    /// <exception cref="JournalUnavailableException">No database, or one that does not flush commits to disk.</exception>
    /// <exception cref="JournalCorruptException">The end of the chain is broken, or the anchor does not stand in it.</exception>
    public static async Task<EventStore> OpenPostgresAsync(
        string connectionString, JournalOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        options.Check();
        return await OpenAsync(await PostgresStorage.OpenAsync(connectionString, options, cancellation).ConfigureAwait(false), options)
            .ConfigureAwait(false);
    }

    internal static async Task<EventStore> OpenAsync(IJournalStorage storage, JournalOptions options)
    {
        try
        {
            return new(storage, await JournalOpening.CheckAsync(storage, options.Anchor).ConfigureAwait(false), options);
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Appends events to a stream, all or none. When the task ends the events are on disk and survive kill −9 and power
    /// loss. Appends that are under way together share one commit.
    /// </summary>
    /// <param name="stream">The stream, <see cref="EventName"/>.</param>
    /// <param name="expectedVersion">The version seen: 0 for a stream that must not exist, or <see cref="AnyVersion"/>.</param>
    /// <param name="events">1 to <see cref="JournalLimits.MaxEventsPerAppend"/>.</param>
    /// <param name="cancellation">Takes the append back while it waits; once it is being written it has no effect.</param>
    /// <exception cref="VersionConflictException">The stream is at another version; nothing was appended.</exception>
    /// <exception cref="JournalBusyException">Too much is waiting; nothing was appended.</exception>
    /// <exception cref="JournalUnavailableException">The database failed; the exception says whether the outcome is known.</exception>
    /// <exception cref="JournalCorruptException">The journal is not the one this process has seen; nothing was appended.</exception>
    /// <exception cref="ArgumentException">A bad name, size or number; nothing was appended.</exception>
    public Task<AppendResult> AppendAsync(
        string stream, long expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken cancellation = default) =>
        FirstAsync(AppendAsync([new(stream, expectedVersion, events)], cancellation));

    /// <summary>
    /// Appends events to several streams, all or none, in the order given and without others between them: a name that is
    /// taken and what it is taken for.
    /// </summary>
    /// <param name="appends">At least one; no stream twice. The bounds of one append hold for all of them together.</param>
    /// <param name="cancellation">As for the other one.</param>
    /// <exception cref="VersionConflictException">A stream is at another version; nothing was appended to any.</exception>
    /// <exception cref="JournalBusyException">As for the other one.</exception>
    /// <exception cref="JournalUnavailableException">As for the other one.</exception>
    /// <exception cref="JournalCorruptException">As for the other one.</exception>
    /// <exception cref="ArgumentException">A bad name, size or number, or a stream that stands twice; nothing was appended.</exception>
    public Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(appends);
        if (appends.Count == 0 || appends.DistinctBy(a => a.Stream, StringComparer.Ordinal).Count() != appends.Count)
            throw new ArgumentException("At least one stream, and none twice.", nameof(appends));
        var (count, bytes) = (0, 0L);
        foreach (var append in appends)
        {
            append.Check();
            count += append.Events.Count;
            bytes += append.Events.Sum(e => (long)e.Payload.Length);
        }
        if (count > JournalLimits.MaxEventsPerAppend)
            throw new ArgumentException($"{count} events; an append has 1 to {JournalLimits.MaxEventsPerAppend}.", nameof(appends));
        if (bytes > JournalLimits.MaxBytesPerAppend)
            throw new ArgumentException($"{bytes} bytes; an append has at most {JournalLimits.MaxBytesPerAppend}.", nameof(appends));
        // A caller that gives up waiting may reuse its buffer; bytes that change behind their hash would spoil the journal for ever.
        StreamAppend[] taken = [.. appends.Select(a => a with { Events = [.. a.Events.Select(Taken)] })];
        return JournalTelemetry.Appending(writer.AppendAsync(new(taken, null), cancellation));
    }

    // The append is called outside of this: what is refused is refused to the caller at once, and not to the task.
    static async Task<AppendResult> FirstAsync(Task<IReadOnlyList<AppendResult>> results) => (await results.ConfigureAwait(false))[0];

    NewEvent Taken(NewEvent given) => given with { Id = given.Id == Guid.Empty ? options.NewId() : given.Id, Payload = given.Payload.ToArray() };

    /// <summary>Reads a stream from its beginning, or behind a version. Checked against the chain; ends at the stream's end.</summary>
    /// <param name="stream">The stream; one that does not exist has no events.</param>
    /// <param name="afterVersion">The version behind which to begin.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="JournalCorruptException">An event is not what was appended, or one is missing.</exception>
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        string stream, long afterVersion = 0, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        var version = afterVersion;
        while (true)
        {
            var page = await storage.ReadStreamAsync(stream, version, JournalLimits.MaxPageEvents, cancellation).ConfigureAwait(false);
            foreach (var row in page.Rows)
            {
                var next = ReadCheck.InStream(row, Journal, version);
                version = next.Version;
                yield return next;
            }
            if (page.IsEnd)
                yield break;
        }
    }

    /// <summary>
    /// The next events behind a head, in order of position, checked to follow from it; none at the journal's end. Begin
    /// with <see cref="Head.Genesis"/>, go on with what the last page returned.
    /// </summary>
    /// <exception cref="JournalCorruptException">The journal is not the one the head is of, or an event is not what was appended.</exception>
    public async Task<JournalPage> ReadAsync(Head after, int limit = JournalLimits.MaxPageEvents, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (rows, _) = await storage.ReadAsync(after.Position, Math.Min(limit, JournalLimits.MaxPageEvents), cancellation).ConfigureAwait(false);
        if (after.Journal != Journal)
            throw new JournalCorruptException(new(FaultKind.WrongJournal, after.Position, $"the head {after} is of another journal than {Journal:N}"));
        if (rows.Count == 0)
            await JournalOpening.FindAsync(storage, after, cancellation).ConfigureAwait(false);
        var events = new RecordedEvent[rows.Count];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = ReadCheck.Behind(after, rows[i]);
            after = after with { Position = events[i].Position, Hash = events[i].Hash };
        }
        return new(events, after);
    }

    /// <summary>
    /// Follows the journal behind a head, for ever: what is there, then what is appended, by this process or another. In
    /// order of position, without gaps; pages are never empty.
    /// </summary>
    /// <param name="after">Where to begin: <see cref="Head.Genesis"/>, or what was kept when following ended.</param>
    /// <param name="cancellation">Ends the following, as the only thing that does.</param>
    /// <exception cref="JournalCorruptException">The journal is not the one the head is of, or an event is not what was appended.</exception>
    public async IAsyncEnumerable<JournalPage> FollowAsync(Head after, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(after);
        while (true)
        {
            // Taken before looking, so that nothing is written between the look and the wait.
            var next = written.Task;
            var page = await ReadAsync(after, JournalLimits.MaxPageEvents, cancellation).ConfigureAwait(false);
            if (page.Events.Count == 0)
            {
                await WaitAsync(next, cancellation).ConfigureAwait(false);
                continue;
            }
            after = page.Head;
            yield return page;
        }
    }

    /// <summary>The journal's head now.</summary>
    public async Task<Head> HeadAsync(CancellationToken cancellation = default)
    {
        var (position, hash) = await storage.LastAsync(cancellation).ConfigureAwait(false);
        return hash is { } last ? new(Journal, position, last) : Head.Genesis(Journal);
    }

    /// <summary>
    /// Reads the whole journal and says what is wrong and where: every event edited, missing, inserted or moved, and whether
    /// reading by stream finds the same events. What was
    /// cut off from the end, or hashed anew from some event on, shows only against heads that were kept elsewhere.
    /// </summary>
    /// <param name="anchors">Such heads, at most <see cref="JournalLimits.MaxAnchors"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<VerificationReport> VerifyAsync(IReadOnlyCollection<Head>? anchors = null, CancellationToken cancellation = default)
    {
        var verifier = new ChainVerifier(Head.Genesis(Journal), anchors ?? []);
        var position = 0L;
        for (var isEnd = false; !isEnd;)
        {
            (var rows, isEnd) = await storage.ReadAsync(position, JournalLimits.MaxPageEvents, cancellation).ConfigureAwait(false);
            foreach (var row in rows)
            {
                if (row.Event is { } next)
                    verifier.Add(next);
                else
                    verifier.AddMalformed(row.Position, row.Problem!);
            }
            position = rows.Count > 0 ? rows[^1].Position : position;
        }
        await verifier.CompareIndexAsync(IndexAsync(cancellation)).ConfigureAwait(false);
        return verifier.Finish();
    }

    async IAsyncEnumerable<IndexEntry> IndexAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = IndexEntry.First;
        while (await storage.ReadIndexAsync(last, IndexPage, cancellation).ConfigureAwait(false) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
                yield return entry;
            last = entries[^1];
        }
    }

    /// <summary>Stores a snapshot in place of an older one of its stream, and its digest as an event of the journal.</summary>
    /// <exception cref="VersionConflictException">The stream is not that far.</exception>
    /// <exception cref="ArgumentException">A bad name or size; nothing was stored.</exception>
    public Task<AppendResult> SaveSnapshotAsync(Snapshot snapshot, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        snapshot.Check();
        snapshot = snapshot with { State = snapshot.State.ToArray() };
        StreamAppend attestation = new(Snapshot.AttestationStream, AnyVersion, [snapshot.Attestation(options.NewId())]);
        return FirstAsync(writer.AppendAsync(new([attestation], snapshot), cancellation));
    }

    /// <summary>The latest snapshot of a stream, compared with its attestation; null if there is none.</summary>
    /// <exception cref="JournalCorruptException">It is not the one that was stored.</exception>
    public async Task<Snapshot?> ReadSnapshotAsync(string stream, CancellationToken cancellation = default)
    {
        EventName.CheckStream(stream);
        if (await storage.SnapshotAsync(stream, cancellation).ConfigureAwait(false) is not { } row)
            return null;
        var snapshot = new Snapshot(row.Stream, row.Version, row.Type, row.SchemaVersion, row.State);
        return await IsAttestedAsync(snapshot, row.Attested, cancellation).ConfigureAwait(false)
            ? snapshot
            : throw new JournalCorruptException(new(FaultKind.Altered, row.Attested,
                $"the snapshot of {stream} is not the one that position {row.Attested} attests"));
    }

    async Task<bool> IsAttestedAsync(Snapshot snapshot, long position, CancellationToken cancellation)
    {
        if (position < 1)
            return false;
        var previous = position == 1 ? Head.Genesis(Journal).Hash : await storage.HashAtAsync(position - 1, cancellation).ConfigureAwait(false);
        var (rows, _) = await storage.ReadAsync(position - 1, 1, cancellation).ConfigureAwait(false);
        return previous is { } hash && rows.Count == 1
            && snapshot.IsAttestedBy(ReadCheck.Behind(new(Journal, position - 1, hash), rows[0]));
    }

    async Task WaitAsync(Task next, CancellationToken cancellation)
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var poll = Task.Delay(TimeSpan.FromMilliseconds(options.PollMilliseconds), options.Time, stopped.Token);
        await Task.WhenAny(next, poll).ConfigureAwait(false);
        await stopped.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }

    void Wake() => Interlocked.Exchange(ref written, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Writes what waits, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync().ConfigureAwait(false);
        await storage.DisposeAsync().ConfigureAwait(false);
    }
}
