using Npgsql;
using Quorate.Journal.Storage.Postgres;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Stores;

public sealed class PostgresPoolTests
{
    [Theory]
    [InlineData("Host=a", PostgresPool.Size)]
    [InlineData("Host=a;Maximum Pool Size=7", 7)]
    [InlineData("Host=a;maxpoolsize=100", 100)]
    public void A_pool_is_small_unless_the_connection_string_says_otherwise(string connectionString, int size) =>
        Assert.Equal(size, PostgresPool.Settings(connectionString).MaxPoolSize);

    [Fact]
    public async Task Many_readers_at_once_share_a_few_connections()
    {
        using var cluster = new PostgresCluster();
        await using var store = await EventStore.OpenPostgresAsync(cluster.ConnectionString);
        await store.AppendAsync("a", 0, Sample.Events(3));

        var read = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => Sample.StreamAsync(store, "a"))));

        Assert.All(read, events => Assert.Equal(3, events.Count));
        await using var watch = NpgsqlDataSource.Create($"{cluster.ConnectionString};Pooling=False");
        var others = (long)(await watch.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()").ExecuteScalarAsync())!;
        Assert.InRange(others, 2, PostgresPool.Size);
    }
}
