using Quorate.Node.Ceremonies;
using Quorate.Node.Tests.Sessions;
using Quorate.Policies;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>Attempts that end halfway: who may go on, who has to wait, and what is wiped when.</summary>
public sealed class SettlementTests
{
    static readonly string[] schemes = ["ed25519"];

    [Fact]
    public async Task Nobody_goes_on_without_a_node_that_may_hold_the_certificate()
    {
        // The third node attests and lies dead before anybody hears of it.
        var isCut = false;
        NodeId? third = null;
        var network = new MemoryNetwork(letter => Volatile.Read(ref isCut) && letter.From.Equals(third) ? [] : [letter]);
        await using var fleet = await CeremonyFleet.StartAsync(network: network);
        third = fleet.Acme.Id("node-3");
        var order = fleet.Create(schemes: schemes);
        fleet.Probe(3, step => Volatile.Write(ref isCut, Volatile.Read(ref isCut) || step == "after attest"));
        Assert.IsType<CeremonyResult.Failed>(await fleet.LeadAsync(1, order));
        await fleet.StopAsync(3);
        var failed = Assert.IsType<CeremonyResult.Failed>(await fleet.LeadAsync(1, order));
        Assert.Contains("may be certified", failed.Attempt.Fault, StringComparison.Ordinal);
        Assert.Equal(["node-3"], failed.Attempt.Culprits);
        // Not even when the order has expired: its share is kept until it is known.
        fleet.Clock.Now = fleet.Clock.Now.AddHours(2);
        foreach (var node in fleet.Nodes.Values)
        {
            await node.Ceremonies.ResumeAsync(default);
            Assert.Single(node.Vault.PendingAttempts(order.Hash));
            Assert.Empty(node.Vault.Keys);
        }
        Volatile.Write(ref isCut, false);
        // Back again, it turns out that all had attested: it holds, though nobody leads any more.
        await fleet.StartNodeAsync(3);
        foreach (var node in fleet.Nodes.Values)
            await node.Ceremonies.ResumeAsync(default);
        Assert.All(fleet.Nodes.Values, node => Assert.Single(node.Vault.Keys));
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
    }

    [Fact]
    public async Task An_attempt_that_somebody_never_attested_is_wiped_when_its_order_has_expired()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        var order = fleet.Create(schemes: schemes);
        fleet.Probe(3, Deadly("before attest"));
        Assert.IsType<CeremonyResult.Failed>(await fleet.LeadAsync(1, order));
        await fleet.RestartAsync(3);
        fleet.Clock.Now = fleet.Clock.Now.AddHours(2);
        for (var round = 0; round < 2; round++)
            foreach (var node in fleet.Nodes.Values)
                await node.Ceremonies.ResumeAsync(default);
        foreach (var node in fleet.Nodes.Values)
        {
            Assert.Empty(node.Vault.PendingAttempts(order.Hash));
            Assert.Empty(node.Vault.Keys);
            Assert.Empty(node.Journal.State.Ceremonies);
            Assert.Equal("expired", (await node.ReadAsync("make")).Outcome);
        }
        Assert.Equal(CeremonyRefusal.IdUsed, Assert.IsType<CeremonyResult.Refused>(await fleet.LeadAsync(1, order)).Reason.Reason);
        // Its name is free again.
        await fleet.HoldAsync(2, fleet.Create("another", schemes: schemes));
    }

    [Fact]
    public async Task Every_node_can_lead_and_two_at_once_do_no_harm()
    {
        await using var fleet = await CeremonyFleet.StartAsync(options: CeremonyFleet.Once with { Attempts = CeremonyFleet.Tries(6) });
        var order = fleet.Create(schemes: schemes);
        await Task.WhenAll(fleet.LeadAsync(1, order), fleet.LeadAsync(3, order));
        foreach (var node in fleet.Nodes.Values)
            await node.Ceremonies.ResumeAsync(default);
        // On a busy machine they may take each other's attempts until there are none left; then one leads it alone.
        if (fleet.Nodes.Values.Any(node => node.Wallet() is null))
            await fleet.HoldAsync(2, order);
        Assert.Single(fleet.Nodes.Values.Select(node => KeyView.Of(node.Wallet()!)[0].Id).Distinct());
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
    }

    [Fact]
    public async Task A_node_that_was_away_while_others_took_over_destroys_its_shares_when_it_is_back()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        await fleet.HoldAsync(1, fleet.Create(schemes: schemes));
        var order = fleet.Reshare("without-3", 0, 2, [1, 2]);
        await fleet.StopAsync(3);
        var done = await fleet.HoldAsync(1, order);
        Assert.Equal(["node-1", "node-2"], done.Told);
        await fleet.StartNodeAsync(3);
        fleet.Clock.Now = fleet.Clock.Now.AddHours(2);
        // Whoever leads it again shows the certificate.
        await fleet[1].Ceremonies.LeadAsync(order, fleet.Approve(order, "alice", "bob"), null, default);
        Assert.Null(fleet[3].Wallet());
        Assert.Empty(fleet[3].Vault.Keys);
        await fleet.SignAsync(1, 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_network_that_loses_every_nth_packet_makes_it_slower_and_no_more(int seed)
    {
        var sent = 0;
        var isLossy = true;
        var network = new MemoryNetwork(letter => Volatile.Read(ref isLossy) && Interlocked.Increment(ref sent) % 23 == seed ? [] : [letter]);
        await using var fleet = await CeremonyFleet.StartAsync(network: network, options: Patient);
        var order = fleet.Create(schemes: schemes);
        await fleet.LeadAsync(1, order);
        Volatile.Write(ref isLossy, false);
        var end = await fleet.LeadAsync(2, order);
        Assert.IsType<CeremonyResult.Completed>(end);
        foreach (var node in fleet.Nodes.Values)
            await node.Ceremonies.ResumeAsync(default);
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
    }

    [Fact]
    public async Task One_packet_lost_at_any_place_leaves_all_or_none()
    {
        // How many there are, counted on a whole run.
        var network = new MemoryNetwork();
        await using (var counted = await CeremonyFleet.StartAsync(network: network))
            await counted.HoldAsync(1, counted.Create(schemes: schemes));
        var places = Enumerable.Range(0, network.Sent).Where(place => place % 5 == 0);
        await Parallel.ForEachAsync(places, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (place, _) =>
        {
            var sent = -1;
            await using var fleet = await CeremonyFleet.StartAsync(
                network: new(letter => Interlocked.Increment(ref sent) == place ? [] : [letter]), options: Patient with { Attempts = CeremonyFleet.Tries(1) });
            var order = fleet.Create(schemes: schemes);
            await fleet.LeadAsync(1, order);
            foreach (var node in fleet.Nodes.Values)
                await node.Ceremonies.ResumeAsync(default);
            var holders = fleet.Nodes.Values.Count(node => node.Vault.Keys.Count == 1);
            Assert.True(holders is 0 or 3, $"packet {place} lost: {holders} of 3");
        });
    }

    static readonly CeremonyOptions Patient = CeremonyFleet.Once with
    {
        Deadlines = new() { Ready = TimeSpan.FromSeconds(2), Round = TimeSpan.FromSeconds(2), Session = TimeSpan.FromSeconds(20) },
        Patience = TimeSpan.FromSeconds(1.5), Attempts = CeremonyFleet.Tries(4, 0.05),
    };

    static Action<string> Deadly(string step)
    {
        var isDead = false;
        return now =>
        {
            isDead |= now == step;
            if (isDead)
                throw new KilledException();
        };
    }
}
