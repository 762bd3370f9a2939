using System.Text;
using System.Text.Json;

namespace Quorate.Policies;

/// <summary>
/// JSON read strictly: bounded size and depth, no comments, no trailing commas, no member twice, every text valid Unicode,
/// and every number whole, from 0 to 2⁵³ − 1 without sign, fraction or exponent. Such a document has one canonical form.
/// </summary>
static class JsonTree
{
    /// <summary>Deepest nesting accepted. The deepest valid document needs half of it.</summary>
    internal const int MaxDepth = 16;

    /// <summary>The largest number that every JSON reader holds exactly.</summary>
    internal const long MaxNumber = (1L << 53) - 1;

    internal static JsonValue Parse(ReadOnlySpan<byte> utf8, int maxSize)
    {
        if (utf8.Length > maxSize)
            throw new DocumentException("", "too-large", $"{utf8.Length} bytes; at most {maxSize} are read.");
        // One level more than allowed, so that the level too many is found here and reported with its place.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 2 });
        JsonValue? root = null, container = null;
        string? key = null;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    key = reader.GetString()!;
                    if (container!.Find(key) is not null)
                        throw new DocumentException(container.PointerTo(key), "duplicate", "this member stands twice.");
                    continue;
                }
                if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    container = container!.Parent;
                    continue;
                }
                var value = new JsonValue(container, key ?? container?.Items.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), reader.TokenType);
                key = null;
                container?.Add(value);
                root ??= value;
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        if (reader.CurrentDepth >= MaxDepth)
                            throw value.Error("too-deep", $"nested more than {MaxDepth} levels deep.");
                        container = value;
                        break;
                    case JsonTokenType.String:
                        value.Text = reader.GetString()!;
                        break;
                    case JsonTokenType.Number:
                        value.Number = ReadNumber(value, reader.ValueSpan);
                        break;
                }
            }
        }
        catch (JsonException problem)
        {
            // The runtime's text names its own options; what matters to the author is where.
            throw new DocumentException((container ?? root)?.Pointer ?? "", "syntax",
                $"not JSON at line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException problem) when (problem is not ObjectDisposedException)
        {
            throw new DocumentException((container ?? root)?.Pointer ?? "", "text", "a text is not valid Unicode.");
        }
        return root!;
    }

    static long ReadNumber(JsonValue value, ReadOnlySpan<byte> digits)
    {
        var isPlain = digits.Length <= 16 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits[0] != '0' || digits.Length == 1);
        return isPlain && long.Parse(Encoding.ASCII.GetString(digits), System.Globalization.CultureInfo.InvariantCulture) is <= MaxNumber and var number
            ? number
            : throw value.Error("number", "a number here is whole, from 0 to 2⁵³ − 1, in plain digits.");
    }
}
