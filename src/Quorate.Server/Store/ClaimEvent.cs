using System.Text.Json.Serialization;
using Quorate.Journal.Events;

namespace Quorate.Server.Store;

/// <summary>What happens to something that only one may have. Closed.</summary>
abstract record ClaimEvent
{
    /// <summary>It is taken.</summary>
    internal sealed record Claimed(string Space, string Key, string Owner) : ClaimEvent;

    /// <summary>It is free again.</summary>
    internal sealed record ClaimReleased(string Owner) : ClaimEvent;

    internal static EventCatalog<ClaimEvent> Catalog { get; } = new EventCatalogBuilder<ClaimEvent>()
        .AddJson("claimed", 1, ClaimJson.Default.Claimed)
        .AddJson("claim-released", 1, ClaimJson.Default.ClaimReleased)
        .Build();

    /// <summary>Who has it; null for nobody.</summary>
    internal static string? Evolve(string? owner, ClaimEvent happened) => happened is Claimed claimed ? claimed.Owner : null;
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ClaimEvent.Claimed))]
[JsonSerializable(typeof(ClaimEvent.ClaimReleased))]
sealed partial class ClaimJson : JsonSerializerContext;
