using Quorate.Server.Lanes;

namespace Quorate.Server.Tests.Lanes;

/// <summary>
/// A lane beside the simplest chain there is: blocks of nonces, a pool, and somebody who does anything in any order. The
/// model knows what was given to whom and not taken back, and nothing of how the lane knows it.
/// </summary>
sealed class NonceLaneModel(int seed)
{
    readonly Random random = new(seed);
    readonly List<List<(ulong Nonce, string Transaction)>> blocks = [];
    readonly Dictionary<ulong, string> pool = [];
    readonly Dictionary<string, ulong> given = [];
    readonly Dictionary<string, (ulong Nonce, string Holder)> signed = [];
    NonceLane lane = NonceLane.Initial;
    int finalBlocks, holders, transactions;

    ulong Mined => blocks.Aggregate(0UL, (sum, b) => sum + (ulong)b.Count);

    ulong Final => blocks.Take(finalBlocks).Aggregate(0UL, (sum, b) => sum + (ulong)b.Count);

    ulong Pending
    {
        get
        {
            var next = Mined;
            while (pool.ContainsKey(next))
                next++;
            return next;
        }
    }

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            Step();
            Check();
        }
        Drain();
    }

    void Step()
    {
        switch (random.Next(13))
        {
            case 0 or 1 or 2:
                Reserve($"t{++holders}");
                break;
            case 3 or 4:
                if (Pick(given.Keys) is { } binder)
                    Bind(binder);
                break;
            case 5 or 6:
                if (Pick(signed.Keys) is { } sent)
                    Send(sent);
                break;
            case 7:
                if (Pick(given.Keys) is { } giver)
                    Release(giver);
                break;
            case 8:
                if (pool.Count > 0)
                    pool.Remove(pool.Keys.ElementAt(random.Next(pool.Count)));
                break;
            case 9:
                Mine(random.Next(1, 4));
                break;
            case 10:
                Reorganise(random.Next(1, 4));
                break;
            case 11:
                finalBlocks = Math.Max(finalBlocks, blocks.Count - random.Next(0, 4));
                break;
            default:
                if (lane.Gaps().FirstOrDefault(g => g.Holder is not null) is { Holder: { } recalled } gap && Do(l => l.Recall(gap.Nonce)))
                    given.Remove(recalled);
                break;
        }
        if (random.Next(3) > 0)
            Observe();
    }

    void Observe()
    {
        Do(l => l.Observe(Mined, Pending, Final));
        foreach (var holder in given.Where(g => g.Value < Final).Select(g => g.Key).ToArray())
            given.Remove(holder);
    }

    void Reserve(string holder)
    {
        if (!Do(l => l.Reserve(holder, 1_000UL)))
            return;
        var nonce = lane.NonceOf(holder)!.Value;
        Assert.True(nonce >= Final, $"Seed {seed}: nonce {nonce} is in a final block.");
        Assert.DoesNotContain(nonce, given.Values);
        given.Add(holder, nonce);
    }

    void Bind(string holder)
    {
        var transaction = $"x{++transactions}";
        if (Do(l => l.Bind(holder, transaction, 1UL)))
            signed.Add(transaction, (given[holder], holder));
    }

    void Release(string holder)
    {
        Do(l => l.Release(holder));
        given.Remove(holder);
    }

    // Whoever has something signed may send it, wanted or not, and the pool takes the latest for a nonce.
    void Send(string transaction)
    {
        if (signed[transaction].Nonce >= Mined)
            pool[signed[transaction].Nonce] = transaction;
    }

    void Mine(int count)
    {
        var block = new List<(ulong, string)>();
        var next = Mined;
        for (var i = 0; i < count && pool.Remove(next, out var transaction); i++)
            block.Add((next++, transaction));
        blocks.Add(block);
    }

    void Reorganise(int depth)
    {
        for (var i = 0; i < depth && blocks.Count > finalBlocks; i++)
        {
            foreach (var (nonce, transaction) in blocks[^1])
                if (random.Next(4) > 0)
                    pool.TryAdd(nonce, transaction);
            blocks.RemoveAt(blocks.Count - 1);
        }
    }

    void Check()
    {
        foreach (var (holder, nonce) in given)
            Assert.True(lane.NonceOf(holder) == nonce, $"Seed {seed}: {holder} has lost nonce {nonce}.");
        var live = lane.Slots.Where(s => !s.Value.IsAbandoned).Select(s => s.Value.Holder).ToArray();
        Assert.Equal(live.Length, live.Distinct().Count());
        Assert.True(lane.InFlight <= NonceLane.MaxInFlight + 64);
    }

    // From wherever it stands: unsigned ones do without, gaps are recalled or filled, signed ones sent again, and time passes.
    void Drain()
    {
        // What was given up and is in the pool all the same keeps its nonce until it is in a block.
        for (var round = 0; round < 200 && (lane.Slots.Values.Any(s => !s.IsAbandoned) || Pending > Mined); round++)
        {
            Observe();
            foreach (var (holder, _) in given.Where(g => lane.Slots[g.Value].Bound.IsEmpty).ToArray())
                Release(holder);
            foreach (var gap in lane.Gaps().ToArray())
            {
                Reserve($"filler{++holders}");
                Bind($"filler{holders}");
            }
            foreach (var (transaction, (_, holder)) in signed)
                if (given.ContainsKey(holder))
                    Send(transaction);
            Mine(int.MaxValue);
            finalBlocks = blocks.Count;
        }
        Observe();
        Assert.True(lane.Slots.Values.All(s => s.IsAbandoned) && !lane.Gaps().Any(), $"Seed {seed}: the lane does not drain.");
        Reserve("after");
        Assert.Equal(Mined, given["after"]);
    }

    bool Do(Func<NonceLane, LaneDecision<NonceEvent>> decide)
    {
        var decision = decide(lane);
        lane = decision.Events.Aggregate(lane, (l, e) => l.After(e));
        return !decision.Events.IsEmpty;
    }

    string? Pick(ICollection<string> from) => from.Count == 0 ? null : from.ElementAt(random.Next(from.Count));
}
