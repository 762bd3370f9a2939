using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quorate.Threshold.Transfer;

/// <summary>
/// An element of the field of 2¹²⁸ elements modulo x¹²⁸ + x⁷ + x² + x + 1, bit i of the number being the coefficient of
/// xⁱ. Constant time, with the carry-less multiplier of the processor or without.
/// </summary>
readonly record struct BinaryField128(ulong Low, ulong High)
{
    /// <summary>Sum and difference.</summary>
    public static BinaryField128 operator ^(BinaryField128 a, BinaryField128 b) => new(a.Low ^ b.Low, a.High ^ b.High);

    /// <summary>Product.</summary>
    public static BinaryField128 operator *(BinaryField128 a, BinaryField128 b) =>
        Pclmulqdq.IsSupported ? MultiplyHardware(a, b) : MultiplyPortable(a, b);

    internal static BinaryField128 MultiplyHardware(BinaryField128 a, BinaryField128 b)
    {
        var x = Vector128.Create(a.Low, a.High);
        var y = Vector128.Create(b.Low, b.High);
        var low = Pclmulqdq.CarrylessMultiply(x, y, 0x00);
        var high = Pclmulqdq.CarrylessMultiply(x, y, 0x11);
        var middle = Pclmulqdq.CarrylessMultiply(x, y, 0x01) ^ Pclmulqdq.CarrylessMultiply(x, y, 0x10);
        return Reduce(low[0], low[1] ^ middle[0], high[0] ^ middle[1], high[1]);
    }

    internal static BinaryField128 MultiplyPortable(BinaryField128 a, BinaryField128 b)
    {
        var (l0, l1) = Carryless(a.Low, b.Low);
        var (h0, h1) = Carryless(a.High, b.High);
        var (m0, m1) = Carryless(a.Low ^ a.High, b.Low ^ b.High);
        // Karatsuba: the middle is the product of the sums less both ends.
        return Reduce(l0, l1 ^ m0 ^ l0 ^ h0, h0 ^ m1 ^ l1 ^ h1, h1);
    }

    /// <summary>The product of two polynomials below x⁶⁴, one masked shift for every bit.</summary>
    static (ulong Low, ulong High) Carryless(ulong a, ulong b)
    {
        var low = Mask(b) & a;
        var high = 0UL;
        for (var i = 1; i < 64; i++)
        {
            var mask = Mask(b >> i);
            low ^= mask & a << i;
            high ^= mask & a >> 64 - i;
        }
        return (low, high);
    }

    /// <summary>All ones where the lowest bit is set.</summary>
    static ulong Mask(ulong bit) => unchecked(0UL - (bit & 1));

    /// <summary>The upper half comes back as itself times x⁷ + x² + x + 1, first its upper limb, then the lower.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static BinaryField128 Reduce(ulong r0, ulong r1, ulong r2, ulong r3)
    {
        r2 ^= r3 >> 63 ^ r3 >> 62 ^ r3 >> 57;
        r1 ^= r3 ^ r3 << 1 ^ r3 << 2 ^ r3 << 7;
        r1 ^= r2 >> 63 ^ r2 >> 62 ^ r2 >> 57;
        r0 ^= r2 ^ r2 << 1 ^ r2 << 2 ^ r2 << 7;
        return new(r0, r1);
    }
}
