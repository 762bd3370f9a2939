using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Arithmetic modulo the order of <typeparamref name="C"/> on reduced values, with Montgomery's reduction inside
/// (Handbook of Applied Cryptography, 14.36). Works for any odd modulus below 2²⁵⁶. Constant time.
/// </summary>
static class Montgomery<C> where C : struct, ICurve<C>
{
    static readonly UInt256 N = C.Order;
    static readonly ulong NegativeInverse = ComputeNegativeInverse();
    static readonly UInt256 R = PowerOfTwo(256);
    static readonly UInt256 R2 = PowerOfTwo(512);
    static readonly UInt256 R3 = PowerOfTwo(768);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static UInt256 Add(in UInt256 a, in UInt256 b)
    {
        var sum = UInt256.Add(a, b, out var carry);
        var less = UInt256.Subtract(sum, N, out var borrow);
        // sum − N did not borrow, or the carry pays for the borrow: the sum was at least N.
        return UInt256.Select(less, sum, 0UL - (borrow & (carry ^ 1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static UInt256 Subtract(in UInt256 a, in UInt256 b)
    {
        var difference = UInt256.Subtract(a, b, out var borrow);
        return UInt256.Add(difference, UInt256.Select(default, N, 0UL - borrow), out _);
    }

    /// <summary>a·b mod N.</summary>
    internal static UInt256 Multiply(in UInt256 a, in UInt256 b) => Product(Product(a, b), R2);

    /// <summary>value mod N, for any 256-bit value.</summary>
    internal static Scalar<C> Reduce(in UInt256 value) => new(Product(Product(value, R2), new UInt256(1, 0, 0, 0)));

    /// <summary>low + 2²⁵⁶·high mod N.</summary>
    internal static Scalar<C> Reduce(in UInt256 low, in UInt256 high) =>
        new(Product(Add(Product(low, R2), Product(high, R3)), new UInt256(1, 0, 0, 0)));

    /// <summary>a^(N−2), by Fermat; a fixed four-bit window over the public exponent.</summary>
    internal static UInt256 Invert(in UInt256 a)
    {
        var exponent = UInt256.Subtract(N, new UInt256(2, 0, 0, 0), out _);
        Span<UInt256> power = stackalloc UInt256[16];
        power[0] = R;
        power[1] = Product(a, R2);
        for (var i = 2; i < 16; i++)
            power[i] = Product(power[i - 1], power[1]);

        var result = R;
        for (var bit = 252; bit >= 0; bit -= 4)
        {
            for (var i = 0; i < 4; i++)
                result = Product(result, result);
            var limb = (bit >> 6) switch { 0 => exponent.L0, 1 => exponent.L1, 2 => exponent.L2, _ => exponent.L3 };
            result = Product(result, power[(int)(limb >> (bit & 63)) & 15]);
        }
        power.Clear();
        return Product(result, new UInt256(1, 0, 0, 0));
    }

    /// <summary>a⁻¹ for a public value.</summary>
    internal static UInt256 InvertVarTime(in UInt256 a) => InverseVarTime.Invert(a, N, 0UL - NegativeInverse);

    /// <summary>a·b·2⁻²⁵⁶ mod N, for a·b below 2²⁵⁶·N.</summary>
    [SkipLocalsInit]
    internal static UInt256 Product(in UInt256 a, in UInt256 b)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
        Step(a, b.L0, ref t0, ref t1, ref t2, ref t3, ref t4);
        Step(a, b.L1, ref t0, ref t1, ref t2, ref t3, ref t4);
        Step(a, b.L2, ref t0, ref t1, ref t2, ref t3, ref t4);
        Step(a, b.L3, ref t0, ref t1, ref t2, ref t3, ref t4);

        var result = new UInt256(t0, t1, t2, t3);
        var less = UInt256.Subtract(result, N, out var borrow);
        return UInt256.Select(less, result, 0UL - (borrow & (t4 ^ 1)));
    }

    /// <summary>t ← (t + a·b + m·N) / 2⁶⁴ with m chosen so that the division is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step(in UInt256 a, ulong b, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4)
    {
        var carry = 0UL;
        t0 = Limb.MultiplyAdd(a.L0, b, t0, ref carry);
        t1 = Limb.MultiplyAdd(a.L1, b, t1, ref carry);
        t2 = Limb.MultiplyAdd(a.L2, b, t2, ref carry);
        t3 = Limb.MultiplyAdd(a.L3, b, t3, ref carry);
        var top = 0UL;
        t4 = Limb.Add(t4, carry, ref top);

        var m = t0 * NegativeInverse;
        carry = 0;
        Limb.MultiplyAdd(m, N.L0, t0, ref carry);
        t0 = Limb.MultiplyAdd(m, N.L1, t1, ref carry);
        t1 = Limb.MultiplyAdd(m, N.L2, t2, ref carry);
        t2 = Limb.MultiplyAdd(m, N.L3, t3, ref carry);
        var last = 0UL;
        t3 = Limb.Add(t4, carry, ref last);
        t4 = top + last;
    }

    /// <summary>−N⁻¹ mod 2⁶⁴ by Newton's iteration: each round doubles the correct bits.</summary>
    static ulong ComputeNegativeInverse()
    {
        var n = C.Order.L0;
        var inverse = n;
        for (var i = 0; i < 6; i++)
            inverse *= 2 - n * inverse;
        return 0UL - inverse;
    }

    static UInt256 PowerOfTwo(int exponent)
    {
        var n = C.Order;
        var power = n.Equals(new UInt256(1, 0, 0, 0)) ? default : new UInt256(1, 0, 0, 0);
        for (var i = 0; i < exponent; i++)
        {
            var doubled = UInt256.Add(power, power, out var carry);
            var less = UInt256.Subtract(doubled, n, out var borrow);
            power = UInt256.Select(less, doubled, 0UL - (borrow & (carry ^ 1)));
        }
        return power;
    }
}
