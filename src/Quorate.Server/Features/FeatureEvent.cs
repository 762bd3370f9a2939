using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.Features;

/// <summary>What happens to a feature. Closed.</summary>
abstract record FeatureEvent(DateTimeOffset At)
{
    /// <summary>It is on for so many of a hundred vaults from now on, and for these in any case.</summary>
    internal sealed record FeatureSet(DateTimeOffset At, string Name, int Percentage, ImmutableArray<ResourceId> Vaults, string By, string? Reason) : FeatureEvent(At);

    internal static EventCatalog<FeatureEvent> Catalog { get; } = new EventCatalogBuilder<FeatureEvent>()
        .AddJson("feature-set", 1, FeatureJson.Default.FeatureSet)
        .Build();
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText)])]
[JsonSerializable(typeof(FeatureEvent.FeatureSet))]
sealed partial class FeatureJson : JsonSerializerContext;
