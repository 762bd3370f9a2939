using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Arithmetic modulo the order N of <typeparamref name="C"/>, any odd number below 2²⁵⁶, on Montgomery forms
/// x·2²⁶⁰ mod N (Montgomery 1985). Constant time.
/// </summary>
/// <remarks>
/// Products go by five limbs of 52 bits: of a product of two limbs the halves are a·b mod 2⁵² and ⌊a·b/2⁵²⌋, each one
/// instruction, and a column of up to twenty of them fits a word, so carries are taken once and never compared.
/// </remarks>
static class Montgomery<C> where C : struct, ICurve<C>
{
    const ulong Mask = (1UL << 52) - 1;

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
        return UInt256.Add(difference, UInt256.Select(default, C.Order, 0UL - borrow), out _);
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
        Split(b, out var b0, out var b1, out var b2, out var b3, out var b4);
        Split(a, out var a0, out var a1, out var a2, out var a3, out var a4);
        ulong c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0, c7 = 0, c8 = 0, c9 = 0;
        Row(a0, b0, b1, b2, b3, b4, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5);
        Fold(c0, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5);
        Row(a1, b0, b1, b2, b3, b4, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6);
        Fold(c1, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6);
        Row(a2, b0, b1, b2, b3, b4, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        Fold(c2, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        Row(a3, b0, b1, b2, b3, b4, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8);
        Fold(c3, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8);
        Row(a4, b0, b1, b2, b3, b4, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9);
        Fold(c4, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9);

        // Below N·(1 + 2⁻⁴) now; the highest limb may therefore be a bit too long.
        c6 += c5 >> 52;
        c7 += c6 >> 52;
        c8 += c7 >> 52;
        c9 += c8 >> 52;
        c5 &= Mask;
        c6 &= Mask;
        c7 &= Mask;
        c8 &= Mask;
        return SubtractOnce(new(c5 | c6 << 52, c6 >> 12 | c7 << 40, c7 >> 24 | c8 << 28, c8 >> 36 | c9 << 16), c9 >> 48);
    }

    /// <summary>Adds x·b to the columns from the one of x on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row(
        ulong x, ulong b0, ulong b1, ulong b2, ulong b3, ulong b4,
        ref ulong c0, ref ulong c1, ref ulong c2, ref ulong c3, ref ulong c4, ref ulong c5)
    {
        var shifted = x << 12;
        c0 += x * b0 & Mask;
        c1 += (x * b1 & Mask) + Limb.High(shifted, b0);
        c2 += (x * b2 & Mask) + Limb.High(shifted, b1);
        c3 += (x * b3 & Mask) + Limb.High(shifted, b2);
        c4 += (x * b4 & Mask) + Limb.High(shifted, b3);
        c5 += Limb.High(shifted, b4);
    }

    /// <summary>Adds the multiple of N that clears the lowest 52 bits of column c0, and carries what remains of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fold(
        ulong lowest, ref ulong c0, ref ulong c1, ref ulong c2, ref ulong c3, ref ulong c4, ref ulong c5)
    {
        Split(C.Order, out var n0, out var n1, out var n2, out var n3, out var n4);
        Row(lowest * NegativeInverse & Mask, n0, n1, n2, n3, n4, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5);
        c1 += c0 >> 52;
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
        var less = UInt256.Subtract(value, C.Order, out var borrow);
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
