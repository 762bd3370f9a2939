using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Quorate.Policies;

/// <summary>
/// The canonical form of a document that <see cref="JsonTree"/> has read: the JSON Canonicalization Scheme, RFC 8785. With
/// whole numbers only, that is: no spaces, members sorted by UTF-16 code units, texts with as few escapes as possible.
/// </summary>
static class CanonicalJson
{
    internal static byte[] Write(JsonValue value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static void Append(StringBuilder text, JsonValue value)
    {
        switch (value.Kind)
        {
            case JsonTokenType.StartObject:
                text.Append('{');
                var members = value.Items.OrderBy(member => member.Key, StringComparer.Ordinal);
                AppendAll(text, members, member =>
                {
                    Append(text, member.Key!);
                    text.Append(':');
                    Append(text, member);
                });
                text.Append('}');
                break;
            case JsonTokenType.StartArray:
                text.Append('[');
                AppendAll(text, value.Items, item => Append(text, item));
                text.Append(']');
                break;
            case JsonTokenType.String:
                Append(text, value.Text);
                break;
            case JsonTokenType.Number:
                text.Append(value.Number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                text.Append(value.Kind switch { JsonTokenType.True => "true", JsonTokenType.False => "false", _ => "null" });
                break;
        }
    }

    static void AppendAll(StringBuilder text, IEnumerable<JsonValue> values, Action<JsonValue> append)
    {
        var isFirst = true;
        foreach (var value in values)
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;
            append(value);
        }
    }

    // RFC 8785, section 3.2.2.2.
    static void Append(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }
        text.Append('"');
    }
}
