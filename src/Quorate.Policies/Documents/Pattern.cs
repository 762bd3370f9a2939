using System.Collections.Frozen;
using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>A condition on one decoded argument of a call, by position from 0.</summary>
sealed record ArgumentCondition(int Position, FrozenSet<string>? OneOf, AccountSet? Accounts, Amount? Above, Amount? AtMost)
{
    internal Truth Matches(Act act, long now)
    {
        // Not decoded, or decoded to fewer: what it would be nobody can say.
        if (act.Function is null || Position >= act.Arguments.Length)
            return Truth.Maybe;
        var argument = act.Arguments[Position];
        var truth = Truth.Yes;
        if (OneOf is not null)
            truth = truth.And(Truths.Of(OneOf.Contains(argument.Value)));
        if (Accounts is not null)
            truth = truth.And(act.Counterparty is { } contract && Account.TryParse($"{contract.Chain}:{argument.Value}", out var account)
                ? Accounts.Contains(account, now)
                : Truth.Maybe);
        if (Above is not null || AtMost is not null)
            truth = truth.And(Amount.TryParse(argument.Value, out var amount)
                ? Truths.Of((Above is null || amount > Above) && (AtMost is null || amount <= AtMost))
                : Truth.Maybe);
        return truth;
    }
}

/// <summary>
/// What a rule speaks about: acts of one kind that meet every condition that is there. A condition that is null is met.
/// </summary>
sealed record Pattern(ActKind Kind)
{
    internal AssetSet? Assets { get; init; }

    internal AccountSet? Counterparties { get; init; }

    internal AccountSet? ExceptCounterparties { get; init; }

    internal Amount? Above { get; init; }

    internal Amount? AtMost { get; init; }

    internal FrozenSet<string>? Functions { get; init; }

    internal ImmutableArray<ArgumentCondition> Arguments { get; init; } = [];

    /// <summary>Memos of at most so many bytes.</summary>
    internal int? MaxBytes { get; init; }

    /// <summary>Deployments of code with these hashes.</summary>
    internal FrozenSet<string>? CodeHashes { get; init; }

    internal Truth Matches(Act act, long now)
    {
        if (act.Kind != Kind
            || (Assets is not null && !Assets.Contains(act.Asset))
            || (Above is not null && act.Amount <= Above)
            || (AtMost is not null && act.Amount > AtMost)
            || (MaxBytes is not null && act.Data?.Length > 2 * MaxBytes)
            || (CodeHashes is not null && !CodeHashes.Contains(act.Data ?? "")))
            return Truth.No;
        var truth = Truth.Yes;
        if (Counterparties is not null)
            truth = truth.And(Counterparties.Contains(act, now));
        if (ExceptCounterparties is not null)
            truth = truth.And(ExceptCounterparties.Contains(act, now).Not());
        // A function that is not known might be any.
        if (Functions is not null)
            truth = truth.And(act.Function is null ? Truth.Maybe : Truths.Of(Functions.Contains(act.Function)));
        foreach (var argument in Arguments)
            truth = truth.And(argument.Matches(act, now));
        return truth;
    }
}
