using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Curves;

/// <summary>RFC 8032, 5.1.2 and 5.1.3: y in 255 bits little-endian, and above it the parity of x.</summary>
static class Ed25519Encoding
{
    /// <summary>Points that share one inversion; what is shared lies on the stack, 10 kB.</summary>
    const int PointsAtOnce = 128;

    /// <summary>
    /// Decodes 32 bytes to a point of the whole curve, Z = 1: the identity and points of small or mixed order are let
    /// through. False for y not below p, for no x, and for x = 0 with the parity bit set.
    /// </summary>
    internal static bool TryDecodeVarTime(ReadOnlySpan<byte> encoded, out EdwardsPoint point)
    {
        point = EdwardsPoint.Identity;
        var bits = UInt256.ReadLittleEndian(encoded);
        var isOdd = bits.L3 >> 63 != 0;
        var y = Field25519.Read(bits);
        if (y.ToCanonical() != new UInt256(bits.L0, bits.L1, bits.L2, bits.L3 & (ulong.MaxValue >> 1)))
            return false;

        // x² = (y² − 1) / (d·y² + 1), where the denominator is never zero because −1/d is no square.
        var y2 = y * y;
        if (!Field25519.TrySqrtRatio(y2 - Field25519.One, (y2 * EdwardsPoint.D) + Field25519.One, out var x))
            return false;
        if (isOdd)
        {
            if (x.IsZero)
                return false;
            x = -x;
        }
        point = EdwardsPoint.FromAffine(x, y);
        return true;
    }

    /// <summary>Encodes points back to back. Constant time.</summary>
    [SkipLocalsInit]
    internal static void Encode(ReadOnlySpan<Point<Ed25519>> points, Span<byte> destination)
    {
        Span<Field25519> inverses = stackalloc Field25519[Math.Min(points.Length, PointsAtOnce)];
        Span<Field25519> scratch = stackalloc Field25519[inverses.Length];
        for (var done = 0; done < points.Length; done += PointsAtOnce)
        {
            var part = points[done..Math.Min(done + PointsAtOnce, points.Length)];
            for (var i = 0; i < part.Length; i++)
            {
                EdwardsPoint.Load(out var point, part[i]);
                inverses[i] = point.Z;
            }
            Field25519.InvertAll(inverses[..part.Length], scratch);
            for (var i = 0; i < part.Length; i++)
            {
                EdwardsPoint.Load(out var point, part[i]);
                Encode(point, inverses[i], destination.Slice((done + i) * 32, 32));
            }
        }
        // Z tells how a point was computed.
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(inverses));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(scratch));
    }

    /// <summary>As <see cref="Encode(ReadOnlySpan{Point{Ed25519}}, Span{byte})"/> for one public point, three times as fast.</summary>
    internal static void EncodeVarTime(in Point<Ed25519> p, Span<byte> destination)
    {
        EdwardsPoint.Load(out var point, p);
        Encode(point, Field25519.InvertVarTime(point.Z), destination);
    }

    static void Encode(in EdwardsPoint point, in Field25519 inverse, Span<byte> destination)
    {
        var y = (point.Y * inverse).ToCanonical();
        var parity = (point.X * inverse).ToCanonical().L0 << 63;
        new UInt256(y.L0, y.L1, y.L2, y.L3 | parity).WriteLittleEndian(destination);
    }
}
