using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// BIP 445's cbytes_ext and cpoint_ext: the compressed encoding, with 33 zero bytes for the point at infinity. Only for
/// sums that one dishonest summand could drive there; everywhere else the identity has no encoding.
/// </summary>
static class ExtendedEncoding
{
    /// <summary>Length in bytes.</summary>
    internal static int Size => Point.Size;

    /// <summary>Decodes 33 bytes. False for a wrong length and for what is neither a point nor all zero.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> encoded, out Point point)
    {
        point = default;
        return encoded.Length == Size && !encoded.ContainsAnyExcept((byte)0) || Point.TryDecode(encoded, out point);
    }

    /// <summary>Writes 33 bytes.</summary>
    internal static void Encode(in Point point, Span<byte> destination)
    {
        if (point.IsIdentity)
            destination[..Size].Clear();
        else
            point.Encode(destination);
    }
}
