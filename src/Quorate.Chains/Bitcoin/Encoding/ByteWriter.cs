using System.Buffers.Binary;

namespace Quorate.Chains.Bitcoin;

/// <summary>Writes Bitcoin's serialisation to a buffer that grows.</summary>
sealed class ByteWriter(int capacity = 256)
{
    byte[] buffer = new byte[capacity];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written, until the next write.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => Length == buffer.Length ? buffer : Written.ToArray();

    public void Write(byte value) => Take(1)[0] = value;

    public void Write(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void Write(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void WriteCompactSize(ulong value)
    {
        switch (value)
        {
            case < 0xfd:
                Write((byte)value);
                break;
            case <= ushort.MaxValue:
                Write((byte)0xfd);
                BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)value);
                break;
            case <= uint.MaxValue:
                Write((byte)0xfe);
                Write((uint)value);
                break;
            default:
                Write((byte)0xff);
                Write(value);
                break;
        }
    }

    /// <summary>The length and then the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteCompactSize((ulong)bytes.Length);
        Write(bytes);
    }

    /// <summary>Bytes of a compact size.</summary>
    public static int CompactSizeLength(int value) => value < 0xfd ? 1 : value <= ushort.MaxValue ? 3 : 5;

    /// <summary>Room for bytes that the caller fills.</summary>
    public Span<byte> Take(int length)
    {
        if (buffer.Length - Length < length)
            Array.Resize(ref buffer, Math.Max(checked(Length + length), 2 * buffer.Length));
        var room = buffer.AsSpan(Length, length);
        Length += length;
        return room;
    }
}
