using System.Collections.Immutable;

namespace Quorate.Chains;

/// <summary>Everything a transaction does, or why that can not be told.</summary>
/// <param name="Chain">The chain it is for.</param>
/// <param name="Items">The effects in the transaction's own order.</param>
/// <param name="Fee">What the transaction costs at most; null for messages, which cost nothing.</param>
/// <param name="NotUnderstood">
/// What the decoder could not account for, a sentence each. Unless this is empty <paramref name="Items"/> may lack effects,
/// and nobody should sign on their strength.
/// </param>
public sealed record Effects(
    ChainId Chain, ImmutableArray<Effect> Items, Fee? Fee, ImmutableArray<string> NotUnderstood)
{
    /// <summary>Whether <see cref="Items"/> and <see cref="Fee"/> are all there is to it.</summary>
    public bool IsFullyUnderstood => NotUnderstood.IsEmpty;
}

/// <summary>The fee of a transaction: who pays, in what, and how much at most.</summary>
public sealed record Fee(Address Payer, AssetId Asset, Amount Maximum);
