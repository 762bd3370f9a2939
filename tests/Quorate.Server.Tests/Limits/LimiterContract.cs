using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Server.Limits;
using Quorate.Testing;

namespace Quorate.Server.Tests.Limits;

/// <summary>A place where several servers count together, and the passing of time there.</summary>
public abstract class LimiterHarness : IAsyncDisposable
{
    internal abstract Task<ILimiter> OpenAsync();

    /// <summary>Lets at least so much time pass.</summary>
    internal abstract Task PassAsync(TimeSpan time);

    public abstract ValueTask DisposeAsync();
}

/// <summary>One process: whoever opens it gets the same one.</summary>
public sealed class MemoryHarness : LimiterHarness
{
    readonly ManualTime time = new();
    MemoryLimiter? limiter;

    internal override Task<ILimiter> OpenAsync() => Task.FromResult<ILimiter>(limiter ??= new(time, 10_000));

    internal override Task PassAsync(TimeSpan passing)
    {
        time.Advance(passing);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A real Redis, that every opening connects to anew.</summary>
public sealed class RedisHarness : LimiterHarness
{
    readonly RedisProcess redis = new();

    internal override async Task<ILimiter> OpenAsync() =>
        await RedisLimiter.ConnectAsync(new(redis.ConnectionString) { Timeout = TimeSpan.FromSeconds(10) }, NullLogger.Instance, TimeProvider.System);

    internal override Task PassAsync(TimeSpan passing) => Task.Delay(passing);

    public override ValueTask DisposeAsync()
    {
        redis.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>What a limiter does, wherever it keeps its tallies.</summary>
public abstract class LimiterContract<THarness> : IAsyncLifetime where THarness : LimiterHarness, new()
{
    static readonly Limit bucket = new Limit.Bucket("bucket", new(100, TimeSpan.FromHours(1)));
    static readonly Limit window = new Limit.Sliding("window", new(40, TimeSpan.FromHours(1)));
    static readonly Limit quick = new Limit.Bucket("quick", new(10, TimeSpan.FromSeconds(1)));
    static readonly Limit brief = new Limit.Sliding("brief", new(3, TimeSpan.FromSeconds(1)));

    readonly THarness harness = new();
    ILimiter limiter = null!;

    public async Task InitializeAsync() => limiter = await harness.OpenAsync();

    public async Task DisposeAsync()
    {
        await limiter.DisposeAsync();
        await harness.DisposeAsync();
    }

    Task<Taken> TakeAsync(params ImmutableArray<Charge> charges) => limiter.TakeAsync(charges, default).AsTask();

    [Fact]
    public async Task Of_64_callers_at_once_exactly_as_many_get_through_as_there_are_tokens()
    {
        await using var other = await harness.OpenAsync();
        using var start = new Barrier(64);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Factory.StartNew(async () =>
        {
            start.SignalAndWait();
            var taken = 0;
            for (var i = 0; i < 4; i++)
                if ((await (caller % 2 == 0 ? limiter : other).TakeAsync([new(bucket, "key", 1)], default)).Outcome is TakenOutcome.Taken)
                    taken++;
            return taken;
        }, TaskCreationOptions.LongRunning).Unwrap()));
        // A token comes back in 36 s.
        Assert.Equal(150, outcomes.Sum());
    }

    [Fact]
    public async Task Of_64_callers_at_once_over_many_limits_no_limit_loses_or_gives_one()
    {
        await using var other = await harness.OpenAsync();
        // The keys' buckets hold 150 each, the wallet's window 40: so 40, and every key has lost just what came through.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
            (Key: caller % 4, Is: (await (caller % 2 == 0 ? limiter : other).TakeAsync([new(bucket, $"key-{caller % 4}", 2), new(window, "wallet", 1)], default)).Outcome is TakenOutcome.Taken))));
        Assert.Equal(40, outcomes.Count(o => o.Is));
        for (var key = 0; key < 4; key++)
            Assert.Equal(150 - 2 * outcomes.Count(o => o.Is && o.Key == key) - 1, (await TakeAsync(new Charge(bucket, $"key-{key}", 1))).Standings[0].Remaining);
    }

    [Fact]
    public async Task All_of_a_calls_limits_are_charged_or_none()
    {
        for (var i = 0; i < 40; i++)
            Assert.Equal(TakenOutcome.Taken, (await TakeAsync(new Charge(window, "wallet", 1))).Outcome);
        var refused = await TakeAsync(new Charge(bucket, "key", 5), new(window, "wallet", 1), new(quick, "address", 1));
        Assert.Equal(TakenOutcome.Refused, refused.Outcome);
        Assert.Equal([150L, 0L, 15L], refused.Standings.Select(s => s.Remaining));
        Assert.Equal([true, false, true], refused.Standings.Select(s => s.WaitMs == 0));
        // In whichever order they are named.
        Assert.Equal(TakenOutcome.Refused, (await TakeAsync(new Charge(window, "wallet", 1), new(bucket, "key", 5))).Outcome);
        Assert.Equal(145, (await TakeAsync(new Charge(bucket, "key", 5))).Standings[0].Remaining);
    }

    [Fact]
    public async Task What_costs_more_takes_more_and_each_has_a_tally_of_its_own()
    {
        Assert.Equal([145L, 149L], (await TakeAsync(new Charge(bucket, "a", 5), new Charge(bucket, "b", 1))).Standings.Select(s => s.Remaining));
        Assert.Equal(0, (await TakeAsync(new Charge(bucket, "a", 145))).Standings[0].Remaining);
        var refused = await TakeAsync(new Charge(bucket, "a", 1));
        Assert.Equal(TakenOutcome.Refused, refused.Outcome);
        Assert.InRange(refused.Standings[0].WaitMs, 1, 36_000);
        Assert.Equal(refused.Standings[0].WaitMs, refused.Standings[0].MoreMs);
        Assert.Equal(39, (await TakeAsync(new Charge(window, "a", 1))).Standings[0].Remaining);
    }

    [Fact]
    public async Task A_bucket_comes_back_with_time_no_faster_than_its_rate()
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, (await TakeAsync(new Charge(quick, "a", 15))).Standings[0].Remaining);
        await harness.PassAsync(TimeSpan.FromMilliseconds(350));
        var got = 0;
        while ((await TakeAsync(new Charge(quick, "a", 1))).Outcome is TakenOutcome.Taken)
            got++;
        Assert.InRange(got, 3, 3 + (int)(clock.Elapsed.TotalMilliseconds / 100));
        await harness.PassAsync(TimeSpan.FromMilliseconds(1_500));
        Assert.Equal(14, (await TakeAsync(new Charge(quick, "a", 1))).Standings[0].Remaining);
    }

    [Fact]
    public async Task A_window_lets_the_next_one_through_when_the_first_has_left_it()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(TakenOutcome.Taken, (await TakeAsync(new Charge(brief, "a", 1))).Outcome);
        var refused = await TakeAsync(new Charge(brief, "a", 1));
        Assert.Equal(TakenOutcome.Refused, refused.Outcome);
        Assert.InRange(refused.Standings[0].WaitMs, 1, 1_050);
        await harness.PassAsync(TimeSpan.FromMilliseconds(refused.Standings[0].WaitMs + 1));
        Assert.Equal(TakenOutcome.Taken, (await TakeAsync(new Charge(brief, "a", 1))).Outcome);
    }
}

public sealed class MemoryLimiterContract : LimiterContract<MemoryHarness>;

public sealed class RedisLimiterContract : LimiterContract<RedisHarness>;
