using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Products whose columns add up without carries. A product of two limbs is split at bit 54 into an upper and a lower
/// part. The upper parts of a column are added as they are. The lower parts need no masking: their sum is below 2⁶⁴, so
/// it is known from its residue, the sum of the wrapped products minus 2⁵⁴ times the sum of the upper parts.
/// </summary>
readonly partial struct Field25519
{
    /// <summary>r = a·b for loose a and b; r is tight and may be a or b.</summary>
    /// <remarks>
    /// 2²⁵⁵ ≡ 19, so what lies above column 4 enters with b nineteen-fold. With a, b below 2⁵⁴, ⌊2¹⁰·a·b / 2⁶⁴⌋ is
    /// ⌊ab / 2⁵⁴⌋, below 2⁵⁴, and below 19·2⁵⁴ for 19b. Column 0 holds one plain and four nineteen-fold products, so its
    /// upper parts h0 sum to less than 77·2⁵⁴; column 4 holds five plain ones, and h4 is below 5·2⁵⁴. The lower parts of a
    /// column sum to less than 5·2⁵⁴. An upper part weighs 2⁵⁴ = 8·2⁵¹ in the next column and, out of column 4 into
    /// column 0, 19 times that: the fullest column is 152·h4 plus its lower parts, below 765·2⁵⁴ &lt; 2⁶⁴.
    /// </remarks>
    [SkipLocalsInit]
    internal static void Multiply(out Field25519 r, in Field25519 a, in Field25519 b)
    {
        ulong b0 = b.L0, b1 = b.L1, b2 = b.L2, b3 = b.L3, b4 = b.L4;
        ulong n1 = 19 * b1, n2 = 19 * b2, n3 = 19 * b3, n4 = 19 * b4;

        var x = a.L0 << 10;
        var h0 = Limb.High(x, b0);
        var h1 = Limb.High(x, b1);
        var h2 = Limb.High(x, b2);
        var h3 = Limb.High(x, b3);
        var h4 = Limb.High(x, b4);

        x = a.L1 << 10;
        h1 += Limb.High(x, b0);
        h2 += Limb.High(x, b1);
        h3 += Limb.High(x, b2);
        h4 += Limb.High(x, b3);
        h0 += Limb.High(x, n4);

        x = a.L2 << 10;
        h2 += Limb.High(x, b0);
        h3 += Limb.High(x, b1);
        h4 += Limb.High(x, b2);
        h0 += Limb.High(x, n3);
        h1 += Limb.High(x, n4);

        x = a.L3 << 10;
        h3 += Limb.High(x, b0);
        h4 += Limb.High(x, b1);
        h0 += Limb.High(x, n2);
        h1 += Limb.High(x, n3);
        h2 += Limb.High(x, n4);

        x = a.L4 << 10;
        h4 += Limb.High(x, b0);
        h0 += Limb.High(x, n1);
        h1 += Limb.High(x, n2);
        h2 += Limb.High(x, n3);
        h3 += Limb.High(x, n4);

        x = a.L0;
        var p0 = x * b0;
        var p1 = x * b1;
        var p2 = x * b2;
        var p3 = x * b3;
        var p4 = x * b4;

        x = a.L1;
        p1 += x * b0;
        p2 += x * b1;
        p3 += x * b2;
        p4 += x * b3;
        p0 += x * n4;

        x = a.L2;
        p2 += x * b0;
        p3 += x * b1;
        p4 += x * b2;
        p0 += x * n3;
        p1 += x * n4;

        x = a.L3;
        p3 += x * b0;
        p4 += x * b1;
        p0 += x * n2;
        p1 += x * n3;
        p2 += x * n4;

        x = a.L4;
        p4 += x * b0;
        p0 += x * n1;
        p1 += x * n2;
        p2 += x * n3;
        p3 += x * n4;

        r = Join(p0, p1, p2, p3, p4, h0, h1, h2, h3, h4);
    }

    /// <summary>r = a² for loose a; r is tight and may be a. The doubled and nineteen-fold factors stand second, so the product's bounds hold.</summary>
    [SkipLocalsInit]
    internal static void Square(out Field25519 r, in Field25519 a)
    {
        ulong a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4;
        ulong d1 = 2 * a1, d2 = 2 * a2, d3 = 2 * a3, d4 = 2 * a4;
        ulong n3 = 19 * a3, n4 = 19 * a4, m3 = 2 * n3, m4 = 2 * n4;

        var x = a0 << 10;
        var h0 = Limb.High(x, a0);
        var h1 = Limb.High(x, d1);
        var h2 = Limb.High(x, d2);
        var h3 = Limb.High(x, d3);
        var h4 = Limb.High(x, d4);

        x = a1 << 10;
        h2 += Limb.High(x, a1);
        h3 += Limb.High(x, d2);
        h4 += Limb.High(x, d3);
        h0 += Limb.High(x, m4);

        x = a2 << 10;
        h4 += Limb.High(x, a2);
        h0 += Limb.High(x, m3);
        h1 += Limb.High(x, m4);

        x = a3 << 10;
        h1 += Limb.High(x, n3);
        h2 += Limb.High(x, m4);

        x = a4 << 10;
        h3 += Limb.High(x, n4);

        x = a0;
        var p0 = x * a0;
        var p1 = x * d1;
        var p2 = x * d2;
        var p3 = x * d3;
        var p4 = x * d4;

        x = a1;
        p2 += x * a1;
        p3 += x * d2;
        p4 += x * d3;
        p0 += x * m4;

        x = a2;
        p4 += x * a2;
        p0 += x * m3;
        p1 += x * m4;

        x = a3;
        p1 += x * n3;
        p2 += x * m4;

        x = a4;
        p3 += x * n4;

        r = Join(p0, p1, p2, p3, p4, h0, h1, h2, h3, h4);
    }

    /// <summary>The columns from their wrapped products and upper parts, carried once, all limbs in parallel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Field25519 Join(
        ulong p0, ulong p1, ulong p2, ulong p3, ulong p4, ulong h0, ulong h1, ulong h2, ulong h3, ulong h4) => new Field25519(
            p0 - (h0 << 54) + (152 * h4), p1 - (h1 << 54) + (h0 << 3), p2 - (h2 << 54) + (h1 << 3),
            p3 - (h3 << 54) + (h2 << 3), p4 - (h4 << 54) + (h3 << 3)).Carry();

    /// <summary>a·b for loose a and b; the result is tight. <see cref="Multiply"/> is for hot paths: it writes in place.</summary>
    [SkipLocalsInit]
    public static Field25519 operator *(in Field25519 a, in Field25519 b)
    {
        Multiply(out var r, a, b);
        return r;
    }
}
