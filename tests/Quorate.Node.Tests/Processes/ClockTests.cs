using Quorate.Node.Gate;
using static Quorate.Node.Tests.Processes.ProcessFleet;

namespace Quorate.Node.Tests.Processes;

/// <summary>Processes whose clock is another: libfaketime sits between them and the system's, and knows nothing of them.</summary>
public sealed class ClockTests : IDisposable
{
    static readonly TimeSpan none = TimeSpan.Zero;

    readonly string folder = Directory.CreateTempSubdirectory("quorate-clocks-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string FileOf(int node) => Path.Combine(folder, $"clock-{node}");

    /// <summary>Sets clocks that far from the system's, from now on.</summary>
    void Set(TimeSpan offset, params int[] nodes)
    {
        foreach (var node in nodes)
        {
            File.WriteAllText(FileOf(node) + ".new", FormattableString.Invariant($"{offset.TotalSeconds:+0;-0;+0}\n"));
            File.Move(FileOf(node) + ".new", FileOf(node), overwrite: true);
        }
    }

    Task<ProcessFleet> StartAsync()
    {
        var library = Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).FirstOrDefault();
        Assert.True(library is not null, "libfaketime is missing: ./test installs Debian's package faketime");
        return ProcessFleet.StartAsync(new()
        {
            Patience = 3,
            Launch = (node, _) => new(null, new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = library, ["FAKETIME_TIMESTAMP_FILE"] = FileOf(node), ["FAKETIME_NO_CACHE"] = "1",
                // Only what o'clock it is: waiting goes on as before.
                ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1", ["NO_FAKE_STAT"] = "1",
            }),
        });
    }

    static DateTimeOffset In(TimeSpan time) => DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()) + time;

    static async Task RefusesAsync(ProcessFleet fleet, int node, SigningRequest request, Refusal reason) =>
        Assert.Equal(reason.ToString(), (await fleet.Nodes[node].SignAsync(ToMessage(request))).Refused?.Reason);

    [Fact]
    public async Task A_node_hours_ahead_refuses_what_has_expired_for_it_and_the_others_sign_without_it()
    {
        Set(none, 1, 2);
        Set(TimeSpan.FromHours(3), 3);
        await using var fleet = await StartAsync();
        var request = fleet.Payment();
        await RefusesAsync(fleet, 3, request, Refusal.Expired);
        fleet.RequireSigned(request, await fleet.Nodes[1].SignAsync(ToMessage(request)));
        // What is good by every clock: nobody believes letters from another time, so there is no quorum with it.
        var later = fleet.Payment(expiresAt: In(TimeSpan.FromHours(10)));
        await fleet.Nodes[2].KillAsync();
        var failed = (await fleet.Nodes[1].SignAsync(ToMessage(later))).Failed;
        Assert.True(failed is not null && failed.Attempts.Any(attempt => attempt.Quorum.Contains(3u)) && failed.Attempts.All(attempt => attempt.Fault == "no answer to the offer"), failed?.ToString());

        // Set right it goes on: it has recorded nothing that is to come.
        Set(none, 3);
        var recovered = fleet.Payment();
        fleet.RequireSigned(recovered, await fleet.Nodes[3].SignAsync(ToMessage(recovered)));
    }

    [Fact]
    public async Task A_clock_that_jumps_brings_nothing_back_to_life_and_stops_nothing_for_good()
    {
        var ahead = TimeSpan.FromHours(2);
        Set(ahead, 1, 2, 3);
        await using var fleet = await StartAsync();
        var brief = fleet.Payment(expiresAt: In(ahead - TimeSpan.FromMinutes(1)));
        var first = fleet.Payment(expiresAt: In(ahead + TimeSpan.FromHours(1)));
        fleet.RequireSigned(first, await fleet.Nodes[1].SignAsync(ToMessage(first)));
        await RefusesAsync(fleet, 1, brief, Refusal.Expired);

        // A little back, as clocks are set: by the clock it would be good again, by what is recorded it is not.
        Set(ahead - TimeSpan.FromMinutes(4), 1, 2, 3);
        await RefusesAsync(fleet, 1, brief, Refusal.Expired);
        var second = fleet.Payment(expiresAt: In(ahead + TimeSpan.FromHours(1)));
        fleet.RequireSigned(second, await fleet.Nodes[1].SignAsync(ToMessage(second)));

        // Far back: nothing, whether it is started again or not.
        Set(none, 1, 2, 3);
        foreach (var request in (SigningRequest[])[brief, first, fleet.Payment()])
            await RefusesAsync(fleet, 1, request, Refusal.ClockWentBack);
        await fleet.Nodes[1].KillAsync();
        await fleet.RestartAsync(1);
        await RefusesAsync(fleet, 1, fleet.Payment(), Refusal.ClockWentBack);

        Set(ahead + TimeSpan.FromMinutes(1), 1, 2, 3);
        var third = fleet.Payment(expiresAt: In(ahead + TimeSpan.FromHours(1)));
        fleet.RequireSigned(third, await fleet.Nodes[1].SignAsync(ToMessage(third)));
        await RefusesAsync(fleet, 1, brief, Refusal.Expired);
    }
}
