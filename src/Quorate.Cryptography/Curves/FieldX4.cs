using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Four field elements side by side, one to a lane, so that one instruction works on all of them: the coordinates of a
/// point, or the independent products of a group law. An element is six limbs of 43 bits held as doubles.
/// </summary>
/// <remarks>
/// <para>
/// Why doubles: the widest multiplier that every vector unit has, and that .NET exposes, is the 53-bit one of the fused
/// multiply-add. Every operation here is exact on integers, or rounds to a multiple of 2⁴³ on purpose; see
/// <see cref="Multiply(ref FieldX4, in FieldX4, in FieldX4, double)"/>. No value is ever subnormal, infinite or NaN, so
/// time does not depend on data. The rounding mode is the default one, to nearest.
/// </para>
/// <para>
/// Limbs are signed and loose: an element is Σ xᵢ·2⁴³ⁱ for limbs far beyond 43 bits, so sums, differences and small
/// multiples need no carry. The bounds that products ask for are stated there and kept by the callers.
/// </para>
/// </remarks>
[InlineArray(Limbs)]
struct FieldX4
{
    /// <summary>Limbs to an element.</summary>
    internal const int Limbs = 6;

    /// <summary>
    /// What every product leaves: limbs of at most 1.25·2⁴², provided that no column of the product exceeds 2⁹¹·⁹.
    /// </summary>
    internal const double Tight = 1.25 * (1L << 42);

    /// <summary>1.5·2⁹⁵: what is added to it is rounded to a multiple of 2⁴³, for summands below 2⁹⁴.</summary>
    const double Rounder = 1.5 * (1L << 48) * (1L << 47);

    /// <summary>2⁻⁴³: carries a multiple of 2⁴³ to the next limb.</summary>
    const double ToNext = 1.0 / (1L << 43);

    /// <summary>1.5·2⁵²: a double of this size has its integer part in the lowest bits, for summands below 2⁵¹.</summary>
    const double Integer = 1.5 * (1L << 52);

    Vector256<double> limb;

    /// <summary>The limbs at <paramref name="index"/> as integers, for limbs below 2⁵¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly Vector256<long> ToIntegers(int index) =>
        (this[index] + Vector256.Create(Integer)).AsInt64() - Vector256.Create(Integer).AsInt64();

    /// <summary>Carries once, so that limbs below 2⁴⁸ become tight.</summary>
    internal static void Tighten(ref FieldX4 r, double fold) =>
        Carry(ref r, Vector256.Create(fold), r[0], r[1], r[2], r[3], r[4], r[5]);

    /// <summary>a·b lane by lane. <paramref name="fold"/> is 2²⁵⁸ modulo the field's prime, below 2³⁵.</summary>
    /// <remarks>
    /// <para>
    /// A column is Σ aᵢ·bⱼ over i + j = k. Its sum s starts at <see cref="Rounder"/>; s′ = fma(a, b, s) loses the product's
    /// low part, which is exactly fma(a, b, s − s′), at most 2⁴². So s collects the column in multiples of 2⁴³ and the low
    /// parts l add up apart. Columns six to eleven come back as one more product each, with fold, six columns below.
    /// </para>
    /// <para>
    /// Bounds: a column's Σ |aᵢ·bⱼ| must stay below 2⁹³·⁹, so that with the folded product (below 2⁸⁶) s stays in one
    /// binade. Then a column is below 2⁵¹ + 2⁴⁶, everything is exact, and the result's limbs are below 2⁴³·⁰³: the lowest
    /// gets fold·2⁸ from the top, the others 2⁹.
    /// </para>
    /// <para>The columns stand in an order that starts the longest chain of dependent instructions first.</para>
    /// </remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Multiply(ref FieldX4 r, in FieldX4 a, in FieldX4 b, double fold)
    {
        // Both are constants to the JIT.
        if (!Fma.IsSupported && !AdvSimd.Arm64.IsSupported)
            ThrowNoFusedMultiplyAdd();
        var f = Vector256.Create(fold);
        Column(10, a, b, out var s10, out var l10);
        Column(5, a, b, out var s5, out var l5);
        Column(6, a, b, out var s6, out var l6);
        Column(4, a, b, out var s4, out var l4);
        Column(9, a, b, out var s9, out var l9);
        var t11 = Next(s10, Vector256<double>.Zero);
        Accumulate(f, t11, ref s5, ref l5);
        Column(8, a, b, out var s8, out var l8);
        var t10 = Next(s9, l10);
        var t9 = Next(s8, l9);
        Column(7, a, b, out var s7, out var l7);
        var t6 = Next(s5, l6);
        var t8 = Next(s7, l8);
        Column(3, a, b, out var s3, out var l3);
        var t7 = Next(s6, l7);
        Accumulate(f, t10, ref s4, ref l4);
        Accumulate(f, t9, ref s3, ref l3);
        Column(2, a, b, out var s2, out var l2);
        Accumulate(f, t8, ref s2, ref l2);
        Column(0, a, b, out var s0, out var l0);
        Accumulate(f, t6, ref s0, ref l0);
        Column(1, a, b, out var s1, out var l1);
        Accumulate(f, t7, ref s1, ref l1);
        Carry(ref r, f, l0, Next(s0, l1), Next(s1, l2), Next(s2, l3), Next(s3, l4), Next(s4, l5));
    }

    /// <summary>a·b + c·d lane by lane, with one reduction. The bounds are those of the single product, for both columns together.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void MultiplyAdd(
        ref FieldX4 r, in FieldX4 a, in FieldX4 b, in FieldX4 c, in FieldX4 d, double fold)
    {
        var f = Vector256.Create(fold);
        Column(10, a, b, out var s10, out var l10);
        AddColumn(10, 5, c, d, ref s10, ref l10);
        var t11 = Next(s10, Vector256<double>.Zero);
        Column(9, a, b, out var s9, out var l9);
        AddColumn(9, 4, c, d, ref s9, ref l9);
        var t10 = Next(s9, l10);
        Column(8, a, b, out var s8, out var l8);
        AddColumn(8, 3, c, d, ref s8, ref l8);
        var t9 = Next(s8, l9);
        Column(7, a, b, out var s7, out var l7);
        AddColumn(7, 2, c, d, ref s7, ref l7);
        var t8 = Next(s7, l8);
        Column(5, a, b, out var s5, out var l5);
        AddColumn(5, 0, c, d, ref s5, ref l5);
        Accumulate(f, t11, ref s5, ref l5);
        Column(6, a, b, out var s6, out var l6);
        AddColumn(6, 1, c, d, ref s6, ref l6);
        var t7 = Next(s6, l7);
        var t6 = Next(s5, l6);
        Column(4, a, b, out var s4, out var l4);
        AddColumn(4, 0, c, d, ref s4, ref l4);
        Accumulate(f, t10, ref s4, ref l4);
        Column(3, a, b, out var s3, out var l3);
        AddColumn(3, 0, c, d, ref s3, ref l3);
        Accumulate(f, t9, ref s3, ref l3);
        Column(2, a, b, out var s2, out var l2);
        AddColumn(2, 0, c, d, ref s2, ref l2);
        Accumulate(f, t8, ref s2, ref l2);
        Column(1, a, b, out var s1, out var l1);
        AddColumn(1, 0, c, d, ref s1, ref l1);
        Accumulate(f, t7, ref s1, ref l1);
        Column(0, a, b, out var s0, out var l0);
        AddColumn(0, 0, c, d, ref s0, ref l0);
        Accumulate(f, t6, ref s0, ref l0);
        Carry(ref r, f, l0, Next(s0, l1), Next(s1, l2), Next(s2, l3), Next(s3, l4), Next(s4, l5));
    }

    /// <summary>Column k of a·b. <paramref name="k"/> is a constant at every call, so nothing of the tests remains.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Column(int k, in FieldX4 a, in FieldX4 b, out Vector256<double> s, out Vector256<double> l)
    {
        var first = k > 5 ? k - 5 : 0;
        var rounder = Vector256.Create(Rounder);
        s = Vector256.FusedMultiplyAdd(a[first], b[k - first], rounder);
        l = Vector256.FusedMultiplyAdd(a[first], b[k - first], rounder - s);
        AddColumn(k, first + 1, a, b, ref s, ref l);
    }

    /// <summary>Adds the products of column k whose left limb is <paramref name="from"/> or higher.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddColumn(int k, int from, in FieldX4 a, in FieldX4 b, ref Vector256<double> s, ref Vector256<double> l)
    {
        if (from <= 0 && k >= 0 && k <= 5)
            Accumulate(a[0], b[k], ref s, ref l);
        if (from <= 1 && k >= 1 && k <= 6)
            Accumulate(a[1], b[k - 1], ref s, ref l);
        if (from <= 2 && k >= 2 && k <= 7)
            Accumulate(a[2], b[k - 2], ref s, ref l);
        if (from <= 3 && k >= 3 && k <= 8)
            Accumulate(a[3], b[k - 3], ref s, ref l);
        if (from <= 4 && k >= 4 && k <= 9)
            Accumulate(a[4], b[k - 4], ref s, ref l);
        if (from <= 5 && k >= 5)
            Accumulate(a[5], b[k - 5], ref s, ref l);
    }

    /// <summary>Adds x·y: to s what is a multiple of 2⁴³, to l the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Accumulate(Vector256<double> x, Vector256<double> y, ref Vector256<double> s, ref Vector256<double> l)
    {
        var sum = Vector256.FusedMultiplyAdd(x, y, s);
        l += Vector256.FusedMultiplyAdd(x, y, s - sum);
        s = sum;
    }

    /// <summary>l plus what the column below passes on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> Next(Vector256<double> s, Vector256<double> l) =>
        Vector256.FusedMultiplyAdd(s - Vector256.Create(Rounder), Vector256.Create(ToNext), l);

    /// <summary>Every limb rounded to a multiple of 2⁴³ passes that on; the last one's returns to the first times fold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Carry(
        ref FieldX4 r, Vector256<double> fold, Vector256<double> t0, Vector256<double> t1, Vector256<double> t2,
        Vector256<double> t3, Vector256<double> t4, Vector256<double> t5)
    {
        var rounder = Vector256.Create(Rounder);
        var next = Vector256.Create(ToNext);
        var q0 = t0 + rounder - rounder;
        var q1 = t1 + rounder - rounder;
        var q2 = t2 + rounder - rounder;
        var q3 = t3 + rounder - rounder;
        var q4 = t4 + rounder - rounder;
        var q5 = t5 + rounder - rounder;
        r[0] = Vector256.FusedMultiplyAdd(q5, fold * next, t0 - q0);
        r[1] = Vector256.FusedMultiplyAdd(q0, next, t1 - q1);
        r[2] = Vector256.FusedMultiplyAdd(q1, next, t2 - q2);
        r[3] = Vector256.FusedMultiplyAdd(q2, next, t3 - q3);
        r[4] = Vector256.FusedMultiplyAdd(q3, next, t4 - q4);
        r[5] = Vector256.FusedMultiplyAdd(q4, next, t5 - q5);
    }

    /// <summary>.NET would emulate the instruction, in a time that depends on the operands.</summary>
    [DoesNotReturn]
    static void ThrowNoFusedMultiplyAdd() => throw new PlatformNotSupportedException(
        "secp256k1 needs a processor with fused multiply-add: x86-64 with FMA3 and AVX2 (2013 and later), or ARM64.");
}
