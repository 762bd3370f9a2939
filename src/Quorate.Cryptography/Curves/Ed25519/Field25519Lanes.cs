using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Four elements modulo p = 2²⁵⁵ − 19 side by side, one to a 64-bit lane, each ten limbs of radix 2²⁵·⁵: limb i weighs
/// 2^⌈25.5·i⌉, so even limbs have 26 bits and odd ones 25 (Bernstein, "Curve25519", 2006). Needs AVX2. Constant time.
/// </summary>
/// <remarks>
/// <b>Tight</b> limbs are below 2²⁶ + 2¹³ (even) or 2²⁵ + 2¹⁷ (odd): what products leave. A factor may have limbs of up to
/// five times that on the left and three times on the right.
/// </remarks>
[InlineArray(Limbs)]
struct Field25519Lanes
{
    internal const int Limbs = 10;

    Vector256<ulong> limb;

    /// <summary>r = a·b lane by lane; r is tight and may be a or b.</summary>
    /// <remarks>
    /// Two odd limbs weigh twice what their column does; what lies above column 9 enters nineteen-fold. With B = 2²⁶ + 2¹³
    /// for even limbs and half of it, or hardly more, for odd ones, column 0 is the fullest: 1 + 4·19 products of even limbs
    /// and 5·38 of odd ones make less than 126·(5B)·(3B) &lt; 2⁶³. The factors of a product must be below 2³²: 19·3B is.
    /// </remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Multiply(ref Field25519Lanes r, in Field25519Lanes a, in Field25519Lanes b)
    {
        Vector256<ulong> a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4], a5 = a[5], a6 = a[6], a7 = a[7], a8 = a[8], a9 = a[9];
        Vector256<ulong> b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4], b5 = b[5], b6 = b[6], b7 = b[7], b8 = b[8], b9 = b[9];
        Vector256<ulong> d1 = a1 + a1, d3 = a3 + a3, d5 = a5 + a5, d7 = a7 + a7, d9 = a9 + a9;
        var nineteen = Vector256.Create(19UL);
        Vector256<ulong> n1 = P(b1, nineteen), n2 = P(b2, nineteen), n3 = P(b3, nineteen), n4 = P(b4, nineteen), n5 = P(b5, nineteen);
        Vector256<ulong> n6 = P(b6, nineteen), n7 = P(b7, nineteen), n8 = P(b8, nineteen), n9 = P(b9, nineteen);

        var c0 = P(a0, b0) + P(d1, n9) + P(a2, n8) + P(d3, n7) + P(a4, n6)
            + P(d5, n5) + P(a6, n4) + P(d7, n3) + P(a8, n2) + P(d9, n1);
        var c1 = P(a0, b1) + P(a1, b0) + P(a2, n9) + P(a3, n8) + P(a4, n7)
            + P(a5, n6) + P(a6, n5) + P(a7, n4) + P(a8, n3) + P(a9, n2);
        var c2 = P(a0, b2) + P(d1, b1) + P(a2, b0) + P(d3, n9) + P(a4, n8)
            + P(d5, n7) + P(a6, n6) + P(d7, n5) + P(a8, n4) + P(d9, n3);
        var c3 = P(a0, b3) + P(a1, b2) + P(a2, b1) + P(a3, b0) + P(a4, n9)
            + P(a5, n8) + P(a6, n7) + P(a7, n6) + P(a8, n5) + P(a9, n4);
        var c4 = P(a0, b4) + P(d1, b3) + P(a2, b2) + P(d3, b1) + P(a4, b0)
            + P(d5, n9) + P(a6, n8) + P(d7, n7) + P(a8, n6) + P(d9, n5);
        var c5 = P(a0, b5) + P(a1, b4) + P(a2, b3) + P(a3, b2) + P(a4, b1)
            + P(a5, b0) + P(a6, n9) + P(a7, n8) + P(a8, n7) + P(a9, n6);
        var c6 = P(a0, b6) + P(d1, b5) + P(a2, b4) + P(d3, b3) + P(a4, b2)
            + P(d5, b1) + P(a6, b0) + P(d7, n9) + P(a8, n8) + P(d9, n7);
        var c7 = P(a0, b7) + P(a1, b6) + P(a2, b5) + P(a3, b4) + P(a4, b3)
            + P(a5, b2) + P(a6, b1) + P(a7, b0) + P(a8, n9) + P(a9, n8);
        var c8 = P(a0, b8) + P(d1, b7) + P(a2, b6) + P(d3, b5) + P(a4, b4)
            + P(d5, b3) + P(a6, b2) + P(d7, b1) + P(a8, b0) + P(d9, n9);
        var c9 = P(a0, b9) + P(a1, b8) + P(a2, b7) + P(a3, b6) + P(a4, b5)
            + P(a5, b4) + P(a6, b3) + P(a7, b2) + P(a8, b1) + P(a9, b0);

        Carry(ref r, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9);
    }

    /// <summary>
    /// Two chains of carries side by side, from limb 0 up and from limb 5 up, and a step more where they end. With columns
    /// below 2⁶³ the last steps carry less than 2¹⁷ and 2¹³.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Carry(
        ref Field25519Lanes r, Vector256<ulong> c0, Vector256<ulong> c1, Vector256<ulong> c2, Vector256<ulong> c3,
        Vector256<ulong> c4, Vector256<ulong> c5, Vector256<ulong> c6, Vector256<ulong> c7, Vector256<ulong> c8,
        Vector256<ulong> c9)
    {
        Vector256<ulong> mask26 = Vector256.Create((1UL << 26) - 1), mask25 = Vector256.Create((1UL << 25) - 1);
        c1 += c0 >>> 26;
        c6 += c5 >>> 25;
        c2 += c1 >>> 25;
        c7 += c6 >>> 26;
        c3 += c2 >>> 26;
        c8 += c7 >>> 25;
        c4 += c3 >>> 25;
        c9 += c8 >>> 26;
        c5 = (c5 & mask25) + (c4 >>> 26);
        var top = c9 >>> 25;
        c0 = (c0 & mask26) + top + (top << 1) + (top << 4);
        r[0] = c0 & mask26;
        r[1] = (c1 & mask25) + (c0 >>> 26);
        r[2] = c2 & mask26;
        r[3] = c3 & mask25;
        r[4] = c4 & mask26;
        r[5] = c5 & mask25;
        r[6] = (c6 & mask26) + (c5 >>> 25);
        r[7] = c7 & mask25;
        r[8] = c8 & mask26;
        r[9] = c9 & mask25;
    }

    /// <summary>2p, limb by limb: at least any tight limb.</summary>
    internal static ulong TwiceModulus(int limb) => 2 * (limb == 0 ? (1UL << 26) - 19 : limb % 2 == 0 ? (1UL << 26) - 1 : (1UL << 25) - 1);

    /// <summary>The product of the lower 32 bits of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> P(Vector256<ulong> a, Vector256<ulong> b) => Avx2.Multiply(a.AsUInt32(), b.AsUInt32());

    /// <summary>Four elements in lanes 0 to 3, from tight limbs of radix 2⁵¹, each of which is two of ours.</summary>
    internal static void FromElements(
        out Field25519Lanes r, in Field25519 x, in Field25519 y, in Field25519 z, in Field25519 t)
    {
        Unsafe.SkipInit(out r);
        Split(ref r, 0, Vector256.Create(x.L0, y.L0, z.L0, t.L0));
        Split(ref r, 2, Vector256.Create(x.L1, y.L1, z.L1, t.L1));
        Split(ref r, 4, Vector256.Create(x.L2, y.L2, z.L2, t.L2));
        Split(ref r, 6, Vector256.Create(x.L3, y.L3, z.L3, t.L3));
        Split(ref r, 8, Vector256.Create(x.L4, y.L4, z.L4, t.L4));
    }

    /// <summary>The element in a lane of tight limbs, tight too.</summary>
    internal readonly Field25519 ToElement(int lane) => new Field25519(
        this[0][lane] + (this[1][lane] << 26), this[2][lane] + (this[3][lane] << 26), this[4][lane] + (this[5][lane] << 26),
        this[6][lane] + (this[7][lane] << 26), this[8][lane] + (this[9][lane] << 26)).Carry();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Split(ref Field25519Lanes r, int i, Vector256<ulong> limbs)
    {
        r[i] = limbs & Vector256.Create((1UL << 26) - 1);
        r[i + 1] = limbs >>> 26;
    }
}
