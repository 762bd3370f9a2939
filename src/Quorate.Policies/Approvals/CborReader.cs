using System.Buffers.Binary;

namespace Quorate.Policies;

/// <summary>
/// As much of CBOR (RFC 8949) as passkeys need, in the form CTAP 2 prescribes: definite lengths, shortest heads. Bounded by
/// its input and by depth; every method says false where the bytes are anything else.
/// </summary>
ref struct CborReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>CTAP 2 nests at most four levels; attestation statements, which are skipped, may go a little deeper.</summary>
    const int MaxDepth = 8;

    ReadOnlySpan<byte> rest = bytes;

    internal readonly ReadOnlySpan<byte> Rest => rest;

    internal bool TryReadMap(out ulong pairs) => TryReadHead(5, out pairs) && pairs <= (ulong)rest.Length;

    /// <summary>An integer of either sign.</summary>
    internal bool TryReadInteger(out long value)
    {
        value = 0;
        if (rest.IsEmpty || rest[0] >> 5 > 1)
            return false;
        var isNegative = rest[0] >> 5 == 1;
        if (!TryReadHead(isNegative ? 1 : 0, out var argument) || argument > long.MaxValue)
            return false;
        value = isNegative ? -1 - (long)argument : (long)argument;
        return true;
    }

    internal bool TryReadBytes(out ReadOnlySpan<byte> value) => TryReadString(2, out value);

    internal bool TryReadText(out ReadOnlySpan<byte> utf8) => TryReadString(3, out utf8);

    /// <summary>Steps over one whole value.</summary>
    internal bool TrySkip() => TrySkip(MaxDepth);

    bool TrySkip(int depth)
    {
        if (rest.IsEmpty || depth == 0)
            return false;
        var major = rest[0] >> 5;
        switch (major)
        {
            case 2 or 3:
                return TryReadString(major, out _);
            case 4 or 5:
                if (!TryReadHead(major, out var count) || count > (ulong)rest.Length)
                    return false;
                for (var i = major == 5 ? 2 * count : count; i > 0; i--)
                    if (!TrySkip(depth - 1))
                        return false;
                return true;
            case 7:
                // false, true, null; no floats, no undefined, no other simple values.
                if (rest[0] is not (0xF4 or 0xF5 or 0xF6))
                    return false;
                rest = rest[1..];
                return true;
            case 0 or 1:
                return TryReadHead(major, out _);
            default:
                // Tags are not allowed in CTAP 2.
                return false;
        }
    }

    bool TryReadString(int major, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadHead(major, out var length) || length > (ulong)rest.Length)
            return false;
        value = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    bool TryReadHead(int major, out ulong argument)
    {
        argument = 0;
        if (rest.IsEmpty || rest[0] >> 5 != major)
            return false;
        var information = rest[0] & 31;
        if (information < 24)
        {
            argument = (ulong)information;
            rest = rest[1..];
            return true;
        }
        var size = 1 << (information - 24);
        if (information > 27 || rest.Length < 1 + size)
            return false;
        var after = rest.Slice(1, size);
        (argument, var smallest) = size switch
        {
            1 => (after[0], 24UL),
            2 => (BinaryPrimitives.ReadUInt16BigEndian(after), 1UL << 8),
            4 => (BinaryPrimitives.ReadUInt32BigEndian(after), 1UL << 16),
            _ => (BinaryPrimitives.ReadUInt64BigEndian(after), 1UL << 32),
        };
        rest = rest[(1 + size)..];
        return argument >= smallest;
    }
}
