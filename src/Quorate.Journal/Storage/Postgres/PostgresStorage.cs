using Npgsql;
using NpgsqlTypes;

namespace Quorate.Journal.Storage.Postgres;

/// <summary>
/// A journal in a PostgreSQL schema. A server that restarts is waited for; an append whose commit got no answer is looked
/// up by its hash, under the lock that its transaction held, so that it is neither lost nor written twice.
/// </summary>
sealed class PostgresStorage : IJournalStorage
{
    readonly NpgsqlDataSource source;
    readonly PostgresSchema schema;
    readonly TimeProvider time;

    PostgresStorage(NpgsqlDataSource source, PostgresSchema schema, Guid journal, TimeProvider time) =>
        (this.source, this.schema, Journal, this.time) = (source, schema, journal, time);

    /// <inheritdoc/>
    public Guid Journal { get; }

    internal static async Task<PostgresStorage> OpenAsync(string connectionString, JournalOptions options, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var schema = new PostgresSchema(options.Schema);
        var settings = PostgresPool.Settings(connectionString);
        settings.Enlist = false;
        // Every session is used in one way only, so there is nothing to reset between uses, and statements stay prepared.
        (settings.NoResetOnClose, settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (true, 32, 2);
        // Every query of ours is meant to go by an index; the planner, which may have no statistics yet, is not asked. Verification
        // relies on it to see what the index of streams says.
        settings.Options =
            $"{settings.Options} -c lock_timeout={options.LockTimeoutMilliseconds} -c enable_seqscan=off -c enable_bitmapscan=off".TrimStart();
        var source = NpgsqlDataSource.Create(settings);
        try
        {
            // Making the tables twice does nothing, so a server that restarts under it may be asked again.
            return await PostgresRetry.RunAsync(options.Time, PostgresRetry.IsRestarting, async () =>
            {
                var journal = await schema.PrepareAsync(source, options.NewId, cancellation).ConfigureAwait(false);
                var storage = new PostgresStorage(source, schema, journal, options.Time);
                await storage.RequireDurabilityAsync(cancellation).ConfigureAwait(false);
                return storage;
            }, static () => false, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<(long Position, ChainHash? Hash)> LastAsync(CancellationToken cancellation) =>
        QueryAsync(schema.Last, [], LastInAsync, cancellation);

    /// <inheritdoc/>
    public Task<ChainHash?> HashAtAsync(long position, CancellationToken cancellation) => QueryAsync(
        schema.HashAt, [new() { Value = position }],
        async reader => await reader.ReadAsync(cancellation).ConfigureAwait(false) ? PageReader.HashOf(position, reader, 0) : (ChainHash?)null, cancellation);

    /// <inheritdoc/>
    public Task<StoredPage> ReadAsync(long after, int limit, CancellationToken cancellation) => QueryAsync(
        schema.Page, PageBounds(after, limit), reader => PageAsync(reader, limit), cancellation);

    /// <inheritdoc/>
    public Task<StoredPage> ReadStreamAsync(string stream, long afterVersion, int limit, CancellationToken cancellation) => QueryAsync(
        schema.StreamPage, [.. PageBounds(afterVersion, limit), new() { Value = stream }], reader => PageAsync(reader, limit), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<IndexEntry>> ReadIndexAsync(IndexEntry after, int limit, CancellationToken cancellation) => QueryAsync(
        schema.Index, [new() { Value = after.Stream }, new() { Value = after.Version }, new() { Value = limit }], EntriesAsync, cancellation);

    /// <inheritdoc/>
    public Task<StoredSnapshot?> SnapshotAsync(string stream, CancellationToken cancellation) => QueryAsync(
        schema.Snapshot, [new() { Value = stream }],
        async reader => await reader.ReadAsync(cancellation).ConfigureAwait(false)
            ? new StoredSnapshot(
                reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetFieldValue<byte[]>(5))
            : null, cancellation);

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyCollection<string> streams, Func<JournalState, WritePlan> planner)
    {
        RecordedEvent? inDoubt = null;
        return PostgresRetry.RunAsync(time, PostgresRetry.IsWorthIt, async () =>
        {
            await using var connection = await source.OpenConnectionAsync().ConfigureAwait(false);
            var state = await BeginAsync(connection, streams).ConfigureAwait(false);
            // The lock is ours, so the transaction in doubt has ended: its last event is there, or never will be.
            if (inDoubt is not null && await HashInAsync(connection, inDoubt.Position).ConfigureAwait(false) == inDoubt.Hash)
            {
                await RollbackAsync(connection).ConfigureAwait(false);
                return true;
            }
            inDoubt = null;
            await WriteAsync(connection, state, planner, last => inDoubt = last).ConfigureAwait(false);
            return true;
        }, () => inDoubt is not null, default);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();

    async Task WriteAsync(
        NpgsqlConnection connection, JournalState state, Func<JournalState, WritePlan> planner, Action<RecordedEvent?> setInDoubt)
    {
        try
        {
            var plan = planner(state);
            if (plan.Events.Count == 0)
            {
                await RollbackAsync(connection).ConfigureAwait(false);
                return;
            }
            setInDoubt(plan.Events[^1]);
            await using var batch = Inserts(connection, plan);
            await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (PostgresException refused) when (refused.Severity == "ERROR")
        {
            // The server is alive and has ended the transaction itself.
            setInDoubt(null);
            await RollbackAsync(connection).ConfigureAwait(false);
            throw;
        }
        catch (Exception failure) when (failure is not NpgsqlException)
        {
            await RollbackAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Begins, takes the lock, and looks: one trip. Each statement sees what was committed before it began.</summary>
    async Task<JournalState> BeginAsync(NpgsqlConnection connection, IReadOnlyCollection<string> streams)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("BEGIN ISOLATION LEVEL READ COMMITTED"),
                new(PostgresSchema.Lock) { Parameters = { new() { Value = PostgresSchema.LockKey(Journal) } } },
                new(schema.Last),
                new(schema.Versions) { Parameters = { new() { Value = streams.ToArray() } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        await reader.ReadAsync().ConfigureAwait(false);
        RequireDurability(reader);
        await reader.NextResultAsync().ConfigureAwait(false);
        var (position, hash) = await LastInAsync(reader).ConfigureAwait(false);
        await reader.NextResultAsync().ConfigureAwait(false);
        var versions = new Dictionary<string, long>(streams.Count, StringComparer.Ordinal);
        while (await reader.ReadAsync().ConfigureAwait(false))
            versions.Add(reader.GetString(0), reader.GetInt64(1));
        return new(position, hash, versions);
    }

    /// <summary>Writes and commits: one trip. Whatever fails, the statements behind it are not run.</summary>
    NpgsqlBatch Inserts(NpgsqlConnection connection, WritePlan plan)
    {
        var events = plan.Events;
        var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(schema.Insert)
                {
                    Parameters =
                    {
                        new() { Value = events.Select(e => e.Position).ToArray() },
                        new() { Value = events.Select(e => e.Stream).ToArray() },
                        new() { Value = events.Select(e => e.Version).ToArray() },
                        new() { Value = events.Select(e => e.Id).ToArray() },
                        new() { Value = events.Select(e => e.Type).ToArray() },
                        new() { Value = events.Select(e => e.SchemaVersion).ToArray() },
                        new() { Value = events.Select(e => e.RecordedMicroseconds).ToArray() },
                        new() { Value = events.Select(e => e.Payload.ToArray()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                        new() { Value = events.Select(e => e.Hash.ToArray()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                    },
                },
            },
        };
        foreach (var snapshot in plan.Snapshots)
            batch.BatchCommands.Add(new(schema.InsertSnapshot)
            {
                Parameters =
                {
                    new() { Value = snapshot.Stream }, new() { Value = snapshot.Version }, new() { Value = snapshot.Type },
                    new() { Value = snapshot.SchemaVersion }, new() { Value = snapshot.Attested }, new() { Value = snapshot.State },
                },
            });
        batch.BatchCommands.Add(new("COMMIT"));
        return batch;
    }

    async Task RequireDurabilityAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(PostgresSchema.Lock, connection) { Parameters = { new() { Value = PostgresSchema.LockKey(Journal) } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        RequireDurability(reader);
    }

    // Looked at in every transaction: a role's or a database's setting can change under a running server.
    static void RequireDurability(NpgsqlDataReader settings)
    {
        var (fsync, pages, commit) = (settings.GetString(1), settings.GetString(2), settings.GetString(3));
        if (fsync != "on" || pages != "on" || commit == "off")
            throw new JournalUnavailableException(
                $"PostgreSQL does not flush commits to disk: fsync is {fsync}, full_page_writes {pages}, synchronous_commit {commit}.",
                isOutcomeUnknown: false);
    }

    async Task<ChainHash?> HashInAsync(NpgsqlConnection connection, long position)
    {
        await using var command = new NpgsqlCommand(schema.HashAt, connection) { Parameters = { new() { Value = position } } };
        return await command.ExecuteScalarAsync().ConfigureAwait(false) is byte[] hash ? ChainHash.FromBytes(hash) : null;
    }

    static async Task RollbackAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand("ROLLBACK", connection);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is NpgsqlException or InvalidOperationException)
        {
            // The connection is gone, and the transaction with it.
        }
    }

    static NpgsqlParameter[] PageBounds(long after, int limit) =>
        [new() { Value = after }, new() { Value = limit }, new() { Value = (long)JournalLimits.MaxPageBytes }];

    static async Task<(long Position, ChainHash? Hash)> LastInAsync(NpgsqlDataReader reader) =>
        await reader.ReadAsync().ConfigureAwait(false) ? (reader.GetInt64(0), PageReader.HashOf(reader.GetInt64(0), reader, 1)) : (0, null);

    static async Task<StoredPage> PageAsync(NpgsqlDataReader reader, int limit)
    {
        var rows = new List<StoredRow>();
        var bytes = 0L;
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            var row = PageReader.Read(reader, static (r, column) => r.GetGuid(column));
            bytes += row.Event?.Payload.Length ?? 0;
            rows.Add(row);
        }
        return new(rows, rows.Count < limit && bytes < JournalLimits.MaxPageBytes);
    }

    static async Task<IReadOnlyList<IndexEntry>> EntriesAsync(NpgsqlDataReader reader)
    {
        var entries = new List<IndexEntry>();
        while (await reader.ReadAsync().ConfigureAwait(false))
            entries.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        return entries;
    }

    Task<T> QueryAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellation) =>
        PostgresRetry.RunAsync(time, PostgresRetry.IsWorthIt, async () =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var parameter in parameters)
                command.Parameters.Add(parameter.Clone());
            await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            return await read(reader).ConfigureAwait(false);
        }, static () => false, cancellation);
}
