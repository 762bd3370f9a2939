using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Quorate.Cryptography.Curves;

/// <summary>The way between one element of 52-bit limbs and the lanes of <see cref="FieldX4"/>, whose limbs have 43 bits.</summary>
readonly partial struct Secp256k1Field
{
    /// <summary>2⁹·p spread over six limbs so that each exceeds 2⁴⁹: keeps signed limbs positive without changing the residue.</summary>
    const ulong Spread = (1UL << 50) - (1UL << 7);
    const ulong SpreadLowest = (1UL << 50) - (FoldTop << 9);

    const ulong LaneMask = (1UL << 43) - 1;

    /// <summary>The loose element in a lane, for limbs below 2⁴⁹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Secp256k1Field FromLane(in FieldX4 v, int lane) => FromLimbs(
        (ulong)v.ToIntegers(0)[lane] + SpreadLowest, (ulong)v.ToIntegers(1)[lane] + Spread,
        (ulong)v.ToIntegers(2)[lane] + Spread, (ulong)v.ToIntegers(3)[lane] + Spread,
        (ulong)v.ToIntegers(4)[lane] + Spread, (ulong)v.ToIntegers(5)[lane] + Spread);

    static Secp256k1Field FromLimbs(ulong u0, ulong u1, ulong u2, ulong u3, ulong u4, ulong u5) => Carry(
        u0 + ((u1 & ((1UL << 9) - 1)) << 43),
        (u1 >> 9) + ((u2 & ((1UL << 18) - 1)) << 34),
        (u2 >> 18) + ((u3 & ((1UL << 27) - 1)) << 25),
        (u3 >> 27) + ((u4 & ((1UL << 36) - 1)) << 16),
        (u4 >> 36) + (u5 << 7));

    /// <summary>(x, y, z, 0) in lanes, tight.</summary>
    internal static void ToLanes(in Secp256k1Field x, in Secp256k1Field y, in Secp256k1Field z, out FieldX4 lanes)
    {
        lanes = default;
        var (a, b, c) = (x.Normalize(), y.Normalize(), z.Normalize());
        for (var i = 0; i < FieldX4.Limbs; i++)
            lanes[i] = Vector256.ConvertToDouble(Vector256.Create((long)a.Limb43(i), (long)b.Limb43(i), (long)c.Limb43(i), 0));
        FieldX4.Tighten(ref lanes, KoblitzFormulas.Fold);
    }

    /// <summary>Bits 43i to 43i + 42 of a normalised element.</summary>
    ulong Limb43(int i) => i switch
    {
        0 => N0 & LaneMask,
        1 => (N0 >> 43 | N1 << 9) & LaneMask,
        2 => (N1 >> 34 | N2 << 18) & LaneMask,
        3 => (N2 >> 25 | N3 << 27) & LaneMask,
        4 => (N3 >> 16 | N4 << 36) & LaneMask,
        _ => N4 >> 7,
    };
}
