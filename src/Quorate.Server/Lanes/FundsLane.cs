using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Server.Lanes;

/// <summary>What a transfer takes at most.</summary>
/// <param name="Amounts">By asset; the fee's maximum is in it.</param>
/// <param name="IsSpent">Whether it is in a block.</param>
sealed record Hold(ImmutableArray<HeldAmount> Amounts, bool IsSpent = false);

/// <summary>What an account has of an asset.</summary>
/// <param name="Balance">What the chain says.</param>
/// <param name="Pending">What transfers under way take at most.</param>
/// <param name="Available">What is left for others; nothing where more is pending than there is.</param>
sealed record FundsPosition(Amount Balance, Amount Pending, Amount Available);

/// <summary>
/// The funds of one account, so that two transfers do not overdraw it between being built and being in a block. Pure. It
/// errs on the side of too little: what a transfer took counts as gone twice rather than not at all, until the chain is
/// asked again. Bitcoin needs none of it; there the coins are the funds.
/// </summary>
/// <param name="Balances">By asset, what the chain said and what has been spent since.</param>
/// <param name="Holds">By holder.</param>
/// <param name="Moves">How often what is in blocks has changed: an answer of the chain to a question asked before does not count.</param>
sealed record FundsLane(ImmutableDictionary<string, Amount> Balances, ImmutableDictionary<string, Hold> Holds, long Moves)
{
    internal static FundsLane Initial { get; } = new(
        ImmutableDictionary.Create<string, Amount>(StringComparer.Ordinal), ImmutableDictionary.Create<string, Hold>(StringComparer.Ordinal), 0);

    /// <summary>The lane of an account.</summary>
    internal static string Stream(Address account) => $"funds/{account.Chain}/{account}";

    /// <summary>What the account has of an asset; null where nobody asked the chain yet.</summary>
    internal FundsPosition? PositionOf(string asset)
    {
        if (!Balances.TryGetValue(asset, out var balance))
            return null;
        var pending = Holds.Values.Where(h => !h.IsSpent).SelectMany(h => h.Amounts).Where(a => a.Asset == asset)
            .Aggregate(Amount.Zero, (sum, a) => sum.TryAdd(a.Amount, out var more) ? more : Amount.MaxValue);
        return new(balance, pending, pending < balance ? balance - pending : Amount.Zero);
    }

    /// <summary>Takes note of what the chain says.</summary>
    /// <param name="asset">Of what.</param>
    /// <param name="balance">How much.</param>
    /// <param name="moves"><see cref="Moves"/> when the question was asked.</param>
    internal LaneDecision<FundsEvent> Observe(string asset, Amount balance, long moves) =>
        moves != Moves || (Balances.TryGetValue(asset, out var known) && known == balance)
            ? LaneDecision<FundsEvent>.Nothing
            : new FundsEvent.BalanceObserved(asset, balance);

    /// <summary>Holds what a transfer takes at most, if it is there.</summary>
    internal LaneDecision<FundsEvent> Hold(string holder, ImmutableArray<HeldAmount> amounts)
    {
        if (Holds.ContainsKey(holder))
            return LaneDecision<FundsEvent>.Nothing;
        foreach (var asset in amounts.GroupBy(a => a.Asset, StringComparer.Ordinal))
        {
            if (PositionOf(asset.Key) is not { } position)
                return LaneRefusal.Unobserved;
            var wanted = asset.Aggregate(Amount.Zero, (sum, a) => sum.TryAdd(a.Amount, out var more) ? more : Amount.MaxValue);
            if (wanted > position.Available)
                return LaneRefusal.Insufficient;
        }
        return new FundsEvent.FundsHeld(holder, amounts);
    }

    /// <summary>The transfer is in a block, or, reorganised, not any more.</summary>
    internal LaneDecision<FundsEvent> Include(string holder, bool isIncluded) => Holds.GetValueOrDefault(holder) switch
    {
        null => LaneDecision<FundsEvent>.Nothing,
        { IsSpent: var spent } when spent == isIncluded => LaneDecision<FundsEvent>.Nothing,
        _ when isIncluded => new FundsEvent.FundsSpent(holder),
        _ => new FundsEvent.FundsReturned(holder),
    };

    /// <summary>The transfer takes nothing any more. Doing it twice does nothing more.</summary>
    internal LaneDecision<FundsEvent> Release(string holder) =>
        Holds.ContainsKey(holder) ? new FundsEvent.FundsReleased(holder) : LaneDecision<FundsEvent>.Nothing;

    /// <summary>The lane after an event.</summary>
    internal FundsLane After(FundsEvent happened) => happened switch
    {
        FundsEvent.BalanceObserved o => this with { Balances = Balances.SetItem(o.Asset, o.Balance) },
        FundsEvent.FundsHeld h => this with { Holds = Holds.SetItem(h.Holder, new(h.Amounts)) },
        FundsEvent.FundsSpent s => this with
        {
            Moves = Moves + 1, Holds = Holds.SetItem(s.Holder, Holds[s.Holder] with { IsSpent = true }),
            Balances = Holds[s.Holder].Amounts.Aggregate(Balances, (all, a) => all.TryGetValue(a.Asset, out var balance)
                ? all.SetItem(a.Asset, a.Amount < balance ? balance - a.Amount : Amount.Zero) : all),
        },
        // What is held again is not added to the balance: only the chain can say what came back.
        FundsEvent.FundsReturned r => this with { Moves = Moves + 1, Holds = Holds.SetItem(r.Holder, Holds[r.Holder] with { IsSpent = false }) },
        FundsEvent.FundsReleased r => this with { Moves = Moves + 1, Holds = Holds.Remove(r.Holder) },
        _ => throw new ArgumentException("No event of a funds lane.", nameof(happened)),
    };
}
