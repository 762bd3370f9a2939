using System.Collections.Immutable;
using System.Globalization;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>What kind of thing an act is. A rule names kinds; a kind that no rule can name is denied.</summary>
public enum ActKind
{
    /// <summary>An effect of a kind this version does not know. Always denied.</summary>
    Unknown = 0,

    /// <summary>An amount changes hands.</summary>
    Transfer = 1,

    /// <summary>A spender may take an amount from now on.</summary>
    Approval = 2,

    /// <summary>A contract or program runs.</summary>
    Call = 3,

    /// <summary>A contract comes into being.</summary>
    Deployment = 4,

    /// <summary>An account runs somebody's code from now on.</summary>
    Delegation = 5,

    /// <summary>An account is opened and its deposit left there.</summary>
    AccountCreation = 6,

    /// <summary>Bytes are published.</summary>
    Memo = 7,

    /// <summary>The fee is paid.</summary>
    Fee = 8,

    /// <summary>Something is signed that is not understood in full.</summary>
    RawSigning = 9,
}

/// <summary>
/// One effect as a policy judges it: every kind of <see cref="Effect"/>, the fee, and the fact that something is not
/// understood, in one flat form that also has a JSON form for examples and recordings.
/// </summary>
public sealed record Act
{
    /// <summary>What kind of thing.</summary>
    public required ActKind Kind { get; init; }

    /// <summary>The other side: recipient, spender, contract, delegate, owner of the new account. Null for nobody.</summary>
    public Account? Counterparty { get; init; }

    /// <summary>The counterparty is the paying wallet itself, as its adapter has derived.</summary>
    public bool IsToSelf { get; init; }

    /// <summary>The asset, where the act moves or promises one.</summary>
    public AssetId? Asset { get; init; }

    /// <summary>How much of it; <see cref="Amount.MaxValue"/> for without limit.</summary>
    public Amount Amount { get; init; }

    /// <summary>A call's function, in its canonical signature; null where it is not known.</summary>
    public string? Function { get; init; }

    /// <summary>A call's decoded arguments.</summary>
    public ImmutableArray<CallArgument> Arguments { get; init; } = [];

    /// <summary>A memo's bytes or a deployment's code hash in hexadecimal, or what was not understood in words.</summary>
    public string? Data { get; init; }

    /// <summary>What leaves the wallet, or may: nothing where it stays in the wallet.</summary>
    internal Amount Spent => IsToSelf ? Amount.Zero : Amount;

    /// <summary>What an adapter found, as acts. Kinds of effects that are not known here become <see cref="ActKind.Unknown"/>.</summary>
    public static ImmutableArray<Act> From(Effects effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        var acts = ImmutableArray.CreateBuilder<Act>();
        foreach (var effect in effects.Items)
            acts.Add(From(effect));
        if (effects.Fee is { } fee)
            acts.Add(new() { Kind = ActKind.Fee, Asset = fee.Asset, Amount = fee.Maximum });
        foreach (var reason in effects.NotUnderstood)
            acts.Add(new() { Kind = ActKind.RawSigning, Data = reason });
        return acts.ToImmutable();
    }

    static Act From(Effect effect) => effect switch
    {
        Effect.Transfer e => new() { Kind = ActKind.Transfer, Counterparty = Of(e.Recipient), IsToSelf = e.ToSelf, Asset = e.Asset, Amount = e.Amount },
        Effect.Approval e => new() { Kind = ActKind.Approval, Counterparty = Of(e.Spender), Asset = e.Asset, Amount = e.Limit ?? Amount.MaxValue },
        Effect.Call e => new() { Kind = ActKind.Call, Counterparty = Of(e.Contract), Function = e.Function, Arguments = e.Arguments },
        Effect.Deployment e => new() { Kind = ActKind.Deployment, Counterparty = Of(e.Contract), Data = e.CodeHash },
        Effect.Delegation e => new() { Kind = ActKind.Delegation, Counterparty = Of(e.Delegate) },
        Effect.AccountCreation e => new() { Kind = ActKind.AccountCreation, Counterparty = Of(e.Owner), Asset = e.Asset, Amount = e.Deposit },
        Effect.Memo e => new() { Kind = ActKind.Memo, Data = e.Data },
        _ => new() { Kind = ActKind.Unknown, Data = effect.GetType().Name },
    };

    static Account? Of(Address? address) => address is null ? null : new(address);

    /// <summary>The act in words.</summary>
    public override string ToString() => Kind switch
    {
        ActKind.Transfer => $"transfer of {Amount} {Asset} to {Side}",
        ActKind.Approval => $"approval for {Side} to take {(Amount == Amount.MaxValue ? "any amount" : Amount)} of {Asset}",
        ActKind.Call => $"call of {Function ?? "an unknown function"} on {Side}",
        ActKind.Deployment => $"deployment of code {Data}",
        ActKind.Delegation => $"delegation to {Side}",
        ActKind.AccountCreation => $"new account for {Side} with {Amount} {Asset}",
        ActKind.Memo => string.Create(CultureInfo.InvariantCulture, $"memo of {(Data?.Length ?? 0) / 2} bytes"),
        ActKind.Fee => $"fee of at most {Amount} {Asset}",
        ActKind.RawSigning => $"raw signing: {Data}",
        _ => $"effect of an unknown kind, {Data}",
    };

    string Side => IsToSelf ? "the wallet itself" : Counterparty?.ToString() ?? "nobody";
}
