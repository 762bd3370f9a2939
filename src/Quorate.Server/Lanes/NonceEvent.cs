using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Journal.Events;

namespace Quorate.Server.Lanes;

/// <summary>What happens in the nonce lane of one account. Closed.</summary>
abstract record NonceEvent
{
    /// <summary>The chain was looked at: the account's transactions in blocks, with those in the node's pool behind them, and in final blocks.</summary>
    internal sealed record Observed(ulong Mined, ulong Pending, ulong Final) : NonceEvent;

    /// <summary>A transfer has a nonce, and may cost so much with all that replaces it.</summary>
    internal sealed record Reserved(string Holder, ulong Nonce, Amount Envelope) : NonceEvent;

    /// <summary>Nodes are about to be asked for a signature: from here on a signed transaction may exist.</summary>
    internal sealed record Bound(string Holder, ulong Nonce, string Transaction, Amount Fee) : NonceEvent;

    /// <summary>The holder does without, and nothing that was signed exists.</summary>
    internal sealed record Released(string Holder, ulong Nonce) : NonceEvent;

    /// <summary>The holder does without; something signed may exist, and the next transaction with this nonce makes it worthless.</summary>
    internal sealed record Abandoned(string Holder, ulong Nonce) : NonceEvent;

    /// <summary>The nonce was taken back from a holder that keeps signed transactions behind it waiting.</summary>
    internal sealed record Recalled(string Holder, ulong Nonce) : NonceEvent;

    /// <summary>Whether there may be more room in a nonce lane after this than before.</summary>
    internal static bool MayMakeRoom(RecordedEvent recorded) => recorded.Type is "nonces-observed" or "nonce-released" or "nonce-abandoned" or "nonce-recalled";

    internal static EventCatalog<NonceEvent> Catalog { get; } = new EventCatalogBuilder<NonceEvent>()
        .AddJson("nonces-observed", 1, NonceEventJson.Default.Observed)
        .AddJson("nonce-reserved", 1, NonceEventJson.Default.Reserved)
        .AddJson("nonce-bound", 1, NonceEventJson.Default.Bound)
        .AddJson("nonce-released", 1, NonceEventJson.Default.Released)
        .AddJson("nonce-abandoned", 1, NonceEventJson.Default.Abandoned)
        .AddJson("nonce-recalled", 1, NonceEventJson.Default.Recalled)
        .Build();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = [typeof(AmountJson)])]
[JsonSerializable(typeof(NonceEvent.Observed))]
[JsonSerializable(typeof(NonceEvent.Reserved))]
[JsonSerializable(typeof(NonceEvent.Bound))]
[JsonSerializable(typeof(NonceEvent.Released))]
[JsonSerializable(typeof(NonceEvent.Abandoned))]
[JsonSerializable(typeof(NonceEvent.Recalled))]
sealed partial class NonceEventJson : JsonSerializerContext;
