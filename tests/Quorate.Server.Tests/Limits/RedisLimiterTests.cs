using System.Collections.Immutable;
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Server.Limits;
using Quorate.Testing;
using StackExchange.Redis;

namespace Quorate.Server.Tests.Limits;

/// <summary>What is Redis's alone: the script in its own language, the death of the process, and its silence.</summary>
public sealed class RedisLimiterTests : IDisposable
{
    static readonly Limit bucket = new Limit.Bucket("bucket", new(100, TimeSpan.FromHours(1)));

    readonly RedisProcess redis = Started();

    static RedisProcess Started() => new();

    public void Dispose() => redis.Dispose();

    Task<RedisLimiter> ConnectAsync(int timeoutMs = 10_000) => RedisLimiter.ConnectAsync(
        new(redis.ConnectionString) { Timeout = TimeSpan.FromMilliseconds(timeoutMs) }, NullLogger.Instance, TimeProvider.System);

    static async Task<Taken> TakeAsync(ILimiter limiter, int cost = 1) => await limiter.TakeAsync([new(bucket, "key", cost)], default);

    static async Task<Taken> UntilBackAsync(ILimiter limiter)
    {
        for (var waiting = Stopwatch.StartNew(); ; await Task.Delay(50))
            if (await TakeAsync(limiter) is { Outcome: not TakenOutcome.Unavailable } taken)
                return taken;
            else
                Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(60), "Redis is back and is not found.");
    }

    [Fact]
    public void The_script_says_what_the_tallies_say_at_any_time()
    {
        using var connection = ConnectionMultiplexer.Connect($"{redis.ConnectionString},syncTimeout=60000");
        var database = connection.GetDatabase();
        // The same text with a clock that the test sets.
        Assert.Equal(2, TakeScript.Text.Split("redis.call('TIME')").Length);
        var script = TakeScript.Text.Replace("redis.call('TIME')", "{ ARGV[#ARGV - 1], ARGV[#ARGV] }", StringComparison.Ordinal);
        var run = 0;
        Prop.ForAll(TallyTests.Walks.ToArbitrary(), walk =>
        {
            // 2026, in milliseconds: as large as the numbers are in earnest.
            var (now, of, tally) = (1_795_000_000_000L, $"walk {run++}", walk.Limit.NewTally());
            foreach (var ask in walk.Asks)
            {
                now += ask.AfterMs;
                var expected = tally.Look(now, ask.Cost);
                if (expected.WaitMs == 0)
                    tally.Take(now, ask.Cost);
                ImmutableArray<Charge> charges = [new(walk.Limit, of, ask.Cost)];
                var taken = TakeScript.Read((long[])database.ScriptEvaluate(
                    script, [TakeScript.KeyOf("test", charges[0])], [.. TakeScript.ArgumentsOf(charges.AsSpan()), now / 1_000, now % 1_000 * 1_000 + 999]));
                Assert.Equal(expected.WaitMs == 0, taken.Outcome is TakenOutcome.Taken);
                Assert.Equal(expected.WaitMs == 0 ? tally.Look(now, 0) : expected, taken.Standings.Single());
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_key_expires_when_its_tally_is_as_good_as_new()
    {
        await using var limiter = await ConnectAsync();
        await limiter.TakeAsync([new(bucket, "key", 10), new(new Limit.Sliding("window", new(3, TimeSpan.FromHours(1))), "key", 1)], default);
        using var connection = ConnectionMultiplexer.Connect(redis.ConnectionString);
        var keys = connection.GetServer("127.0.0.1", redis.Port).Keys().ToDictionary(k => k.ToString(), k => connection.GetDatabase().KeyTimeToLive(k)!.Value);
        Assert.Equal(["{quorate:limits}:bucket:3600000:key", "{quorate:limits}:window:3600000:key"], keys.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(keys["{quorate:limits}:bucket:3600000:key"].TotalSeconds, 300, 362);
        Assert.InRange(keys["{quorate:limits}:window:3600000:key"].TotalSeconds, 3_500, 3_752);
    }

    [Fact]
    public async Task A_killed_Redis_is_unavailable_at_once_and_when_it_is_back_it_knows_what_was_taken()
    {
        await using var limiter = await ConnectAsync(timeoutMs: 2_000);
        Assert.Equal(100, (await TakeAsync(limiter, 50)).Standings[0].Remaining);
        redis.Kill();
        // The first calls may still find out; from then on nobody waits.
        Assert.Equal(TakenOutcome.Unavailable, (await TakeAsync(limiter)).Outcome);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 200; i++)
            Assert.Equal(TakenOutcome.Unavailable, (await TakeAsync(limiter)).Outcome);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), clock.Elapsed.ToString());
        redis.Start();
        Assert.InRange((await UntilBackAsync(limiter)).Standings[0].Remaining, 98, 99 + (long)clock.Elapsed.TotalSeconds / 36);
        Assert.Equal(TakenOutcome.Taken, (await TakeAsync(limiter)).Outcome);
    }

    [Fact]
    public async Task A_Redis_that_stands_still_costs_a_caller_the_timeout_and_the_others_nothing()
    {
        await using var limiter = await ConnectAsync(timeoutMs: 300);
        await UntilBackAsync(limiter);
        redis.Pause();
        var clock = Stopwatch.StartNew();
        Assert.Equal(TakenOutcome.Unavailable, (await TakeAsync(limiter)).Outcome);
        Assert.InRange(clock.Elapsed.TotalMilliseconds, 250, 5_000);
        clock.Restart();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => TakeAsync(limiter)));
        Assert.All(outcomes, o => Assert.Equal(TakenOutcome.Unavailable, o.Outcome));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), clock.Elapsed.ToString());
        redis.Resume();
        await UntilBackAsync(limiter);
    }

    [Fact]
    public async Task A_server_starts_without_Redis_and_finds_it_when_it_comes()
    {
        redis.Kill();
        await using var limiter = await ConnectAsync(timeoutMs: 1_000);
        Assert.Equal(TakenOutcome.Unavailable, (await TakeAsync(limiter)).Outcome);
        redis.Start();
        Assert.Equal(TakenOutcome.Taken, (await UntilBackAsync(limiter)).Outcome);
    }

    [Fact]
    public async Task A_Redis_that_has_forgotten_the_script_gets_it_again()
    {
        await using var limiter = await ConnectAsync();
        await TakeAsync(limiter);
        using (var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true"))
            await connection.GetServer("127.0.0.1", redis.Port).ScriptFlushAsync();
        Assert.Equal((TakenOutcome.Taken, 148L), await TakeAsync(limiter) is var taken ? (taken.Outcome, taken.Standings[0].Remaining) : default);
    }

    [Theory]
    [InlineData("")]
    [InlineData("password=hunter2")]
    [InlineData("localhost,nonsense=hunter2")]
    [InlineData("localhost,syncTimeout=hunter2")]
    public void A_connection_string_that_is_none_is_refused_without_being_repeated(string text)
    {
        var wrong = Assert.Throws<ArgumentException>(() => new RedisSettings(text));
        Assert.DoesNotContain("hunter2", wrong.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", new RedisSettings("localhost:6379,password=hunter2").ToString(), StringComparison.Ordinal);
    }
}
