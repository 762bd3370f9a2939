using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Journal.Events;

namespace Quorate.Server.Lanes;

/// <summary>So much of an asset, in its smallest unit.</summary>
sealed record HeldAmount(string Asset, Amount Amount);

/// <summary>What happens to the funds of one account. Closed. Assets are CAIP-19.</summary>
abstract record FundsEvent
{
    /// <summary>The chain was asked what the account has.</summary>
    internal sealed record BalanceObserved(string Asset, Amount Balance) : FundsEvent;

    /// <summary>A transfer will take so much at most.</summary>
    internal sealed record FundsHeld(string Holder, ImmutableArray<HeldAmount> Amounts) : FundsEvent;

    /// <summary>It is in a block: what it took counts as gone until the chain is asked again.</summary>
    internal sealed record FundsSpent(string Holder) : FundsEvent;

    /// <summary>Its block was reorganised away.</summary>
    internal sealed record FundsReturned(string Holder) : FundsEvent;

    /// <summary>It takes nothing any more: it is final, or will never get in.</summary>
    internal sealed record FundsReleased(string Holder) : FundsEvent;

    internal static EventCatalog<FundsEvent> Catalog { get; } = new EventCatalogBuilder<FundsEvent>()
        .AddJson("balance-observed", 1, FundsEventJson.Default.BalanceObserved)
        .AddJson("funds-held", 1, FundsEventJson.Default.FundsHeld)
        .AddJson("funds-spent", 1, FundsEventJson.Default.FundsSpent)
        .AddJson("funds-returned", 1, FundsEventJson.Default.FundsReturned)
        .AddJson("funds-released", 1, FundsEventJson.Default.FundsReleased)
        .Build();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = [typeof(AmountJson)])]
[JsonSerializable(typeof(FundsEvent.BalanceObserved))]
[JsonSerializable(typeof(FundsEvent.FundsHeld))]
[JsonSerializable(typeof(FundsEvent.FundsSpent))]
[JsonSerializable(typeof(FundsEvent.FundsReturned))]
[JsonSerializable(typeof(FundsEvent.FundsReleased))]
sealed partial class FundsEventJson : JsonSerializerContext;
