using System.Collections;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Quorate.Rpc.Transcoding;

/// <summary>Fields within fields, by names with dots between them, as paths and queries name them.</summary>
static class FieldPath
{
    /// <exception cref="FormatException">There is no such field, or it cannot be written as one piece of text.</exception>
    internal static FieldDescriptor[] Find(MessageDescriptor message, string path, bool repeatedLast)
    {
        var names = path.Split('.');
        // A message may hold its own kind, and a query has room for thousands of names.
        if (names.Length > JsonKinds.DepthMax)
            throw new FormatException($"A path has at most {JsonKinds.DepthMax} fields.");
        var fields = new FieldDescriptor[names.Length];
        var at = message;
        for (var i = 0; i < names.Length; i++)
        {
            var field = JsonKinds.Field(at, names[i]);
            fields[i] = field ?? throw new FormatException($"{at.FullName} has no field {names[i]}.");
            var isLast = i == names.Length - 1;
            if (field.IsMap || (field.IsRepeated && !(isLast && repeatedLast)))
                throw new FormatException($"{field.FullName} has several values.");
            if (isLast ? !JsonKinds.IsText(field) : field.FieldType != FieldType.Message)
                throw new FormatException(isLast ? $"{field.FullName} has no form as text." : $"{field.FullName} has no fields.");
            at = isLast ? at : field.MessageType;
        }
        return fields;
    }

    /// <summary>The value at the end of the path; null where a message on the way is missing.</summary>
    internal static object? Get(IMessage message, FieldDescriptor[] path)
    {
        object? value = message;
        foreach (var field in path)
            value = value is IMessage holder ? field.Accessor.GetValue(holder) : null;
        return value;
    }

    /// <summary>Sets the field at the end of the path, or appends to it, making the messages on the way.</summary>
    /// <exception cref="InvalidJsonValueException">The text is not a value of the field.</exception>
    internal static void Set(IMessage message, FieldDescriptor[] path, string text)
    {
        foreach (var field in path[..^1])
        {
            if (field.Accessor.GetValue(message) is not IMessage inner)
            {
                inner = JsonKinds.New(field.MessageType);
                field.Accessor.SetValue(message, inner);
            }
            message = inner;
        }
        var leaf = path[^1];
        // The JSON reader knows how every kind of value is written; only these do not come in quotes.
        var isBare = (JsonKinds.IsBoolean(leaf) && text is "true" or "false")
            || (leaf.FieldType == FieldType.Enum && text.Length > 0 && text.All(char.IsAsciiDigit) && (text == "0" || text[0] != '0'));
        var json = isBare ? text : JsonSerializer.Serialize(text);
        var holder = JsonKinds.ParseField(leaf, leaf.IsRepeated ? $"[{json}]" : json);
        var value = leaf.Accessor.GetValue(holder);
        if (!leaf.IsRepeated)
            leaf.Accessor.SetValue(message, value);
        else
            foreach (var item in (IList)value)
                ((IList)leaf.Accessor.GetValue(message)).Add(item);
    }
}
