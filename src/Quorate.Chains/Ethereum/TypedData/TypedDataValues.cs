using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Ethereum.TypedData;

/// <summary>
/// Values of typed data: read from JSON, strictly and against the schema, and hashed as EIP-712 says. A struct has exactly
/// the members its type has, because what is shown and not hashed would not be signed.
/// </summary>
static class TypedDataValues
{
    /// <summary>A struct and its member, for messages.</summary>
    internal readonly record struct Place(string Struct, string? Member)
    {
        /// <inheritdoc/>
        public override string ToString() => Member is null ? Struct : $"{Struct}.{Member}";
    }

    // The largest integer that every reader of JSON takes for the same.
    const ulong MaxJsonInteger = (1UL << 53) - 1;

    /// <summary>Reads a struct.</summary>
    /// <exception cref="FormatException">The JSON does not fit; the message says where.</exception>
    internal static AbiValue.Sequence ReadStruct(TypedDataSchema schema, string name, JsonElement json, Place path)
    {
        var members = schema.MembersOf(name);
        if (json.ValueKind != JsonValueKind.Object)
            throw Wrong(path, $"no object, as {name} is");
        var values = ImmutableArray.CreateBuilder<AbiValue>(members.Length);
        foreach (var member in members)
        {
            if (!json.TryGetProperty(member.Name, out var value))
                throw Wrong(path, $"no member \"{member.Name}\"");
            values.Add(Read(schema, member.Type, value, new(name, member.Name)));
        }
        if (json.GetPropertyCount() != members.Length)
            throw Wrong(path, $"members that {name} has not, and that would not be signed");
        return new(values.MoveToImmutable());
    }

    /// <summary>hashStruct: Keccak-256(typeHash ‖ encodeData).</summary>
    internal static byte[] HashStruct(TypedDataSchema schema, string name, AbiValue.Sequence value)
    {
        var members = schema.MembersOf(name);
        var data = new byte[32 * (1 + members.Length)];
        schema.TypeHash(name).CopyTo(data);
        for (var i = 0; i < members.Length; i++)
            Encode(schema, members[i].Type, value.Items[i], data.AsSpan(32 * (1 + i), 32));
        return Keccak256.HashData(data);
    }

    static void Encode(TypedDataSchema schema, TypedDataType type, AbiValue value, Span<byte> destination)
    {
        switch (value)
        {
            case AbiValue.Word word:
                word.Value.WriteBigEndian(destination);
                break;
            case AbiValue.Blob blob:
                Keccak256.HashData(blob.Value.Span, destination);
                break;
            case AbiValue.Text text:
                Keccak256.HashData(Encoding.UTF8.GetBytes(text.Value), destination);
                break;
            case AbiValue.Sequence sequence when type.Struct is { } name:
                HashStruct(schema, name, sequence).CopyTo(destination);
                break;
            case AbiValue.Sequence sequence:
                var data = new byte[32 * sequence.Items.Length];
                for (var i = 0; i < sequence.Items.Length; i++)
                    Encode(schema, type.Element!, sequence.Items[i], data.AsSpan(32 * i, 32));
                Keccak256.HashData(data, destination);
                break;
        }
    }

    // The parser bounds the depth.
    static AbiValue Read(TypedDataSchema schema, TypedDataType type, JsonElement json, Place path)
    {
        if (type.Struct is { } name)
            return ReadStruct(schema, name, json, path);
        if (type.Element is not { } element)
            return ReadElementary(type.Elementary!, json, path);
        if (json.ValueKind != JsonValueKind.Array || (type.Length is { } length && length != json.GetArrayLength()))
            throw Wrong(path, $"no {type.Text}");
        return new AbiValue.Sequence([.. json.EnumerateArray().Select(item => Read(schema, element, item, path))]);
    }

    static AbiValue ReadElementary(AbiType type, JsonElement json, Place path) => type.Kind switch
    {
        AbiKind.Boolean when json.ValueKind is JsonValueKind.True or JsonValueKind.False =>
            new AbiValue.Word(json.ValueKind == JsonValueKind.True ? 1UL : 0UL),
        AbiKind.Address when EthereumAddress.TryParse(Text(json, path), out var address) => AbiValue.From(address),
        AbiKind.Text => new AbiValue.Text(Text(json, path)),
        AbiKind.Bytes when TryReadHex(Text(json, path), out var bytes) => new AbiValue.Blob(bytes),
        AbiKind.FixedBytes when TryReadHex(Text(json, path), out var bytes) && bytes.Length == type.Size =>
            new AbiValue.Word(Amount.FromBigEndian([.. bytes, .. new byte[32 - bytes.Length]])),
        AbiKind.UnsignedInteger or AbiKind.SignedInteger when TryReadInteger(type, json, path, out var value) =>
            new AbiValue.Word(value),
        _ => throw Wrong(path, $"no {type}"),
    };

    // A JSON integer that every parser reads alike, decimal digits in a string, or 0x and hexadecimal digits in a string,
    // which are never negative.
    static bool TryReadInteger(AbiType type, JsonElement json, Place path, out Amount value)
    {
        value = default;
        var text = json.ValueKind == JsonValueKind.Number ? json.GetRawText() : Text(json, path);
        var isNegative = text.StartsWith('-');
        if (json.ValueKind == JsonValueKind.String && text.StartsWith("0x", StringComparison.Ordinal))
        {
            if (!TryReadHexInteger(text.AsSpan(2), out value))
                return false;
        }
        else if (!Amount.TryParse(isNegative ? text[1..] : text, out value)
            || (json.ValueKind == JsonValueKind.Number && value > MaxJsonInteger)
            || (isNegative && value.IsZero))
            return false;

        // The sign is no part of a word: −v and 2²⁵⁶ − v are the same one.
        if (isNegative)
            value = Amount.MaxValue - value + 1UL;
        var isAboveHalf = value > Amount.MaxValue / 2;
        return (type.Kind == AbiKind.SignedInteger ? isNegative == isAboveHalf : !isNegative) && AbiCodec.IsInRange(type, value);
    }

    static bool TryReadHexInteger(ReadOnlySpan<char> digits, out Amount value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[Amount.Size];
        if (digits.Length is 0 or > 2 * Amount.Size)
            return false;
        var padded = digits.Length % 2 == 0 ? digits : "0" + digits.ToString();
        if (Convert.FromHexString(padded, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
            return false;
        value = Amount.FromBigEndian(bytes[..written]);
        return true;
    }

    static bool TryReadHex(string text, out byte[] bytes)
    {
        bytes = [];
        if (!text.StartsWith("0x", StringComparison.Ordinal) || text.Length % 2 != 0 || text.AsSpan(2).ContainsAnyExcept(EthereumAddress.HexDigits))
            return false;
        bytes = Convert.FromHexString(text.AsSpan(2));
        return true;
    }

    static string Text(JsonElement json, Place path)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString()! : throw Wrong(path, "no text");
        }
        catch (InvalidOperationException)
        {
            throw Wrong(path, "text that is not Unicode");
        }
    }

    static FormatException Wrong(Place path, string what) => new($"Typed data: at {path}, {what}.");
}
