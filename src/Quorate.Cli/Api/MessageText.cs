using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Quorate.Cli.Api;

/// <summary>What the API answers, as text for people: a line for every field that is set, by the field's name.</summary>
static class MessageText
{
    static readonly JsonFormatter json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>A message as one line of JSON, as the API has it.</summary>
    internal static string ToJson(IMessage message) => json.Format(message);

    /// <summary>A message as lines, what is in it indented below its name.</summary>
    internal static string Of(IMessage message)
    {
        var text = new StringBuilder();
        Write(text, message, "");
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>A field by its name, on one line; nothing where it is not set.</summary>
    internal static string Of(IMessage message, string field)
    {
        var found = message.Descriptor.FindFieldByName(field) ?? throw new ArgumentException($"{message.Descriptor.Name} has no {field}.", nameof(field));
        return Line(found, found.Accessor.GetValue(message));
    }

    static void Write(StringBuilder text, IMessage message, string indent)
    {
        var set = message.Descriptor.Fields.InFieldNumberOrder().Where(f => IsSet(f, message)).ToArray();
        var width = set.Length == 0 ? 0 : set.Max(f => Name(f).Length) + 2;
        foreach (var field in set)
        {
            text.Append(indent).Append(Name(field).PadRight(width));
            var value = field.Accessor.GetValue(message);
            if (field.FieldType == FieldType.Message && !IsPlain(field))
            {
                foreach (var inner in value is IMessage one ? [one] : ((System.Collections.IEnumerable)value).Cast<IMessage>())
                {
                    text.Append('\n');
                    Write(text, inner, indent + "  ");
                }
            }
            else
                text.Append(Line(field, value).ReplaceLineEndings("\n" + indent + new string(' ', width))).Append('\n');
        }
        if (text.Length > 0 && text[^1] != '\n')
            text.Append('\n');
    }

    static string Name(FieldDescriptor field) => field.Name.Replace('_', ' ');

    static bool IsSet(FieldDescriptor field, IMessage message) => field.Accessor.GetValue(message) switch
    {
        null => false,
        System.Collections.ICollection many => many.Count > 0,
        System.Collections.IEnumerable some and not string and not ByteString and not IMessage => some.Cast<object>().Any(),
        "" or false or 0 or 0L or 0u or 0ul => field.HasPresence && field.Accessor.HasValue(message),
        ByteString { IsEmpty: true } => false,
        System.Enum value => Convert.ToInt32(value, CultureInfo.InvariantCulture) != 0,
        _ => true,
    };

    // Times, documents: on the field's own line.
    static bool IsPlain(FieldDescriptor field) => field.MessageType.File.Package == "google.protobuf";

    static string Line(FieldDescriptor field, object? value) => value switch
    {
        null => "",
        string text => text,
        bool yes => yes ? "yes" : "no",
        Timestamp time => time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Struct document => document.ToString(),
        ByteString bytes => Convert.ToHexStringLower(bytes.Span),
        System.Enum one => field.EnumType.FindValueByNumber(Convert.ToInt32(one, CultureInfo.InvariantCulture))?.Name.ToLowerInvariant() ?? "",
        IMessage message => message.ToString()!,
        System.Collections.IEnumerable many => string.Join(", ", many.Cast<object>().Select(item => Line(field, item))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
