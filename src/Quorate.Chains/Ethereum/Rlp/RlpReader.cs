using System.Buffers.Binary;

namespace Quorate.Chains.Ethereum.Rlp;

/// <summary>
/// Reads RLP (Ethereum's Yellow Paper, appendix B) front to back, in its one canonical form: the shortest header, integers
/// without leading zeros, nothing after the end. It follows what the caller expects to find and never builds a tree, so
/// that depth and memory are the caller's, whatever the bytes say.
/// </summary>
ref struct RlpReader
{
    const byte ShortBytes = 0x80, LongBytes = 0xB7, ShortList = 0xC0, LongList = 0xF7;
    const int ShortMax = 55;

    readonly ReadOnlySpan<byte> source;
    readonly int origin;
    int position;

    /// <summary>Reads the items of <paramref name="source"/> one after the other.</summary>
    internal RlpReader(ReadOnlySpan<byte> source)
        : this(source, 0)
    {
    }

    RlpReader(ReadOnlySpan<byte> source, int origin)
    {
        this.source = source;
        this.origin = origin;
    }

    /// <summary>Whether all items have been read.</summary>
    internal readonly bool IsAtEnd => position == source.Length;

    /// <summary>Whether the next item is a list.</summary>
    internal readonly bool IsList => !IsAtEnd && source[position] >= ShortList;

    /// <summary>Where the reader stands, counted from the beginning of the outermost reader.</summary>
    internal readonly int Offset => origin + position;

    /// <summary>How many items are left here, without reading them.</summary>
    /// <exception cref="FormatException">An item is malformed.</exception>
    internal readonly int CountItems()
    {
        var copy = this;
        var count = 0;
        for (; !copy.IsAtEnd; count++)
            copy.Next(out _, out _);
        return count;
    }

    /// <summary>The bytes of the next item.</summary>
    /// <exception cref="FormatException">It is a list, malformed, or missing.</exception>
    internal ReadOnlySpan<byte> ReadBytes()
    {
        var at = Offset;
        var bytes = Next(out var isList, out _);
        return isList ? throw Wrong(at, "a list where bytes are expected") : bytes;
    }

    /// <summary>The next item, which has exactly this many bytes.</summary>
    /// <exception cref="FormatException">It has not.</exception>
    internal ReadOnlySpan<byte> ReadBytes(int length)
    {
        var at = Offset;
        var bytes = ReadBytes();
        return bytes.Length == length ? bytes : throw Wrong(at, $"{bytes.Length} bytes where {length} are expected");
    }

    /// <summary>The next item as an integer below 2²⁵⁶.</summary>
    /// <exception cref="FormatException">It is too large, or has leading zeros.</exception>
    internal Amount ReadAmount() => Amount.FromBigEndian(ReadInteger(Amount.Size));

    /// <summary>The next item as an integer below 2⁶⁴.</summary>
    /// <exception cref="FormatException">It is too large, or has leading zeros.</exception>
    internal ulong ReadUInt64()
    {
        Span<byte> full = stackalloc byte[8];
        full.Clear();
        var bytes = ReadInteger(8);
        bytes.CopyTo(full[(8 - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(full);
    }

    /// <summary>A reader over the items of the next item, a list.</summary>
    /// <exception cref="FormatException">It is no list, malformed, or missing.</exception>
    internal RlpReader ReadList()
    {
        var at = Offset;
        var content = Next(out var isList, out var start);
        return isList ? new(content, origin + start) : throw Wrong(at, "bytes where a list is expected");
    }

    /// <summary>Refuses anything that is left.</summary>
    /// <exception cref="FormatException">Something is.</exception>
    internal readonly void End()
    {
        if (!IsAtEnd)
            throw Wrong(Offset, $"{source.Length - position} bytes too many");
    }

    ReadOnlySpan<byte> ReadInteger(int maxLength)
    {
        var at = Offset;
        var bytes = ReadBytes();
        if (bytes.Length > maxLength)
            throw Wrong(at, $"an integer of {bytes.Length} bytes where at most {maxLength} are expected");
        return bytes.IsEmpty || bytes[0] != 0 ? bytes : throw Wrong(at, "an integer with a leading zero");
    }

    ReadOnlySpan<byte> Next(out bool isList, out int start)
    {
        if (IsAtEnd)
            throw Wrong(Offset, "an item is missing");
        var header = source[position];
        isList = header >= ShortList;
        if (header < ShortBytes)
        {
            start = position++;
            return source.Slice(start, 1);
        }
        var (shortest, longest) = isList ? (ShortList, LongList) : (ShortBytes, LongBytes);
        var length = header <= longest ? header - shortest : ReadLength(header - longest);
        start = position + 1 + (header <= longest ? 0 : header - longest);
        if (length > source.Length - start)
            throw Wrong(Offset, $"an item of {length} bytes where {source.Length - start} are left");
        if (!isList && length == 1 && source[start] < ShortBytes)
            throw Wrong(Offset, "a single byte with a header it does not need");
        position = start + length;
        return source.Slice(start, length);
    }

    readonly int ReadLength(int size)
    {
        // Four bytes are beyond every limit of ours.
        if (size > 4 || size > source.Length - position - 1)
            throw Wrong(Offset, "an item longer than its surroundings");
        long length = 0;
        foreach (var b in source.Slice(position + 1, size))
            length = length << 8 | b;
        if (source[position + 1] == 0 || length <= ShortMax)
            throw Wrong(Offset, "a length that is not written in the shortest way");
        return length <= int.MaxValue ? (int)length : throw Wrong(Offset, "an item longer than its surroundings");
    }

    static FormatException Wrong(int offset, string what) => new($"Not canonical RLP: at byte {offset}, {what}.");
}
