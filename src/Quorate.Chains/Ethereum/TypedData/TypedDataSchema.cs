using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Ethereum.TypedData;

/// <summary>A type as EIP-712 knows it: one of the ABI's elementary types, a struct by name, or an array of a type.</summary>
sealed record TypedDataType(string Text, AbiType? Elementary, string? Struct, TypedDataType? Element, int? Length);

/// <summary>A member of a struct.</summary>
sealed record TypedDataMember(string Name, TypedDataType Type);

/// <summary>
/// The types of a typed message (EIP-712, "Definition of typed structured data"): structs by name, every type that is
/// mentioned defined, names as in Solidity.
/// </summary>
sealed class TypedDataSchema
{
    const int MaxStructs = 64, MaxMembers = 64, MaxDimensions = 4, MaxArrayLength = 4096, MaxNameLength = 64;

    readonly Dictionary<string, ImmutableArray<TypedDataMember>> structs = [];
    readonly Dictionary<string, (string Text, byte[] Hash)> encoded = [];

    /// <summary>The types of a JSON object of arrays of {name, type}.</summary>
    /// <exception cref="FormatException">Something is malformed, undefined or beyond a bound.</exception>
    internal TypedDataSchema(JsonElement types)
    {
        if (types.ValueKind != JsonValueKind.Object || types.GetPropertyCount() > MaxStructs)
            throw new FormatException($"Typed data: \"types\" is no object of at most {MaxStructs} structs.");
        foreach (var entry in types.EnumerateObject())
        {
            if (!IsName(entry.Name) || AbiType.Elementary(entry.Name) is not null)
                throw new FormatException($"Typed data: \"{entry.Name}\" can not name a struct.");
            structs.Add(entry.Name, ReadMembers(entry));
        }
        foreach (var member in structs.Values.SelectMany(m => m))
            RequireDefined(member.Type);
    }

    /// <summary>A schema of one struct made of elementary members.</summary>
    internal TypedDataSchema(string name, IEnumerable<(string Name, AbiType Type)> members) =>
        structs.Add(name, [.. members.Select(m => new TypedDataMember(m.Name, new(m.Type.Text, m.Type, null, null, null)))]);

    /// <summary>Whether there is a struct of this name.</summary>
    internal bool Defines(string name) => structs.ContainsKey(name);

    /// <summary>A struct's members in order.</summary>
    internal ImmutableArray<TypedDataMember> MembersOf(string name) => structs[name];

    /// <summary>encodeType: the struct, and behind it every struct it mentions, by name.</summary>
    internal string EncodeType(string name) => Encoded(name).Text;

    /// <summary>typeHash: Keccak-256 of encodeType.</summary>
    internal ReadOnlySpan<byte> TypeHash(string name) => Encoded(name).Hash;

    (string Text, byte[] Hash) Encoded(string name)
    {
        if (!encoded.TryGetValue(name, out var result))
        {
            var mentioned = new SortedSet<string>(StringComparer.Ordinal);
            Collect(name, mentioned);
            mentioned.Remove(name);
            var text = string.Concat(mentioned.Prepend(name).Select(s => $"{s}({string.Join(',', structs[s].Select(m => $"{m.Type.Text} {m.Name}"))})"));
            encoded[name] = result = (text, Keccak256.HashData(Encoding.UTF8.GetBytes(text)));
        }
        return result;
    }

    // Every struct once, so the depth is at most their number.
    void Collect(string name, SortedSet<string> mentioned)
    {
        if (!mentioned.Add(name))
            return;
        foreach (var member in structs[name])
        {
            var type = member.Type;
            while (type.Element is { } element)
                type = element;
            if (type.Struct is { } next)
                Collect(next, mentioned);
        }
    }

    static ImmutableArray<TypedDataMember> ReadMembers(JsonProperty entry)
    {
        if (entry.Value.ValueKind != JsonValueKind.Array || entry.Value.GetArrayLength() > MaxMembers)
            throw new FormatException($"Typed data: \"{entry.Name}\" is no array of at most {MaxMembers} members.");
        var members = ImmutableArray.CreateBuilder<TypedDataMember>();
        foreach (var item in entry.Value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || item.GetPropertyCount() != 2
                || !TryGetText(item, "name", out var name) || !TryGetText(item, "type", out var type) || !IsName(name))
                throw new FormatException($"Typed data: a member of \"{entry.Name}\" is not {{name, type}}.");
            if (members.Any(m => m.Name == name))
                throw new FormatException($"Typed data: \"{entry.Name}\" has two members \"{name}\".");
            members.Add(new(name, ParseType(type)));
        }
        return members.DrainToImmutable();
    }

    static TypedDataType ParseType(string text)
    {
        var brackets = text.IndexOf('[', StringComparison.Ordinal);
        var name = brackets < 0 ? text : text[..brackets];
        var elementary = AbiType.Elementary(name);
        if (elementary is null && !IsName(name))
            throw new FormatException($"Typed data: \"{text}\" is no type.");
        var type = new TypedDataType(name, elementary, elementary is null ? name : null, null, null);
        var rest = brackets < 0 ? "" : text[brackets..];
        for (var dimension = 0; rest.Length > 0; dimension++)
        {
            var end = rest.IndexOf(']', StringComparison.Ordinal);
            var digits = end < 0 ? "" : rest[1..end];
            int? length = null;
            if (rest[0] != '[' || end < 0 || dimension == MaxDimensions
                || (digits.Length > 0 && (!Amount.TryParse(digits, out var number) || number.IsZero || number > (ulong)MaxArrayLength || (length = int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)) is null)))
                throw new FormatException($"Typed data: \"{text}\" is no type.");
            type = new(type.Text + rest[..(end + 1)], null, null, type, length);
            rest = rest[(end + 1)..];
        }
        return type;
    }

    void RequireDefined(TypedDataType type)
    {
        while (type.Element is { } element)
            type = element;
        if (type.Struct is { } name && !structs.ContainsKey(name))
            throw new FormatException($"Typed data: the type \"{name}\" is not defined.");
    }

    static bool IsName(string name) => name.Length <= MaxNameLength && AbiTextReader.IsIdentifier(name);

    static bool TryGetText(JsonElement element, string property, [NotNullWhen(true)] out string? text)
    {
        text = element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }
}
