using System.Collections.Immutable;

namespace Quorate.Server.Lanes;

/// <summary>A transaction of a transfer that may have been signed.</summary>
/// <param name="Draft">Which, before it has an id: hash of what is signed.</param>
/// <param name="Fee">In satoshi.</param>
/// <param name="Transaction">Its id, once it was assembled.</param>
/// <param name="Change">The coin it makes.</param>
sealed record BoundSpend(string Draft, ulong Fee, string? Transaction = null, LaneCoin? Change = null);

/// <summary>A transfer and the coins it spends.</summary>
/// <param name="Holder">The transfer.</param>
/// <param name="Coins">All of them; every one of its transactions spends all.</param>
/// <param name="Envelope">The most it may cost, in satoshi: one of its transactions at most gets in.</param>
/// <param name="Bound">What may have been signed, oldest first.</param>
/// <param name="Included">The one that is in a block; null for none.</param>
/// <param name="IsAbandoned">Whether nobody wants it any more, though it may exist.</param>
sealed record CoinSpend(
    string Holder, ImmutableArray<string> Coins, ulong Envelope, ImmutableArray<BoundSpend> Bound, string? Included = null, bool IsAbandoned = false)
{
    /// <summary>Whether it keeps others from its coins.</summary>
    internal bool IsLive => !IsAbandoned || Included is not null;
}
