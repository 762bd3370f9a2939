using Quorate.Node.Gate;
using Quorate.Node.V1;
using static Quorate.Node.Tests.Processes.ProcessFleet;

namespace Quorate.Node.Tests.Processes;

/// <summary>A relay that is there and hardly carries anything.</summary>
public sealed class SlowPeerTests
{
    [Fact]
    public async Task Over_a_relay_that_takes_its_time_a_signature_takes_longer()
    {
        await using var fleet = await ProcessFleet.StartAsync(new() { Policy = Deployment.AnythingGoes() });
        await using var relay = await fleet.BetrayAsync(new(), 1);
        (relay.Latency, relay.BytesPerSecond) = (150, 20_000);
        foreach (var request in (SigningRequest[])[fleet.SolanaPayment(), fleet.SolanaPayment()])
            fleet.RequireSigned(request, await fleet.Nodes[1].SignAsync(ToMessage(request)));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Over_a_trickle_what_does_not_fit_is_not_signed_nobody_is_blamed_for_good_and_it_passes()
    {
        await using var fleet = await ProcessFleet.StartAsync(new() { Patience = 2, Policy = Deployment.AnythingGoes() });
        await using var relay = await fleet.BetrayAsync(new(), 1);
        // A hundred kilobytes each way, in rounds of two seconds.
        relay.BytesPerSecond = 8_000;
        var large = fleet.Payment();
        var failed = (await fleet.Nodes[1].SignAsync(ToMessage(large))).Failed;
        Assert.True(failed is not null && failed.Attempts.All(attempt => !attempt.Fault.Contains("Proven", StringComparison.Ordinal)), failed?.ToString());
        await relay.DisposeAsync();
        await fleet.StartRelayAsync();
        await fleet.UntilConnectedAsync();
        // Breakers that have opened let a probe through after a while.
        SignReply? reply = null;
        for (var attempt = 0; reply?.Signed is null && attempt < 40; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(2_000);
            reply = await fleet.Nodes[1 + (attempt % 3)].SignAsync(ToMessage(large));
        }
        fleet.RequireSigned(large, reply!);
    }
}
