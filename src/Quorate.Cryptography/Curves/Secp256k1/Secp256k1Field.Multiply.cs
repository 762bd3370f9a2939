using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Products. A product of two limbs is split at 2⁵⁵ into two words that are only added up, so no carry is ever
/// compared: low = a·b mod 2⁵⁵ and high = ⌊a·b / 2⁵⁵⌋, both single instructions with one result.
/// </summary>
readonly partial struct Secp256k1Field
{
    /// <summary>a·b.</summary>
    [SkipLocalsInit]
    public static Secp256k1Field operator *(in Secp256k1Field a, in Secp256k1Field b)
    {
        ulong a0 = a.N0, a1 = a.N1, a2 = a.N2, a3 = a.N3, a4 = a.N4;
        ulong b0 = b.N0, b1 = b.N1, b2 = b.N2, b3 = b.N3, b4 = b.N4;
        var c0 = a0 * b0;
        var d0 = High(a0, b0);
        var c1 = a0 * b1 + a1 * b0;
        var d1 = High(a0, b1) + High(a1, b0);
        var c2 = a0 * b2 + a1 * b1 + a2 * b0;
        var d2 = High(a0, b2) + High(a1, b1) + High(a2, b0);
        var c3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0;
        var d3 = High(a0, b3) + High(a1, b2) + High(a2, b1) + High(a3, b0);
        var c4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0;
        var d4 = High(a0, b4) + High(a1, b3) + High(a2, b2) + High(a3, b1) + High(a4, b0);
        var c5 = a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1;
        var d5 = High(a1, b4) + High(a2, b3) + High(a3, b2) + High(a4, b1);
        var c6 = a2 * b4 + a3 * b3 + a4 * b2;
        var d6 = High(a2, b4) + High(a3, b3) + High(a4, b2);
        var c7 = a3 * b4 + a4 * b3;
        var d7 = High(a3, b4) + High(a4, b3);
        var c8 = a4 * b4;
        var d8 = High(a4, b4);
        return Reduce(c0 - (d0 << 55), c1 - (d1 << 55) + (d0 << 3), c2 - (d2 << 55) + (d1 << 3), c3 - (d3 << 55) + (d2 << 3),
            c4 - (d4 << 55) + (d3 << 3), c5 - (d5 << 55) + (d4 << 3), c6 - (d6 << 55) + (d5 << 3),
            c7 - (d7 << 55) + (d6 << 3), c8 - (d8 << 55) + (d7 << 3), d8 << 3);
    }

    /// <summary>a².</summary>
    [SkipLocalsInit]
    internal Secp256k1Field Square()
    {
        ulong a0 = N0, a1 = N1, a2 = N2, a3 = N3, a4 = N4;
        ulong b0 = 2 * a0, b1 = 2 * a1, b2 = 2 * a2, b3 = 2 * a3;
        var c0 = a0 * a0;
        var d0 = High(a0, a0);
        var c1 = a1 * b0;
        var d1 = High(a1, b0);
        var c2 = a2 * b0 + a1 * a1;
        var d2 = High(a2, b0) + High(a1, a1);
        var c3 = a3 * b0 + a2 * b1;
        var d3 = High(a3, b0) + High(a2, b1);
        var c4 = a4 * b0 + a3 * b1 + a2 * a2;
        var d4 = High(a4, b0) + High(a3, b1) + High(a2, a2);
        var c5 = a4 * b1 + a3 * b2;
        var d5 = High(a4, b1) + High(a3, b2);
        var c6 = a4 * b2 + a3 * a3;
        var d6 = High(a4, b2) + High(a3, a3);
        var c7 = a4 * b3;
        var d7 = High(a4, b3);
        var c8 = a4 * a4;
        var d8 = High(a4, a4);
        return Reduce(c0 - (d0 << 55), c1 - (d1 << 55) + (d0 << 3), c2 - (d2 << 55) + (d1 << 3), c3 - (d3 << 55) + (d2 << 3),
            c4 - (d4 << 55) + (d3 << 3), c5 - (d5 << 55) + (d4 << 3), c6 - (d6 << 55) + (d5 << 3),
            c7 - (d7 << 55) + (d6 << 3), c8 - (d8 << 55) + (d7 << 3), d8 << 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong High(ulong a, ulong b) => Limb.High(a << 9, b);

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
