using System.Text.Json.Serialization;
using Quorate.Journal.Events;

namespace Quorate.Server.Lanes;

/// <summary>What happens to the lives of one Solana account's messages. Closed.</summary>
abstract record LifetimeEvent
{
    /// <summary>A durable nonce of the account's is to be used.</summary>
    internal sealed record NonceAdded(string Nonce) : LifetimeEvent;

    /// <summary>What a durable nonce holds in a final block.</summary>
    internal sealed record NonceObserved(string Nonce, string Value, ulong Slot) : LifetimeEvent;

    /// <summary>A transfer has a durable nonce, or, where null, will take a recent blockhash when it is built.</summary>
    internal sealed record LifeReserved(string Holder, string? Nonce) : LifetimeEvent;

    /// <summary>Nodes are about to be asked for a signature: from here on a signed message may exist.</summary>
    /// <param name="Holder">The transfer.</param>
    /// <param name="Message">Hash of the message.</param>
    /// <param name="Value">Its blockhash, or the nonce's value.</param>
    /// <param name="FirstSlot">No block before this slot can have it.</param>
    /// <param name="LastHeight">No block above this height can have it; null under a durable nonce.</param>
    internal sealed record LifeBound(string Holder, string Message, string Value, ulong FirstSlot, ulong? LastHeight) : LifetimeEvent;

    /// <summary>What was bound is proven dead: nothing of it can get in any more.</summary>
    internal sealed record LifeEnded(string Holder, string Value) : LifetimeEvent;

    /// <summary>One of the transfer's messages is in a final block.</summary>
    internal sealed record LifeSettled(string Holder) : LifetimeEvent;

    /// <summary>The holder does without, and nothing that was signed exists.</summary>
    internal sealed record LifeReleased(string Holder) : LifetimeEvent;

    /// <summary>The holder does without, and something signed may still get in.</summary>
    internal sealed record LifeAbandoned(string Holder) : LifetimeEvent;

    internal static EventCatalog<LifetimeEvent> Catalog { get; } = new EventCatalogBuilder<LifetimeEvent>()
        .AddJson("nonce-account-added", 1, LifetimeEventJson.Default.NonceAdded)
        .AddJson("nonce-account-observed", 1, LifetimeEventJson.Default.NonceObserved)
        .AddJson("life-reserved", 1, LifetimeEventJson.Default.LifeReserved)
        .AddJson("life-bound", 1, LifetimeEventJson.Default.LifeBound)
        .AddJson("life-ended", 1, LifetimeEventJson.Default.LifeEnded)
        .AddJson("life-settled", 1, LifetimeEventJson.Default.LifeSettled)
        .AddJson("life-released", 1, LifetimeEventJson.Default.LifeReleased)
        .AddJson("life-abandoned", 1, LifetimeEventJson.Default.LifeAbandoned)
        .Build();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LifetimeEvent.NonceAdded))]
[JsonSerializable(typeof(LifetimeEvent.NonceObserved))]
[JsonSerializable(typeof(LifetimeEvent.LifeReserved))]
[JsonSerializable(typeof(LifetimeEvent.LifeBound))]
[JsonSerializable(typeof(LifetimeEvent.LifeEnded))]
[JsonSerializable(typeof(LifetimeEvent.LifeSettled))]
[JsonSerializable(typeof(LifetimeEvent.LifeReleased))]
[JsonSerializable(typeof(LifetimeEvent.LifeAbandoned))]
sealed partial class LifetimeEventJson : JsonSerializerContext;
