using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Quorate.Journal.Chain;

namespace Quorate.Journal.Storage.Sqlite;

/// <summary>A journal in an SQLite file: one connection that writes, some that read beside it, as a write-ahead log allows.</summary>
sealed class SqliteStorage : IJournalStorage
{
    /// <summary>Idle connections that are kept; more are opened when more read at once.</summary>
    const int MaxIdleReaders = 8;

    /// <summary>SQLITE_FULL: the disk is. SQLite has rolled back, and can go on when there is room.</summary>
    const int Full = 13;

    readonly string path;
    readonly JournalOptions options;
    readonly SqliteConnection connection;
    readonly SqliteCommand begin, commit, rollback, last, version, insert, insertSnapshot;
    readonly ConcurrentBag<SqliteReader> idle = [];
    Exception? broken;
    volatile bool isDisposed;

    SqliteStorage(string path, JournalOptions options, SqliteConnection connection, Guid journal)
    {
        (this.path, this.options, this.connection, Journal) = (path, options, connection, journal);
        begin = SqliteReader.Prepare(connection, "BEGIN IMMEDIATE");
        commit = SqliteReader.Prepare(connection, "COMMIT");
        rollback = SqliteReader.Prepare(connection, "ROLLBACK");
        last = SqliteReader.Prepare(connection, SqliteReader.LastSql);
        version = SqliteReader.Prepare(connection, SqliteReader.VersionSql, "@stream");
        insert = SqliteReader.Prepare(connection,
            $"INSERT INTO events ({PageReader.Columns}) VALUES (@position, @stream, @version, @id, @type, @schema_version, @recorded, @payload, @hash)",
            "@position", "@stream", "@version", "@id", "@type", "@schema_version", "@recorded", "@payload", "@hash");
        insertSnapshot = SqliteReader.Prepare(connection,
            """
            INSERT INTO snapshots (stream, version, type, schema_version, attested, state)
            VALUES (@stream, @version, @type, @schema_version, @attested, @state)
            ON CONFLICT (stream) DO UPDATE SET version = excluded.version, type = excluded.type,
                schema_version = excluded.schema_version, attested = excluded.attested, state = excluded.state
            WHERE excluded.version >= snapshots.version
            """,
            "@stream", "@version", "@type", "@schema_version", "@attested", "@state");
    }

    /// <inheritdoc/>
    public Guid Journal { get; }

    internal static SqliteStorage Open(string path, JournalOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        try
        {
            DurableSqlite.CreatePrivately(path);
            var connection = DurableSqlite.Open(path, options.LockTimeoutMilliseconds);
            try
            {
                return new(path, options, connection, SqliteSchema.Prepare(connection, options.NewId));
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (Exception problem) when (problem is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new JournalUnavailableException($"{path}: {problem.Message}", isOutcomeUnknown: false, problem);
        }
    }

    /// <inheritdoc/>
    public Task<(long Position, ChainHash? Hash)> LastAsync(CancellationToken cancellation) => ReadWith(r => r.Last());

    /// <inheritdoc/>
    public Task<ChainHash?> HashAtAsync(long position, CancellationToken cancellation) => ReadWith(r => r.HashAt(position));

    /// <inheritdoc/>
    public Task<StoredPage> ReadAsync(long after, int limit, CancellationToken cancellation) => ReadWith(r => r.Page(after, limit));

    /// <inheritdoc/>
    public Task<StoredPage> ReadStreamAsync(string stream, long afterVersion, int limit, CancellationToken cancellation) =>
        ReadWith(r => r.StreamPage(stream, afterVersion, limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<IndexEntry>> ReadIndexAsync(IndexEntry after, int limit, CancellationToken cancellation) =>
        ReadWith(r => r.Index(after, limit));

    /// <inheritdoc/>
    public Task<StoredSnapshot?> SnapshotAsync(string stream, CancellationToken cancellation) => ReadWith(r => r.Snapshot(stream));

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyCollection<string> streams, Func<JournalState, WritePlan> planner)
    {
        if (broken is not null)
            throw new JournalUnavailableException($"{path}: an earlier commit failed; open the journal again.", isOutcomeUnknown: false, broken);
        try
        {
            begin.ExecuteNonQuery();
        }
        catch (SqliteException problem)
        {
            throw Unavailable(problem, isOutcomeUnknown: false);
        }
        var isCommitting = false;
        try
        {
            var (position, hash) = SqliteReader.Last(last);
            var plan = planner(new(position, hash, Versions(streams)));
            foreach (var recorded in plan.Events)
                Insert(recorded);
            foreach (var snapshot in plan.Snapshots)
                Insert(snapshot);
            isCommitting = plan.Events.Count > 0;
            (isCommitting ? commit : rollback).ExecuteNonQuery();
            return Task.CompletedTask;
        }
        catch (SqliteException problem)
        {
            // A commit that failed on its way to disk may be found there after a crash. Whether it is, only opening tells.
            var isUnknown = isCommitting && problem.SqliteErrorCode != Full;
            if (isUnknown)
                broken = problem;
            Rollback();
            throw Unavailable(problem, isUnknown);
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        isDisposed = true;
        while (idle.TryTake(out var reader))
            reader.Dispose();
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[begin, commit, rollback, last, version, insert, insertSnapshot])
            command.Dispose();
        connection.Dispose();
        return ValueTask.CompletedTask;
    }

    Dictionary<string, long> Versions(IReadOnlyCollection<string> streams)
    {
        var versions = new Dictionary<string, long>(streams.Count, StringComparer.Ordinal);
        foreach (var stream in streams)
        {
            version.Parameters[0].Value = stream;
            switch (version.ExecuteScalar())
            {
                case null:
                    break;
                case long found:
                    versions.Add(stream, found);
                    break;
                default:
                    throw new JournalCorruptException(new(FaultKind.Malformed, 0, $"the last version of {stream} is no number"));
            }
        }
        return versions;
    }

    void Insert(RecordedEvent recorded)
    {
        var parameters = insert.Parameters;
        parameters[0].Value = recorded.Position;
        parameters[1].Value = recorded.Stream;
        parameters[2].Value = recorded.Version;
        parameters[3].Value = recorded.Id.ToByteArray(bigEndian: true);
        parameters[4].Value = recorded.Type;
        parameters[5].Value = recorded.SchemaVersion;
        parameters[6].Value = recorded.RecordedMicroseconds;
        parameters[7].Value = recorded.Payload.ToArray();
        parameters[8].Value = recorded.Hash.ToArray();
        insert.ExecuteNonQuery();
    }

    void Insert(StoredSnapshot snapshot)
    {
        var parameters = insertSnapshot.Parameters;
        parameters[0].Value = snapshot.Stream;
        parameters[1].Value = snapshot.Version;
        parameters[2].Value = snapshot.Type;
        parameters[3].Value = snapshot.SchemaVersion;
        parameters[4].Value = snapshot.Attested;
        parameters[5].Value = snapshot.State;
        insertSnapshot.ExecuteNonQuery();
    }

    void Rollback()
    {
        try
        {
            rollback.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back itself: some errors end the transaction.
        }
    }

    // Reads do not leave the caller's thread: a page is a matter of a millisecond, and SQLite has no other way.
    Task<T> ReadWith<T>(Func<SqliteReader, T> read)
    {
        ObjectDisposedException.ThrowIf(isDisposed, typeof(EventStore));
        SqliteReader? reader = null;
        try
        {
            if (!idle.TryTake(out reader))
                reader = new(DurableSqlite.Open(path, options.LockTimeoutMilliseconds));
            var result = read(reader);
            Return(reader);
            return Task.FromResult(result);
        }
        catch (Exception problem) when (problem is SqliteException or IOException)
        {
            reader?.Dispose();
            throw Unavailable(problem, isOutcomeUnknown: false);
        }
    }

    void Return(SqliteReader reader)
    {
        if (isDisposed || idle.Count >= MaxIdleReaders)
            reader.Dispose();
        else
            idle.Add(reader);
    }

    JournalUnavailableException Unavailable(Exception problem, bool isOutcomeUnknown) =>
        new($"{path}: {problem.Message}", isOutcomeUnknown, problem);
}
