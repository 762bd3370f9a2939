using Quorate.Server.Lanes;

namespace Quorate.Server.Tests.Lanes;

/// <summary>
/// A coin lane beside a chain that knows only transactions with inputs and one output back to the wallet. Every transaction
/// costs one satoshi a try, so that the sum of what is left can be told.
/// </summary>
sealed class CoinLaneModel(int seed)
{
    sealed record Tx(string Id, string Holder, string[] Inputs, ulong Change, ulong Fee)
    {
        public string Point => $"{Id}:0";
    }

    readonly Random random = new(seed);
    readonly Dictionary<string, ulong> deposits = [];
    readonly Dictionary<string, Tx> all = [];
    readonly List<List<Tx>> blocks = [];
    readonly List<Tx> pool = [];
    readonly HashSet<string> holders = [];
    CoinLane lane = CoinLane.Initial;
    int finalBlocks, number;

    IEnumerable<Tx> Chain => blocks.SelectMany(b => b);

    IEnumerable<Tx> Final => blocks.Take(finalBlocks).SelectMany(b => b);

    public void Run(int steps)
    {
        for (var i = 0; i < 5; i++)
            Deposit();
        for (var i = 0; i < steps; i++)
        {
            Step();
            Check();
        }
        Drain();
    }

    void Step()
    {
        switch (random.Next(14))
        {
            case 0:
                Deposit();
                break;
            case 1 or 2 or 3:
                Reserve($"t{++number}");
                break;
            case 4 or 5:
                if (Pick(holders) is { } binder)
                    Bind(binder);
                break;
            case 6 or 7 or 8:
                if (Pick(all.Keys.ToArray()) is { } sent)
                    Send(all[sent]);
                break;
            case 9:
                if (Pick(holders) is { } giver && !pool.Concat(Chain).Any(t => t.Holder == giver))
                    Release(giver);
                break;
            case 10:
                if (pool.Count > 0)
                    Evict(pool[random.Next(pool.Count)]);
                break;
            case 11:
                Mine(random.Next(1, 6));
                break;
            case 12:
                Reorganise(random.Next(1, 3));
                break;
            default:
                finalBlocks = Math.Max(finalBlocks, blocks.Count - random.Next(0, 3));
                break;
        }
        if (random.Next(3) > 0)
            Observe();
        if (random.Next(3) > 0)
            Settle();
    }

    void Deposit() => deposits.Add($"deposit{++number}:0", 1_000);

    // What the node lists: confirmed, and spent neither in a block nor in the pool.
    IEnumerable<LaneCoin> Unspent()
    {
        var spent = Chain.Concat(pool).SelectMany(t => t.Inputs).ToHashSet();
        return deposits.Select(d => new LaneCoin(d.Key, d.Value, false, 0))
            .Concat(Chain.Select(t => new LaneCoin(t.Point, t.Change, true, 0))).Where(c => !spent.Contains(c.Point));
    }

    void Observe() => Do(l => l.Observe([.. Unspent()]));

    // What a saga finds out of each of its transactions.
    void Settle()
    {
        foreach (var holder in lane.Spends.Keys.ToArray())
        {
            var included = Chain.FirstOrDefault(t => t.Holder == holder);
            Do(l => l.Include(holder, included?.Id));
            if (Final.FirstOrDefault(t => t.Holder == holder) is { } final)
                End(holder, final.Id);
            else if (lane.SpendOf(holder)!.Coins.Any(c => Final.Any(t => t.Inputs.Contains(c))) || lane.IsHopeless(holder))
                End(holder, null);
        }
    }

    void End(string holder, string? transaction)
    {
        Do(l => l.End(holder, transaction));
        holders.Remove(holder);
    }

    void Reserve(string holder)
    {
        var free = lane.Free().ToArray();
        var chosen = free.Where(_ => random.Next(3) == 0).Take(3).Select(c => c.Point).ToArray();
        if (!Do(l => l.Reserve(holder, chosen, 20)))
            return;
        foreach (var other in lane.Spends.Values.Where(s => s.IsLive && s.Holder != holder))
            Assert.Empty(other.Coins.Intersect(chosen));
        holders.Add(holder);
    }

    void Bind(string holder)
    {
        if (lane.SpendOf(holder) is not { } spend)
            return;
        var fee = 1 + (ulong)spend.Bound.Length;
        var draft = $"{holder}.{spend.Bound.Length}";
        if (!Do(l => l.Bind(holder, draft, spend.Coins, fee)))
            return;
        all.Add(draft, new(draft, holder, [.. spend.Coins], spend.Coins.Aggregate(0UL, (sum, c) => sum + lane.Coins[c].Value) - fee, fee));
    }

    void Send(Tx tx)
    {
        if (lane.SpendOf(tx.Holder)?.Bound.Any(b => b.Draft == tx.Id) == true)
            Do(l => l.Send(tx.Holder, tx.Id, tx.Id, new(tx.Point, tx.Change, true, 0)));
        if (Chain.Contains(tx) || pool.Contains(tx) || tx.Inputs.Any(i => !IsThere(i)) || Chain.Any(t => t.Inputs.Intersect(tx.Inputs).Any()))
            return;
        var rivals = pool.Where(t => t.Inputs.Intersect(tx.Inputs).Any()).ToArray();
        if (rivals.Any(t => t.Fee >= tx.Fee))
            return;
        foreach (var rival in rivals)
            Evict(rival);
        pool.Add(tx);
    }

    bool IsThere(string point) => deposits.ContainsKey(point) || Chain.Concat(pool).Any(t => t.Point == point);

    void Evict(Tx tx)
    {
        if (!pool.Remove(tx))
            return;
        foreach (var child in pool.Where(t => t.Inputs.Contains(tx.Point)).ToArray())
            Evict(child);
    }

    void Mine(int count)
    {
        var block = new List<Tx>();
        blocks.Add(block);
        foreach (var tx in pool.ToArray())
            if (block.Count < count && tx.Inputs.All(i => deposits.ContainsKey(i) || Chain.Any(t => t.Point == i)))
            {
                pool.Remove(tx);
                block.Add(tx);
            }
    }

    void Reorganise(int depth)
    {
        for (var i = 0; i < depth && blocks.Count > finalBlocks; i++)
        {
            var gone = blocks[^1];
            blocks.RemoveAt(blocks.Count - 1);
            var waiting = pool.ToArray();
            pool.Clear();
            foreach (var tx in gone.Where(_ => random.Next(4) > 0).Concat(waiting))
                if (tx.Inputs.All(IsThere) && !pool.Any(t => t.Inputs.Intersect(tx.Inputs).Any()))
                    pool.Add(tx);
        }
    }

    void Release(string holder)
    {
        Do(l => l.Release(holder));
        holders.Remove(holder);
    }

    void Check()
    {
        // What was given up and got in all the same stands beside whoever has its coins now: one of the two is hopeless.
        var live = lane.Spends.Values.Where(s => !s.IsAbandoned).SelectMany(s => s.Coins).ToArray();
        Assert.True(live.Length == live.Distinct().Count(), $"Seed {seed}: a coin is in two live transfers.");
        Assert.All(lane.Free(), c => Assert.True(c.Generation <= CoinLane.MaxGeneration));
    }

    void Drain()
    {
        for (var round = 0; round < 200 && !lane.Spends.IsEmpty; round++)
        {
            Observe();
            Settle();
            foreach (var holder in holders.Where(h => lane.SpendOf(h) is { Bound.IsEmpty: true }).ToArray())
                Release(holder);
            // What nobody wants and might still get in is made worthless by spending a coin of it.
            foreach (var ghost in lane.Spends.Values.Where(s => !s.IsLive).ToArray())
                if (lane.Free().FirstOrDefault(c => ghost.Coins.Contains(c.Point)) is { } coin && Do(l => l.Reserve($"f{++number}", [coin.Point], 20)))
                {
                    holders.Add($"f{number}");
                    Bind($"f{number}");
                }
            foreach (var tx in all.Values.Where(t => lane.SpendOf(t.Holder) is { IsLive: true }).OrderByDescending(t => t.Fee))
                Send(tx);
            Mine(int.MaxValue);
            finalBlocks = blocks.Count;
        }
        Observe();
        Assert.True(lane.Spends.IsEmpty, $"Seed {seed}: the lane does not drain: {string.Join("; ", lane.Spends.Values)}.");
        Assert.Equal(Unspent().Select(c => c.Point).Order(), lane.Free().Select(c => c.Point).Order());
        Assert.Equal(Unspent().Sum(c => (long)c.Value), lane.Coins.Values.Sum(c => (long)c.Value));
    }

    bool Do(Func<CoinLane, LaneDecision<CoinEvent>> decide)
    {
        var decision = decide(lane);
        lane = decision.Events.Aggregate(lane, (l, e) => l.After(e));
        return !decision.Events.IsEmpty;
    }

    string? Pick(IReadOnlyCollection<string> from) => from.Count == 0 ? null : from.ElementAt(random.Next(from.Count));
}
