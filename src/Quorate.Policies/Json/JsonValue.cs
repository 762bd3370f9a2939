using System.Text.Json;

namespace Quorate.Policies;

/// <summary>One value of a document, which knows where it stands.</summary>
sealed class JsonValue(JsonValue? parent, string? key, JsonTokenType kind)
{
    internal JsonValue? Parent => parent;

    /// <summary>Its name in an object, its position in an array, null at the root.</summary>
    internal string? Key => key;

    /// <summary>The token the value starts with.</summary>
    internal JsonTokenType Kind => kind;

    // Above this many members an object has an index, so that large documents are read in linear time.
    const int IndexAbove = 8;

    readonly List<JsonValue> items = [];
    Dictionary<string, JsonValue>? byName;

    /// <summary>Elements of an array, or members of an object, in the document's order.</summary>
    internal List<JsonValue> Items => items;

    internal string Text { get; set; } = "";

    internal long Number { get; set; }

    /// <summary>JSON pointer, RFC 6901.</summary>
    internal string Pointer => parent is null ? "" : parent.PointerTo(key!);

    internal string PointerTo(string member) =>
        $"{Pointer}/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    internal JsonValue? Find(string name) =>
        byName is null ? items.Find(member => member.Key == name) : byName.GetValueOrDefault(name);

    internal void Add(JsonValue item)
    {
        items.Add(item);
        if (kind != JsonTokenType.StartObject || items.Count <= IndexAbove)
            return;
        byName ??= items.ToDictionary(member => member.Key!, StringComparer.Ordinal);
        byName[item.Key!] = item;
    }

    internal DocumentException Error(string code, string problem) => new(Pointer, code, problem);

    internal DocumentException WrongType(string expected) => Error("type", $"{expected} belongs here, not {Article(kind)}.");

    static string Article(JsonTokenType kind) => kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        _ => "null",
    };
}
