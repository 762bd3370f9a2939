using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>What a policy is asked: who wants what from which wallet.</summary>
public sealed record PolicyRequest
{
    /// <summary>The wallet that would sign.</summary>
    public required string Wallet { get; init; }

    /// <summary>The chain.</summary>
    public required ChainId Chain { get; init; }

    /// <summary>The member who asks.</summary>
    public required string Initiator { get; init; }

    /// <summary>Everything the transaction does, the fee included.</summary>
    public required ImmutableArray<Act> Acts { get; init; }

    /// <summary>From then on it is denied, in Unix seconds; null for a question that does not expire.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>What forbids the transaction before any rule is read: it is not what the intent says.</summary>
    public ImmutableArray<string> Violations { get; init; } = [];

    /// <summary>
    /// The request of an intent whose transaction has these effects. Whether the intent is about this transaction at all is
    /// <see cref="Intent.Binds"/>; here the chain has to agree, and the fee has to stay within the intent's. What is judged is
    /// the fee that the intent allows and not the transaction's: a replacement may cost as much without asking again.
    /// </summary>
    public static PolicyRequest From(Intent intent, Effects effects)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(effects);
        var violations = ImmutableArray.CreateBuilder<string>();
        if (effects.Chain != intent.Chain)
            violations.Add($"the transaction is for {effects.Chain} and the intent for {intent.Chain}");
        if (effects.Fee is { } fee)
        {
            if (intent.MaxFee is null)
                violations.Add($"the transaction costs up to {fee.Maximum} {fee.Asset} and the intent allows no fee");
            else if (fee.Asset != intent.MaxFee.Asset || fee.Maximum > intent.MaxFee.Amount)
                violations.Add($"the transaction costs up to {fee.Maximum} {fee.Asset}, beyond the intent's {intent.MaxFee.Amount} {intent.MaxFee.Asset}");
        }
        return new()
        {
            Wallet = intent.Wallet,
            Chain = intent.Chain,
            Initiator = intent.Initiator,
            Acts = Act.From(effects.Fee is { } paid && intent.MaxFee is { } most && paid.Asset == most.Asset && paid.Maximum < most.Amount
                ? effects with { Fee = paid with { Maximum = most.Amount } }
                : effects),
            ExpiresAt = intent.ExpiresAt.ToUnixTimeSeconds(),
            Violations = violations.ToImmutable(),
        };
    }
}
