namespace Quorate.Chains.Solana;

/// <summary>
/// Solana's lengths: seven bits a byte, the lowest first, the top bit where more follow. From 0 to 65,535 in one to three
/// bytes, and only in the fewest.
/// </summary>
static class CompactU16
{
    /// <summary>Bytes of the longest.</summary>
    internal const int MaxSize = 3;

    /// <summary>Writes a number and returns how many bytes that took.</summary>
    internal static int Write(Span<byte> destination, int value)
    {
        var written = 0;
        for (; value >= 0x80; value >>= 7)
            destination[written++] = (byte)((value & 0x7f) | 0x80);
        destination[written++] = (byte)value;
        return written;
    }

    /// <summary>Bytes that a number takes.</summary>
    internal static int SizeOf(int value) => value < 0x80 ? 1 : value < 0x4000 ? 2 : MaxSize;

    /// <summary>Reads a number. False where the bytes end early, it is above 65,535, or fewer bytes would have done.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out int value, out int read)
    {
        (value, read) = (0, 0);
        for (var shift = 0; read < MaxSize && read < bytes.Length; shift += 7)
        {
            var part = bytes[read++];
            value |= (part & 0x7f) << shift;
            if (part < 0x80)
                return value <= ushort.MaxValue && (part != 0 || read == 1);
        }
        return false;
    }
}
