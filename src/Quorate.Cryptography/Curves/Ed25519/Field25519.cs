using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// An integer modulo p = 2²⁵⁵ − 19 as five limbs of radix 2⁵¹, lazily reduced: a value has many representations, and
/// every operation states the limbs it accepts and leaves. Constant time unless a name ends in VarTime.
/// </summary>
/// <remarks>
/// Two bounds are named throughout. <b>Tight</b> limbs are below 2⁵¹ + 2¹⁸: what multiplication, squaring and
/// <see cref="Carry"/> leave. <b>Loose</b> limbs are below 2⁵⁴: what multiplication and squaring accept. Sums and
/// differences of tight values are loose, so the formulas of the curve need no carries between products.
/// </remarks>
readonly partial struct Field25519(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
{
    const ulong Mask51 = (1UL << 51) - 1;

    internal readonly ulong L0 = l0, L1 = l1, L2 = l2, L3 = l3, L4 = l4;

    internal static Field25519 One => new(1, 0, 0, 0, 0);

    /// <summary>a + b limb by limb; the bounds add up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field25519 operator +(in Field25519 a, in Field25519 b) =>
        new(a.L0 + b.L0, a.L1 + b.L1, a.L2 + b.L2, a.L3 + b.L3, a.L4 + b.L4);

    /// <summary>a + 2p − b, for tight b. The limbs grow by less than 2⁵²: loose for any a below 2⁵³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field25519 operator -(in Field25519 a, in Field25519 b) => new(
        a.L0 + (2 * (Mask51 - 18)) - b.L0, a.L1 + (2 * Mask51) - b.L1, a.L2 + (2 * Mask51) - b.L2,
        a.L3 + (2 * Mask51) - b.L3, a.L4 + (2 * Mask51) - b.L4);

    /// <summary>a + 4p − b, for b below 2⁵³ − 2⁷. The limbs grow by less than 2⁵³: loose for any a below 2⁵³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Field25519 SubtractWide(in Field25519 a, in Field25519 b) => new(
        a.L0 + (4 * (Mask51 - 18)) - b.L0, a.L1 + (4 * Mask51) - b.L1, a.L2 + (4 * Mask51) - b.L2,
        a.L3 + (4 * Mask51) - b.L3, a.L4 + (4 * Mask51) - b.L4);

    /// <summary>−a for tight a; the result is tight.</summary>
    public static Field25519 operator -(in Field25519 a) => (default(Field25519) - a).Carry();

    /// <summary>The same value with tight limbs, from any limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Field25519 Carry() => new(
        (L0 & Mask51) + (19 * (L4 >> 51)), (L1 & Mask51) + (L0 >> 51), (L2 & Mask51) + (L1 >> 51),
        (L3 & Mask51) + (L2 >> 51), (L4 & Mask51) + (L3 >> 51));

    /// <summary>b where <paramref name="mask"/> is all ones, a where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Field25519 Select(in Field25519 a, in Field25519 b, ulong mask) => new(
        a.L0 ^ (mask & (a.L0 ^ b.L0)), a.L1 ^ (mask & (a.L1 ^ b.L1)), a.L2 ^ (mask & (a.L2 ^ b.L2)),
        a.L3 ^ (mask & (a.L3 ^ b.L3)), a.L4 ^ (mask & (a.L4 ^ b.L4)));

    /// <summary>The same limbs with the bits of <paramref name="bit"/> set in the lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Field25519 WithLowest(ulong bit) => new(L0 | bit, L1, L2, L3, L4);
}
