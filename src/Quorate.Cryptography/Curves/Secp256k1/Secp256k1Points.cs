namespace Quorate.Cryptography.Curves;

/// <summary>The other encodings of secp256k1 points: x-only (BIP 340) and SEC 1 uncompressed.</summary>
public static class Secp256k1Points
{
    /// <summary>Length in bytes of an x-only encoding.</summary>
    public const int XOnlySize = 32;

    /// <summary>Length in bytes of an uncompressed encoding.</summary>
    public const int UncompressedSize = 65;

    extension(Point<Secp256k1> p)
    {
        /// <summary>Whether the affine y is even (BIP 340: has_even_y).</summary>
        /// <exception cref="InvalidOperationException">This is the identity, which has no y.</exception>
        public bool HasEvenY
        {
            get
            {
                p.ToAffine(out _, out var y);
                return y.Parity == 0;
            }
        }

        /// <summary>Writes the affine x as 32 bytes (BIP 340: bytes(P)).</summary>
        /// <exception cref="InvalidOperationException">This is the identity, which has no encoding.</exception>
        public void EncodeXOnly(Span<byte> destination)
        {
            p.ToAffine(out var x, out _);
            x.Write(destination[..XOnlySize]);
        }

        /// <summary>The affine x as a new array of 32 bytes.</summary>
        /// <exception cref="InvalidOperationException">This is the identity, which has no encoding.</exception>
        public byte[] EncodeXOnly()
        {
            var encoded = new byte[XOnlySize];
            p.EncodeXOnly(encoded);
            return encoded;
        }

        /// <summary>Writes 04 ‖ x ‖ y, 65 bytes (SEC 1, section 2.3.3).</summary>
        /// <exception cref="InvalidOperationException">This is the identity, which has no encoding here.</exception>
        public void EncodeUncompressed(Span<byte> destination)
        {
            p.ToAffine(out var x, out var y);
            destination = destination[..UncompressedSize];
            destination[0] = 4;
            x.Write(destination[1..]);
            y.Write(destination[33..]);
        }

        /// <summary>04 ‖ x ‖ y as a new array of 65 bytes.</summary>
        /// <exception cref="InvalidOperationException">This is the identity, which has no encoding here.</exception>
        public byte[] EncodeUncompressed()
        {
            var encoded = new byte[UncompressedSize];
            p.EncodeUncompressed(encoded);
            return encoded;
        }

        /// <summary>Decodes 04 ‖ x ‖ y. False for a wrong length or prefix, a coordinate not below p, or a point off the curve.</summary>
        public static bool TryDecodeUncompressed(ReadOnlySpan<byte> encoded, out Point<Secp256k1> point)
        {
            point = default;
            return encoded.Length == UncompressedSize
                && encoded[0] == 4
                && Secp256k1Field.TryRead(encoded[1..], out var x)
                && Secp256k1Field.TryRead(encoded[33..], out var y)
                && Koblitz<Secp256k1>.TryFromAffine(x, y, out point);
        }

        /// <summary>
        /// Decodes the compressed form (33 bytes) or the uncompressed one (65 bytes). The hybrid prefixes 06 and 07 and
        /// the identity's 00 are refused.
        /// </summary>
        public static bool TryDecodeSec1(ReadOnlySpan<byte> encoded, out Point<Secp256k1> point) =>
            encoded.Length == UncompressedSize
                ? TryDecodeUncompressed(encoded, out point)
                : Point<Secp256k1>.TryDecode(encoded, out point);

        /// <summary>The point with this x and an even y (BIP 340: lift_x). False for a wrong length, x ≥ p, or no such point.</summary>
        public static bool TryLiftX(ReadOnlySpan<byte> x, out Point<Secp256k1> point)
        {
            point = default;
            return x.Length == XOnlySize
                && Secp256k1Field.TryRead(x, out var field)
                && Koblitz<Secp256k1>.TryLift(field, parity: 0, out point);
        }

        void ToAffine(out Secp256k1Field x, out Secp256k1Field y)
        {
            if (p.IsIdentity)
                throw new InvalidOperationException("The identity has no affine coordinates.");
            Koblitz<Secp256k1>.ToAffine(p, out x, out y);
        }
    }
}
