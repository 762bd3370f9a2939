using System.Diagnostics;
using System.Text.Json.Nodes;
using Quorate.Node.Ceremonies;
using Quorate.Policies;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>Handing an order in again, or starting a node again, does not get around the rest before another attempt.</summary>
public sealed class RestTests
{
    static readonly TimeSpan rest = TimeSpan.FromMilliseconds(400);

    sealed class Heard : IProgress<CeremonyProgress>
    {
        internal List<CeremonyProgress> All { get; } = [];

        public void Report(CeremonyProgress value) => All.Add(value);
    }

    /// <summary>Leads once; how long it rested first, and what it said.</summary>
    static async Task<(TimeSpan Took, Heard Heard, CeremonyResult Result)> LeadAsync(CeremonyFleet fleet, int lead, CeremonyOrder order)
    {
        var (begun, heard) = (Stopwatch.StartNew(), new Heard());
        var result = await fleet[lead].Ceremonies.LeadAsync(order, fleet.Approve(order, "alice", "bob"), heard, default);
        return (begun.Elapsed, heard, result);
    }

    [Fact]
    public async Task An_order_that_is_led_again_rests_as_long_as_its_attempts_say_whoever_leads_and_after_a_restart()
    {
        var isFull = true;
        await using var fleet = await CeremonyFleet.StartAsync(options: CeremonyFleet.Once with
        {
            Attempts = CeremonyFleet.Tries(1, rest.TotalSeconds),
            Backup = (order, _) => isFull ? throw new IOException("no room") : Task.FromResult(order.Hash),
        });
        var order = fleet.Order("copy", "backup", new JsonObject { ["nodes"] = CeremonyFleet.Names(1, 2, 3) });
        var first = await LeadAsync(fleet, 1, order);
        Assert.Contains("no room", Assert.IsType<CeremonyResult.Failed>(first.Result).Attempt.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(first.Heard.All, said => said.Step == "rest");

        // At another node, which has taken part.
        var second = await LeadAsync(fleet, 2, order);
        Assert.True(second.Took >= rest, $"{second.Took}");
        Assert.Equal("rest", second.Heard.All[0].Step);
        Assert.Contains("no room", second.Heard.All[0].Last!.Fault, StringComparison.Ordinal);

        // After a restart, and twice as long as it is the third attempt.
        await fleet.RestartAsync(1);
        var third = await LeadAsync(fleet, 1, order);
        Assert.True(third.Took >= 2 * rest, $"{third.Took}");

        // When the time has passed meanwhile, nobody rests.
        isFull = false;
        fleet.Clock.Now += 4 * rest + TimeSpan.FromSeconds(1);
        var last = await LeadAsync(fleet, 3, order);
        Assert.IsType<CeremonyResult.Completed>(last.Result);
        Assert.DoesNotContain(last.Heard.All, said => said.Step == "rest");
    }
}
