using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Journal.Events;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.Wallets;

/// <summary>A key of a wallet as nodes report it: public, and shared by those nodes.</summary>
/// <param name="Scheme">What it signs.</param>
/// <param name="PublicKey">33 bytes for secp256k1, 32 for Ed25519.</param>
/// <param name="ChainCode">32 bytes, for the derivation of children.</param>
/// <param name="Threshold">How many nodes sign.</param>
/// <param name="Nodes">Numbers of the nodes that hold a share.</param>
sealed record WalletKey(SignatureScheme Scheme, Blob PublicKey, Blob ChainCode, int Threshold, ImmutableArray<int> Nodes)
{
    /// <summary>Whether it is the same key, whoever shares it.</summary>
    internal bool IsSameKey(WalletKey other) => (Scheme, PublicKey, ChainCode) == (other.Scheme, other.PublicKey, other.ChainCode);

    /// <inheritdoc/>
    public bool Equals(WalletKey? other) =>
        other is not null && IsSameKey(other) && Threshold == other.Threshold && Nodes.SequenceEqual(other.Nodes);

    /// <inheritdoc/>
    public override int GetHashCode() => PublicKey.GetHashCode();
}

/// <summary>What has happened to a wallet. Closed.</summary>
abstract record WalletEvent(DateTimeOffset At)
{
    /// <summary>It is wanted; its keys are made by a ceremony. The name is the nodes' own, in policies and intents, and never changes.</summary>
    internal sealed record WalletPlanned(DateTimeOffset At, ResourceId Id, ResourceId Vault, string Name, string? Label) : WalletEvent(At);

    /// <summary>A node has said which keys it holds shares of.</summary>
    internal sealed record WalletKeysReported(DateTimeOffset At, int Node, uint Epoch, ImmutableArray<WalletKey> Keys) : WalletEvent(At);

    /// <summary>An address was given out.</summary>
    internal sealed record AddressIssued(DateTimeOffset At, ResourceId Id, ChainId Chain, SignatureScheme Scheme, uint Index, string Address, string? Label) : WalletEvent(At);

    internal sealed record AddressLabelled(DateTimeOffset At, ResourceId Id, string? Label) : WalletEvent(At);

    internal sealed record WalletLabelled(DateTimeOffset At, string? Label) : WalletEvent(At);

    internal static EventCatalog<WalletEvent> Catalog { get; } = new EventCatalogBuilder<WalletEvent>()
        .AddJson("wallet-planned", 1, WalletJson.Default.WalletPlanned)
        .AddJson("wallet-keys-reported", 1, WalletJson.Default.WalletKeysReported)
        .AddJson("wallet-address-issued", 1, WalletJson.Default.AddressIssued)
        .AddJson("wallet-address-labelled", 1, WalletJson.Default.AddressLabelled)
        .AddJson("wallet-labelled", 1, WalletJson.Default.WalletLabelled)
        .Build();
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText), typeof(ChainIdText), typeof(SnakeCase<SignatureScheme>)])]
[JsonSerializable(typeof(WalletEvent.WalletPlanned))]
[JsonSerializable(typeof(WalletEvent.WalletKeysReported))]
[JsonSerializable(typeof(WalletEvent.AddressIssued))]
[JsonSerializable(typeof(WalletEvent.AddressLabelled))]
[JsonSerializable(typeof(WalletEvent.WalletLabelled))]
sealed partial class WalletJson : JsonSerializerContext;
