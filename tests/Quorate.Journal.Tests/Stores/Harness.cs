using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Stores;

/// <summary>A fresh journal in one of the databases, and a way to get at its tables behind its back.</summary>
public abstract class Harness : IAsyncDisposable
{
    /// <summary>A writer's clock that tells the same time for ever.</summary>
    internal static readonly TimeProvider Noon = new FixedTime();

    protected abstract string Prefix { get; }

    /// <summary>The events table.</summary>
    public string Events => $"{Prefix}events";

    public abstract Task<EventStore> OpenAsync(JournalOptions? options = null);

    /// <summary>A connection that the journal knows nothing of.</summary>
    public abstract Task<DbConnection> ConnectAsync();

    /// <summary>Bytes as the database writes them.</summary>
    public abstract string Blob(ReadOnlySpan<byte> bytes);

    /// <summary>A database for read models.</summary>
    public abstract DbDataSource ReadModels();

    /// <summary>Takes one event out of the index by which streams are read, and leaves its row. Nobody has the journal open.</summary>
    public abstract Task HideFromIndexAsync(long position);

    /// <summary>Drops what keeps honest people from changing events.</summary>
    public abstract Task DropTriggersAsync();

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql.Replace("{events}", Events, StringComparison.Ordinal).Replace("{prefix}", Prefix, StringComparison.Ordinal);
        return await command.ExecuteNonQueryAsync();
    }

    public abstract ValueTask DisposeAsync();

    sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    }
}

public sealed class SqliteHarness : Harness
{
    readonly string directory = Directory.CreateTempSubdirectory("quorate-journal-").FullName;

    public string File => Path.Combine(directory, "journal.db");

    protected override string Prefix => "";

    public override Task<EventStore> OpenAsync(JournalOptions? options = null) => EventStore.OpenSqliteAsync(File, options);

    public override async Task HideFromIndexAsync(long position)
    {
        await DropTriggersAsync();
        await ExecuteAsync(
            $"""
            CREATE TABLE kept AS SELECT * FROM events WHERE position = {position};
            DELETE FROM events WHERE position = {position};
            CREATE TABLE hidden AS SELECT * FROM sqlite_schema WHERE name = 'events_by_stream';
            PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'events_by_stream'; PRAGMA schema_version = 1001;
            """);
        await ExecuteAsync("INSERT INTO events SELECT * FROM kept; PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM hidden; PRAGMA schema_version = 1002");
        await ExecuteAsync("DROP TABLE kept; DROP TABLE hidden");
    }

    public override async Task<DbConnection> ConnectAsync()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    public override string Blob(ReadOnlySpan<byte> bytes) => $"x'{Convert.ToHexString(bytes)}'";

    public override DbDataSource ReadModels() =>
        SqliteFactory.Instance.CreateDataSource($"Data Source={Path.Combine(directory, "views.db")};Pooling=False");

    public override Task DropTriggersAsync() => ExecuteAsync("DROP TRIGGER IF EXISTS events_are_not_changed; DROP TRIGGER IF EXISTS events_are_not_deleted");

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}

public sealed class PostgresHarness : Harness
{
    readonly string schema = $"j{Guid.NewGuid():N}";

    protected override string Prefix => $"{schema}.";

    public override Task<EventStore> OpenAsync(JournalOptions? options = null) =>
        EventStore.OpenPostgresAsync(PostgresCluster.Shared.ConnectionString, (options ?? new()) with { Schema = schema });

    public override async Task HideFromIndexAsync(long position)
    {
        await DropTriggersAsync();
        await ExecuteAsync($"CREATE TABLE {{prefix}}kept AS SELECT * FROM {{events}} WHERE position = {position}; DELETE FROM {{events}} WHERE position = {position}");
        // An index that is not ready is not written to.
        await ExecuteAsync("UPDATE pg_index SET indisready = false WHERE indexrelid = '{prefix}events_by_stream'::regclass");
        await ExecuteAsync("INSERT INTO {events} SELECT * FROM {prefix}kept");
        await ExecuteAsync("UPDATE pg_index SET indisready = true WHERE indexrelid = '{prefix}events_by_stream'::regclass");
    }

    public override async Task<DbConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection($"{PostgresCluster.Shared.ConnectionString};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    public override string Blob(ReadOnlySpan<byte> bytes) => $"'\\x{Convert.ToHexString(bytes)}'::bytea";

    public override DbDataSource ReadModels() =>
        NpgsqlDataSource.Create($"{PostgresCluster.Shared.ConnectionString};Search Path={schema}");

    public override Task DropTriggersAsync() => ExecuteAsync("DROP TRIGGER IF EXISTS events_are_not_changed ON {events}");

    public override async ValueTask DisposeAsync() => await ExecuteAsync($"DROP SCHEMA IF EXISTS {schema} CASCADE");
}
