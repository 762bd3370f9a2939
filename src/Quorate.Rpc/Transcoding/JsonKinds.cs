using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Quorate.Rpc.Transcoding;

/// <summary>How kinds of fields look in protobuf's JSON mapping, and its reader.</summary>
static class JsonKinds
{
    /// <summary>How deep JSON may nest; protobuf's own limit for binary messages is 100.</summary>
    internal const int DepthMax = 64;

    static readonly JsonParser parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(false));

    // As many entries as there are message types.
    static readonly ConcurrentDictionary<MessageDescriptor, FrozenDictionary<string, FieldDescriptor>> fieldsOf = new();

    static readonly HashSet<string> withOwnForm =
    [
        Any.Descriptor.FullName, Struct.Descriptor.FullName, Value.Descriptor.FullName, ListValue.Descriptor.FullName,
    ];

    static readonly HashSet<string> asText =
    [
        Timestamp.Descriptor.FullName, Duration.Descriptor.FullName, FieldMask.Descriptor.FullName,
        BoolValue.Descriptor.FullName, StringValue.Descriptor.FullName, BytesValue.Descriptor.FullName,
        Int32Value.Descriptor.FullName, UInt32Value.Descriptor.FullName, Int64Value.Descriptor.FullName,
        UInt64Value.Descriptor.FullName, FloatValue.Descriptor.FullName, DoubleValue.Descriptor.FullName,
    ];

    /// <summary>Whether one value of the field is text, a number or a truth value.</summary>
    internal static bool IsText(FieldDescriptor field) =>
        field.FieldType is not (FieldType.Message or FieldType.Group) || asText.Contains(field.MessageType.FullName);

    internal static bool IsBoolean(FieldDescriptor field) =>
        field.FieldType == FieldType.Bool
        || (field.FieldType == FieldType.Message && field.MessageType.FullName == BoolValue.Descriptor.FullName);

    /// <summary>Whether a message is an object with its fields in it.</summary>
    internal static bool IsPlain(MessageDescriptor message) => !withOwnForm.Contains(message.FullName) && !asText.Contains(message.FullName);

    /// <summary>A field by its JSON name or its own; null if there is none.</summary>
    internal static FieldDescriptor? Field(MessageDescriptor message, string name) =>
        fieldsOf.GetOrAdd(message, static m =>
        {
            var fields = m.Fields.InDeclarationOrder().ToDictionary(f => f.JsonName, StringComparer.Ordinal);
            foreach (var field in m.Fields.InDeclarationOrder())
                fields.TryAdd(field.Name, field);
            return fields.ToFrozenDictionary(StringComparer.Ordinal);
        }).GetValueOrDefault(name);

    internal static IMessage New(MessageDescriptor message) => message.Parser.ParseFrom(ByteString.Empty);

    /// <exception cref="InvalidJsonValueException">It is not such a message.</exception>
    internal static IMessage Parse(MessageDescriptor message, string json)
    {
        try
        {
            return parser.Parse(json, message);
        }
        // The reader's own exceptions are of I/O; the others escape it: an Any of a type nobody knows, a date beyond the calendar.
        catch (Exception e) when (e is IOException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidJsonValueException(e);
        }
    }

    /// <summary>A message that has the field's value and nothing else.</summary>
    /// <exception cref="InvalidJsonValueException">The JSON is not a value of the field.</exception>
    internal static IMessage ParseField(FieldDescriptor field, string json) =>
        Parse(field.ContainingType, $"{{{JsonSerializer.Serialize(field.JsonName)}:{json}}}");
}

/// <summary>JSON that is not what the message's definition asks for.</summary>
sealed class InvalidJsonValueException(Exception inner) : Exception(inner.Message, inner);
