using Quorate.Server.Lanes;

namespace Quorate.Server.Tests.Lanes;

public class NonceLaneTests
{
    NonceLane lane = NonceLane.Initial;

    [Fact]
    public void Nothing_is_reserved_before_the_chain_was_looked_at() =>
        Assert.Equal(LaneRefusal.Unobserved, lane.Reserve("a", 1UL).Refusal);

    [Fact]
    public void Reserving_twice_gives_the_same_nonce_and_no_event()
    {
        Do(l => l.Observe(4, 4, 4));
        Do(l => l.Reserve("a", 9UL));
        Assert.Empty(lane.Reserve("a", 9UL).Events);
        Do(l => l.Reserve("b", 9UL));
        Assert.Equal((4UL, 5UL), (lane.NonceOf("a"), lane.NonceOf("b")));
    }

    [Fact]
    public void A_freed_nonce_is_the_next_one_given()
    {
        Do(l => l.Observe(0, 0, 0));
        foreach (var holder in (string[])["a", "b", "c"])
            Do(l => l.Reserve(holder, 9UL));
        Do(l => l.Release("b"));
        Do(l => l.Reserve("d", 9UL));
        Assert.Equal(1UL, lane.NonceOf("d"));
    }

    [Fact]
    public void The_very_nonce_that_somebody_has_built_on_is_given_or_none()
    {
        Assert.Equal(LaneRefusal.Unobserved, lane.ReserveExactly("a", 4, 9UL).Refusal);
        Do(l => l.Observe(2, 3, 0));
        Assert.Equal(LaneRefusal.Stale, lane.ReserveExactly("a", 1, 9UL).Refusal);
        Assert.Equal(LaneRefusal.Taken, lane.ReserveExactly("a", 2, 9UL).Refusal);
        Assert.Equal(LaneRefusal.Full, lane.ReserveExactly("a", 2 + NonceLane.MaxInFlight, 9UL).Refusal);
        Do(l => l.ReserveExactly("a", 5, 9UL));
        Assert.Empty(lane.ReserveExactly("a", 5, 9UL).Events);
        Assert.Equal(LaneRefusal.NotHeld, lane.ReserveExactly("a", 6, 9UL).Refusal);
        Assert.Equal(LaneRefusal.Taken, lane.ReserveExactly("b", 5, 9UL).Refusal);
        Do(l => l.Reserve("b", 9UL));
        Assert.Equal((5UL, 3UL), (lane.NonceOf("a"), lane.NonceOf("b")));
    }

    [Fact]
    public void What_the_pool_has_from_elsewhere_is_not_given_away()
    {
        Do(l => l.Observe(2, 5, 0));
        Do(l => l.Reserve("a", 9UL));
        Assert.Equal(5UL, lane.NonceOf("a"));
    }

    [Fact]
    public void In_flight_is_bounded_and_what_is_mined_makes_room()
    {
        Do(l => l.Observe(0, 0, 0));
        for (var i = 0; i < NonceLane.MaxInFlight; i++)
            Do(l => l.Reserve($"t{i}", 9UL));
        Assert.Equal(LaneRefusal.Full, lane.Reserve("more", 9UL).Refusal);
        Do(l => l.Observe(1, 1, 0));
        Do(l => l.Reserve("more", 9UL));
        Assert.Equal((ulong)NonceLane.MaxInFlight, lane.NonceOf("more"));
    }

    [Fact]
    public void A_reorganisation_puts_transfers_back_and_finality_does_not_go_back()
    {
        Do(l => l.Observe(0, 0, 0));
        Do(l => l.Reserve("a", 9UL));
        Do(l => l.Bind("a", "x", 1UL));
        Do(l => l.Observe(1, 1, 0));
        Assert.Equal(0, lane.InFlight);
        Do(l => l.Observe(0, 1, 0));
        Assert.Equal(1, lane.InFlight);
        Do(l => l.Observe(1, 1, 1));
        Assert.Empty(lane.Slots);
        Do(l => l.Observe(0, 0, 0), mayBeNothing: true);
        Assert.Equal((1UL, 1UL), (lane.Mined, lane.Final));
    }

    [Fact]
    public void Nothing_is_bound_above_the_envelope_nor_by_who_does_not_hold_nor_too_often()
    {
        Do(l => l.Observe(0, 0, 0));
        Do(l => l.Reserve("a", 5UL));
        Assert.Equal(LaneRefusal.AboveEnvelope, lane.Bind("a", "x", 6UL).Refusal);
        Assert.Equal(LaneRefusal.NotHeld, lane.Bind("b", "x", 1UL).Refusal);
        for (var i = 0; i < NonceLane.MaxTransactions; i++)
            Do(l => l.Bind("a", $"x{i}", 1UL));
        Assert.Empty(lane.Bind("a", "x3", 1UL).Events);
        Assert.Equal(LaneRefusal.TooMany, lane.Bind("a", "y", 1UL).Refusal);
    }

    [Fact]
    public void What_was_bound_is_abandoned_and_its_nonce_used_again()
    {
        Do(l => l.Observe(0, 0, 0));
        Do(l => l.Reserve("a", 5UL));
        Do(l => l.Bind("a", "x", 1UL));
        Do(l => l.Release("a"));
        Assert.True(lane.Slots[0].IsAbandoned);
        Assert.Empty(lane.Release("a").Events);
        Do(l => l.Reserve("b", 5UL));
        Assert.Equal(0UL, lane.NonceOf("b"));
    }

    [Fact]
    public void Gaps_before_signed_transactions_are_named_and_unsigned_holders_recalled()
    {
        Do(l => l.Observe(0, 0, 0));
        foreach (var holder in (string[])["a", "b", "c"])
            Do(l => l.Reserve(holder, 9UL));
        Assert.Empty(lane.Gaps());
        Do(l => l.Bind("c", "x", 1UL));
        Do(l => l.Release("b"));
        Assert.Equal([new NonceGap(0, "a"), new NonceGap(1, null)], lane.Gaps());
        Do(l => l.Recall(0));
        Assert.Null(lane.NonceOf("a"));
        Assert.Equal(LaneRefusal.NotHeld, lane.Bind("a", "y", 1UL).Refusal);
        Assert.Empty(lane.Recall(2).Events);
    }

    [Fact]
    public void Against_a_chain_with_drops_replacements_and_reorganisations_nothing_is_doubled_and_the_lane_drains()
    {
        for (var seed = 0; seed < 400; seed++)
            new NonceLaneModel(seed).Run(150);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_same_over_many_more_seeds()
    {
        for (var seed = 0; seed < 20_000; seed++)
            new NonceLaneModel(seed).Run(300);
    }

    void Do(Func<NonceLane, LaneDecision<NonceEvent>> decide, bool mayBeNothing = false)
    {
        var decision = decide(lane);
        Assert.Null(decision.Refusal);
        if (!mayBeNothing)
            Assert.NotEmpty(decision.Events);
        lane = decision.Events.Aggregate(lane, (l, e) => l.After(e));
    }
}
