using Quorate.Server.Lanes;

namespace Quorate.Server.Tests.Lanes;

public class FundsLaneTests
{
    FundsLane lane = FundsLane.Initial;

    [Fact]
    public void Two_transfers_do_not_hold_what_is_there_once()
    {
        Assert.Equal(LaneRefusal.Unobserved, lane.Hold("x", [new("eth", 60UL)]).Refusal);
        Do(l => l.Observe("eth", 100UL, 0));
        Do(l => l.Hold("x", [new("eth", 60UL)]));
        Assert.Equal(LaneRefusal.Insufficient, lane.Hold("y", [new("eth", 30UL), new("eth", 20UL)]).Refusal);
        Do(l => l.Hold("y", [new("eth", 40UL)]));
        Assert.Equal(new FundsPosition(100UL, 100UL, 0UL), lane.PositionOf("eth"));
    }

    [Fact]
    public void What_was_spent_is_gone_until_the_chain_says_what_is_left()
    {
        Do(l => l.Observe("eth", 100UL, 0));
        Do(l => l.Hold("x", [new("eth", 60UL)]));
        var asked = lane.Moves;
        Do(l => l.Include("x", true));
        Assert.Equal(new FundsPosition(40UL, 0UL, 40UL), lane.PositionOf("eth"));
        // An answer to a question from before does not count.
        Assert.Empty(lane.Observe("eth", 100UL, asked).Events);
        Do(l => l.Observe("eth", 45UL, lane.Moves));
        Assert.Equal(new FundsPosition(45UL, 0UL, 45UL), lane.PositionOf("eth"));
        Do(l => l.Include("x", false));
        Assert.Equal(new FundsPosition(45UL, 60UL, 0UL), lane.PositionOf("eth"));
    }

    [Fact]
    public void Whatever_happens_nobody_is_promised_more_than_there_is()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            lane = FundsLane.Initial;
            var random = new Random(seed);
            var (chain, number, asked) = (1_000L, 0, (Balance: 1_000L, Moves: 0L));
            var taken = new Dictionary<string, (long Amount, bool IsIn)>();
            for (var step = 0; step < 200; step++)
            {
                var holder = taken.Keys.ElementAtOrDefault(random.Next(Math.Max(1, taken.Count)));
                switch (random.Next(6))
                {
                    case 0:
                        var amount = random.Next(1, 400);
                        if (Try(l => l.Hold($"t{++number}", [new("eth", (ulong)amount)])))
                            taken.Add($"t{number}", (amount, false));
                        break;
                    case 1 when holder is not null:
                        var (was, isIn) = taken[holder];
                        chain += isIn ? was : -was;
                        taken[holder] = (was, !isIn);
                        Try(l => l.Include(holder, !isIn));
                        break;
                    case 2 when holder is not null && !taken[holder].IsIn:
                        taken.Remove(holder);
                        Try(l => l.Release(holder));
                        break;
                    case 3:
                        asked = (chain, lane.Moves);
                        break;
                    default:
                        Try(l => l.Observe("eth", (ulong)asked.Balance, asked.Moves));
                        break;
                }
                var waiting = taken.Values.Where(t => !t.IsIn).Sum(t => t.Amount);
                Assert.True(chain >= waiting, $"Seed {seed}: {waiting} are promised of {chain}.");
            }
        }
    }

    bool Try(Func<FundsLane, LaneDecision<FundsEvent>> decide)
    {
        var decision = decide(lane);
        lane = decision.Events.Aggregate(lane, (l, e) => l.After(e));
        return !decision.Events.IsEmpty;
    }

    void Do(Func<FundsLane, LaneDecision<FundsEvent>> decide) => Assert.True(Try(decide));
}
