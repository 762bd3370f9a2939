using System.Text.Json;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Ethereum.TypedData;

/// <summary>
/// A typed message after EIP-712, from the JSON that eth_signTypedData_v4 takes: types, primaryType, domain, message. What
/// is signed is Keccak-256(0x19 ‖ 0x01 ‖ hashStruct(domain) ‖ hashStruct(message)).
/// </summary>
public sealed class TypedMessage : EthereumMessage
{
    /// <summary>Longest JSON in bytes.</summary>
    public const int MaxSize = 128 * 1024;

    /// <summary>Deepest nesting of the JSON.</summary>
    public const int MaxDepth = 24;

    const string DomainName = "EIP712Domain";

    static readonly (string Name, AbiType Type)[] domainMembers =
    [
        ("name", AbiType.Parse("string")), ("version", AbiType.Parse("string")), ("chainId", AbiType.UInt256),
        ("verifyingContract", AbiType.Address), ("salt", AbiType.Parse("bytes32")),
    ];

    readonly byte[] digest;

    TypedMessage(TypedDataSchema schema, string primaryType, AbiValue.Sequence message, TypedDataSchema domainSchema, AbiValue.Sequence domain)
    {
        PrimaryType = primaryType;
        EncodedType = schema.EncodeType(primaryType);
        Message = message;
        DomainSeparator = TypedDataValues.HashStruct(domainSchema, DomainName, domain);
        digest = Keccak256.HashData([0x19, 0x01, .. DomainSeparator.Span, .. TypedDataValues.HashStruct(schema, primaryType, message)]);
        var members = domainSchema.MembersOf(DomainName);
        for (var i = 0; i < members.Length; i++)
            if (domain.Items[i] is AbiValue.Word word)
            {
                if (members[i].Name == "chainId")
                    ChainId = word.Value;
                else if (members[i].Name == "verifyingContract")
                    VerifyingContract = word.ToAddress();
            }
    }

    /// <summary>The struct that is signed.</summary>
    public string PrimaryType { get; }

    /// <summary>encodeType of the struct: everything it is made of.</summary>
    public string EncodedType { get; }

    /// <summary>hashStruct of the domain, 32 bytes.</summary>
    public ReadOnlyMemory<byte> DomainSeparator { get; }

    /// <summary>The domain's chain; null where it names none.</summary>
    public Amount? ChainId { get; }

    /// <summary>The contract that is to take the signature; null where the domain names none.</summary>
    public EthereumAddress? VerifyingContract { get; }

    /// <summary>The values of the struct's members, in their order.</summary>
    internal AbiValue.Sequence Message { get; }

    /// <summary>Reads the JSON, strictly: no member twice, none too many, none missing, no comments.</summary>
    /// <exception cref="FormatException">It is not typed data; the message says why and where.</exception>
    public static TypedMessage Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxSize)
            throw new FormatException($"Typed data: {json.Length} bytes; at most {MaxSize} are read.");
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException($"Typed data: not strict JSON. {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // A property's name that is not Unicode.
            throw new FormatException($"Typed data: not strict JSON. {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override byte[] Digest() => [.. digest];

    internal override void AddEffects(EffectsBuilder effects, EthereumFormat format) => TypedDataEffects.Add(effects, format, this);

    static TypedMessage Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || root.GetPropertyCount() != 4
            || !root.TryGetProperty("types", out var types) || !root.TryGetProperty("primaryType", out var primary)
            || !root.TryGetProperty("domain", out var domain) || !root.TryGetProperty("message", out var message))
            throw new FormatException("Typed data: not an object of types, primaryType, domain and message.");
        var schema = new TypedDataSchema(types);
        if (primary.ValueKind != JsonValueKind.String || primary.GetString() is not { } name || name == DomainName || !schema.Defines(name))
            throw new FormatException("Typed data: the primaryType is no struct among the types.");
        var domainSchema = DomainSchema(schema, domain);
        return new(
            schema, name, TypedDataValues.ReadStruct(schema, name, message, new(name, null)),
            domainSchema, TypedDataValues.ReadStruct(domainSchema, DomainName, domain, new(DomainName, null)));
    }

    // The type may be left out; it then has the standard members that the domain has. Its members are the standard's, in the
    // standard's order.
    static TypedDataSchema DomainSchema(TypedDataSchema schema, JsonElement domain)
    {
        if (!schema.Defines(DomainName))
            return domain.ValueKind == JsonValueKind.Object
                ? new(DomainName, domainMembers.Where(m => domain.TryGetProperty(m.Name, out _)))
                : throw new FormatException("Typed data: the domain is no object.");
        var next = 0;
        foreach (var member in schema.MembersOf(DomainName))
        {
            next = Array.FindIndex(domainMembers, next, m => m.Name == member.Name && m.Type.Text == member.Type.Text) + 1;
            if (next == 0)
                throw new FormatException($"Typed data: {DomainName} has a member \"{member.Type.Text} {member.Name}\" that is not the standard's, or not in its place.");
        }
        return schema;
    }
}
