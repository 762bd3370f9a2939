using FsCheck;
using FsCheck.Fluent;
using Quorate.Server.Limits;

namespace Quorate.Server.Tests.Limits;

/// <summary>Buckets and windows against the words of their definitions: never more than was allowed, never less than was deserved.</summary>
public sealed class TallyTests
{
    /// <summary>What is done with a tally: time passes, and something is asked for. Edges come often.</summary>
    internal sealed record Ask(long AfterMs, int Cost);

    internal static Gen<Rate> Rates { get; } = Gen.Elements(1, 2, 3, 7, 24, 25, 99, 100, 999_983, Rate.MaxQuota)
        .SelectMany(quota => Gen.Elements(1, 2, 7, 10, 59, 3_600, 86_400).Select(seconds => new Rate(quota, TimeSpan.FromSeconds(seconds))));

    /// <summary>Times around those after which a token, a slot, a window or a whole bucket is back.</summary>
    static Gen<long> Gaps(Limit limit)
    {
        var slot = limit.WindowMs / SlidingWindow.Slots;
        long[] edges = [0, 1, limit.WindowMs / limit.Rate.Quota, slot, slot + 1, limit.WindowMs, limit.WindowMs + slot + 1, limit.WindowMs * 3 / 2];
        return Gen.OneOf(
            Gen.Constant(0L), Gen.Elements(edges).SelectMany(edge => Gen.Choose(-1, 1).Select(off => Math.Max(0, edge + off))),
            Gen.Choose(0, (int)Math.Min(limit.WindowMs, int.MaxValue)).Select(ms => (long)ms));
    }

    internal static Gen<(Limit Limit, Ask[] Asks)> Walks { get; } =
        from rate in Rates
        from isBucket in Gen.Elements(true, false)
        let limit = isBucket ? (Limit)new Limit.Bucket("b", rate) : new Limit.Sliding("s", rate)
        let costs = Gen.Elements(1, 1, 1, 2, 5, (int)limit.Most, (int)limit.Most - 1, rate.Quota).Select(cost => (int)Math.Clamp(cost, 1, limit.Most))
        from asks in (from gap in Gaps(limit) from cost in costs select new Ask(gap, cost)).ListOf(40)
        select (limit, asks.ToArray());

    /// <summary>Runs a walk: each time, before which it stood so, and whether it was taken.</summary>
    static List<(long At, int Cost, Standing Before, bool IsTaken)> Run(Limit limit, Ask[] asks, Tally? tally = null)
    {
        tally ??= limit.NewTally();
        var (now, done) = (0L, new List<(long, int, Standing, bool)>());
        foreach (var ask in asks)
        {
            now += ask.AfterMs;
            var standing = tally.Look(now, ask.Cost);
            if (standing.WaitMs == 0)
                tally.Take(now, ask.Cost);
            done.Add((now, ask.Cost, standing, standing.WaitMs == 0));
        }
        return done;
    }

    [Fact]
    public void A_bucket_gives_never_more_than_its_burst_and_what_has_come_back_and_never_less() =>
        Prop.ForAll(Walks.Where(w => w.Limit is Limit.Bucket).ToArbitrary(), walk =>
        {
            // The model: exact fractions over the window, the bucket as a number of units of 1/window token.
            Int128 capacity = (Int128)3 * walk.Limit.Rate.Quota * walk.Limit.WindowMs / 2, level = capacity;
            long last = 0;
            foreach (var (at, cost, before, isTaken) in Run(walk.Limit, walk.Asks))
            {
                level = Int128.Min(capacity, level + (Int128)(at - last) * walk.Limit.Rate.Quota);
                last = at;
                var price = (Int128)cost * walk.Limit.WindowMs;
                Assert.Equal(price <= level, isTaken);
                Assert.Equal((long)(level / walk.Limit.WindowMs), before.Remaining);
                if (isTaken)
                    level -= price;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_any_stretch_a_bucket_gives_at_most_its_burst_and_the_rate_times_the_stretch() =>
        Prop.ForAll(Walks.Where(w => w.Limit is Limit.Bucket).ToArbitrary(), walk =>
        {
            var done = Run(walk.Limit, walk.Asks);
            for (var from = 0; from < done.Count; from++)
                for (var (to, sum) = (from, (Int128)0); to < done.Count; to++)
                {
                    sum += done[to].IsTaken ? done[to].Cost : 0;
                    Assert.True(2 * sum * walk.Limit.WindowMs <= (Int128)3 * walk.Limit.Rate.Quota * walk.Limit.WindowMs + (Int128)2 * walk.Limit.Rate.Quota * (done[to].At - done[from].At));
                }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_any_stretch_of_its_length_a_window_gives_at_most_its_quota() =>
        Prop.ForAll(Walks.Where(w => w.Limit is Limit.Sliding).ToArbitrary(), walk =>
        {
            var taken = Run(walk.Limit, walk.Asks).Where(d => d.IsTaken).ToArray();
            foreach (var first in taken)
                Assert.True(taken.Where(t => t.At >= first.At && t.At - first.At < walk.Limit.WindowMs).Sum(t => (long)t.Cost) <= walk.Limit.Rate.Quota);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_window_refuses_only_what_is_too_much_with_what_was_taken_since_a_slot_before_the_window() =>
        Prop.ForAll(Walks.Where(w => w.Limit is Limit.Sliding).ToArbitrary(), walk =>
        {
            var done = Run(walk.Limit, walk.Asks);
            var slotMs = (walk.Limit.WindowMs + SlidingWindow.Slots - 1) / SlidingWindow.Slots;
            foreach (var refused in done.Where(d => !d.IsTaken))
                Assert.True(done.TakeWhile(d => d != refused).Where(d => d.IsTaken && refused.At - d.At < slotMs * (SlidingWindow.Slots + 1)).Sum(d => (long)d.Cost) + refused.Cost > walk.Limit.Rate.Quota);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whoever_waits_as_long_as_it_says_gets_it_and_not_a_millisecond_earlier() =>
        Prop.ForAll(Walks.ToArbitrary(), walk =>
        {
            var tally = walk.Limit.NewTally();
            var now = Run(walk.Limit, walk.Asks, tally)[^1].At;
            foreach (var cost in (long[])[1, Math.Max(1, walk.Limit.Most / 2), walk.Limit.Most])
            {
                var wait = tally.Look(now, cost).WaitMs;
                Assert.Equal(0, tally.Look(now + wait, cost).WaitMs);
                if (wait > 0)
                    Assert.True(tally.Look(now + wait - 1, cost).WaitMs == 1);
            }
            var (remaining, _, more) = tally.Look(now, 0);
            Assert.Equal(more == 0, now >= tally.IdleAtMs || remaining == walk.Limit.Most);
            if (more > 0)
            {
                Assert.True(tally.Look(now + more, 0).Remaining > remaining);
                Assert.Equal(remaining, tally.Look(now + more - 1, 0).Remaining);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void From_the_time_on_that_it_names_a_tally_is_as_good_as_new_and_not_before() =>
        Prop.ForAll(Walks.ToArbitrary(), walk =>
        {
            var tally = walk.Limit.NewTally();
            Run(walk.Limit, walk.Asks, tally);
            Assert.Equal(walk.Limit.NewTally().Look(tally.IdleAtMs, walk.Limit.Most), tally.Look(tally.IdleAtMs, walk.Limit.Most));
            // Half a token that a bucket of an odd quota holds shows in nothing that can be asked for.
            if (tally.IdleAtMs > 0 && (walk.Limit is Limit.Sliding || walk.Limit.Rate.Quota % 2 == 0))
                Assert.NotEqual(0, tally.Look(tally.IdleAtMs - 1, walk.Limit.Most).WaitMs);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_clock_that_goes_back_gives_nothing()
    {
        foreach (var limit in (Limit[])[new Limit.Bucket("b", new(10, TimeSpan.FromSeconds(1))), new Limit.Sliding("s", new(10, TimeSpan.FromSeconds(1)))])
        {
            var tally = limit.NewTally();
            tally.Take(10_000, limit.Most);
            Assert.Equal(0, tally.Look(10_000, 1).Remaining);
            Assert.Equal(0, tally.Look(5_000, 1).Remaining);
            Assert.Equal(0, tally.Look(10_001, 1).Remaining);
            Assert.Equal(limit.Most, tally.Look(12_000, 1).Remaining);
        }
    }

    [Theory]
    [InlineData(0, 10_000)]
    [InlineData(Rate.MaxQuota + 1, 10_000)]
    [InlineData(1, 999)]
    [InlineData(1, 1_500)]
    [InlineData(1, 86_401_000)]
    public void A_rate_is_a_quota_and_a_window_of_whole_seconds(int quota, int milliseconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rate(quota, TimeSpan.FromMilliseconds(milliseconds)));
}
