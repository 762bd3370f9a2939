using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Server.Lanes;

/// <summary>A message that may have been signed.</summary>
/// <param name="Message">Its hash.</param>
/// <param name="Value">Its blockhash, or the nonce's value.</param>
/// <param name="FirstSlot">No block before this slot can have it.</param>
/// <param name="LastHeight">No block above this height can have it; null under a durable nonce.</param>
sealed record BoundLife(string Message, string Value, ulong FirstSlot, ulong? LastHeight);

/// <summary>What a transfer's messages live by.</summary>
/// <param name="Nonce">The durable nonce; null for a recent blockhash.</param>
/// <param name="Bound">What may have been signed and is not proven dead.</param>
/// <param name="IsAbandoned">Whether nobody wants it any more, though it may get in.</param>
sealed record Life(string? Nonce, ImmutableArray<BoundLife> Bound, bool IsAbandoned = false);

/// <summary>A durable nonce and what a final block last said that it holds; null before anybody looked, or since it was used.</summary>
sealed record LaneNonce(string? Value, ulong Slot);

/// <summary>
/// What the messages of one Solana account live by. Pure. Two messages under recent blockhashes that are both alive are two
/// payments, so a transfer binds another only when the one before is proven dead. Of all messages under one value of a
/// durable nonce one at most is executed; so a nonce has one live transfer, which may bind as many messages as it likes,
/// and approvals can take days.
/// </summary>
/// <param name="Nonces">By account.</param>
/// <param name="Lives">By holder.</param>
sealed record LifetimeLane(ImmutableSortedDictionary<string, LaneNonce> Nonces, ImmutableDictionary<string, Life> Lives)
{
    /// <summary>Transfers that hold a life: what one poll of their signatures can ask for.</summary>
    internal const int MaxInFlight = 256;

    /// <summary>Messages of one transfer.</summary>
    internal const int MaxMessages = 16;

    internal static LifetimeLane Initial { get; } = new(
        ImmutableSortedDictionary.Create<string, LaneNonce>(StringComparer.Ordinal), ImmutableDictionary.Create<string, Life>(StringComparer.Ordinal));

    /// <summary>The lane of an account.</summary>
    internal static string Stream(Address account) => $"lifetimes/{account.Chain}/{account}";

    /// <summary>Uses a durable nonce from now on.</summary>
    internal LaneDecision<LifetimeEvent> Add(string nonce) =>
        Nonces.ContainsKey(nonce) ? LaneDecision<LifetimeEvent>.Nothing : new LifetimeEvent.NonceAdded(nonce);

    /// <summary>Takes note of what a final block says of a nonce. What is older than was seen does not count.</summary>
    internal LaneDecision<LifetimeEvent> Observe(string nonce, string value, ulong slot)
    {
        if (!Nonces.TryGetValue(nonce, out var known))
            return LaneRefusal.NotHeld;
        return slot < known.Slot || (known.Value == value) ? LaneDecision<LifetimeEvent>.Nothing : new LifetimeEvent.NonceObserved(nonce, value, slot);
    }

    /// <summary>Gives a transfer a durable nonce that no live one has, or a place among those with recent blockhashes.</summary>
    /// <param name="holder">The transfer.</param>
    /// <param name="isDurable">Which of the two.</param>
    /// <param name="nonce">The one durable nonce that will do, where only one does.</param>
    internal LaneDecision<LifetimeEvent> Reserve(string holder, bool isDurable, string? nonce = null)
    {
        if (Lives.TryGetValue(holder, out var life))
            return life.IsAbandoned ? LaneRefusal.StillAlive : LaneDecision<LifetimeEvent>.Nothing;
        if (Lives.Values.Count(l => !l.IsAbandoned) >= MaxInFlight)
            return LaneRefusal.Full;
        if (!isDurable)
            return new LifetimeEvent.LifeReserved(holder, null);
        var taken = Lives.Values.Where(l => !l.IsAbandoned).Select(l => l.Nonce).ToHashSet(StringComparer.Ordinal);
        var left = Nonces.Where(n => !taken.Contains(n.Key) && (nonce is null || n.Key == nonce)).ToArray();
        if (left.FirstOrDefault(n => n.Value.Value is not null).Key is { } free)
            return new LifetimeEvent.LifeReserved(holder, free);
        return left.Length > 0 ? LaneRefusal.Unobserved : LaneRefusal.Full;
    }

    /// <summary>Says, before nodes are asked, what they will be asked to sign.</summary>
    internal LaneDecision<LifetimeEvent> Bind(string holder, string message, string value, ulong firstSlot, ulong? lastHeight)
    {
        if (!Lives.TryGetValue(holder, out var life) || life.IsAbandoned)
            return LaneRefusal.NotHeld;
        if (life.Bound.Any(b => b.Message == message))
            return LaneDecision<LifetimeEvent>.Nothing;
        // The cluster tells messages apart by their bytes: the second of two equal payments would silently not happen.
        if (Lives.Values.Any(l => l.Bound.Any(b => b.Message == message)))
            return LaneRefusal.SameMessage;
        if (life.Nonce is not null && Nonces[life.Nonce].Value != value)
            return LaneRefusal.Stale;
        if (life.Bound.Any(b => life.Nonce is null || b.Value != value))
            return LaneRefusal.StillAlive;
        if (life.Bound.Length >= MaxMessages)
            return LaneRefusal.TooMany;
        return new LifetimeEvent.LifeBound(holder, message, value, firstSlot, lastHeight);
    }

    /// <summary>
    /// Somebody has proven that what a transfer bound is dead: its blockhash too old, or its nonce moved on, and the
    /// signature unknown behind that (docs/chains/solana.md). The transfer may bind anew, as a new intent.
    /// </summary>
    internal LaneDecision<LifetimeEvent> End(string holder, string value) =>
        Lives.TryGetValue(holder, out var life) && life.Bound.Any(b => b.Value == value) ? new LifetimeEvent.LifeEnded(holder, value) : LaneDecision<LifetimeEvent>.Nothing;

    /// <summary>One of the transfer's messages is in a final block.</summary>
    internal LaneDecision<LifetimeEvent> Settle(string holder) =>
        Lives.ContainsKey(holder) ? new LifetimeEvent.LifeSettled(holder) : LaneDecision<LifetimeEvent>.Nothing;

    /// <summary>The transfer does without. Doing it twice does nothing more.</summary>
    internal LaneDecision<LifetimeEvent> Release(string holder) => Lives.GetValueOrDefault(holder) switch
    {
        null or { IsAbandoned: true } => LaneDecision<LifetimeEvent>.Nothing,
        { Bound.IsEmpty: true } => new LifetimeEvent.LifeReleased(holder),
        _ => new LifetimeEvent.LifeAbandoned(holder),
    };

    /// <summary>The lane after an event.</summary>
    internal LifetimeLane After(LifetimeEvent happened) => happened switch
    {
        LifetimeEvent.NonceAdded a => this with { Nonces = Nonces.SetItem(a.Nonce, new(null, 0)) },
        LifetimeEvent.NonceObserved o => this with { Nonces = Nonces.SetItem(o.Nonce, new(o.Value, o.Slot)) },
        LifetimeEvent.LifeReserved r => this with { Lives = Lives.SetItem(r.Holder, new(r.Nonce, [])) },
        LifetimeEvent.LifeBound b => With(b.Holder, l => l with { Bound = l.Bound.Add(new(b.Message, b.Value, b.FirstSlot, b.LastHeight)) }),
        LifetimeEvent.LifeEnded e => Ended(e),
        LifetimeEvent.LifeSettled s => Settled(s),
        LifetimeEvent.LifeReleased r => this with { Lives = Lives.Remove(r.Holder) },
        LifetimeEvent.LifeAbandoned a => With(a.Holder, l => l with { IsAbandoned = true }),
        _ => throw new ArgumentException("No event of a lifetime lane.", nameof(happened)),
    };

    LifetimeLane Ended(LifetimeEvent.LifeEnded e)
    {
        var lane = With(e.Holder, l => l with { Bound = l.Bound.RemoveAll(b => b.Value == e.Value) });
        return lane.Lives.TryGetValue(e.Holder, out var life) && life is { IsAbandoned: true, Bound.IsEmpty: true } ? lane with { Lives = lane.Lives.Remove(e.Holder) } : lane;
    }

    // What a nonce held when it was used it holds no more; nobody builds on it before it was looked at again.
    LifetimeLane Settled(LifetimeEvent.LifeSettled s)
    {
        var life = Lives[s.Holder];
        var lane = this with { Lives = Lives.Remove(s.Holder) };
        return life.Nonce is { } nonce && life.Bound.Any(b => b.Value == Nonces[nonce].Value)
            ? lane with { Nonces = Nonces.SetItem(nonce, Nonces[nonce] with { Value = null }) }
            : lane;
    }

    LifetimeLane With(string holder, Func<Life, Life> change) =>
        Lives.TryGetValue(holder, out var life) ? this with { Lives = Lives.SetItem(holder, change(life)) } : this;
}
