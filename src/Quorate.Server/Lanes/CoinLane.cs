using System.Collections.Immutable;

namespace Quorate.Server.Lanes;

/// <summary>
/// The coins of one Bitcoin wallet. Pure. A coin is in one live transfer at most. What the transfers of this wallet make
/// for themselves, their change, is a coin as soon as they are sent, so that a wallet does not stand still between blocks;
/// such chains are bounded, since nodes bound them and one that is dropped takes all behind it along.
/// </summary>
/// <param name="IsObserved">Whether the chain was ever looked at.</param>
/// <param name="Coins">By output: confirmed ones, and the change of what was sent.</param>
/// <param name="Spends">By holder, until a final block has settled them.</param>
/// <param name="NextChange">The index behind the highest that change was ever seen or sent on.</param>
sealed record CoinLane(
    bool IsObserved, ImmutableDictionary<string, LaneCoin> Coins, ImmutableDictionary<string, CoinSpend> Spends, uint NextChange = 0)
{
    /// <summary>Own unconfirmed transactions that hang on each other. Nodes relay 25; the rest is room for children that pay for parents.</summary>
    internal const int MaxGeneration = 10;

    /// <summary>Transfers that hold coins.</summary>
    internal const int MaxInFlight = 256;

    /// <summary>Transactions of one transfer: BIP 125 lets a hundred be replaced at a time, descendants included.</summary>
    internal const int MaxTransactions = 16;

    internal static CoinLane Initial { get; } = new(
        false, ImmutableDictionary.Create<string, LaneCoin>(StringComparer.Ordinal), ImmutableDictionary.Create<string, CoinSpend>(StringComparer.Ordinal));

    /// <summary>The lane of a wallet on a chain.</summary>
    internal static string Stream(Chains.ChainId chain, string wallet) => $"coins/{chain}/{wallet}";

    /// <summary>What a transfer holds.</summary>
    internal CoinSpend? SpendOf(string holder) => Spends.GetValueOrDefault(holder);

    /// <summary>The coins that anybody may reserve, in the order of their names.</summary>
    internal IEnumerable<LaneCoin> Free()
    {
        var taken = Spends.Values.Where(s => s.IsLive).SelectMany(s => s.Coins).ToHashSet(StringComparer.Ordinal);
        return Coins.Values.Where(c => !taken.Contains(c.Point) && IsSpendable(c)).OrderBy(c => c.Point, StringComparer.Ordinal);
    }

    /// <summary>Compares with the confirmed coins that the node says nobody spends, its pool included.</summary>
    internal LaneDecision<CoinEvent> Observe(IReadOnlyCollection<LaneCoin> unspent)
    {
        var seen = unspent.Select(c => c.Point).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<LaneCoin> added =
        [
            .. unspent.Where(c => !Coins.TryGetValue(c.Point, out var known) || !known.IsConfirmed)
                .Select(c => c with { IsConfirmed = true, Generation = 0 }).OrderBy(c => c.Point, StringComparer.Ordinal),
        ];
        ImmutableArray<string> gone = [.. Coins.Values.Where(c => c.IsConfirmed && !seen.Contains(c.Point)).Select(c => c.Point).Order(StringComparer.Ordinal)];
        return IsObserved && added.IsEmpty && gone.IsEmpty ? LaneDecision<CoinEvent>.Nothing : new CoinEvent.CoinsObserved(added, gone);
    }

    /// <summary>
    /// As the other, where the lane has moved on since the node was asked: what it has ended meanwhile does not come back, and
    /// what it has learnt meanwhile is not gone because an older answer does not have it.
    /// </summary>
    /// <param name="unspent">What the node said.</param>
    /// <param name="asked">The lane when the node was asked.</param>
    internal LaneDecision<CoinEvent> Observe(IReadOnlyCollection<LaneCoin> unspent, CoinLane asked) => ReferenceEquals(asked, this) ? Observe(unspent) : Observe(
    [
        .. unspent.Where(c => !asked.Coins.ContainsKey(c.Point) || Coins.ContainsKey(c.Point))
            .UnionBy(Coins.Values.Where(c => c.IsConfirmed && asked.Coins.GetValueOrDefault(c.Point) is not { IsConfirmed: true }), c => c.Point),
    ]);

    /// <summary>Whether a transfer's coins can all be spent by a transaction that is made now.</summary>
    internal bool CanSpend(string holder) =>
        SpendOf(holder) is { IsAbandoned: false } spend && spend.Coins.All(c => Coins.TryGetValue(c, out var coin) && IsSpendable(coin));

    /// <summary>The transactions of this wallet, in no block yet, that coins hang on: ids and fees, each once.</summary>
    internal ImmutableArray<BoundSpend> AncestorsOf(IEnumerable<string> coins)
    {
        var found = new Dictionary<string, BoundSpend>(StringComparer.Ordinal);
        var open = new Stack<string>(coins);
        while (open.TryPop(out var point))
            if (MakerOf(point) is { Included: null } maker && maker.Bound.First(b => b.Change?.Point == point) is { Transaction: { } id } made && found.TryAdd(id, made))
                foreach (var before in maker.Coins)
                    open.Push(before);
        return [.. found.Values];
    }

    /// <summary>Takes coins for a transfer: chosen by it, or picked from <see cref="Free"/>. All or none.</summary>
    internal LaneDecision<CoinEvent> Reserve(string holder, IReadOnlyCollection<string> coins, ulong envelope)
    {
        if (Spends.TryGetValue(holder, out var spend) && !spend.IsAbandoned)
            return LaneDecision<CoinEvent>.Nothing;
        if (!IsObserved)
            return LaneRefusal.Unobserved;
        // What it has signed and given up must be settled first, or its next one could stand beside it.
        if (spend is not null)
            return LaneRefusal.StillAlive;
        if (Spends.Values.Count(s => s.IsLive) >= MaxInFlight)
            return LaneRefusal.Full;
        var free = Free().Select(c => c.Point).ToHashSet(StringComparer.Ordinal);
        var distinct = coins.ToHashSet(StringComparer.Ordinal);
        return distinct.Count > 0 && distinct.IsSubsetOf(free)
            ? new CoinEvent.CoinsReserved(holder, [.. distinct.Order(StringComparer.Ordinal)], envelope)
            : LaneRefusal.Taken;
    }

    /// <summary>Says, before nodes are asked, what they will be asked to sign. Every one spends the same coins, all of them.</summary>
    internal LaneDecision<CoinEvent> Bind(string holder, string draft, IReadOnlyCollection<string> coins, ulong fee)
    {
        if (SpendOf(holder) is not { IsAbandoned: false } spend)
            return LaneRefusal.NotHeld;
        if (spend.Bound.Any(b => b.Draft == draft))
            return LaneDecision<CoinEvent>.Nothing;
        if (!spend.Coins.ToHashSet(StringComparer.Ordinal).SetEquals(coins))
            return LaneRefusal.NotHeld;
        // A coin can vanish under its holder: spent by who else has the keys, or its block reorganised away.
        if (spend.Included is not null || IsHopeless(holder) || (spend.Bound.IsEmpty && !CanSpend(holder)))
            return LaneRefusal.Stale;
        if (fee > spend.Envelope)
            return LaneRefusal.AboveEnvelope;
        if (!spend.Bound.IsEmpty && fee <= spend.Bound.Max(b => b.Fee))
            return LaneRefusal.TooLow;
        if (spend.Bound.Length >= MaxTransactions)
            return LaneRefusal.TooMany;
        return HasChild(holder) ? LaneRefusal.HasChild : new CoinEvent.SpendBound(holder, draft, fee);
    }

    /// <summary>Says, before it is sent, under which id a transaction will be known and which coin it makes.</summary>
    internal LaneDecision<CoinEvent> Send(string holder, string draft, string transaction, LaneCoin? change)
    {
        if (SpendOf(holder)?.Bound.FirstOrDefault(b => b.Draft == draft) is not { } bound)
            return LaneRefusal.NotHeld;
        if (bound.Transaction is not null)
            return LaneDecision<CoinEvent>.Nothing;
        var generation = 1 + Spends[holder].Coins.Max(c => Coins.TryGetValue(c, out var coin) ? coin.Generation : 0);
        return new CoinEvent.SpendSent(holder, draft, transaction, change is null ? null : change with { IsConfirmed = false, Generation = generation });
    }

    /// <summary>One of the transfer's transactions is in a block; null: none is, or not any more.</summary>
    internal LaneDecision<CoinEvent> Include(string holder, string? transaction) => SpendOf(holder) switch
    {
        null => LaneDecision<CoinEvent>.Nothing,
        { } spend when spend.Included == transaction => LaneDecision<CoinEvent>.Nothing,
        { } when transaction is null => new CoinEvent.SpendReorganised(holder),
        { } spend when spend.Bound.Any(b => b.Transaction == transaction) => new CoinEvent.SpendIncluded(holder, transaction),
        _ => LaneRefusal.NotHeld,
    };

    /// <summary>A final block has settled the transfer: with this transaction, or, where null, so that none of its ever gets in.</summary>
    internal LaneDecision<CoinEvent> End(string holder, string? transaction) => SpendOf(holder) switch
    {
        null => LaneDecision<CoinEvent>.Nothing,
        { } spend when transaction is null || spend.Bound.Any(b => b.Transaction == transaction) => new CoinEvent.SpendEnded(holder, transaction),
        _ => LaneRefusal.NotHeld,
    };

    /// <summary>The transfer does without its coins. Doing it twice does nothing more.</summary>
    internal LaneDecision<CoinEvent> Release(string holder) => SpendOf(holder) switch
    {
        null or { IsAbandoned: true } => LaneDecision<CoinEvent>.Nothing,
        { Bound.IsEmpty: true } => new CoinEvent.CoinsReleased(holder),
        _ => new CoinEvent.SpendAbandoned(holder),
    };

    /// <summary>
    /// Whether nothing of the transfer can ever get in: a coin of its has been spent for good, or will never be made.
    /// </summary>
    internal bool IsHopeless(string holder) => SpendOf(holder) is { Included: null } spend && spend.Coins.Any(c => !Coins.ContainsKey(c));

    /// <summary>The change that a child can spend to pay for this transfer as well; null where there is none or somebody has it.</summary>
    internal LaneCoin? ChangeToAccelerate(string holder) =>
        SpendOf(holder) is { Included: null, Bound: [{ Change: { } change }] } && Free().Any(c => c.Point == change.Point) ? change : null;

    /// <summary>The lane after an event.</summary>
    internal CoinLane After(CoinEvent happened) => happened switch
    {
        CoinEvent.CoinsObserved o => Observed(o),
        CoinEvent.CoinsReserved r => this with { Spends = Spends.SetItem(r.Holder, new(r.Holder, r.Coins, r.Envelope, [])) },
        CoinEvent.SpendBound b => With(b.Holder, s => s with { Bound = s.Bound.Add(new(b.Draft, b.Fee)) }),
        CoinEvent.SpendSent t => Sent(t),
        CoinEvent.SpendIncluded i => With(i.Holder, s => s with { Included = i.Transaction }),
        CoinEvent.SpendReorganised r => With(r.Holder, s => s with { Included = null }),
        CoinEvent.SpendEnded e => Ended(e),
        CoinEvent.CoinsReleased r => this with { Spends = Spends.Remove(r.Holder) },
        CoinEvent.SpendAbandoned a => With(a.Holder, s => s with { IsAbandoned = true }),
        _ => throw new ArgumentException("No event of a coin lane.", nameof(happened)),
    };

    /// <summary>
    /// A confirmed coin, or change that will be there: of a transaction that nothing of its own transfer competes with,
    /// that is wanted, and that has not too many unconfirmed ones before it, all of which are wanted, too.
    /// </summary>
    bool IsSpendable(LaneCoin coin) => coin.IsConfirmed
        || (coin.Generation is > 0 and <= MaxGeneration && MakerOf(coin.Point) is { IsAbandoned: false, Bound.Length: 1 } maker && IsComing(maker));

    // Were one of those before it given up, its coins would be free: a transfer could spend one of them beside what descends
    // from it, and never get in. A coin is in one live transfer, so what comes before another is a tree, and small.
    bool IsComing(CoinSpend maker) => maker.Included is not null
        || (maker is { IsAbandoned: false, Bound.Length: 1 } && maker.Coins.All(c => Coins.ContainsKey(c) && (MakerOf(c) is not { } before || IsComing(before))));

    CoinSpend? MakerOf(string point) => Spends.Values.FirstOrDefault(s => s.Bound.Any(b => b.Change?.Point == point));

    /// <summary>Whether another transfer spends what one of the transfer's transactions makes: then it is not replaced.</summary>
    internal bool HasChild(string holder) => SpendOf(holder) is { } spend && spend.Bound.Any(b => b.Change is { } change && Spends.Values.Any(s => s.IsLive && s.Coins.Contains(change.Point)));

    CoinLane Observed(CoinEvent.CoinsObserved o)
    {
        var coins = Coins.ToBuilder();
        foreach (var coin in o.Added)
            coins[coin.Point] = coin;
        foreach (var point in o.Gone)
            if (Spends.Values.Any(s => s.Coins.Contains(point)) || MakerOf(point) is not null)
                coins[point] = coins[point] with { IsConfirmed = false };
            else
                coins.Remove(point);
        // Change whose block was reorganised away hangs on its transaction again.
        foreach (var point in o.Gone)
            if (coins.TryGetValue(point, out var coin) && MakerOf(point) is { } maker)
                coins[point] = coin with { Generation = Math.Max(1, maker.Coins.Max(c => Coins.TryGetValue(c, out var parent) ? parent.Generation : 0) + 1) };
        return this with { IsObserved = true, Coins = coins.ToImmutable(), NextChange = o.Added.Aggregate(NextChange, Behind) };
    }

    CoinLane Sent(CoinEvent.SpendSent t)
    {
        var lane = With(t.Holder, s => s with { Bound = [.. s.Bound.Select(b => b.Draft == t.Draft ? b with { Transaction = t.Transaction, Change = t.Change } : b)] });
        if (t.Change is null)
            return lane;
        lane = lane with { NextChange = Behind(NextChange, t.Change) };
        return Coins.ContainsKey(t.Change.Point) ? lane : lane with { Coins = Coins.SetItem(t.Change.Point, t.Change) };
    }

    static uint Behind(uint next, LaneCoin coin) => coin.IsChange ? Math.Max(next, coin.Index + 1) : next;

    CoinLane Ended(CoinEvent.SpendEnded e)
    {
        if (SpendOf(e.Holder) is not { } spend)
            return this;
        var coins = Coins.ToBuilder();
        if (e.Transaction is not null)
            coins.RemoveRange(spend.Coins);
        foreach (var point in spend.Coins)
            if (coins.TryGetValue(point, out var coin) && !coin.IsConfirmed && MakerOf(point) is null && !Spends.Values.Any(s => s.Holder != e.Holder && s.Coins.Contains(point)))
                coins.Remove(point);
        foreach (var bound in spend.Bound)
            if (bound.Change is { } change && coins.TryGetValue(change.Point, out var made))
            {
                if (bound.Transaction != e.Transaction)
                    coins.Remove(change.Point);
                else
                    coins[change.Point] = made with { IsConfirmed = true, Generation = 0 };
            }
        return this with { Coins = coins.ToImmutable(), Spends = Spends.Remove(e.Holder) };
    }

    CoinLane With(string holder, Func<CoinSpend, CoinSpend> change) =>
        Spends.TryGetValue(holder, out var spend) ? this with { Spends = Spends.SetItem(holder, change(spend)) } : this;
}
