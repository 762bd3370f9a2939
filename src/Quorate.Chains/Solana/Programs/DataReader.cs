using System.Buffers.Binary;

namespace Quorate.Chains.Solana.Programs;

/// <summary>
/// Reads an instruction's data to its last byte. Programs take data that is too long as if it ended early; here it is
/// refused, because what is left over would be signed and mean nothing.
/// </summary>
ref struct DataReader(ReadOnlySpan<byte> data, int instruction)
{
    ReadOnlySpan<byte> rest = data;

    internal readonly int Left => rest.Length;

    internal byte Byte() => Take(1)[0];

    internal uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    internal SolanaAddress Address() => new(Take(SolanaAddress.Size));

    internal ReadOnlySpan<byte> Take(ulong size)
    {
        if (size > (ulong)rest.Length)
            throw new FormatException($"Instruction {instruction}: its data ends early.");
        var taken = rest[..(int)size];
        rest = rest[(int)size..];
        return taken;
    }

    internal readonly void End()
    {
        if (!rest.IsEmpty)
            throw new FormatException($"Instruction {instruction}: {rest.Length} bytes follow its data.");
    }
}
