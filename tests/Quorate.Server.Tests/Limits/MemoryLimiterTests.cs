using Quorate.Server.Limits;
using Quorate.Testing;

namespace Quorate.Server.Tests.Limits;

public sealed class MemoryLimiterTests
{
    static readonly Limit bucket = new Limit.Bucket("bucket", new(10, TimeSpan.FromSeconds(10)));

    readonly ManualTime time = new();

    static Task<Taken> TakeAsync(MemoryLimiter limiter, string of, int cost = 1) => limiter.TakeAsync([new(bucket, of, cost)], default).AsTask();

    [Fact]
    public async Task Tallies_that_are_as_good_as_new_make_room_and_no_others_do()
    {
        await using var limiter = new MemoryLimiter(time, 640);
        Assert.Equal(TakenOutcome.Taken, (await TakeAsync(limiter, "debtor", 15)).Outcome);
        // More than there is room for: some come in, the others are not counted, and nobody in debt is forgotten for them.
        var outcomes = new List<TakenOutcome>();
        for (var i = 0; i < 2_000; i++)
            outcomes.Add((await TakeAsync(limiter, $"caller {i}")).Outcome);
        Assert.InRange(limiter.Count, 500, 640);
        Assert.Equal(limiter.Count - 1, outcomes.Count(o => o is TakenOutcome.Taken));
        Assert.Equal(limiter.Count - 1, 2_000 - outcomes.Count(o => o is TakenOutcome.Unavailable));
        Assert.Equal(TakenOutcome.Refused, (await TakeAsync(limiter, "debtor")).Outcome);
        // A token is back after a second: all of those callers' buckets are full, the debtor's has one.
        time.Advance(TimeSpan.FromMilliseconds(1_001));
        for (var i = 0; i < 200; i++)
            Assert.Equal(TakenOutcome.Taken, (await TakeAsync(limiter, $"other {i}")).Outcome);
        Assert.InRange(limiter.Count, 200, 640);
        Assert.Equal((TakenOutcome.Taken, 0L), (await TakeAsync(limiter, "debtor")) is var t ? (t.Outcome, t.Standings[0].Remaining) : default);
        Assert.Equal(TakenOutcome.Refused, (await TakeAsync(limiter, "debtor")).Outcome);
    }

    [Fact]
    public async Task What_nobody_has_asked_for_in_a_while_goes_though_there_is_room()
    {
        await using var limiter = new MemoryLimiter(time, 100_000);
        for (var i = 0; i < 5_000; i++)
            await TakeAsync(limiter, $"caller {i}");
        time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 5_000; i++)
            await TakeAsync(limiter, "one");
        var few = limiter.Count;
        for (var i = 0; i < 5_000; i++)
            await TakeAsync(limiter, $"other {i}");
        Assert.True(few <= 5_001 && limiter.Count < 6_000, $"{few}, {limiter.Count}");
    }

    [Fact]
    public async Task Calls_with_their_limits_in_every_order_do_not_wait_for_each_other_for_ever()
    {
        await using var limiter = new MemoryLimiter(TimeProvider.System, 100_000);
        var many = new Limit.Bucket("many", new(Rate.MaxQuota, TimeSpan.FromSeconds(1)));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 5_000; i++)
                Assert.Equal(TakenOutcome.Taken, (await limiter.TakeAsync([.. Enumerable.Range(0, 6).Select(n => new Charge(many, $"{(n * (caller % 2 == 0 ? 1 : 5) + i) % 6}", 1))], default)).Outcome);
        }))).WaitAsync(TimeSpan.FromMinutes(2));
    }
}
