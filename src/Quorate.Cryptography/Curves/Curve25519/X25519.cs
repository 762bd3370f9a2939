using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// The function X25519 of RFC 7748, section 5: multiplication on curve25519 by the Montgomery ladder, with u-coordinates
/// alone. Constant time. For key agreement; <see cref="X25519Key"/> holds the secret.
/// </summary>
public static class X25519
{
    /// <summary>Length in bytes of scalars, of u-coordinates and of results.</summary>
    public const int Size = 32;

    /// <summary>The base point, u = 9.</summary>
    static ReadOnlySpan<byte> BasePoint =>
        [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>(A − 2)/4 for A = 486662.</summary>
    static Field25519 A24 => new(121665, 0, 0, 0, 0);

    /// <summary>
    /// Writes X25519(<paramref name="scalar"/>, <paramref name="u"/>) to <paramref name="destination"/>, which may be either of
    /// them. The scalar is clamped here; of u the top bit is ignored, and a value of p or above is reduced, as the RFC has it.
    /// </summary>
    /// <returns>
    /// False where the result is zero, which u of small order give whatever the scalar: section 6.1's check. The caller must
    /// not use it.
    /// </returns>
    /// <exception cref="ArgumentException">An argument does not have 32 bytes.</exception>
    public static bool TryMultiply(Span<byte> destination, ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> u)
    {
        if (destination.Length != Size || scalar.Length != Size || u.Length != Size)
            throw new ArgumentException($"X25519 takes and gives {Size} bytes.");
        var k = Clamp(UInt256.ReadLittleEndian(scalar));
        var result = Ladder(k, Field25519.Read(UInt256.ReadLittleEndian(u)));
        Wipe(ref k);
        result.WriteLittleEndian(destination);
        var isZero = result.IsZero;
        Wipe(ref result);
        return !isZero;
    }

    /// <summary>Writes X25519(<paramref name="scalar"/>, 9), the public key of a secret scalar.</summary>
    /// <exception cref="ArgumentException">An argument does not have 32 bytes.</exception>
    public static void MultiplyBase(Span<byte> destination, ReadOnlySpan<byte> scalar) => TryMultiply(destination, scalar, BasePoint);

    /// <summary>A multiple of eight from 2²⁵⁴ up to below 2²⁵⁵ (section 5, decodeScalar25519).</summary>
    static UInt256 Clamp(in UInt256 k) => new(k.L0 & ~7UL, k.L1, k.L2, (k.L3 & (ulong.MaxValue >> 1)) | (1UL << 62));

    /// <summary>
    /// Section 5's ladder: (X₂ : Z₂) and (X₃ : Z₃) are multiples of the point that differ by one, and a bit of k decides by a
    /// masked swap which of them is doubled. The result is canonical, and 0 for the point at infinity.
    /// </summary>
    [SkipLocalsInit]
    static UInt256 Ladder(in UInt256 k, in Field25519 u)
    {
        var s = new State { X2 = Field25519.One, X3 = u, Z3 = Field25519.One };
        var swapped = 0UL;
        for (var i = 254; i >= 0; i--)
        {
            var bit = Bit(k, i);
            s.Swap(0 - (swapped ^ bit));
            swapped = bit;
            s.Step(u);
        }
        s.Swap(0 - swapped);
        var result = (s.X2 * Field25519.Invert(s.Z2)).ToCanonical();
        Wipe(ref s);
        Wipe(ref swapped);
        return result;
    }

    /// <summary>Bit <paramref name="i"/>. The index is public.</summary>
    static ulong Bit(in UInt256 k, int i) => (Unsafe.Add(ref Unsafe.AsRef(in k.L0), i >> 6) >> (i & 63)) & 1;

    static void Wipe<T>(ref T value) where T : unmanaged =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<T>(ref value)));

    /// <summary>What the ladder carries, in one place to be wiped. Coordinates are tight between steps.</summary>
    struct State
    {
        internal Field25519 X2, Z2, X3, Z3;
        Field25519 a, b, c, d, e;

        internal void Swap(ulong mask)
        {
            a = Field25519.Select(X2, X3, mask);
            X3 = Field25519.Select(X3, X2, mask);
            X2 = a;
            a = Field25519.Select(Z2, Z3, mask);
            Z3 = Field25519.Select(Z3, Z2, mask);
            Z2 = a;
        }

        /// <summary>Doubles the first, adds them to the second. Sums and differences of tight values are loose.</summary>
        internal void Step(in Field25519 u)
        {
            // A = X₂ + Z₂, B = X₂ − Z₂; DA = (X₃ − Z₃)·A, CB = (X₃ + Z₃)·B
            a = X2 + Z2;
            b = X2 - Z2;
            c = X3 + Z3;
            d = X3 - Z3;
            Field25519.Multiply(out d, d, a);
            Field25519.Multiply(out c, c, b);

            // X₃ = (DA + CB)², Z₃ = u·(DA − CB)²
            e = d + c;
            Field25519.Square(out X3, e);
            e = d - c;
            Field25519.Square(out e, e);
            Field25519.Multiply(out Z3, u, e);

            // AA = A², BB = B², E = AA − BB; X₂ = AA·BB, Z₂ = E·(AA + a24·E)
            Field25519.Square(out a, a);
            Field25519.Square(out b, b);
            Field25519.Multiply(out X2, a, b);
            e = a - b;
            Field25519.Multiply(out c, e, A24);
            c += a;
            Field25519.Multiply(out Z2, e, c);
        }
    }
}
