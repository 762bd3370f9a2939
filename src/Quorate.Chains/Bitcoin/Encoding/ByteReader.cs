using System.Buffers.Binary;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// Reads Bitcoin's serialisation strictly: compact sizes in their shortest form, nothing past the end, and every refusal
/// says at which byte. What it returns are slices of the input, so nothing is allocated on the word of a length.
/// </summary>
ref struct ByteReader(ReadOnlyMemory<byte> source)
{
    readonly ReadOnlySpan<byte> bytes = source.Span;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => bytes.Length - Position;

    /// <summary>The next byte, not taken; null at the end.</summary>
    public readonly byte? Peek(int ahead = 0) => ahead < Remaining ? bytes[Position + ahead] : null;

    public byte ReadByte() => Span(1)[0];

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Span(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Span(8));

    /// <summary>The next <paramref name="length"/> bytes as a slice of the input.</summary>
    public ReadOnlyMemory<byte> Read(int length)
    {
        if (length > Remaining)
            throw Malformed("the bytes end too early");
        var slice = source.Slice(Position, length);
        Position += length;
        return slice;
    }

    /// <summary>As <see cref="Read"/>, as a span.</summary>
    public ReadOnlySpan<byte> Span(int length)
    {
        if (length > Remaining)
            throw Malformed("the bytes end too early");
        var slice = bytes.Slice(Position, length);
        Position += length;
        return slice;
    }

    /// <summary>A compact size in its shortest form.</summary>
    public ulong ReadCompactSize()
    {
        var first = ReadByte();
        if (first < 0xfd)
            return first;
        var (value, least) = first switch
        {
            0xfd => (BinaryPrimitives.ReadUInt16LittleEndian(Span(2)), 0xfdUL),
            0xfe => (ReadUInt32(), 0x10000UL),
            _ => (ReadUInt64(), 0x100000000UL),
        };
        return value >= least ? value : throw Malformed("a size is not in its shortest form");
    }

    /// <summary>A number of things that take at least <paramref name="leastSize"/> bytes each, so that it fits the rest.</summary>
    public int ReadCount(int leastSize)
    {
        var count = ReadCompactSize();
        return count <= (ulong)(Remaining / leastSize) ? (int)count : throw Malformed("a count exceeds what is there");
    }

    /// <summary>Bytes after their length.</summary>
    public ReadOnlyMemory<byte> ReadBytes() => Read(ReadCount(1));

    /// <summary>Nothing may follow.</summary>
    public readonly void End()
    {
        if (Remaining != 0)
            throw Malformed($"{Remaining} bytes too many");
    }

    /// <summary>What to throw, with the place.</summary>
    public readonly FormatException Malformed(string what) => new($"{what} (at byte {Position})");
}
