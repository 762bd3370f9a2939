using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>Products. Each product of two limbs is split at bit 54 so that columns add up without carries.</summary>
readonly partial struct Field25519
{
    const ulong Mask54 = (1UL << 54) - 1;

    /// <summary>a·b for loose a and b; the result is tight.</summary>
    /// <remarks>
    /// With a, b below 2⁵⁴: High(a·2¹⁰, b) = ⌊ab / 2⁵⁴⌋ and ab mod 2⁵⁴ are both below 2⁵⁴. The upper half weighs
    /// 2⁵⁴ = 2³·2⁵¹, so it enters the next column eight times. After folding columns 5 to 9 into 0 to 4 with factor 19,
    /// column 0 is the fullest: 1 + 19·4 lower and 8·19·5 upper halves, 837·2⁵⁴ &lt; 2⁶⁴.
    /// </remarks>
    [SkipLocalsInit]
    public static Field25519 operator *(in Field25519 a, in Field25519 b)
    {
        ulong b0 = b.L0, b1 = b.L1, b2 = b.L2, b3 = b.L3, b4 = b.L4;

        var x = a.L0;
        var s = x << 10;
        var c0 = (x * b0) & Mask54;
        var h1 = Limb.High(s, b0);
        var c1 = (x * b1) & Mask54;
        var h2 = Limb.High(s, b1);
        var c2 = (x * b2) & Mask54;
        var h3 = Limb.High(s, b2);
        var c3 = (x * b3) & Mask54;
        var h4 = Limb.High(s, b3);
        var c4 = (x * b4) & Mask54;
        var h5 = Limb.High(s, b4);

        x = a.L1;
        s = x << 10;
        c1 += (x * b0) & Mask54;
        h2 += Limb.High(s, b0);
        c2 += (x * b1) & Mask54;
        h3 += Limb.High(s, b1);
        c3 += (x * b2) & Mask54;
        h4 += Limb.High(s, b2);
        c4 += (x * b3) & Mask54;
        h5 += Limb.High(s, b3);
        var c5 = (x * b4) & Mask54;
        var h6 = Limb.High(s, b4);

        x = a.L2;
        s = x << 10;
        c2 += (x * b0) & Mask54;
        h3 += Limb.High(s, b0);
        c3 += (x * b1) & Mask54;
        h4 += Limb.High(s, b1);
        c4 += (x * b2) & Mask54;
        h5 += Limb.High(s, b2);
        c5 += (x * b3) & Mask54;
        h6 += Limb.High(s, b3);
        var c6 = (x * b4) & Mask54;
        var h7 = Limb.High(s, b4);

        x = a.L3;
        s = x << 10;
        c3 += (x * b0) & Mask54;
        h4 += Limb.High(s, b0);
        c4 += (x * b1) & Mask54;
        h5 += Limb.High(s, b1);
        c5 += (x * b2) & Mask54;
        h6 += Limb.High(s, b2);
        c6 += (x * b3) & Mask54;
        h7 += Limb.High(s, b3);
        var c7 = (x * b4) & Mask54;
        var h8 = Limb.High(s, b4);

        x = a.L4;
        s = x << 10;
        c4 += (x * b0) & Mask54;
        h5 += Limb.High(s, b0);
        c5 += (x * b1) & Mask54;
        h6 += Limb.High(s, b1);
        c6 += (x * b2) & Mask54;
        h7 += Limb.High(s, b2);
        c7 += (x * b3) & Mask54;
        h8 += Limb.High(s, b3);
        var c8 = (x * b4) & Mask54;
        var h9 = Limb.High(s, b4);

        return Fold(
            c0, c1 + (h1 << 3), c2 + (h2 << 3), c3 + (h3 << 3), c4 + (h4 << 3),
            c5 + (h5 << 3), c6 + (h6 << 3), c7 + (h7 << 3), c8 + (h8 << 3), h9 << 3);
    }

    /// <summary>a² for loose a; the result is tight. The bounds are those of the product: 2·aᵢ is below 2⁵⁵ and only ever the second factor.</summary>
    [SkipLocalsInit]
    internal static Field25519 Square(in Field25519 a)
    {
        ulong a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4;
        ulong d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1, d4 = a4 << 1;

        var s = a0 << 10;
        var c0 = (a0 * a0) & Mask54;
        var h1 = Limb.High(s, a0);
        var c1 = (a0 * d1) & Mask54;
        var h2 = Limb.High(s, d1);
        var c2 = (a0 * d2) & Mask54;
        var h3 = Limb.High(s, d2);
        var c3 = (a0 * d3) & Mask54;
        var h4 = Limb.High(s, d3);
        var c4 = (a0 * d4) & Mask54;
        var h5 = Limb.High(s, d4);

        s = a1 << 10;
        c2 += (a1 * a1) & Mask54;
        h3 += Limb.High(s, a1);
        c3 += (a1 * d2) & Mask54;
        h4 += Limb.High(s, d2);
        c4 += (a1 * d3) & Mask54;
        h5 += Limb.High(s, d3);
        var c5 = (a1 * d4) & Mask54;
        var h6 = Limb.High(s, d4);

        s = a2 << 10;
        c4 += (a2 * a2) & Mask54;
        h5 += Limb.High(s, a2);
        c5 += (a2 * d3) & Mask54;
        h6 += Limb.High(s, d3);
        var c6 = (a2 * d4) & Mask54;
        var h7 = Limb.High(s, d4);

        s = a3 << 10;
        c6 += (a3 * a3) & Mask54;
        h7 += Limb.High(s, a3);
        var c7 = (a3 * d4) & Mask54;
        var h8 = Limb.High(s, d4);

        s = a4 << 10;
        var c8 = (a4 * a4) & Mask54;
        var h9 = Limb.High(s, a4);

        return Fold(
            c0, c1 + (h1 << 3), c2 + (h2 << 3), c3 + (h3 << 3), c4 + (h4 << 3),
            c5 + (h5 << 3), c6 + (h6 << 3), c7 + (h7 << 3), c8 + (h8 << 3), h9 << 3);
    }

    /// <summary>2²⁵⁵ ≡ 19: adds columns 5 to 9 to columns 0 to 4 nineteen-fold and carries once, all limbs in parallel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Field25519 Fold(
        ulong c0, ulong c1, ulong c2, ulong c3, ulong c4, ulong c5, ulong c6, ulong c7, ulong c8, ulong c9) =>
        new Field25519(c0 + (19 * c5), c1 + (19 * c6), c2 + (19 * c7), c3 + (19 * c8), c4 + (19 * c9)).Carry();
}
