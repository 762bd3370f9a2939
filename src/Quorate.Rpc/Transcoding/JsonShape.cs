using System.Text.Json;
using Google.Protobuf.Reflection;
using Quorate.Rpc.V1;

namespace Quorate.Rpc.Transcoding;

/// <summary>
/// Compares JSON with a message's definition and says where they differ, with pointers (RFC 6901). Protobuf's own reader
/// stops at the first difference and does not say where it was.
/// </summary>
sealed class JsonShape
{
    // A client that got this much wrong learns nothing from more.
    const int ProblemsMax = 16;

    readonly List<FieldProblem> problems = [];
    readonly bool checksValues;

    JsonShape(bool checksValues) => this.checksValues = checksValues;

    /// <summary>What is wrong with the members' names, and, on request, with the values.</summary>
    internal static IReadOnlyList<FieldProblem> Problems(JsonElement json, MessageDescriptor message, string pointer, bool checksValues)
    {
        var shape = new JsonShape(checksValues);
        shape.Visit(json, message, pointer);
        return shape.problems;
    }

    /// <summary>The same for the value of one field.</summary>
    internal static IReadOnlyList<FieldProblem> Problems(JsonElement json, FieldDescriptor field, bool checksValues)
    {
        var shape = new JsonShape(checksValues);
        shape.VisitField(json, field, "");
        return shape.problems;
    }

    /// <summary>Where the JSON has a value for the field at the end of the path; null where it has none.</summary>
    internal static string? PointerTo(JsonElement json, FieldDescriptor[] path)
    {
        var pointer = "";
        foreach (var field in path)
        {
            if (json.ValueKind != JsonValueKind.Object)
                return null;
            var name = json.TryGetProperty(field.JsonName, out var value) ? field.JsonName : field.Name;
            if (value.ValueKind == JsonValueKind.Undefined && !json.TryGetProperty(name, out value))
                return null;
            (json, pointer) = (value, $"{pointer}/{Escape(name)}");
        }
        return json.ValueKind == JsonValueKind.Null ? null : pointer;
    }

    internal static FieldProblem Problem(string pointer, string code, string message) =>
        new() { Pointer = pointer, Code = code, Message = message };

    void Visit(JsonElement json, MessageDescriptor message, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Add(pointer, "invalid_type", "An object belongs here.");
            return;
        }
        var seen = new HashSet<int>();
        foreach (var member in json.EnumerateObject())
        {
            var at = $"{pointer}/{Escape(member.Name)}";
            if (JsonKinds.Field(message, member.Name) is not { } field)
                Add(at, "unknown_field", "There is no such field.");
            else if (!seen.Add(field.FieldNumber))
                Add(at, "duplicate_field", "The field stands twice, under its two names.");
            else
                VisitField(member.Value, field, at);
        }
    }

    void VisitField(JsonElement json, FieldDescriptor field, string pointer)
    {
        if (problems.Count >= ProblemsMax || json.ValueKind == JsonValueKind.Null)
            return;
        var before = problems.Count;
        var messages = field.FieldType == FieldType.Message && !field.IsMap && JsonKinds.IsPlain(field.MessageType) ? field.MessageType : null;
        if (field.IsMap)
            VisitMap(json, field, pointer);
        else if (field.IsRepeated && json.ValueKind == JsonValueKind.Array && messages is not null)
            foreach (var (index, item) in json.EnumerateArray().Index())
                Visit(item, messages, $"{pointer}/{index}");
        else if (!field.IsRepeated && messages is not null)
            Visit(json, messages, pointer);
        if (checksValues && problems.Count == before)
            CheckValue(json, field, pointer);
    }

    void VisitMap(JsonElement json, FieldDescriptor field, string pointer)
    {
        var value = field.MessageType.FindFieldByNumber(2);
        if (json.ValueKind != JsonValueKind.Object || value.FieldType != FieldType.Message || !JsonKinds.IsPlain(value.MessageType))
            return;
        foreach (var member in json.EnumerateObject())
            Visit(member.Value, value.MessageType, $"{pointer}/{Escape(member.Name)}");
    }

    void CheckValue(JsonElement json, FieldDescriptor field, string pointer)
    {
        try
        {
            JsonKinds.ParseField(field, json.GetRawText());
        }
        catch (InvalidJsonValueException e)
        {
            Add(pointer, "invalid_value", e.Message);
        }
    }

    void Add(string pointer, string code, string message)
    {
        if (problems.Count < ProblemsMax)
            problems.Add(Problem(pointer, code, message));
    }

    static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
