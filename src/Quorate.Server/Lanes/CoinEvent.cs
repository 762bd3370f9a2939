using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;

namespace Quorate.Server.Lanes;

/// <summary>What happens to the coins of one Bitcoin wallet. Closed. Coins are named by their output, <c>txid:n</c>.</summary>
abstract record CoinEvent
{
    /// <summary>The chain was looked at: confirmed coins that are new, and known ones that are not unspent and confirmed any more.</summary>
    internal sealed record CoinsObserved(ImmutableArray<LaneCoin> Added, ImmutableArray<string> Gone) : CoinEvent;

    /// <summary>A transfer has coins, and may cost so many satoshi with all that replaces it.</summary>
    internal sealed record CoinsReserved(string Holder, ImmutableArray<string> Coins, ulong Envelope) : CoinEvent;

    /// <summary>Nodes are about to be asked for signatures: from here on a signed transaction may exist.</summary>
    internal sealed record SpendBound(string Holder, string Draft, ulong Fee) : CoinEvent;

    /// <summary>It is about to be sent under this id, and its change can be spent from here on.</summary>
    internal sealed record SpendSent(string Holder, string Draft, string Transaction, LaneCoin? Change) : CoinEvent;

    /// <summary>One of the transfer's transactions is in a block.</summary>
    internal sealed record SpendIncluded(string Holder, string Transaction) : CoinEvent;

    /// <summary>The block was reorganised away.</summary>
    internal sealed record SpendReorganised(string Holder) : CoinEvent;

    /// <summary>It is over for good: this transaction is final, or none of the transfer's can ever get in where null.</summary>
    internal sealed record SpendEnded(string Holder, string? Transaction) : CoinEvent;

    /// <summary>The holder does without, and nothing that was signed exists.</summary>
    internal sealed record CoinsReleased(string Holder) : CoinEvent;

    /// <summary>The holder does without; something signed may exist, and spending one of its coins makes it worthless.</summary>
    internal sealed record SpendAbandoned(string Holder) : CoinEvent;

    internal static EventCatalog<CoinEvent> Catalog { get; } = new EventCatalogBuilder<CoinEvent>()
        .AddJson("coins-observed", 1, CoinEventJson.Default.CoinsObserved)
        .AddJson("coins-reserved", 1, CoinEventJson.Default.CoinsReserved)
        .AddJson("spend-bound", 1, CoinEventJson.Default.SpendBound)
        .AddJson("spend-sent", 1, CoinEventJson.Default.SpendSent)
        .AddJson("spend-included", 1, CoinEventJson.Default.SpendIncluded)
        .AddJson("spend-reorganised", 1, CoinEventJson.Default.SpendReorganised)
        .AddJson("spend-ended", 1, CoinEventJson.Default.SpendEnded)
        .AddJson("coins-released", 1, CoinEventJson.Default.CoinsReleased)
        .AddJson("spend-abandoned", 1, CoinEventJson.Default.SpendAbandoned)
        .Build();
}

/// <summary>A coin of the wallet.</summary>
/// <param name="Point">Which output, <c>txid:n</c>.</param>
/// <param name="Value">In satoshi.</param>
/// <param name="IsChange">Which branch of the wallet its script is on.</param>
/// <param name="Index">The script's index there.</param>
/// <param name="IsConfirmed">Whether it is in a block and unspent, as the node said last.</param>
/// <param name="Generation">Unconfirmed transactions of our own that it hangs on, its own included; 0 for a coin that came confirmed.</param>
sealed record LaneCoin(string Point, ulong Value, bool IsChange, uint Index, bool IsConfirmed = true, int Generation = 0);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CoinEvent.CoinsObserved))]
[JsonSerializable(typeof(CoinEvent.CoinsReserved))]
[JsonSerializable(typeof(CoinEvent.SpendBound))]
[JsonSerializable(typeof(CoinEvent.SpendSent))]
[JsonSerializable(typeof(CoinEvent.SpendIncluded))]
[JsonSerializable(typeof(CoinEvent.SpendReorganised))]
[JsonSerializable(typeof(CoinEvent.SpendEnded))]
[JsonSerializable(typeof(CoinEvent.CoinsReleased))]
[JsonSerializable(typeof(CoinEvent.SpendAbandoned))]
sealed partial class CoinEventJson : JsonSerializerContext;
