using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Quorate.Chains.Ethereum.Abi;

/// <summary>What kind of type it is.</summary>
public enum AbiKind
{
    /// <summary>uint8 to uint256.</summary>
    UnsignedInteger,

    /// <summary>int8 to int256.</summary>
    SignedInteger,

    /// <summary>address.</summary>
    Address,

    /// <summary>bool.</summary>
    Boolean,

    /// <summary>bytes1 to bytes32.</summary>
    FixedBytes,

    /// <summary>bytes.</summary>
    Bytes,

    /// <summary>string.</summary>
    Text,

    /// <summary>T[n], and T[] without a length.</summary>
    Array,

    /// <summary>(T, U, …).</summary>
    Tuple,
}

/// <summary>A member of a tuple, or a parameter of a function; the name may be missing.</summary>
public sealed record AbiMember(string? Name, AbiType Type);

/// <summary>
/// A type of the contract ABI (Solidity's specification of it, "Types"), by its canonical text: <c>uint256</c>,
/// <c>address[2][]</c>, <c>(address,bytes32)[]</c>. Types that have no size (an empty tuple, an array of length zero) and
/// the fixed-point and function types do not exist here.
/// </summary>
public sealed record AbiType
{
    /// <summary>Deepest nesting of arrays and tuples.</summary>
    public const int MaxDepth = 8;

    /// <summary>Most members of a tuple, and the longest array of a fixed length.</summary>
    public const int MaxMembers = 256;

    // With nesting bounded, so that no type's head is longer than a transaction can be.
    const int MaxHeadSize = 1 << 20;

    AbiType(AbiKind kind, string text) => (Kind, Text) = (kind, text);

    /// <summary>The kind.</summary>
    public AbiKind Kind { get; }

    /// <summary>The canonical text, without names.</summary>
    public string Text { get; }

    /// <summary>Bits of an integer, bytes of a bytesN; 0 elsewhere.</summary>
    public int Size { get; private init; }

    /// <summary>What an array holds; null elsewhere.</summary>
    public AbiType? Element { get; private init; }

    /// <summary>Elements of an array; null where the value says it, and for other kinds.</summary>
    public int? Length { get; private init; }

    /// <summary>A tuple's members; empty elsewhere.</summary>
    public ImmutableArray<AbiMember> Members { get; private init; } = [];

    /// <summary>Whether a value's length is not fixed by its type.</summary>
    internal bool IsDynamic { get; private init; }

    /// <summary>Bytes in the head of what contains it: 32 for a dynamic type, which has only an offset there.</summary>
    internal int HeadSize { get; private init; } = 32;

    int Depth { get; init; }

    /// <summary>address.</summary>
    public static AbiType Address { get; } = new(AbiKind.Address, "address");

    /// <summary>uint256.</summary>
    public static AbiType UInt256 { get; } = new(AbiKind.UnsignedInteger, "uint256") { Size = 256 };

    /// <summary>Reads a type as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">There is no such type.</exception>
    public static AbiType Parse(string text) =>
        TryParse(text, out var type) ? type : throw new FormatException($"Not an ABI type: \"{text}\".");

    /// <summary>Reads canonical text, or a type whose tuples name their members; uint and int without a size are not canonical.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out AbiType? type)
    {
        type = null;
        if (text is null)
            return false;
        var reader = new AbiTextReader(text);
        return reader.TryReadType(0, out type) && reader.IsAtEnd;
    }

    /// <summary>A type that is neither array nor tuple; null where there is none of this name.</summary>
    internal static AbiType? Elementary(ReadOnlySpan<char> text) => text switch
    {
        "address" => Address,
        "bool" => new(AbiKind.Boolean, "bool"),
        "string" => new(AbiKind.Text, "string") { IsDynamic = true },
        "bytes" => new(AbiKind.Bytes, "bytes") { IsDynamic = true },
        "uint256" => UInt256,
        _ when Sized(text, "uint", 256) is { } bits && bits % 8 == 0 => new(AbiKind.UnsignedInteger, text.ToString()) { Size = bits },
        _ when Sized(text, "int", 256) is { } bits && bits % 8 == 0 => new(AbiKind.SignedInteger, text.ToString()) { Size = bits },
        _ when Sized(text, "bytes", 32) is { } size => new(AbiKind.FixedBytes, text.ToString()) { Size = size },
        _ => null,
    };

    /// <summary>An array of a type; null where it is beyond a bound.</summary>
    internal static AbiType? ArrayOf(AbiType element, int? length)
    {
        if (element.Depth >= MaxDepth || length is <= 0 or > MaxMembers || (long)element.HeadSize * (length ?? 1) > MaxHeadSize)
            return null;
        var isDynamic = length is null || element.IsDynamic;
        return new(AbiKind.Array, string.Create(CultureInfo.InvariantCulture, $"{element.Text}[{length}]"))
        {
            Element = element, Length = length, IsDynamic = isDynamic, Depth = element.Depth + 1,
            HeadSize = isDynamic ? 32 : element.HeadSize * length!.Value,
        };
    }

    /// <summary>A tuple of these members; null where it is beyond a bound.</summary>
    internal static AbiType? TupleOf(ImmutableArray<AbiMember> members)
    {
        if (members.Length is 0 or > MaxMembers || members.Max(m => m.Type.Depth) >= MaxDepth || members.Sum(m => (long)m.Type.HeadSize) > MaxHeadSize)
            return null;
        var isDynamic = members.Any(m => m.Type.IsDynamic);
        return new(AbiKind.Tuple, $"({string.Join(',', members.Select(m => m.Type.Text))})")
        {
            Members = members, IsDynamic = isDynamic, Depth = members.Max(m => m.Type.Depth) + 1,
            HeadSize = isDynamic ? 32 : members.Sum(m => m.Type.HeadSize),
        };
    }

    /// <summary>Whether the canonical texts are equal.</summary>
    public bool Equals(AbiType? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text.</summary>
    public override string ToString() => Text;

    static int? Sized(ReadOnlySpan<char> text, string prefix, int max) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length && text[prefix.Length] != '0'
        && int.TryParse(text[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size >= 1 && size <= max
            ? size
            : null;
}
