using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>For whom a counter counts.</summary>
enum CounterScope
{
    /// <summary>One counter for all wallets and initiators the rule is about.</summary>
    Rule = 0,

    /// <summary>A counter for every wallet.</summary>
    Wallet = 1,

    /// <summary>A counter for every initiator.</summary>
    Initiator = 2,
}

/// <summary>
/// At most so much of an asset, or so many transactions where <paramref name="Asset"/> is null: in one transaction where
/// <paramref name="Window"/> is null, else within the window.
/// </summary>
sealed record Limit(AssetId? Asset, Amount AtMost, CounterWindow? Window, CounterScope Scope)
{
    /// <summary>The counter of this limit under a rule. Made of what it counts and not of how much it allows, so that a changed amount keeps its history.</summary>
    internal string CounterFor(string rule, PolicyRequest request) =>
        $"{rule} {Subject} {Window} {Scope switch
        {
            CounterScope.Wallet => "wallet:" + request.Wallet,
            CounterScope.Initiator => "initiator:" + request.Initiator,
            _ => "rule",
        }}";

    internal string Subject => Asset?.ToString() ?? "transactions";

    /// <inheritdoc/>
    public override string ToString() => $"{AtMost} {Subject}{(Window is null ? " a transaction" : $" in {Window}")}";
}
