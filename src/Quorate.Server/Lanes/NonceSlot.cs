using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Server.Lanes;

/// <summary>A transaction that may have been signed, and what it costs at most.</summary>
sealed record BoundTransaction(string Transaction, Amount Fee);

/// <summary>A nonce and whose it is.</summary>
/// <param name="Holder">The transfer.</param>
/// <param name="Envelope">The most it may cost, replacements included: one of them at most is executed.</param>
/// <param name="Bound">What may have been signed, oldest first; empty while nothing can have been.</param>
/// <param name="IsAbandoned">Whether nobody wants it any more, though it may exist.</param>
sealed record NonceSlot(string Holder, Amount Envelope, ImmutableArray<BoundTransaction> Bound, bool IsAbandoned = false);

/// <summary>A nonce that keeps later ones waiting.</summary>
/// <param name="Nonce">Which.</param>
/// <param name="Holder">Who has it and has nothing signed: it can be recalled. Null: nobody has it, and something must use it up.</param>
sealed record NonceGap(ulong Nonce, string? Holder);
