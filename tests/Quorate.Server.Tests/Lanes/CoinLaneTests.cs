using Quorate.Server.Lanes;

namespace Quorate.Server.Tests.Lanes;

public class CoinLaneTests
{
    CoinLane lane = CoinLane.Initial;

    public CoinLaneTests() => Do(l => l.Observe([Coin("a:0"), Coin("b:0"), Coin("c:0")]));

    [Fact]
    public void A_coin_is_reserved_once_and_all_or_none_are()
    {
        Do(l => l.Reserve("x", ["a:0", "b:0"], 100));
        Assert.Equal(LaneRefusal.Taken, lane.Reserve("y", ["b:0", "c:0"], 100).Refusal);
        Assert.Empty(lane.Reserve("x", ["a:0", "b:0"], 100).Events);
        Assert.Equal(["c:0"], lane.Free().Select(c => c.Point));
    }

    [Fact]
    public void What_is_signed_spends_the_coins_that_are_held_all_of_them()
    {
        Do(l => l.Reserve("x", ["a:0", "b:0"], 100));
        Assert.Equal(LaneRefusal.NotHeld, lane.Bind("x", "d", ["a:0"], 10).Refusal);
        Assert.Equal(LaneRefusal.NotHeld, lane.Bind("x", "d", ["a:0", "b:0", "c:0"], 10).Refusal);
        Do(l => l.Bind("x", "d", ["b:0", "a:0"], 10));
        Assert.Equal(LaneRefusal.TooLow, lane.Bind("x", "e", ["b:0", "a:0"], 10).Refusal);
        Assert.Equal(LaneRefusal.AboveEnvelope, lane.Bind("x", "e", ["b:0", "a:0"], 101).Refusal);
        Do(l => l.Bind("x", "e", ["b:0", "a:0"], 11));
    }

    [Fact]
    public void Change_is_a_coin_from_when_it_is_sent_until_a_replacement_is_made()
    {
        Pay("x", "a:0", "t1");
        Assert.Contains("t1:1", lane.Free().Select(c => c.Point));
        Assert.Equal("t1:1", lane.ChangeToAccelerate("x")?.Point);
        Do(l => l.Bind("x", "t2", ["a:0"], 20));
        Assert.DoesNotContain("t1:1", lane.Free().Select(c => c.Point));
        Assert.Null(lane.ChangeToAccelerate("x"));
    }

    [Fact]
    public void What_somebody_builds_on_is_not_replaced()
    {
        Pay("x", "a:0", "t1");
        Do(l => l.Reserve("child", ["t1:1"], 100));
        Assert.Equal(LaneRefusal.HasChild, lane.Bind("x", "t2", ["a:0"], 20).Refusal);
    }

    [Fact]
    public void Chains_of_unconfirmed_change_end()
    {
        var point = "a:0";
        for (var i = 1; i <= CoinLane.MaxGeneration; i++)
        {
            Pay($"x{i}", point, $"t{i}");
            point = $"t{i}:1";
        }
        Assert.Contains(point, lane.Free().Select(c => c.Point));
        Pay("last", point, "tl");
        Assert.DoesNotContain("tl:1", lane.Free().Select(c => c.Point));
    }

    [Fact]
    public void A_coin_that_vanished_under_its_holder_is_not_signed_for()
    {
        Do(l => l.Reserve("x", ["a:0"], 100));
        Do(l => l.Observe([Coin("b:0"), Coin("c:0")]));
        Assert.Equal(LaneRefusal.Stale, lane.Bind("x", "d", ["a:0"], 10).Refusal);
    }

    [Fact]
    public void A_reorganisation_brings_the_spend_back_and_its_change_hangs_on_it_again()
    {
        Pay("x", "a:0", "t1");
        Do(l => l.Include("x", "t1"));
        Do(l => l.Observe([Coin("b:0"), Coin("c:0"), Coin("t1:1")]));
        Assert.Equal(0, lane.Coins["t1:1"].Generation);
        Do(l => l.Include("x", null));
        Do(l => l.Observe([Coin("b:0"), Coin("c:0")]));
        Assert.Equal((1, false), (lane.Coins["t1:1"].Generation, lane.Coins["t1:1"].IsConfirmed));
        Do(l => l.Observe([Coin("a:0"), Coin("b:0"), Coin("c:0")]));
        Assert.DoesNotContain("a:0", lane.Free().Select(c => c.Point));
    }

    [Fact]
    public void What_descends_from_a_spend_that_was_given_up_is_not_spent_beside_the_coins_of_that_spend()
    {
        Pay("x", "a:0", "t1");
        Pay("y", "t1:1", "t2");
        Assert.Contains("t2:1", lane.Free().Select(c => c.Point));
        // Both in one transaction would be a contradiction: t2 is there only if t1 has spent a.
        Do(l => l.Release("x"));
        Assert.Contains("a:0", lane.Free().Select(c => c.Point));
        Assert.DoesNotContain("t2:1", lane.Free().Select(c => c.Point));
        // In a block it is there, wanted or not.
        Do(l => l.Include("x", "t1"));
        Assert.Contains("t2:1", lane.Free().Select(c => c.Point));
    }

    [Fact]
    public void What_can_never_get_in_is_known_when_its_coin_is_gone_for_good()
    {
        Pay("x", "a:0", "t1");
        Pay("child", "t1:1", "t2");
        Assert.False(lane.IsHopeless("child"));
        Do(l => l.End("x", null));
        Assert.True(lane.IsHopeless("child"));
    }

    [Fact]
    public void Against_a_chain_with_drops_replacements_and_reorganisations_nothing_is_doubled_and_the_lane_drains()
    {
        for (var seed = 0; seed < 300; seed++)
            new CoinLaneModel(seed).Run(120);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_same_over_many_more_seeds()
    {
        for (var seed = 0; seed < 10_000; seed++)
            new CoinLaneModel(seed).Run(200);
    }

    [Fact]
    public void An_answer_that_is_older_than_the_lane_brings_nothing_back_and_takes_nothing_away()
    {
        var asked = lane;
        Pay("x", "a:0", "t1");
        Do(l => l.End("x", "t1"));
        // The node was asked before: it knows the coin that is spent by now, and not the change.
        Assert.Empty(lane.Observe([Coin("a:0"), Coin("b:0"), Coin("c:0")], asked).Events);
        Assert.Equal(["b:0", "c:0", "t1:1"], lane.Free().Select(c => c.Point));
        Assert.NotEmpty(lane.Observe([Coin("a:0"), Coin("b:0"), Coin("c:0")]).Events);
        // What both knew and the node does not have any more is gone all the same.
        Do(l => l.Observe([Coin("b:0")], asked));
        Assert.Equal(["b:0", "t1:1"], lane.Free().Select(c => c.Point));
    }

    [Fact]
    public void What_change_hangs_on_is_told_once_each_until_it_is_in_a_block()
    {
        Pay("x", "a:0", "t1");
        Pay("y", "t1:1", "t2");
        Assert.Equal(["t1", "t2"], lane.AncestorsOf(["t2:1", "t1:1", "b:0"]).Select(b => b.Transaction).Order());
        Do(l => l.Include("x", "t1"));
        Assert.Equal(["t2"], lane.AncestorsOf(["t2:1"]).Select(b => b.Transaction));
        Assert.Equal(4u, lane.NextChange);
        Assert.True(lane.HasChild("x") && !lane.HasChild("y"));
    }

    void Pay(string holder, string point, string id)
    {
        Do(l => l.Reserve(holder, [point], 100));
        Do(l => l.Bind(holder, id, [point], 10));
        Do(l => l.Send(holder, id, id, new($"{id}:1", 900, true, 3)));
    }

    static LaneCoin Coin(string point) => new(point, 1_000, false, 0);

    void Do(Func<CoinLane, LaneDecision<CoinEvent>> decide)
    {
        var decision = decide(lane);
        Assert.Null(decision.Refusal);
        Assert.NotEmpty(decision.Events);
        lane = decision.Events.Aggregate(lane, (l, e) => l.After(e));
    }
}
