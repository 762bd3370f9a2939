using Quorate.Server.Lanes;

namespace Quorate.Server.Tests.Lanes;

public class LifetimeLaneTests
{
    LifetimeLane lane = LifetimeLane.Initial;

    [Fact]
    public void A_new_blockhash_is_bound_only_when_the_old_one_is_proven_dead()
    {
        Do(l => l.Reserve("x", isDurable: false));
        Do(l => l.Bind("x", "m1", "h1", 1, 151));
        Assert.Equal(LaneRefusal.StillAlive, lane.Bind("x", "m2", "h2", 60, 210).Refusal);
        Assert.Equal(LaneRefusal.StillAlive, lane.Bind("x", "m3", "h1", 1, 151).Refusal);
        Assert.Empty(lane.Bind("x", "m1", "h1", 1, 151).Events);
        Do(l => l.End("x", "h1"));
        Do(l => l.Bind("x", "m2", "h2", 160, 310));
    }

    [Fact]
    public void The_same_message_is_not_two_transfers()
    {
        Do(l => l.Reserve("x", isDurable: false));
        Do(l => l.Reserve("y", isDurable: false));
        Do(l => l.Bind("x", "m1", "h1", 1, 151));
        Assert.Equal(LaneRefusal.SameMessage, lane.Bind("y", "m1", "h1", 1, 151).Refusal);
    }

    [Fact]
    public void One_nonce_alone_will_do_for_a_message_that_stands_under_it()
    {
        Do(l => l.Add("n1"));
        Do(l => l.Observe("n1", "v1", 5));
        Do(l => l.Add("n2"));
        Assert.Equal(LaneRefusal.Unobserved, lane.Reserve("x", isDurable: true, "n2").Refusal);
        Do(l => l.Observe("n2", "v2", 5));
        Do(l => l.Reserve("x", isDurable: true, "n2"));
        Assert.Equal("n2", lane.Lives["x"].Nonce);
        Assert.Equal(LaneRefusal.Full, lane.Reserve("y", isDurable: true, "n2").Refusal);
        Assert.Equal(LaneRefusal.Full, lane.Reserve("y", isDurable: true, "n3").Refusal);
    }

    [Fact]
    public void A_durable_nonce_has_one_live_transfer_and_as_many_messages_of_it_as_it_likes_under_one_value()
    {
        Do(l => l.Add("n1"));
        Assert.Equal(LaneRefusal.Unobserved, lane.Reserve("x", isDurable: true).Refusal);
        Do(l => l.Observe("n1", "v1", 5));
        Do(l => l.Reserve("x", isDurable: true));
        Assert.Equal(LaneRefusal.Full, lane.Reserve("y", isDurable: true).Refusal);
        Do(l => l.Bind("x", "m1", "v1", 5, null));
        Do(l => l.Bind("x", "m2", "v1", 5, null));
        Assert.Equal(LaneRefusal.Stale, lane.Bind("x", "m3", "v2", 6, null).Refusal);
        Do(l => l.Observe("n1", "v2", 9));
        Assert.Equal(LaneRefusal.StillAlive, lane.Bind("x", "m3", "v2", 9, null).Refusal);
        Do(l => l.Settle("x"));
        Do(l => l.Reserve("y", isDurable: true));
        Assert.Equal("n1", lane.Lives["y"].Nonce);
    }

    [Fact]
    public void A_nonce_that_was_used_is_given_again_only_after_another_look()
    {
        Do(l => l.Add("n1"));
        Do(l => l.Observe("n1", "v1", 5));
        Do(l => l.Reserve("x", isDurable: true));
        Do(l => l.Bind("x", "m1", "v1", 5, null));
        Do(l => l.Settle("x"));
        Assert.Equal(LaneRefusal.Unobserved, lane.Reserve("y", isDurable: true).Refusal);
        Assert.Empty(lane.Observe("n1", "v0", 4).Events);
        Do(l => l.Observe("n1", "v2", 12));
        Do(l => l.Reserve("y", isDurable: true));
    }

    [Fact]
    public void What_was_given_up_under_a_nonce_lets_another_use_it_and_under_a_blockhash_waits_until_it_is_dead()
    {
        Do(l => l.Add("n1"));
        Do(l => l.Observe("n1", "v1", 5));
        Do(l => l.Reserve("x", isDurable: true));
        Do(l => l.Bind("x", "m1", "v1", 5, null));
        Do(l => l.Release("x"));
        Do(l => l.Reserve("y", isDurable: true));
        Do(l => l.Reserve("z", isDurable: false));
        Do(l => l.Bind("z", "m2", "h1", 5, 155));
        Do(l => l.Release("z"));
        Assert.Equal(LaneRefusal.StillAlive, lane.Reserve("z", isDurable: false).Refusal);
        Do(l => l.End("z", "h1"));
        Do(l => l.Reserve("z", isDurable: false));
    }

    // A cluster that executes a message at most once, and of those under one nonce's value one; whoever signed may send at any time.
    [Theory]
    [InlineData(300)]
    public void No_transfer_is_ever_paid_twice_and_every_life_ends(int seeds)
    {
        for (var seed = 0; seed < seeds; seed++)
        {
            lane = LifetimeLane.Initial;
            var random = new Random(seed);
            var (height, number) = (10UL, 0);
            var nonces = new Dictionary<string, string> { ["n1"] = "v0", ["n2"] = "w0" };
            var signed = new List<(string Holder, string Value, ulong? Last)>();
            var paid = new Dictionary<string, int>();
            foreach (var nonce in nonces.Keys)
                Do(l => l.Add(nonce));

            void Send((string Holder, string Value, ulong? Last) m)
            {
                var nonce = nonces.FirstOrDefault(n => n.Value == m.Value).Key;
                if (m.Last is null ? nonce is null : height > m.Last)
                    return;
                // The same message again is known already.
                if (m.Last is not null && paid.GetValueOrDefault(m.Holder) > 0 && !signed.Remove(m))
                    return;
                signed.Remove(m);
                paid[m.Holder] = paid.GetValueOrDefault(m.Holder) + 1;
                if (nonce is not null)
                    nonces[nonce] = $"{nonce}.{++number}";
            }

            void Look()
            {
                foreach (var (nonce, value) in nonces)
                    Try(l => l.Observe(nonce, value, height));
                foreach (var (holder, life) in lane.Lives.ToArray())
                    if (paid.ContainsKey(holder))
                        Try(l => l.Settle(holder));
                    else
                        foreach (var dead in life.Bound.Where(b => b.LastHeight is { } last ? height > last : !nonces.ContainsValue(b.Value)))
                            Try(l => l.End(holder, dead.Value));
            }

            void Bind(string holder)
            {
                var nonce = lane.Lives.GetValueOrDefault(holder)?.Nonce;
                var (value, last) = nonce is null ? ($"h{height}", (ulong?)height + 20) : (nonces[nonce], null);
                if (!paid.ContainsKey(holder) && Try(l => l.Bind(holder, $"m{++number}", value, height, last)))
                    signed.Add((holder, value, last));
            }

            for (var step = 0; step < 150; step++, height += (ulong)random.Next(4))
            {
                var holder = $"t{random.Next(12)}";
                switch (random.Next(6))
                {
                    case 0 when !paid.ContainsKey(holder):
                        Try(l => l.Reserve(holder, random.Next(2) == 0));
                        break;
                    case 1:
                        Bind(holder);
                        break;
                    case 2 when signed.Count > 0:
                        Send(signed[random.Next(signed.Count)]);
                        break;
                    case 3:
                        Try(l => l.Release(holder));
                        break;
                    default:
                        Look();
                        break;
                }
                var live = lane.Lives.Values.Where(l => l is { Nonce: not null, IsAbandoned: false }).Select(l => l.Nonce).ToArray();
                Assert.Equal(live.Length, live.Distinct().Count());
                Assert.All(paid, p => Assert.True(p.Value == 1, $"Seed {seed}: {p.Key} is paid {p.Value} times."));
            }
            // Drained: what is unsigned does without, what is under a nonce is sent, the rest gets old.
            for (var round = 0; round < 5 && !lane.Lives.IsEmpty; round++, height += 30)
            {
                Look();
                foreach (var (holder, _) in lane.Lives)
                    Try(l => l.Release(holder));
                foreach (var nonce in nonces.Keys.Where(n => lane.Lives.Values.Any(l => l.Nonce == n)).ToArray())
                    nonces[nonce] = $"{nonce}.{++number}";
            }
            Assert.True(lane.Lives.IsEmpty, $"Seed {seed}: a life does not end.");
        }
    }

    bool Try(Func<LifetimeLane, LaneDecision<LifetimeEvent>> decide)
    {
        var decision = decide(lane);
        lane = decision.Events.Aggregate(lane, (l, e) => l.After(e));
        return !decision.Events.IsEmpty;
    }

    void Do(Func<LifetimeLane, LaneDecision<LifetimeEvent>> decide) => Assert.True(Try(decide));
}
