using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Journal.Events;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.Balances;

/// <summary>What has been seen of a wallet's balance. Closed.</summary>
abstract record BalanceEvent(DateTimeOffset At)
{
    /// <summary>The chain was asked.</summary>
    internal sealed record BalanceReconciled(DateTimeOffset At, ResourceId Wallet, AssetId Asset, Amount OnChain) : BalanceEvent(At);

    internal static EventCatalog<BalanceEvent> Catalog { get; } = new EventCatalogBuilder<BalanceEvent>()
        .AddJson("balance-reconciled", 1, BalanceJson.Default.BalanceReconciled)
        .Build();
}

/// <summary>What can be asked of a balance. Closed.</summary>
abstract record BalanceCommand(DateTimeOffset At)
{
    /// <summary>What the chain says all addresses of the wallet have, asked at <paramref name="At"/>.</summary>
    internal sealed record Reconcile(DateTimeOffset At, ResourceId Wallet, AssetId Asset, Amount OnChain) : BalanceCommand(At);
}

/// <summary>What the chain said last that a wallet has of an asset.</summary>
sealed record Balance(ResourceId Wallet, AssetId? Asset, Amount OnChain, DateTimeOffset At)
{
    internal static Balance None { get; } = new(default, null, default, default);

    internal static Decider<Balance, BalanceCommand, BalanceEvent> Decider { get; } = new("balance", BalanceEvent.Catalog, None, Decide, Evolve);

    /// <summary>What a balance is called in its stream's name.</summary>
    internal static string IdOf(ResourceId wallet, AssetId asset) =>
        $"{wallet}/{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(asset.ToString())))}";

    internal static Decision<BalanceEvent> Decide(Balance balance, BalanceCommand command) => command switch
    {
        BalanceCommand.Reconcile c when balance.Asset is not null && c.At <= balance.At => Decision<BalanceEvent>.Nothing,
        BalanceCommand.Reconcile c => new BalanceEvent.BalanceReconciled(c.At, c.Wallet.Require(ResourceKind.Wallet), c.Asset, c.OnChain),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static Balance Evolve(Balance balance, BalanceEvent happened) => happened switch
    {
        BalanceEvent.BalanceReconciled e => new(e.Wallet, e.Asset, e.OnChain, e.At),
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText), typeof(AssetIdText), typeof(AmountText)])]
[JsonSerializable(typeof(BalanceEvent.BalanceReconciled))]
sealed partial class BalanceJson : JsonSerializerContext;
