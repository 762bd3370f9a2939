using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Server.Lanes;

/// <summary>
/// The nonces of one account on one chain of Ethereum's kind: each is used once, and none may be left out. Pure. A nonce
/// has one live holder at most. Whether it is used up is not recorded but follows from what the chain says, so a
/// reorganisation, by which the count of mined transactions falls, puts transfers back without anybody's doing.
/// </summary>
/// <param name="IsObserved">Whether the chain was ever looked at.</param>
/// <param name="Mined">Transactions of the account in blocks: the first nonce that is not in one.</param>
/// <param name="Pending">The same with those in the node's pool that follow without a gap.</param>
/// <param name="Final">The same in final blocks; never falls.</param>
/// <param name="Slots">Nonces with a holder, from <paramref name="Final"/> on.</param>
sealed record NonceLane(bool IsObserved, ulong Mined, ulong Pending, ulong Final, ImmutableSortedDictionary<ulong, NonceSlot> Slots)
{
    /// <summary>Nonces that are reserved and in no block. Pools of the usual nodes keep 16 of an account for sure.</summary>
    internal const int MaxInFlight = 16;

    /// <summary>Transactions of one transfer: each pays a tenth more, so the last pays four times the first.</summary>
    internal const int MaxTransactions = 16;

    internal static NonceLane Initial { get; } = new(false, 0, 0, 0, ImmutableSortedDictionary<ulong, NonceSlot>.Empty);

    /// <summary>The lane of an account.</summary>
    internal static string Stream(Address account) => $"nonces/{account.Chain}/{account}";

    /// <summary>Reserved nonces that are in no block.</summary>
    internal int InFlight => Slots.Count(s => s.Key >= Mined && !s.Value.IsAbandoned);

    /// <summary>The nonce that a transfer holds.</summary>
    internal ulong? NonceOf(string holder) => Slots.FirstOrDefault(s => s.Value.Holder == holder && !s.Value.IsAbandoned) is { Value: not null } found ? found.Key : null;

    /// <summary>Takes note of what the chain says. A node that lags makes the lane careful, not wrong.</summary>
    internal LaneDecision<NonceEvent> Observe(ulong mined, ulong pending, ulong final)
    {
        final = Math.Max(final, Final);
        mined = Math.Max(mined, final);
        pending = Math.Max(pending, mined);
        return IsObserved && (mined, pending, final) == (Mined, Pending, Final)
            ? LaneDecision<NonceEvent>.Nothing
            : new NonceEvent.Observed(mined, pending, final);
    }

    /// <summary>The lowest nonce that nobody alive has: freed ones come before new ones.</summary>
    internal LaneDecision<NonceEvent> Reserve(string holder, Amount envelope)
    {
        if (NonceOf(holder) is not null)
            return LaneDecision<NonceEvent>.Nothing;
        if (!IsObserved)
            return LaneRefusal.Unobserved;
        if (InFlight >= MaxInFlight)
            return LaneRefusal.Full;
        // What the pool has is somebody's, be it unknown to us whose.
        var nonce = Math.Max(Mined, Pending);
        while (Slots.TryGetValue(nonce, out var slot) && !slot.IsAbandoned)
            nonce++;
        return new NonceEvent.Reserved(holder, nonce, envelope);
    }

    /// <summary>The very nonce that somebody else has built on: this one or none.</summary>
    internal LaneDecision<NonceEvent> ReserveExactly(string holder, ulong nonce, Amount envelope)
    {
        if (NonceOf(holder) is { } held)
            return held == nonce ? LaneDecision<NonceEvent>.Nothing : LaneRefusal.NotHeld;
        if (!IsObserved)
            return LaneRefusal.Unobserved;
        if (nonce < Mined)
            return LaneRefusal.Stale;
        // What the pool has is somebody's, be it unknown to us whose.
        if (nonce < Pending || (Slots.TryGetValue(nonce, out var slot) && !slot.IsAbandoned))
            return LaneRefusal.Taken;
        // So many have to come first that pools would not keep it.
        return InFlight >= MaxInFlight || nonce - Mined >= MaxInFlight ? LaneRefusal.Full : new NonceEvent.Reserved(holder, nonce, envelope);
    }

    /// <summary>Says, before nodes are asked, what they will be asked to sign: the first transaction or one in its place.</summary>
    internal LaneDecision<NonceEvent> Bind(string holder, string transaction, Amount fee)
    {
        if (NonceOf(holder) is not { } nonce)
            return LaneRefusal.NotHeld;
        var slot = Slots[nonce];
        if (slot.Bound.Any(b => b.Transaction == transaction))
            return LaneDecision<NonceEvent>.Nothing;
        if (nonce < Mined)
            return LaneRefusal.Stale;
        if (fee > slot.Envelope)
            return LaneRefusal.AboveEnvelope;
        if (slot.Bound.Length >= MaxTransactions)
            return LaneRefusal.TooMany;
        return new NonceEvent.Bound(holder, nonce, transaction, fee);
    }

    /// <summary>The transfer does without its nonce. Doing it twice does nothing more.</summary>
    internal LaneDecision<NonceEvent> Release(string holder) => NonceOf(holder) switch
    {
        null => LaneDecision<NonceEvent>.Nothing,
        { } nonce when Slots[nonce].Bound.IsEmpty => new NonceEvent.Released(holder, nonce),
        { } nonce => new NonceEvent.Abandoned(holder, nonce),
    };

    /// <summary>Takes a nonce back from a holder that has nothing signed, if signed ones behind it wait.</summary>
    internal LaneDecision<NonceEvent> Recall(ulong nonce) =>
        Gaps().FirstOrDefault(g => g.Nonce == nonce) is { Holder: { } holder } ? new NonceEvent.Recalled(holder, nonce) : LaneDecision<NonceEvent>.Nothing;

    /// <summary>
    /// What keeps signed transactions waiting, lowest first. Where nobody has a gap's nonce the next reservation takes it; if
    /// there is none, a transfer of nothing to oneself. What is signed and merely not sent is its own transfer's affair.
    /// </summary>
    internal IEnumerable<NonceGap> Gaps()
    {
        var last = Slots.Where(s => !s.Value.IsAbandoned && !s.Value.Bound.IsEmpty).Select(s => (ulong?)s.Key).LastOrDefault() ?? 0;
        for (var nonce = Math.Max(Mined, Pending); nonce < last; nonce++)
            if (!Slots.TryGetValue(nonce, out var slot) || slot.IsAbandoned)
                yield return new(nonce, null);
            else if (slot.Bound.IsEmpty)
                yield return new(nonce, slot.Holder);
    }

    /// <summary>The lane after an event.</summary>
    internal NonceLane After(NonceEvent happened) => happened switch
    {
        NonceEvent.Observed o => this with
        {
            IsObserved = true, Mined = o.Mined, Pending = o.Pending, Final = o.Final,
            Slots = Slots.RemoveRange(Slots.Keys.TakeWhile(n => n < o.Final)),
        },
        NonceEvent.Reserved r => this with { Slots = Slots.SetItem(r.Nonce, new(r.Holder, r.Envelope, [])) },
        NonceEvent.Bound b => With(b.Nonce, slot => slot with { Bound = slot.Bound.Add(new(b.Transaction, b.Fee)) }),
        NonceEvent.Released r => this with { Slots = Slots.Remove(r.Nonce) },
        NonceEvent.Recalled r => this with { Slots = Slots.Remove(r.Nonce) },
        NonceEvent.Abandoned a => With(a.Nonce, slot => slot with { IsAbandoned = true }),
        _ => throw new ArgumentException("No event of a nonce lane.", nameof(happened)),
    };

    // A slot that a final block has swept away meanwhile needs no change.
    NonceLane With(ulong nonce, Func<NonceSlot, NonceSlot> change) =>
        Slots.TryGetValue(nonce, out var slot) ? this with { Slots = Slots.SetItem(nonce, change(slot)) } : this;
}
