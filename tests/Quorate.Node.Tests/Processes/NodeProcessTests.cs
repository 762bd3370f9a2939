using Quorate.Node.Gate;
using Quorate.Node.Tests.Gate;
using Quorate.Node.Tests.Vault;
using Quorate.Node.V1;
using Quorate.Testing;
using static Quorate.Node.Tests.Processes.ProcessFleet;

namespace Quorate.Node.Tests.Processes;

/// <summary>The attacker's kit against real processes: three nodes, a relay, loopback.</summary>
public sealed class NodeProcessTests
{
    [Fact]
    public async Task Three_processes_sign_whoever_is_asked_and_however()
    {
        await using var fleet = await ProcessFleet.StartAsync();
        Assert.All(fleet.Nodes, node => Assert.Equal(0, node.Key - (int)node.Value.StatusAsync().Result.Number));
        for (var node = 1; node <= 3; node++)
        {
            var request = fleet.Payment();
            var reply = await fleet.Nodes[node].SignAsync(ToMessage(request));
            fleet.RequireSigned(request, reply);
            // Asked again, of it or by way of the relay: the same signature.
            Assert.Equal(reply, await fleet.AskToSignAsync(node, ToMessage(request)));
        }
        // Another transaction under a request that was signed is refused by whoever knows of it.
        var first = fleet.Payment("req_1", nonce: 77);
        Assert.Equal(nameof(Refusal.RequestReused), (await fleet.Nodes[1].SignAsync(ToMessage(first))).Refused?.Reason);
        Assert.Equal(Rpc.StatusCode.InvalidArgument, (await Assert.ThrowsAsync<Rpc.RpcException>(() => fleet.Nodes[1].SignAsync(new()))).StatusCode);
    }

    [Fact]
    public async Task A_node_that_is_killed_is_missed_by_nobody_and_comes_back_with_all_it_knew()
    {
        await using var fleet = await ProcessFleet.StartAsync();
        var request = fleet.Payment();
        fleet.RequireSigned(request, await fleet.Nodes[1].SignAsync(ToMessage(request)));
        foreach (var dead in (int[])[3, 2])
        {
            await fleet.Nodes[dead].KillAsync();
            var meanwhile = fleet.Payment();
            fleet.RequireSigned(meanwhile, await fleet.Nodes[1].SignAsync(ToMessage(meanwhile)));
            await fleet.RestartAsync(dead);
        }
        await fleet.Nodes[1].KillAsync();
        await fleet.RestartAsync(1);
        fleet.RequireSigned(request, await fleet.Nodes[1].SignAsync(ToMessage(request)));
        // The relay, with everything in it.
        await fleet.StopRelayAsync();
        await fleet.StartRelayAsync();
        await fleet.UntilConnectedAsync();
        var last = fleet.Payment();
        fleet.RequireSigned(last, await fleet.AskToSignAsync(3, ToMessage(last)));
    }

    [Fact]
    public async Task A_node_that_hangs_is_a_node_less_and_no_more()
    {
        await using var fleet = await ProcessFleet.StartAsync();
        // It holds its connections, and says nothing.
        fleet.Nodes[2].Signal("STOP");
        for (var i = 0; i < 3; i++)
        {
            var request = fleet.Payment();
            fleet.RequireSigned(request, await fleet.Nodes[1].SignAsync(ToMessage(request)));
        }
        fleet.Nodes[2].Signal("CONT");
        await fleet.UntilConnectedAsync();
        var last = fleet.Payment();
        fleet.RequireSigned(last, await fleet.Nodes[2].SignAsync(ToMessage(last)));
    }

    [Fact]
    public async Task A_node_that_was_frozen_by_one_administrator_signs_nothing_and_the_others_see_to_it()
    {
        await using var fleet = await ProcessFleet.StartAsync();
        var (order, approval) = fleet.OrderToFreeze("treasury", "carol");
        Assert.Equal("", (await fleet.Nodes[2].FreezeAsync(new() { Order = order, Approval = approval })).Problem);
        var request = fleet.Payment();
        Assert.Equal(nameof(Refusal.Frozen), (await fleet.Nodes[2].SignAsync(ToMessage(request))).Refused?.Reason);
        fleet.RequireSigned(request, await fleet.Nodes[1].SignAsync(ToMessage(request)));
        Assert.Equal("", (await fleet.Nodes[3].FreezeAsync(new() { Order = order, Approval = approval })).Problem);
        var second = fleet.Payment();
        var failed = (await fleet.Nodes[1].SignAsync(ToMessage(second))).Failed;
        Assert.Contains(nameof(Refusal.Frozen), failed!.ToString(), StringComparison.OrdinalIgnoreCase);
        // A stranger's order is no order.
        var (_, forged) = fleet.OrderToFreeze("treasury", "mallory");
        Assert.NotEqual("", (await fleet.Nodes[1].FreezeAsync(new() { Order = order, Approval = forged })).Problem);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("all of it")]
    public Task A_hostile_relay_delays_and_no_more(string habit) => Betrayed(habit);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("drop")]
    [InlineData("delay")]
    [InlineData("repeat")]
    [InlineData("change")]
    [InlineData("misattribute")]
    public Task A_hostile_relay_of_one_habit_delays_and_no_more(string habit) => Betrayed(habit);

    static async Task Betrayed(string habit)
    {
        await using var fleet = await ProcessFleet.StartAsync();
        await using var relay = await fleet.BetrayAsync(habit switch
        {
            "drop" => new(Drop: 10),
            "delay" => new(Delay: 50),
            "repeat" => new(Repeat: 60),
            "change" => new(Change: 10),
            "misattribute" => new(Misattribute: 20),
            "replay" => new(Replay: 60),
            _ => new(2, 10, 10, 2, 2, 10),
        }, 1);
        for (var i = 0; i < 4; i++)
        {
            var request = fleet.Payment();
            var reply = await fleet.Nodes[1 + (i % 3)].SignAsync(ToMessage(request));
            // A signature that verifies, or none: what a relay may drop it may drop for ever.
            if (reply.Signed is not null)
                fleet.RequireSigned(request, reply);
            else
                Assert.True(reply.Failed is not null && habit is "drop" or "change" or "misattribute" or "all of it", reply.ToString());
        }
        Assert.True(relay.Tampered > 0);
        // With an honest one all goes on as if nothing had been.
        await relay.DisposeAsync();
        await fleet.StartRelayAsync();
        await fleet.UntilConnectedAsync();
        var last = fleet.Payment();
        SignReply? after = null;
        for (var attempt = 0; after?.Signed is null && attempt < 40; attempt++)
        {
            // Breakers that the hostile one has opened close again by and by.
            if (attempt > 0)
                await Task.Delay(2_000);
            after = await fleet.Nodes[1 + (attempt % 3)].SignAsync(ToMessage(last));
        }
        fleet.RequireSigned(last, after!);
    }

    [Fact]
    public async Task Told_to_end_it_ends_in_order()
    {
        await using var fleet = await ProcessFleet.StartAsync();
        fleet.Nodes[2].Signal("TERM");
        Assert.Equal(0, await fleet.Nodes[2].ExitCodeAsync());
        Assert.Contains("stopping.", fleet.Nodes[2].Errors, StringComparison.Ordinal);
        await fleet.RestartAsync(2);
    }

    [Fact]
    public Task Killed_at_any_moment_of_signing_nothing_is_lost_and_nothing_signed_twice() => Killed(4);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Killed_sixty_times_nothing_is_lost_and_nothing_signed_twice() => Killed(60);

    static async Task Killed(int kills)
    {
        await using var fleet = await ProcessFleet.StartAsync();
        var random = new SeededRandom((ulong)kills, "kills");
        var open = new List<SigningRequest>();
        for (var i = 0; i < kills; i++)
        {
            var victim = 1 + random.Below(3);
            SigningRequest[] batch = [.. Enumerable.Range(0, 4).Select(_ => fleet.Payment())];
            open.AddRange(batch);
            var asked = batch.Select(request => Task.Run(() => fleet.Nodes[1 + random.Below(3)].SignAsync(ToMessage(request), 30))).ToArray();
            await Task.Delay(random.Below(400));
            await fleet.Nodes[victim].KillAsync();
            // What was asked of the dead one fails, and other requests may have to find another quorum.
            await Task.WhenAll(asked).ContinueWith(_ => { }, TaskScheduler.Default);
            await fleet.RestartAsync(victim);
        }
        foreach (var request in open)
        {
            SignReply? reply = null;
            for (var attempt = 0; reply?.Signed is null && attempt < 20; attempt++)
            {
                if (attempt > 0)
                    await Task.Delay(2_000);
                reply = await fleet.Nodes[1 + (attempt % 3)].SignAsync(ToMessage(request));
            }
            fleet.RequireSigned(request, reply!);
        }
        // Every journal verifies, and every request is one intent at every node.
        foreach (var node in fleet.Nodes.Values)
            await node.KillAsync();
        foreach (var request in open)
            for (var node = 1; node <= 3; node++)
                if ((await fleet.ReadAsync(node, request)).Intent is { } intent)
                    Assert.Equal(request.Intent.Hash, intent);
    }

    [Fact]
    public Task Hostile_requests_against_live_nodes_sign_nothing() => Hostile(300, 41);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Ten_thousand_hostile_requests_against_live_nodes_sign_nothing() => Hostile(10_000, 42);

    static async Task Hostile(int count, ulong seed)
    {
        await using var fleet = await ProcessFleet.StartAsync();
        var (server, random) = (new HostileServer(fleet.Acme, Soon), new SeededRandom(seed));
        var (refusals, malformed) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var request = server.Next(random);
            if (server.MayBePermitted(request))
                continue;
            try
            {
                var reply = await fleet.Nodes[1 + random.Below(3)].SignAsync(ToMessage(request));
                Assert.True(reply.Refused is not null, $"request {i} of seed {seed}, {request.Intent}, for {request.Original?.Intent}: {reply}");
                refusals++;
            }
            catch (Rpc.RpcException e)
            {
                Assert.True(e.StatusCode == Rpc.StatusCode.InvalidArgument, $"request {i} of seed {seed}: {e}");
                malformed++;
            }
        }
        Assert.True(refusals > count / 2, $"{refusals} refused, {malformed} malformed");
        foreach (var node in fleet.Nodes.Values)
            Assert.Equal(0u, (await node.StatusAsync()).Sessions);
    }

    [Fact]
    public async Task An_edited_journal_and_an_old_vault_keep_a_node_from_starting()
    {
        await using var fleet = await ProcessFleet.StartAsync();
        var old = fleet.FileOf(3, "vault.old");
        fleet.Nodes[3].Signal("TERM");
        Assert.Equal(0, await fleet.Nodes[3].ExitCodeAsync());
        var (vault, journal) = (fleet.FileOf(3, "vault.db"), fleet.FileOf(3, "journal.db"));

        // The image of another day, and what the journal has since heard of the vault.
        File.Copy(vault, old);
        var opened = await NodeStore.OpenAsync(fleet.OptionsOf(3), default);
        await using (opened)
        {
            opened.Vault.Bans.Ban(new byte[32], new(1));
            opened.Vault.Bans.Ban(new byte[32], new(2));
        }
        var present = await File.ReadAllBytesAsync(vault);
        File.Copy(old, vault, overwrite: true);
        await Refuses(fleet, "older vault");
        await File.WriteAllBytesAsync(vault, present);

        VaultPlace.SqlAt(journal, "drop trigger events_are_not_changed");
        VaultPlace.SqlAt(journal, "update events set payload = x'00' where position = 2");
        await Refuses(fleet, "2");

        // Two of three go on.
        var request = fleet.Payment();
        fleet.RequireSigned(request, await fleet.Nodes[1].SignAsync(ToMessage(request)));
    }

    static async Task Refuses(ProcessFleet fleet, string because)
    {
        using var node = NodeProcess.Begin(fleet.PlaceOf(3), fleet.KeyFile(3));
        Assert.False(await node.IsReadyAsync());
        Assert.Equal(1, await node.ExitCodeAsync());
        Assert.Contains(because, node.Errors, StringComparison.Ordinal);
    }
}
