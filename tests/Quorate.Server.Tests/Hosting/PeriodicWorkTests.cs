using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Server.Hosting;
using Quorate.Testing;

namespace Quorate.Server.Tests.Hosting;

public sealed class PeriodicWorkTests
{
    readonly ManualTime time = new();

    [Fact]
    public async Task Rounds_follow_each_other_and_one_that_fails_makes_the_pause_longer_and_ends_nothing()
    {
        using var stop = new CancellationTokenSource();
        var rounds = new List<TimeSpan>();
        var begun = time.GetUtcNow();
        var running = new PeriodicWork("counting", TimeSpan.FromSeconds(1), _ =>
        {
            rounds.Add(time.GetUtcNow() - begun);
            return rounds.Count is 2 or 3 ? throw new InvalidOperationException("away") : Task.CompletedTask;
        }, NullLogger.Instance, time).RunAsync(stop.Token);
        for (var i = 0; i < 80; i++)
        {
            // What is due runs on other threads.
            for (var waits = 0; time.Pending == 0 && waits < 500; waits++)
                await Task.Delay(1);
            time.Advance(TimeSpan.FromMilliseconds(100));
        }
        await stop.CancelAsync();
        await running;
        Assert.Equal([0, 1, 3, 7], rounds.Select(r => (int)r.TotalSeconds).Take(4));
    }

    [Fact]
    public async Task A_round_that_is_under_way_when_it_is_to_stop_ends_quietly()
    {
        using var stop = new CancellationTokenSource();
        var running = new PeriodicWork("waiting", TimeSpan.FromSeconds(1), token => Task.Delay(Timeout.Infinite, token), NullLogger.Instance, time).RunAsync(stop.Token);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
