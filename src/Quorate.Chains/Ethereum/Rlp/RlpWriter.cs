using System.Numerics;

namespace Quorate.Chains.Ethereum.Rlp;

/// <summary>Writes canonical RLP front to back into a buffer that grows.</summary>
ref struct RlpWriter
{
    const int ShortMax = 55;

    Span<byte> buffer;
    int length;

    /// <summary>Starts in <paramref name="buffer"/>, usually on the stack, and moves to the heap when that is full.</summary>
    internal RlpWriter(Span<byte> buffer) => this.buffer = buffer;

    /// <summary>What has been written.</summary>
    internal readonly ReadOnlySpan<byte> Written => buffer[..length];

    /// <summary>Writes a byte as it is: the type in front of a typed transaction.</summary>
    internal void WriteRaw(byte value)
    {
        Reserve(1);
        buffer[length++] = value;
    }

    /// <summary>Writes bytes as one item.</summary>
    internal void Write(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length + 5);
        if (bytes.Length != 1 || bytes[0] >= 0x80)
            length += WriteHeader(buffer[length..], 0x80, bytes.Length);
        bytes.CopyTo(buffer[length..]);
        length += bytes.Length;
    }

    /// <summary>Writes an integer.</summary>
    internal void Write(Amount value)
    {
        Span<byte> bytes = stackalloc byte[Amount.Size];
        value.WriteBigEndian(bytes);
        Write(bytes[(bytes.IndexOfAnyExcept((byte)0) is var first and >= 0 ? first : Amount.Size)..]);
    }

    /// <summary>Opens a list and returns what <see cref="EndList"/> wants.</summary>
    internal readonly int BeginList() => length;

    /// <summary>Closes the list that <paramref name="start"/> opened: its items move back to let its header in.</summary>
    internal void EndList(int start)
    {
        var content = length - start;
        Reserve(5);
        Span<byte> header = stackalloc byte[5];
        header = header[..WriteHeader(header, 0xC0, content)];
        buffer.Slice(start, content).CopyTo(buffer[(start + header.Length)..]);
        header.CopyTo(buffer[start..]);
        length += header.Length;
    }

    static int WriteHeader(Span<byte> destination, byte kind, int length)
    {
        if (length <= ShortMax)
        {
            destination[0] = (byte)(kind + length);
            return 1;
        }
        var size = (BitOperations.Log2((uint)length) >> 3) + 1;
        destination[0] = (byte)(kind + ShortMax + size);
        for (var i = 0; i < size; i++)
            destination[size - i] = (byte)(length >> (8 * i) & 0xFF);
        return 1 + size;
    }

    void Reserve(int count)
    {
        if (buffer.Length - length >= count)
            return;
        var larger = new byte[Math.Max(buffer.Length * 2, length + count)];
        Written.CopyTo(larger);
        buffer = larger;
    }
}
