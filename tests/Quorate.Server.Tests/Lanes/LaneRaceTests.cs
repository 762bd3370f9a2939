using Quorate.Chains.Ethereum;
using Quorate.Journal;
using Quorate.Server.Lanes;
using Quorate.Testing;
using NonceLane = Quorate.Server.Lanes.NonceLane;

namespace Quorate.Server.Tests.Lanes;

/// <summary>Two servers on one database, each with a journal and a memory of its own, ask for the same things at once.</summary>
public class LaneRaceTests
{
    const int Transfers = 12;

    [Fact]
    public async Task Two_servers_on_SQLite_never_reserve_anything_twice()
    {
        var directory = Directory.CreateTempSubdirectory("quorate-lanes-").FullName;
        try
        {
            await RaceAsync(() => EventStore.OpenSqliteAsync(Path.Combine(directory, "journal.db")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Two_servers_on_PostgreSQL_never_reserve_anything_twice()
    {
        var options = new JournalOptions { Schema = $"l{Guid.NewGuid():N}" };
        await RaceAsync(() => EventStore.OpenPostgresAsync(PostgresCluster.Shared.ConnectionString, options));
    }

    static async Task RaceAsync(Func<Task<EventStore>> openAsync)
    {
        await using var first = await openAsync();
        await using var second = await openAsync();
        EventStore[] stores = [first, second];
        var account = new EthereumFormat(1).ParseAddress("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045");
        var nonces = stores.Select(s => new LaneStreams<NonceLane, NonceEvent>(new JournalLog(s), NonceEvent.Catalog, NonceLane.Initial, (l, e) => l.After(e))).ToArray();
        var coins = stores.Select(s => new LaneStreams<CoinLane, CoinEvent>(new JournalLog(s), CoinEvent.Catalog, CoinLane.Initial, (l, e) => l.After(e))).ToArray();
        var (lane, wallet) = (NonceLane.Stream(account), CoinLane.Stream(account.Chain, "w"));
        await nonces[0].DecideAsync(lane, l => l.Observe(7, 7, 7), default);
        await coins[0].DecideAsync(wallet, l => l.Observe([.. Enumerable.Range(0, 10).Select(i => new LaneCoin($"t:{i}", 1_000, false, 0))]), default);

        // Every transfer is asked for by both servers, as when a lease runs out in the middle of a step.
        await Task.WhenAll(Enumerable.Range(0, Transfers).SelectMany(t => nonces.Select(n => Task.Run(async () =>
            Assert.Null((await n.DecideAsync(lane, l => l.Reserve($"t{t}", 1UL), default)).Refusal)))));
        await Task.WhenAll(Enumerable.Range(0, Transfers).SelectMany(t => coins.Select(c => Task.Run(() =>
            c.DecideAsync(wallet, l => l.Reserve($"t{t}", [.. l.Free().Take(1).Select(f => f.Point)], 10), default)))));

        foreach (var (n, c) in nonces.Zip(coins))
        {
            var held = await n.ReadAsync(lane, default);
            Assert.Equal(
                Enumerable.Range(7, Transfers).Select(i => (ulong)i),
                Enumerable.Range(0, Transfers).Select(t => held.NonceOf($"t{t}")!.Value).Order());
            var spends = (await c.ReadAsync(wallet, default)).Spends.Values.SelectMany(s => s.Coins).ToArray();
            Assert.Equal(10, spends.Length);
            Assert.Equal(10, spends.Distinct().Count());
        }
        Assert.True((await first.VerifyAsync()).IsIntact);
    }
}
