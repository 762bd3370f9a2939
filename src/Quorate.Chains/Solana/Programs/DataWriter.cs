using System.Buffers.Binary;

namespace Quorate.Chains.Solana.Programs;

/// <summary>Writes an instruction's data: numbers little-endian, addresses as they are, nothing between.</summary>
ref struct DataWriter
{
    readonly byte[] data;
    int position;

    /// <summary>Data of exactly this size.</summary>
    internal DataWriter(int size) => data = new byte[size];

    internal DataWriter Byte(byte value)
    {
        data[position++] = value;
        return this;
    }

    internal DataWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(position), value);
        position += sizeof(uint);
        return this;
    }

    internal DataWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(position), value);
        position += sizeof(ulong);
        return this;
    }

    internal DataWriter Address(SolanaAddress value)
    {
        value.CopyTo(data.AsSpan(position));
        position += SolanaAddress.Size;
        return this;
    }

    internal DataWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(data.AsSpan(position));
        position += value.Length;
        return this;
    }

    internal readonly byte[] Written => data;
}
