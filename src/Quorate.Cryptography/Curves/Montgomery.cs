using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Arithmetic modulo the order N of <typeparamref name="C"/>, any odd number below 2²⁵⁶, on Montgomery forms
/// x·2²⁶⁰ mod N (Montgomery 1985). Constant time.
/// </summary>
/// <remarks>
/// Products go by five limbs of 52 bits, column by column. A column's sum is known modulo 2⁶⁴, and as ⌊x·y/2⁵²⌋ of each
/// product is summed up apart, that is enough: what remains of ten products is below 2⁵⁶. No carry is ever compared.
/// </remarks>
static class Montgomery<C> where C : struct, ICurve<C>
{
    const ulong Mask = (1UL << 52) - 1;

    // The order's limbs, each apart so that the compiler takes them for constants.
    static readonly ulong N0 = C.Order.L0 & Mask;
    static readonly ulong N1 = (C.Order.L0 >> 52 | C.Order.L1 << 12) & Mask;
    static readonly ulong N2 = (C.Order.L1 >> 40 | C.Order.L2 << 24) & Mask;
    static readonly ulong N3 = (C.Order.L2 >> 28 | C.Order.L3 << 36) & Mask;
    static readonly ulong N4 = C.Order.L3 >> 16;
    static readonly UInt256 N = C.Order;
    static readonly ulong NegativeInverse = ComputeNegativeInverse();
    static readonly UInt256 R2 = PowerOfTwo(520);
    static readonly UInt256 R3 = PowerOfTwo(780);
    static readonly UInt256 R2High = PowerOfTwo(776);
    static readonly OddModulus Modulus = new(C.Order);

    /// <summary>The form of 1.</summary>
    internal static readonly UInt256 One = PowerOfTwo(260);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static UInt256 Add(in UInt256 a, in UInt256 b)
    {
        var sum = UInt256.Add(a, b, out var carry);
        return SubtractOnce(sum, carry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static UInt256 Subtract(in UInt256 a, in UInt256 b)
    {
        var difference = UInt256.Subtract(a, b, out var borrow);
        return UInt256.Add(difference, UInt256.Select(default, N, 0UL - borrow), out _);
    }

    /// <summary>The form of any 256-bit value.</summary>
    internal static UInt256 ToForm(in UInt256 value) => Multiply(value, R2);

    /// <summary>The form of low + 2²⁵⁶·high.</summary>
    internal static UInt256 ToForm(in UInt256 low, in UInt256 high) => Add(Multiply(low, R2), Multiply(high, R2High));

    /// <summary>The reduced integer that this is the form of.</summary>
    internal static UInt256 FromForm(in UInt256 form) => Multiply(form, new UInt256(1, 0, 0, 0));

    /// <summary>The form of the inverse; zero for zero.</summary>
    internal static UInt256 Invert(in UInt256 a) => Multiply(SafeGcd.Invert(a, Modulus), R3);

    /// <summary>The form of the inverse; zero for zero.</summary>
    internal static UInt256 InvertVarTime(in UInt256 a) => Multiply(SafeGcd.InvertVarTime(a, Modulus), R3);

    /// <summary>a·b·2⁻²⁶⁰ mod N, for any a and b of which one is below N.</summary>
    [SkipLocalsInit]
    internal static UInt256 Multiply(in UInt256 a, in UInt256 b)
    {
        Split(a, out var a0, out var a1, out var a2, out var a3, out var a4);
        Split(b, out var b0, out var b1, out var b2, out var b3, out var b4);
        var (n0, n1, n2, n3, n4) = (N0, N1, N2, N3, N4);
        ulong c = 0, d = 0;
        Add(ref c, ref d, a0, b0);
        var m0 = Clear(ref c, ref d, n0);
        Add(ref c, ref d, a0, b1);
        Add(ref c, ref d, a1, b0);
        Add(ref c, ref d, m0, n1);
        var m1 = Clear(ref c, ref d, n0);
        Add(ref c, ref d, a0, b2);
        Add(ref c, ref d, a1, b1);
        Add(ref c, ref d, a2, b0);
        Add(ref c, ref d, m0, n2);
        Add(ref c, ref d, m1, n1);
        var m2 = Clear(ref c, ref d, n0);
        Add(ref c, ref d, a0, b3);
        Add(ref c, ref d, a1, b2);
        Add(ref c, ref d, a2, b1);
        Add(ref c, ref d, a3, b0);
        Add(ref c, ref d, m0, n3);
        Add(ref c, ref d, m1, n2);
        Add(ref c, ref d, m2, n1);
        var m3 = Clear(ref c, ref d, n0);
        Add(ref c, ref d, a0, b4);
        Add(ref c, ref d, a1, b3);
        Add(ref c, ref d, a2, b2);
        Add(ref c, ref d, a3, b1);
        Add(ref c, ref d, a4, b0);
        Add(ref c, ref d, m0, n4);
        Add(ref c, ref d, m1, n3);
        Add(ref c, ref d, m2, n2);
        Add(ref c, ref d, m3, n1);
        var m4 = Clear(ref c, ref d, n0);
        Add(ref c, ref d, a1, b4);
        Add(ref c, ref d, a2, b3);
        Add(ref c, ref d, a3, b2);
        Add(ref c, ref d, a4, b1);
        Add(ref c, ref d, m1, n4);
        Add(ref c, ref d, m2, n3);
        Add(ref c, ref d, m3, n2);
        Add(ref c, ref d, m4, n1);
        var r0 = Next(ref c, ref d);
        Add(ref c, ref d, a2, b4);
        Add(ref c, ref d, a3, b3);
        Add(ref c, ref d, a4, b2);
        Add(ref c, ref d, m2, n4);
        Add(ref c, ref d, m3, n3);
        Add(ref c, ref d, m4, n2);
        var r1 = Next(ref c, ref d);
        Add(ref c, ref d, a3, b4);
        Add(ref c, ref d, a4, b3);
        Add(ref c, ref d, m3, n4);
        Add(ref c, ref d, m4, n3);
        var r2 = Next(ref c, ref d);
        Add(ref c, ref d, a4, b4);
        Add(ref c, ref d, m4, n4);
        var r3 = Next(ref c, ref d);
        // Below N·(1 + 2⁻⁴) now; the highest limb, c, may therefore be a bit too long.
        return SubtractOnce(new(r0 | r1 << 52, r1 >> 12 | r2 << 40, r2 >> 24 | r3 << 28, r3 >> 36 | c << 16), c >> 48);
    }

    /// <summary>Adds x·y to a column: the whole product, of which only 64 bits stay, to c, and what lies above 2⁵² to d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(ref ulong c, ref ulong d, ulong x, ulong y)
    {
        c += x * y;
        d += Limb.High(x << 12, y);
    }

    /// <summary>
    /// Ends a column with the multiple m of N that clears its lowest 52 bits, and returns m. Those bits and the ones of m·N
    /// make 2⁵² unless they are zero, so they need not be computed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Clear(ref ulong c, ref ulong d, ulong n0)
    {
        var m = c * NegativeInverse & Mask;
        c = ((c - (d << 52) + Mask) >> 52) + d + Limb.High(m << 12, n0);
        d = 0;
        return m;
    }

    /// <summary>Ends a column: takes from c what is in d too, returns its lowest 52 bits and carries the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Next(ref ulong c, ref ulong d)
    {
        c -= d << 52;
        var limb = c & Mask;
        c = (c >> 52) + d;
        d = 0;
        return limb;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Split(in UInt256 v, out ulong v0, out ulong v1, out ulong v2, out ulong v3, out ulong v4)
    {
        v0 = v.L0 & Mask;
        v1 = (v.L0 >> 52 | v.L1 << 12) & Mask;
        v2 = (v.L1 >> 40 | v.L2 << 24) & Mask;
        v3 = (v.L2 >> 28 | v.L3 << 36) & Mask;
        v4 = v.L3 >> 16;
    }

    /// <summary>value + 2²⁵⁶·carry less N where it is at least N.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static UInt256 SubtractOnce(in UInt256 value, ulong carry)
    {
        var less = UInt256.Subtract(value, N, out var borrow);
        // A carry pays for the borrow.
        return UInt256.Select(less, value, 0UL - (borrow & (carry ^ 1)));
    }

    /// <summary>−N⁻¹ mod 2⁵² by Newton's iteration: each round doubles the correct bits.</summary>
    static ulong ComputeNegativeInverse()
    {
        var n = C.Order.L0;
        var inverse = n;
        for (var i = 0; i < 6; i++)
            inverse *= 2 - n * inverse;
        return (0UL - inverse) & Mask;
    }

    static UInt256 PowerOfTwo(int exponent)
    {
        var power = new UInt256(1, 0, 0, 0);
        for (var i = 0; i < exponent; i++)
            power = Add(power, power);
        return power;
    }
}
