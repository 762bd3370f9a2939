using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Quorate.Chains.Ethereum.Abi;

/// <summary>A value of an ABI type. The type is not part of it: a word is an address or a number by how it is read.</summary>
public abstract record AbiValue
{
    AbiValue()
    {
    }

    /// <summary>32 bytes: integers (two's complement), addresses, booleans and bytesN, aligned as they are encoded.</summary>
    public sealed record Word(Amount Value) : AbiValue
    {
        /// <summary>The value as an address.</summary>
        /// <exception cref="InvalidOperationException">It is none: above 2¹⁶⁰ − 1.</exception>
        public EthereumAddress ToAddress()
        {
            Span<byte> bytes = stackalloc byte[Amount.Size];
            Value.WriteBigEndian(bytes);
            return bytes[..12].ContainsAnyExcept((byte)0)
                ? throw new InvalidOperationException("The word is no address.")
                : new(bytes[12..]);
        }
    }

    /// <summary>Bytes of any length.</summary>
    public sealed record Blob(ReadOnlyMemory<byte> Value) : AbiValue;

    /// <summary>Text.</summary>
    public sealed record Text(string Value) : AbiValue;

    /// <summary>The elements of an array or the members of a tuple.</summary>
    public sealed record Sequence(ImmutableArray<AbiValue> Items) : AbiValue;

    /// <summary>A number.</summary>
    public static AbiValue From(Amount value) => new Word(value);

    /// <summary>An address.</summary>
    public static AbiValue From(EthereumAddress address)
    {
        Span<byte> bytes = stackalloc byte[EthereumAddress.Size];
        address.CopyTo(bytes);
        return new Word(Amount.FromBigEndian(bytes));
    }

    /// <summary>
    /// The canonical text: decimal digits, 0x and hexadecimal digits, EIP-55 for addresses, true or false, text in quotation
    /// marks where it stands inside brackets, and brackets around sequences.
    /// </summary>
    internal string Describe(AbiType type)
    {
        if (this is Text text)
            return text.Value;
        var builder = new StringBuilder();
        Describe(type, builder);
        return builder.ToString();
    }

    void Describe(AbiType type, StringBuilder builder)
    {
        switch (this)
        {
            case Word word:
                builder.Append(DescribeWord(word, type));
                break;
            case Blob blob:
                builder.Append("0x").Append(Convert.ToHexStringLower(blob.Value.Span));
                break;
            case Text text:
                builder.Append('"').Append(System.Text.Json.JsonEncodedText.Encode(text.Value).ToString()).Append('"');
                break;
            case Sequence sequence:
                builder.Append('[');
                for (var i = 0; i < sequence.Items.Length; i++)
                {
                    if (i > 0)
                        builder.Append(',');
                    sequence.Items[i].Describe(type.Element ?? type.Members[i].Type, builder);
                }
                builder.Append(']');
                break;
        }
    }

    static string DescribeWord(Word word, AbiType type)
    {
        switch (type.Kind)
        {
            case AbiKind.Address:
                return word.ToAddress().ToString();
            case AbiKind.Boolean:
                return word.Value.IsZero ? "false" : "true";
            case AbiKind.FixedBytes:
                Span<byte> bytes = stackalloc byte[Amount.Size];
                word.Value.WriteBigEndian(bytes);
                return "0x" + Convert.ToHexStringLower(bytes[..type.Size]);
            case AbiKind.SignedInteger when word.Value > Amount.MaxValue / 2:
                // −v is 2²⁵⁶ − v.
                return string.Create(CultureInfo.InvariantCulture, $"-{Amount.MaxValue - word.Value + 1UL}");
            default:
                return word.Value.ToString();
        }
    }
}
