using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Quorate.Chains.Bitcoin;

/// <summary>A transaction's id: the double SHA-256 of it without witnesses, written in hexadecimal from the last byte to the first.</summary>
public readonly record struct TxId
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    readonly UInt128 first, second;

    TxId(ReadOnlySpan<byte> bytes) =>
        (first, second) = (BinaryPrimitives.ReadUInt128LittleEndian(bytes), BinaryPrimitives.ReadUInt128LittleEndian(bytes[16..]));

    /// <summary>Whether all bytes are zero: what a coinbase spends.</summary>
    public bool IsZero => first == 0 && second == 0;

    /// <summary>An id of 32 bytes in hashing order.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static TxId FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new(bytes) : throw new ArgumentException("An id has 32 bytes.", nameof(bytes));

    /// <summary>Writes 32 bytes in hashing order.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(destination, first);
        BinaryPrimitives.WriteUInt128LittleEndian(destination[16..], second);
    }

    /// <summary>Reads 64 lower-case hexadecimal digits, last byte first.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static TxId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException("Not a transaction id: 64 small hexadecimal digits.");

    /// <summary>Reads 64 lower-case hexadecimal digits, last byte first.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TxId id)
    {
        id = default;
        if (text is not { Length: 2 * Size } || !LowerHex.TryParse(text, out var bytes))
            return false;
        Array.Reverse(bytes);
        id = new(bytes);
        return true;
    }

    /// <summary>64 lower-case hexadecimal digits, last byte first.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        bytes.Reverse();
        return Convert.ToHexStringLower(bytes);
    }
}

/// <summary>An output of a transaction, as an input names what it spends.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Index">The output's number, from 0.</param>
public readonly record struct OutPoint(TxId Transaction, uint Index)
{
    internal bool IsNull => Transaction.IsZero && Index == uint.MaxValue;

    /// <summary>Reads id:index.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static OutPoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && TxId.TryParse(text[..colon], out var id)
            && uint.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index)
            ? new(id, index)
            : throw new FormatException("Not an output: a transaction's id, a colon and a number.");
    }

    /// <summary>id:index.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Transaction}:{Index}");
}
