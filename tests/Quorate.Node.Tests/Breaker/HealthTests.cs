using Quorate.Node.Breaker;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Breaker;

public class HealthTests
{
    static readonly TimeSpan allowed = TimeSpan.FromSeconds(10);
    static readonly DateTimeOffset noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    static PartyHealth Silent(int rounds) => Enumerable.Range(0, rounds).Aggregate(PartyHealth.Unknown, (h, _) => h.AfterSilence());

    [Fact]
    public void One_missed_round_is_weather_and_three_open_the_breaker()
    {
        Assert.Equal([BreakerState.Closed, BreakerState.Closed, BreakerState.Closed, BreakerState.Open],
            Enumerable.Range(0, 4).Select(i => Silent(i).State));
        Assert.Equal(8.0 / 27, Silent(3).Score, 12);
    }

    [Fact]
    public void Two_rounds_below_the_mark_half_open_the_breaker_and_two_above_close_it()
    {
        var health = Silent(2);
        Assert.True(health.Score is < PartyHealth.HalfOpenBelow and > PartyHealth.OpenBelow);
        // One round in time is not enough to bring it above: 4/9 · 2/3 + 1/3 = 0.63, so one more that is late.
        health = health.AfterMessage(allowed, allowed);
        Assert.Equal(BreakerState.HalfOpen, health.State);
        var states = new List<BreakerState>();
        for (var i = 0; i < 5; i++)
            states.Add((health = health.AfterMessage(TimeSpan.Zero, allowed)).State);
        Assert.Equal(BreakerState.Closed, states[^1]);
        Assert.True(states.IndexOf(BreakerState.Closed) >= 1);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4, 1)]
    [InlineData(7, 0.5)]
    [InlineData(10, 0)]
    [InlineData(60, 0)]
    public void Latency_costs_nothing_up_to_the_median_and_everything_at_the_timeout(int seconds, double promptness) =>
        Assert.Equal((2 + promptness) / 3, PartyHealth.Unknown.AfterMessage(TimeSpan.FromSeconds(seconds), allowed).Promptness, 9);

    [Fact]
    public void An_open_breaker_stays_open_until_it_is_tried_again_and_then_opens_at_one_failure()
    {
        var open = Silent(3);
        for (var i = 0; i < 10; i++)
            open = open.AfterMessage(TimeSpan.Zero, allowed);
        Assert.Equal(BreakerState.Open, open.State);
        var tried = open.OnTrial();
        Assert.Equal(BreakerState.HalfOpen, tried.State);
        Assert.Equal(BreakerState.Open, tried.AfterSilence().State);
        Assert.Equal(BreakerState.Closed, tried.AfterMessage(TimeSpan.Zero, allowed).AfterMessage(TimeSpan.Zero, allowed).State);
        Assert.Same(PartyHealth.Unknown, PartyHealth.Unknown.OnTrial());
    }

    [Fact]
    public void A_node_of_good_record_has_its_whole_timeout_and_one_of_bad_record_less()
    {
        Assert.Null(PartyHealth.Unknown.GivenUpAfter(allowed));
        Assert.Null(Silent(1).GivenUpAfter(allowed));
        Assert.Equal(7.5, Silent(3).OnTrial().GivenUpAfter(allowed)!.Value.TotalSeconds, 6);
        Assert.Equal(TimeSpan.Zero, Silent(3).GivenUpAfter(allowed));
    }

    [Fact]
    public void The_timeout_is_two_and_a_half_medians_within_its_limits()
    {
        var timeout = new AdaptiveTimeout(new());
        Assert.Equal(TimeSpan.FromSeconds(30), timeout.Current);
        timeout.Observe(TimeSpan.FromSeconds(0.1));
        Assert.Equal(TimeSpan.FromSeconds(10), timeout.Current);
        foreach (var seconds in new[] { 6, 6, 6, 100 })
            timeout.Observe(TimeSpan.FromSeconds(seconds));
        Assert.Equal(TimeSpan.FromSeconds(15), timeout.Current);
        Assert.Equal(TimeSpan.FromSeconds(30), timeout.For(BreakerState.HalfOpen));
        for (var i = 0; i < AdaptiveTimeout.Remembered; i++)
            timeout.Observe(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.FromSeconds(30), timeout.Current);
        Assert.Throws<ArgumentException>(() => new HealthBook(new() { Shortest = TimeSpan.FromSeconds(31) }));
    }

    [Fact]
    public void One_proven_fault_outweighs_all_that_can_be_suspected_and_all_success()
    {
        var reputation = new Reputation();
        for (var i = 0; i < 100; i++)
        {
            reputation.Record(Id(1), Conduct.Suspicion, noon);
            reputation.Record(Id(2), Conduct.Success, noon);
        }
        reputation.Record(Id(2), Conduct.ProvenFault, noon);
        Assert.Equal([Id(3), Id(1), Id(2)], reputation.Order([Id(1), Id(2), Id(3)], noon));
        Assert.Equal([0, 0, 1], new[] { 1, 2, 3 }.Select(i => (int)reputation.Of(Id(i), noon).Trust));
        Assert.Equal(0.75, reputation.Of(Id(1), noon.AddDays(1)).Trust, 9);
        // A day later the suspicions are mostly forgotten, the fault is not.
        Assert.Equal(-5, reputation.Of(Id(1), noon.AddDays(1)).Value, 9);
        Assert.True(reputation.Of(Id(2), noon.AddDays(1)).Value < -40);
    }

    [Fact]
    public void Reputation_is_had_again_from_what_was_stored_and_orders_equals_alike_everywhere()
    {
        var reputation = new Reputation();
        reputation.Record(Id(1), Conduct.Suspicion, noon, 0.5);
        reputation.Record(Id(2), Conduct.Success, noon.AddHours(3));
        // A clock that goes back does not make anything fade or grow.
        reputation.Record(Id(2), Conduct.Success, noon);
        var again = new Reputation(reputation.Standings);
        var ids = Enumerable.Range(1, 8).Select(Id).ToArray();
        Assert.Equal(reputation.Order(ids, noon.AddHours(9)), again.Order(ids.Reverse(), noon.AddHours(9)));
        Assert.Equal(2, again.Of(Id(2), noon.AddHours(3)).Successes);
        Assert.Throws<ArgumentOutOfRangeException>(() => reputation.Record(Id(1), Conduct.Success, noon, 2));
    }

    [Fact]
    public void Rests_double_within_their_limit_and_attempts_end()
    {
        Assert.Equal([10, 20, 40, 60, 60], Enumerable.Range(1, 5).Select(i => (int)new Cooldown().After(i).TotalSeconds));
        var policy = new AttemptPolicy();
        var late = new FailedAttempt(noon, [], [Id(1), Id(2)]);
        Assert.Equal(noon, Assert.IsType<NextAttempt.Again>(policy.Decide([], allowed, noon)).At);
        var again = Assert.IsType<NextAttempt.Again>(policy.Decide([late], allowed, noon.AddHours(1)));
        Assert.Equal(noon.AddSeconds(10), again.At);
        Assert.Equal(TimeSpan.FromSeconds(20), again.Deadlines.Ready);
        again = Assert.IsType<NextAttempt.Again>(policy.Decide([late], TimeSpan.FromSeconds(30), noon));
        Assert.Equal(TimeSpan.FromSeconds(40), again.Deadlines.Ready);
        var end = Assert.IsType<NextAttempt.GiveUp>(policy.Decide([late, late, late, late with { Suspected = [Id(2)] }], allowed, noon));
        Assert.Equal([Id(2)], end.Named);
        Assert.False(end.IsProven);
        end = Assert.IsType<NextAttempt.GiveUp>(policy.Decide([late with { Proven = [Id(3)] }], allowed, noon));
        Assert.Equal(Id(3), Assert.Single(end.Named));
        Assert.True(end.IsProven);
        // One says to have been shown a fault by the other: no rest helps, and nobody is guilty.
        end = Assert.IsType<NextAttempt.GiveUp>(policy.Decide([late with { Disputed = [Id(4), Id(3)] }], allowed, noon));
        Assert.Equal(new[] { Id(3), Id(4) }.OrderBy(n => n.ToString(), StringComparer.Ordinal), end.Named);
        Assert.False(end.IsProven);
    }
}
