using System.Text.Json;

namespace Quorate.Chains;

/// <summary>Reads a node's JSON without believing in its shape: what is not as agreed is a <see cref="ChainError.BadNode"/>.</summary>
static class NodeJson
{
    /// <summary>No answer nests deeper, and none says a thing twice.</summary>
    static readonly JsonDocumentOptions options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    internal static JsonElement Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, options);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ChainException(ChainError.BadNode, "The node does not answer with JSON.", e);
        }
    }

    internal static JsonElement Field(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw Malformed(name);

    internal static JsonElement? Optional(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    internal static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Malformed("a text");

    internal static ulong Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out var value) ? value : throw Malformed("a number");

    internal static bool Flag(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Malformed("a flag"),
    };

    internal static IEnumerable<JsonElement> Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Malformed("a list");

    internal static ChainException Malformed(string what) => new(ChainError.BadNode, $"The node's answer lacks {what}, or has it in another form.");
}
