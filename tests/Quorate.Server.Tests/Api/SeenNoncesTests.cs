using Npgsql;
using Quorate.Rpc;
using Quorate.Server.Access;
using Quorate.Testing;

namespace Quorate.Server.Tests.Api;

/// <summary>What has come once does not come again, whichever server it comes to, for as long as it could.</summary>
public sealed class SeenNoncesTests
{
    readonly ManualTime time = new();

    [Fact]
    public async Task A_nonce_is_new_once_and_forgotten_when_its_time_is_over()
    {
        var seen = new NoncesInMemory(time, max: 3);
        DateTimeOffset In(int seconds) => time.GetUtcNow().AddSeconds(seconds);
        Assert.True(await seen.IsNewAsync("a", In(60), true, default));
        Assert.False(await seen.IsNewAsync("a", In(60), true, default));
        Assert.True(await seen.IsNewAsync("b", In(120), true, default));
        Assert.True(await seen.IsNewAsync("c", In(120), true, default));
        // Nothing is forgotten early to make room.
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => seen.IsNewAsync("d", In(60), true, default))).StatusCode);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(await seen.IsNewAsync("d", In(60), true, default));
        Assert.False(await seen.IsNewAsync("b", In(60), true, default));
    }

    [Fact]
    public async Task Two_servers_on_one_database_remember_together_what_may_change_anything()
    {
        var schema = $"n{Guid.NewGuid():N}";
        await using var database = NpgsqlDataSource.Create($"{PostgresCluster.Shared.ConnectionString};Search Path={schema}");
        await using (var create = database.CreateCommand($"CREATE SCHEMA {schema}"))
            await create.ExecuteNonQueryAsync();
        var servers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SharedNonces.OpenAsync(database, new NoncesInMemory(time, max: 100), time, default)));
        var until = time.GetUtcNow().AddMinutes(1);
        Assert.True(await servers[0].IsNewAsync("a", until, true, default));
        Assert.False(await servers[1].IsNewAsync("a", until, true, default));
        // What only reads is remembered by whom it came to.
        Assert.True(await servers[0].IsNewAsync("r", until, false, default));
        Assert.True(await servers[1].IsNewAsync("r", until, false, default));
        Assert.False(await servers[1].IsNewAsync("r", until, false, default));
        // Many at once: one of them is the first.
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => servers[i % 2].IsNewAsync("s", until, true, default)));
        Assert.Single(all, isNew => isNew);
    }
}
