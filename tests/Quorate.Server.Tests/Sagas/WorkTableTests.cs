using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Sagas;
using Quorate.Testing;

namespace Quorate.Server.Tests.Sagas;

public class WorkTableTests
{
    static readonly DateTimeOffset noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task On_SQLite_work_is_claimed_once_and_nothing_that_happens_is_forgotten()
    {
        var directory = Directory.CreateTempSubdirectory("quorate-work-").FullName;
        try
        {
            await using var store = await EventStore.OpenSqliteAsync(Path.Combine(directory, "journal.db"));
            await using var database = SqliteFactory.Instance.CreateDataSource($"Data Source={Path.Combine(directory, "work.db")};Pooling=False");
            await CheckAsync(store, database);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task On_PostgreSQL_work_is_claimed_once_and_nothing_that_happens_is_forgotten()
    {
        var schema = $"w{Guid.NewGuid():N}";
        await using var store = await EventStore.OpenPostgresAsync(PostgresCluster.Shared.ConnectionString, new() { Schema = schema });
        await using var database = NpgsqlDataSource.Create($"{PostgresCluster.Shared.ConnectionString};Search Path={schema}");
        await CheckAsync(store, database);
    }

    static async Task CheckAsync(EventStore store, DbDataSource database)
    {
        var table = new WorkTable(database);
        var projector = new Projector(store, database, table, TimeProvider.System);
        async Task HappenAsync(int transfer)
        {
            await store.AppendAsync($"transfer/t{transfer}", EventStore.AnyVersion, [new("x", 1, default)]);
            await projector.CatchUpAsync();
        }
        async Task HappenInLaneAsync(string lane, string type)
        {
            await store.AppendAsync(lane, EventStore.AnyVersion, [new(type, 1, default)]);
            await projector.CatchUpAsync();
        }
        for (var i = 0; i < 20; i++)
            await HappenAsync(i);
        await store.AppendAsync("nonces/a", EventStore.AnyVersion, [new("x", 1, default)]);
        await projector.CatchUpAsync();

        // Many servers at once: every item is somebody's, and nobody else's. Who comes second to the same items may get none.
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(s => Task.Run(async () =>
        {
            var mine = new List<string>();
            for (var i = 0; i < 20; i++)
                mine.AddRange(await table.ClaimAsync($"s{s}", noon, lease, 1, default));
            return mine;
        })));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"t{i}").Order(), claims.SelectMany(c => c).Order());
        Assert.Empty(await table.ClaimAsync("late", noon, lease, 5, default));
        var (first, owner) = (claims.First(c => c.Count > 1)[0], $"s{Array.FindIndex(claims, c => c.Count > 1)}");
        var second = claims.First(c => c.Count > 1)[1];

        // Given back it is due when that was said, unless something happened meanwhile; what is not one's own is not given back.
        await table.ReturnAsync(first, owner, noon.AddSeconds(10), null, default);
        Assert.Empty(await table.ClaimAsync("b", noon.AddSeconds(9), lease, 5, default));
        Assert.Equal([first], await table.ClaimAsync("b", noon.AddSeconds(10), lease, 5, default));
        await HappenAsync(int.Parse(first[1..], System.Globalization.CultureInfo.InvariantCulture));
        await table.ReturnAsync(first, "c", noon.AddHours(1), null, default);
        Assert.Empty(await table.ClaimAsync("c", noon.AddSeconds(20), lease, 5, default));
        await table.ReturnAsync(first, "b", noon.AddHours(1), null, default);
        Assert.Equal([first], await table.ClaimAsync("c", noon.AddSeconds(20), lease, 5, default));

        // Done is gone, unless something happened meanwhile.
        await HappenAsync(int.Parse(second[1..], System.Globalization.CultureInfo.InvariantCulture));
        await table.CompleteAsync(second, owner, default);
        Assert.Equal([second], await table.ClaimAsync("d", noon.AddSeconds(20), lease, 5, default));
        await table.CompleteAsync(second, "d", default);
        // Who was killed has it no longer when the lease is over.
        var all = (await table.ClaimAsync("e", noon.AddMinutes(2), lease, 100, default)).ToArray();
        Assert.Equal(19, all.Length);

        // Who waits for a place in a lane is woken by what may have made room there, by nothing else that happens in it, and by no other lane.
        foreach (var item in all)
            await table.ReturnAsync(item, "e", noon.AddHours(1), item == first ? "nonces/b" : "nonces/a", default);
        await HappenInLaneAsync("nonces/a", "nonce-bound");
        Assert.Empty(await table.ClaimAsync("f", noon.AddMinutes(3), lease, 100, default));
        await HappenInLaneAsync("nonces/a", "nonces-observed");
        var woken = await table.ClaimAsync("f", noon.AddMinutes(3), lease, 100, default);
        Assert.Equal(all.Where(item => item != first).Order(StringComparer.Ordinal).Take(16), woken.Order(StringComparer.Ordinal));
        // Woken once for what happened once; the rest is woken by the next.
        foreach (var item in woken)
            await table.ReturnAsync(item, "f", noon.AddHours(1), null, default);
        await HappenInLaneAsync("nonces/a", "nonce-released");
        Assert.Equal(2, (await table.ClaimAsync("f", noon.AddMinutes(3), lease, 100, default)).Count);
        Assert.Contains(first, await table.ClaimAsync("f", noon.AddHours(1), lease, 100, default));
    }
}
