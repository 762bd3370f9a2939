using System.Text.Json;

namespace Quorate.Policies;

/// <summary>The members of an object, taken one by one; what nobody took is a mistake.</summary>
sealed class JsonMembers
{
    readonly JsonValue value;
    readonly List<string> known = [];

    internal JsonMembers(JsonValue value)
    {
        if (value.Kind != JsonTokenType.StartObject)
            throw value.WrongType("an object");
        this.value = value;
    }

    internal JsonValue Value => value;

    internal JsonValue Required(string name) =>
        Optional(name) ?? throw value.Error("missing", $"the member \"{name}\" is missing.");

    internal JsonValue? Optional(string name)
    {
        known.Add(name);
        return value.Find(name);
    }

    /// <summary>Reads the member if it is there.</summary>
    internal T? Optional<T>(string name, Func<JsonValue, T> read) where T : class => Optional(name) is { } member ? read(member) : null;

    /// <summary>Reads the member if it is there.</summary>
    internal T? OptionalValue<T>(string name, Func<JsonValue, T> read) where T : struct => Optional(name) is { } member ? read(member) : null;

    /// <summary>Refuses members that were not asked for.</summary>
    internal void End()
    {
        if (value.Items.Find(member => !known.Contains(member.Key!)) is { } unknown)
            throw unknown.Error("unknown-member", $"no such member here; there are {string.Join(", ", known)}.");
    }
}
