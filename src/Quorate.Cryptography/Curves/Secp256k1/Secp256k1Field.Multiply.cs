using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Products. A product of two limbs is split at 2⁵⁵ into two words that are only added up, so no carry is ever
/// compared: low = a·b mod 2⁵⁵ and high = ⌊a·b / 2⁵⁵⌋, both single instructions with one result.
/// </summary>
readonly partial struct Secp256k1Field
{
    const ulong ProductMask = (1UL << 55) - 1;

    /// <summary>a·b.</summary>
    [SkipLocalsInit]
    public static Secp256k1Field operator *(in Secp256k1Field a, in Secp256k1Field b)
    {
        ulong b0 = b.N0, b1 = b.N1, b2 = b.N2, b3 = b.N3, b4 = b.N4;
        var n = a.N0;
        var m = n << 9;
        var c0 = Low(n, b0);
        var (c1, d1) = (Low(n, b1), Limb.High(m, b0));
        var (c2, d2) = (Low(n, b2), Limb.High(m, b1));
        var (c3, d3) = (Low(n, b3), Limb.High(m, b2));
        var (c4, d4) = (Low(n, b4), Limb.High(m, b3));
        var d5 = Limb.High(m, b4);

        n = a.N1;
        m = n << 9;
        c1 += Low(n, b0);
        c2 += Low(n, b1);
        d2 += Limb.High(m, b0);
        c3 += Low(n, b2);
        d3 += Limb.High(m, b1);
        c4 += Low(n, b3);
        d4 += Limb.High(m, b2);
        var c5 = Low(n, b4);
        d5 += Limb.High(m, b3);
        var d6 = Limb.High(m, b4);

        n = a.N2;
        m = n << 9;
        c2 += Low(n, b0);
        c3 += Low(n, b1);
        d3 += Limb.High(m, b0);
        c4 += Low(n, b2);
        d4 += Limb.High(m, b1);
        c5 += Low(n, b3);
        d5 += Limb.High(m, b2);
        var c6 = Low(n, b4);
        d6 += Limb.High(m, b3);
        var d7 = Limb.High(m, b4);

        n = a.N3;
        m = n << 9;
        c3 += Low(n, b0);
        c4 += Low(n, b1);
        d4 += Limb.High(m, b0);
        c5 += Low(n, b2);
        d5 += Limb.High(m, b1);
        c6 += Low(n, b3);
        d6 += Limb.High(m, b2);
        var c7 = Low(n, b4);
        d7 += Limb.High(m, b3);
        var d8 = Limb.High(m, b4);

        n = a.N4;
        m = n << 9;
        c4 += Low(n, b0);
        c5 += Low(n, b1);
        d5 += Limb.High(m, b0);
        c6 += Low(n, b2);
        d6 += Limb.High(m, b1);
        c7 += Low(n, b3);
        d7 += Limb.High(m, b2);
        var c8 = Low(n, b4);
        d8 += Limb.High(m, b3);
        var d9 = Limb.High(m, b4);

        return Reduce(c0, c1 + (d1 << 3), c2 + (d2 << 3), c3 + (d3 << 3), c4 + (d4 << 3),
            c5 + (d5 << 3), c6 + (d6 << 3), c7 + (d7 << 3), c8 + (d8 << 3), d9 << 3);
    }

    /// <summary>a².</summary>
    internal Secp256k1Field Square() => this * this;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Low(ulong a, ulong b) => (a * b) & ProductMask;

    /// <summary>
    /// Σ cᵢ·2⁵²ⁱ for columns below 2⁶¹. Columns five to nine return as cᵢ·<see cref="Fold"/> in two words split at 2⁵²:
    /// at most 2⁵² and 2⁴⁶ more a column, so everything stays below 2⁶² until the final carry.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Secp256k1Field Reduce(
        ulong c0, ulong c1, ulong c2, ulong c3, ulong c4, ulong c5, ulong c6, ulong c7, ulong c8, ulong c9)
    {
        // The high word of column nine belongs to column ten, that is column five once more.
        c4 += Fold * c9 & Mask;
        c5 += Limb.High(Fold << 12, c9);
        c0 += Fold * c5 & Mask;
        c1 += Limb.High(Fold << 12, c5) + (Fold * c6 & Mask);
        c2 += Limb.High(Fold << 12, c6) + (Fold * c7 & Mask);
        c3 += Limb.High(Fold << 12, c7) + (Fold * c8 & Mask);
        c4 += Limb.High(Fold << 12, c8);
        return Carry(c0, c1, c2, c3, c4);
    }
}
