using System.Globalization;
using System.Text.Json;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;

namespace Quorate.Policies;

/// <summary>Values of a document as what they mean. Every text has one accepted spelling.</summary>
static class JsonReading
{
    /// <summary>Longest free text: descriptions, labels, canonical values of arguments.</summary>
    internal const int MaxText = 4096;

    const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal static string AsText(this JsonValue value, int maxLength = MaxText)
    {
        if (value.Kind != JsonTokenType.String)
            throw value.WrongType("a text");
        if (value.Text.Length > maxLength)
            throw value.Error("too-long", $"{value.Text.Length} characters; at most {maxLength}.");
        return value.Text;
    }

    /// <summary>Text for people: no control characters, which could hide what it says.</summary>
    internal static string AsProse(this JsonValue value)
    {
        var text = value.AsText();
        return text.Any(char.IsControl) ? throw value.Error("text", "control characters are not text.") : text;
    }

    internal static string AsName(this JsonValue value) =>
        Naming.IsValid(value.AsText(Naming.MaxLength))
            ? value.Text
            : throw value.Error("name", "a name is 1 to 64 of a–z, A–Z, 0–9, '.', '_' and '-', beginning with a letter or digit.");

    internal static bool AsTruth(this JsonValue value) => value.Kind switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw value.WrongType("true or false"),
    };

    internal static long AsNumber(this JsonValue value, long min, long max)
    {
        if (value.Kind != JsonTokenType.Number)
            throw value.WrongType("a number");
        return value.Number >= min && value.Number <= max
            ? value.Number
            : throw value.Error("range", string.Create(CultureInfo.InvariantCulture, $"from {min} to {max}, not {value.Number}."));
    }

    internal static Amount AsAmount(this JsonValue value) =>
        Amount.TryParse(value.AsText(), out var amount)
            ? amount
            : throw value.Error("amount", "an amount is a text of decimal digits, in the smallest unit, below 2²⁵⁶.");

    internal static ChainId AsChain(this JsonValue value) =>
        ChainId.TryParse(value.AsText(), out var chain) ? chain : throw value.Error("chain", "not a CAIP-2 chain, such as eip155:1.");

    internal static AssetId AsAsset(this JsonValue value) =>
        AssetId.TryParse(value.AsText(), out var asset) ? asset : throw value.Error("asset", "not a CAIP-19 asset, such as eip155:1/slip44:60.");

    internal static Account AsAccount(this JsonValue value) =>
        Account.TryParse(value.AsText(), out var account)
            ? account
            : throw value.Error("account", "not a CAIP-10 account, such as eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb.");

    internal static Bip32Path AsPath(this JsonValue value) =>
        Bip32Path.TryParse(value.AsText(), out var path) && path.ToString() == value.Text
            ? path
            : throw value.Error("path", "not a derivation path, such as m/44'/60'/0'/0/0.");

    internal static Digest AsDigest(this JsonValue value) =>
        Digest.TryParse(value.AsText(), out var digest) ? digest : throw value.Error("digest", "not 32 bytes in lower-case hexadecimal.");

    internal static string AsHex(this JsonValue value, int maxLength = MaxText)
    {
        var text = value.AsText(maxLength);
        return text.Length % 2 == 0 && !text.AsSpan().ContainsAnyExcept(Naming.HexDigits)
            ? text
            : throw value.Error("hex", "not lower-case hexadecimal.");
    }

    /// <summary>RFC 3339 in UTC to the second, 2026-11-21T06:00:00Z, as Unix seconds.</summary>
    internal static long AsInstant(this JsonValue value) =>
        DateTimeOffset.TryParseExact(value.AsText(), InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            && instant.ToUnixTimeSeconds() >= 0
            ? instant.ToUnixTimeSeconds()
            : throw value.Error("instant", "not a time like 2026-11-21T06:00:00Z.");

    internal static string WriteInstant(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString(InstantFormat, CultureInfo.InvariantCulture);

    internal static T AsChoice<T>(this JsonValue value, IReadOnlyDictionary<string, T> choices) =>
        choices.TryGetValue(value.AsText(), out var choice)
            ? choice
            : throw value.Error("choice", $"one of {string.Join(", ", choices.Keys)}.");

    internal static List<JsonValue> AsList(this JsonValue value, int min, int max)
    {
        if (value.Kind != JsonTokenType.StartArray)
            throw value.WrongType("an array");
        if (value.Items.Count < min || value.Items.Count > max)
            throw value.Error("count", $"{min} to {max} elements, not {value.Items.Count}.");
        return value.Items;
    }

    /// <summary>A list whose elements differ.</summary>
    internal static List<T> AsSet<T>(this JsonValue value, int min, int max, Func<JsonValue, T> read)
    {
        var found = new List<T>();
        var seen = new HashSet<T>();
        foreach (var item in value.AsList(min, max))
        {
            var element = read(item);
            if (!seen.Add(element))
                throw item.Error("duplicate", "this element stands twice.");
            found.Add(element);
        }
        return found;
    }
}
