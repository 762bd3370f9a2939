using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Quorate.Journal.Events;

/// <summary>Payloads in JSON, for catalogs that want them.</summary>
public static class JsonEvents
{
    /// <summary>Adds a type whose payload is its JSON.</summary>
    /// <param name="builder">The catalog's builder.</param>
    /// <param name="name">The type's name in the journal.</param>
    /// <param name="version">Its schema version today.</param>
    /// <param name="json">Its contract, from a source-generated context.</param>
    public static EventCatalogBuilder<TEvent> AddJson<TEvent, T>(
        this EventCatalogBuilder<TEvent> builder, string name, int version, JsonTypeInfo<T> json) where TEvent : class where T : class, TEvent
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(name, version,
            happened => JsonSerializer.SerializeToUtf8Bytes(happened, json),
            payload => JsonSerializer.Deserialize(payload.Span, json) ?? throw new FormatException("The payload is null."));
    }

    /// <summary>Adds how a JSON object of one version becomes one of the next; the function may change what it is given.</summary>
    public static EventCatalogBuilder<TEvent> UpcastJson<TEvent>(
        this EventCatalogBuilder<TEvent> builder, string name, int fromVersion, Func<JsonObject, JsonObject> upcast) where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(upcast);
        return builder.Upcast(name, fromVersion, payload => JsonNode.Parse(payload.Span) is JsonObject json
            ? JsonSerializer.SerializeToUtf8Bytes(upcast(json), JsonNodeContract)
            : throw new FormatException("The payload is no JSON object."));
    }

    static readonly JsonTypeInfo<JsonObject> JsonNodeContract = JsonMetadataServices.CreateValueInfo<JsonObject>(
        JsonSerializerOptions.Default, JsonMetadataServices.JsonObjectConverter);
}
