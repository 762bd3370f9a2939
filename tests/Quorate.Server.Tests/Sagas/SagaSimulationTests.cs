using Quorate.Server.Transfers;
using Xunit.Abstractions;

namespace Quorate.Server.Tests.Sagas;

public class SagaSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Two_servers_that_are_killed_at_any_await_lose_nothing_double_nothing_and_leave_nothing_reserved()
    {
        var outcomes = new Dictionary<TransferStatus, int>();
        var kills = 0;
        for (var seed = 0; seed < 12; seed++)
        {
            var simulation = new SagaSimulation(seed);
            simulation.Run(40);
            kills += simulation.Kills;
            foreach (var (status, count) in simulation.Outcomes)
                outcomes[status] = outcomes.GetValueOrDefault(status) + count;
        }
        output.WriteLine($"{kills} kills; {string.Join(", ", outcomes)}");
        // A simulation in which nothing goes wrong proves nothing.
        Assert.True(kills > 50);
        Assert.All(
            new[] { TransferStatus.Finalized, TransferStatus.Denied, TransferStatus.Cancelled, TransferStatus.Expired },
            status => Assert.True(outcomes.GetValueOrDefault(status) > 0, $"Nothing ended {status}."));
    }

    [Fact]
    public void The_same_on_Bitcoin_where_coins_are_what_is_shared() => RunAll(seed => new(seed, world: r => new BitcoinWorld(r)), 8);

    [Fact]
    public void The_same_on_Solana_where_messages_die_and_nonces_are_shared() => RunAll(seed => new(seed, world: r => new SolanaWorld(r)), 10);

    [Fact]
    [Trait("Category", "Slow")]
    public void The_same_on_Bitcoin_over_hundreds_of_seeds()
    {
        foreach (var seed in Seeds(300))
            new SagaSimulation(seed, world: r => new BitcoinWorld(r)).Run(20);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_same_on_Solana_over_hundreds_of_seeds()
    {
        foreach (var seed in Seeds(400))
            new SagaSimulation(seed, world: r => new SolanaWorld(r)).Run(20);
    }

    // A part of them, to look at what one has found: "147 1".
    static IEnumerable<int> Seeds(int count) => Environment.GetEnvironmentVariable("QUORATE_SAGA_SEEDS")?.Split(' ').Select(int.Parse).ToArray() is [var first, var some]
        ? Enumerable.Range(first, some)
        : Enumerable.Range(100, count);

    void RunAll(Func<int, SagaSimulation> make, int seeds)
    {
        var outcomes = new Dictionary<TransferStatus, int>();
        var kills = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            var simulation = make(seed);
            simulation.Run(30);
            kills += simulation.Kills;
            foreach (var (status, count) in simulation.Outcomes)
                outcomes[status] = outcomes.GetValueOrDefault(status) + count;
        }
        output.WriteLine($"{kills} kills; {string.Join(", ", outcomes)}");
        Assert.True(kills > 50);
        Assert.All(
            new[] { TransferStatus.Finalized, TransferStatus.Denied, TransferStatus.Cancelled, TransferStatus.Expired },
            status => Assert.True(outcomes.GetValueOrDefault(status) > 0, $"Nothing ended {status}."));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_same_over_thousands_of_seeds()
    {
        // A part of them, to look at what one has found: "147 1".
        var part = Environment.GetEnvironmentVariable("QUORATE_SAGA_SEEDS")?.Split(' ').Select(int.Parse).ToArray();
        foreach (var seed in part is null ? Enumerable.Range(100, 2_000) : Enumerable.Range(part[0], part[1]))
            new SagaSimulation(seed).Run(20);
        for (var seed = 0; seed < (part is null ? 10 : 0); seed++)
            new SagaSimulation(seed, 0.01).Run(400);
    }
}
