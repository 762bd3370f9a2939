using Npgsql;
using Quorate.Server.Store;
using Quorate.Testing;

namespace Quorate.Server.Tests.Store;

/// <summary>A place for a server's store, that several servers may open.</summary>
public abstract class StoreHarness : IAsyncDisposable
{
    internal abstract Task<ServerStore> OpenAsync();

    public abstract ValueTask DisposeAsync();
}

public sealed class SqliteStoreHarness : StoreHarness
{
    readonly string directory = Directory.CreateTempSubdirectory("quorate-server-").FullName;

    internal override Task<ServerStore> OpenAsync() => ServerStore.OpenSqliteAsync(directory);

    public override ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}

public sealed class PostgresStoreHarness : StoreHarness
{
    readonly string schema = $"s{Guid.NewGuid():N}";

    string ConnectionString => $"{PostgresCluster.Shared.ConnectionString};Search Path={schema};Maximum Pool Size=8";

    internal override async Task<ServerStore> OpenAsync()
    {
        await ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {schema}");
        return await ServerStore.OpenPostgresAsync(ConnectionString, new() { Schema = schema });
    }

    async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{PostgresCluster.Shared.ConnectionString};Pooling=False");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public override async ValueTask DisposeAsync() => await ExecuteAsync($"DROP SCHEMA IF EXISTS {schema} CASCADE");
}
