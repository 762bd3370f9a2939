using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum.Abi;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>Functions and arguments of all types.</summary>
static class RandomAbi
{
    static readonly string[] elementary =
        ["uint8", "uint256", "uint128", "int8", "int256", "int64", "address", "bool", "bytes1", "bytes32", "bytes20", "bytes", "string"];

    static readonly string[] letters = ["a", "Z", " ", "\"", "\\", "\n", "ß", "世", "😀"];

    internal static (AbiFunction Function, AbiValue[] Values) Call(RandomTransactions random)
    {
        var types = Enumerable.Range(0, random.Below(5)).Select(_ => TypeText(random, 3)).ToArray();
        var function = AbiFunction.Parse($"f{random.Below(100)}({string.Join(',', types)})");
        return (function, [.. function.Parameters.Select(p => Value(random, p.Type))]);
    }

    internal static string TypeText(RandomTransactions random, int depth) => (depth == 0 ? 0 : random.Below(5)) switch
    {
        1 => $"({string.Join(',', Enumerable.Range(0, 1 + random.Below(3)).Select(_ => TypeText(random, depth - 1)))})",
        2 => TypeText(random, depth - 1) + "[]",
        3 => $"{TypeText(random, depth - 1)}[{1 + random.Below(3)}]",
        _ => elementary[random.Below(elementary.Length)],
    };

    internal static AbiValue Value(RandomTransactions random, AbiType type)
    {
        switch (type.Kind)
        {
            case AbiKind.Bytes:
                return new AbiValue.Blob(random.Bytes(random.Below(70)));
            case AbiKind.Text:
                return new AbiValue.Text(string.Concat(Enumerable.Range(0, random.Below(40)).Select(_ => letters[random.Below(letters.Length)])));
            case AbiKind.Array:
                return new AbiValue.Sequence([.. Enumerable.Range(0, type.Length ?? random.Below(4)).Select(_ => Value(random, type.Element!))]);
            case AbiKind.Tuple:
                return new AbiValue.Sequence([.. type.Members.Select(m => Value(random, m.Type))]);
            case AbiKind.Address:
                return AbiValue.From(random.Address());
            case AbiKind.Boolean:
                return AbiValue.From((ulong)random.Below(2));
            case AbiKind.FixedBytes:
                return AbiValue.From(Amount.FromBigEndian([.. random.Bytes(type.Size), .. new byte[32 - type.Size]]));
            case AbiKind.SignedInteger when random.Below(2) == 0:
                // All ones above the sign bit.
                byte[] bytes = [.. Enumerable.Repeat((byte)0xFF, 32 - type.Size / 8), .. random.Bytes(type.Size / 8)];
                bytes[32 - type.Size / 8] |= 0x80;
                return AbiValue.From(Amount.FromBigEndian(bytes));
            default:
                var positive = random.Bytes(type.Size / 8);
                positive[0] &= 0x7F;
                return AbiValue.From(Amount.FromBigEndian(positive));
        }
    }

    internal static JsonNode ToJson(AbiType type, AbiValue value) => value switch
    {
        AbiValue.Sequence sequence => new JsonArray([.. sequence.Items.Select((item, i) => ToJson(type.Element ?? type.Members[i].Type, item))]),
        AbiValue.Word word when type.Kind == AbiKind.Boolean => JsonValue.Create(!word.Value.IsZero),
        AbiValue.Text text => JsonValue.Create(text.Value),
        _ => JsonValue.Create(value.Describe(type)),
    };
}
