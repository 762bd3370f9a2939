using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>Messages as JSON schemas, by protobuf's mapping as the server writes it: fields with default values are there.</summary>
sealed class MessageSchemas
{
    readonly ProtoComments comments;
    readonly HashSet<string> answered, asked;

    internal MessageSchemas(ProtoComments comments, IEnumerable<MethodDescriptor> methods)
    {
        this.comments = comments;
        (answered, asked) = (Reached(methods.Select(m => m.OutputType)), Reached(methods.Select(m => m.InputType)));
    }

    /// <summary>Schemas by name, in the order of their names.</summary>
    internal SortedDictionary<string, JsonNode> All { get; } = new(StringComparer.Ordinal);

    /// <summary>A message.</summary>
    internal JsonObject Of(MessageDescriptor message) => WellKnown(message) ?? Ref(message.Name, message.FullName, () => Object(message, message.Fields.InDeclarationOrder()));

    /// <summary>A body that has some fields of a message.</summary>
    internal JsonObject Body(Operation operation) => operation.BodyFields.Count() == operation.Method.InputType.Fields.InDeclarationOrder().Count
        ? Of(operation.Method.InputType)
        : Ref($"{operation.Method.Name}Body", operation.Id, () => Object(operation.Method.InputType, operation.BodyFields));

    /// <summary>The values of a field, with what is said of it.</summary>
    internal JsonObject Of(FieldDescriptor field)
    {
        var schema = field.IsMap ? new() { ["type"] = "object", ["additionalProperties"] = Single(field.MessageType.FindFieldByNumber(2)) }
            : field.IsRepeated ? new JsonObject { ["type"] = "array", ["items"] = Single(field) }
            : Single(field);
        if (comments.Of(field.FullName) is { } comment)
            schema["description"] = comment;
        return schema;
    }

    readonly Dictionary<string, string> owners = [];

    JsonObject Ref(string name, string owner, Func<JsonObject> make)
    {
        if (owners.TryAdd(name, owner))
        {
            // A message may hold its own kind.
            All[name] = new JsonObject();
            All[name] = make();
        }
        else if (owners[name] != owner)
        {
            throw new InvalidOperationException($"{name} is {owners[name]} and {owner}.");
        }
        return new() { ["$ref"] = $"#/components/schemas/{name}" };
    }

    JsonObject Object(MessageDescriptor message, IEnumerable<FieldDescriptor> fields)
    {
        var properties = new JsonObject();
        foreach (var field in fields)
            properties[field.JsonName] = Of(field);
        var schema = new JsonObject { ["type"] = "object" };
        if (comments.Of(message.FullName) is { } comment)
            schema["description"] = comment;
        schema["properties"] = properties;
        var isOnlyAnswered = answered.Contains(message.FullName) && !asked.Contains(message.FullName);
        var isOnlyAsked = asked.Contains(message.FullName) && !answered.Contains(message.FullName);
        if (isOnlyAnswered && fields.Any(f => !f.HasPresence))
            schema["required"] = new JsonArray([.. fields.Where(f => !f.HasPresence).Select(f => JsonValue.Create(f.JsonName))]);
        if (isOnlyAsked)
            schema["additionalProperties"] = false;
        return schema;
    }

    JsonObject Single(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType),
        FieldType.Enum => Ref(field.EnumType.Name, field.EnumType.FullName, () => Enumeration(field.EnumType)),
        FieldType.String => new() { ["type"] = "string" },
        FieldType.Bytes => new() { ["type"] = "string", ["contentEncoding"] = "base64" },
        FieldType.Bool => new() { ["type"] = "boolean" },
        FieldType.Double or FieldType.Float => new() { ["type"] = "number" },
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => new() { ["type"] = "integer", ["format"] = "int32" },
        FieldType.UInt32 or FieldType.Fixed32 => new() { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = uint.MaxValue },
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => new() { ["type"] = "string", ["format"] = "int64", ["pattern"] = "^-?[0-9]{1,19}$" },
        FieldType.UInt64 or FieldType.Fixed64 => new() { ["type"] = "string", ["format"] = "uint64", ["pattern"] = "^[0-9]{1,20}$" },
        _ => throw new NotSupportedException($"{field.FullName} is a {field.FieldType}."),
    };

    JsonObject Enumeration(EnumDescriptor type)
    {
        var schema = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. type.Values.Select(v => JsonValue.Create(v.Name))]) };
        if (comments.Of(type.FullName) is { } comment)
            schema["description"] = comment;
        return schema;
    }

    static JsonObject? WellKnown(MessageDescriptor message) =>
        message.FullName == Timestamp.Descriptor.FullName ? new() { ["type"] = "string", ["format"] = "date-time" }
        : message.FullName == Duration.Descriptor.FullName ? new() { ["type"] = "string", ["pattern"] = @"^-?[0-9]+(\.[0-9]{1,9})?s$" }
        : message.FullName == Struct.Descriptor.FullName ? new() { ["type"] = "object", ["additionalProperties"] = true }
        : message.FullName == Value.Descriptor.FullName ? []
        : message.FullName == ListValue.Descriptor.FullName ? new() { ["type"] = "array", ["items"] = new JsonObject() }
        : message.File.Package != "google.protobuf" ? null
        : throw new NotSupportedException($"{message.FullName} has a form of its own.");

    static HashSet<string> Reached(IEnumerable<MessageDescriptor> from)
    {
        var reached = new HashSet<string>();
        void Reach(MessageDescriptor message)
        {
            if (!reached.Add(message.FullName))
                return;
            foreach (var field in message.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.Message))
                Reach(field.MessageType);
        }
        foreach (var message in from)
            Reach(message);
        return reached;
    }
}
