using System.Numerics;
using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Inverses modulo an odd 256-bit number by division steps: Bernstein and Yang, "Fast constant-time gcd computation and
/// modular inversion" (ePrint 2019/266). In variable time, for public values only; about five times as fast as a power.
/// </summary>
/// <remarks>
/// A division step takes (δ, f, g) with f odd to (1 − δ, g, (g − f)/2) when δ &gt; 0 and g is odd, else to
/// (1 + δ, f, (g + (g mod 2)·f)/2). From f = m and g = a it ends at g = 0 and f = ±gcd. 62 steps depend on the lowest 62
/// bits of f and g only, so they run on one word each and give a matrix, which is then applied to the whole f and g, and
/// modulo m to the factors d and e with d·a ≡ f and e·a ≡ g.
/// Long numbers are five limbs of 62 bits, the upper four limbs' worth of carries signed.
/// </remarks>
ref struct InverseVarTime
{
    const int Steps = 62;
    const ulong Mask = ulong.MaxValue >> 2;

    /// <summary>[f g] ← [u v; q r]·[f g] / 2⁶².</summary>
    readonly record struct Matrix(long U, long V, long Q, long R);

    [InlineArray(5)]
    struct Long
    {
        long limb;
    }

    Long modulus, d, e, f, g;

    // m⁻¹ mod 2⁶².
    ulong modulusInverse;

    // How many limbs of f and g still matter.
    int length;

    /// <summary>a⁻¹ mod m; zero for zero.</summary>
    /// <param name="a">Below m and coprime to it, or zero.</param>
    /// <param name="m">Odd.</param>
    /// <param name="inverse">m⁻¹ mod 2⁶⁴.</param>
    internal static UInt256 Invert(in UInt256 a, in UInt256 m, ulong inverse)
    {
        InverseVarTime state = default;
        state.modulus = Split(m);
        state.modulusInverse = inverse & Mask;
        state.f = state.modulus;
        state.g = Split(a);
        state.e[0] = 1;
        state.length = 5;
        return state.Run();
    }

    UInt256 Run()
    {
        // −δ
        long eta = -1;
        while (true)
        {
            var matrix = Divide(ref eta, (ulong)f[0], (ulong)g[0]);
            UpdateFactors(matrix);
            UpdateNumbers(matrix);
            if (IsZero(g))
                return Normalize();
            Shorten();
        }
    }

    /// <summary>62 division steps, several at once where the low bits allow it.</summary>
    static Matrix Divide(ref long eta, ulong f, ulong g)
    {
        ulong u = 1, v = 0, q = 0, r = 1;
        var left = Steps;
        while (true)
        {
            // As many steps as g has trailing zeros only halve g.
            var zeros = BitOperations.TrailingZeroCount(g | (ulong.MaxValue << left));
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            eta -= zeros;
            left -= zeros;
            if (left == 0)
                return new((long)u, (long)v, (long)q, (long)r);

            if (eta < 0)
            {
                eta = -eta;
                (f, g) = (g, 0 - f);
                (u, q) = (q, 0 - u);
                (v, r) = (r, 0 - v);
            }

            // f stays for η + 1 steps, in which a multiple w of it clears as many low bits of g: w = −g/f modulo a power of two.
            // f·(2 − f²) is 1/f modulo 2⁶ for odd f.
            var bits = (int)Math.Min(eta + 1, left);
            var w = (f * g * (f * f - 2)) & (ulong.MaxValue >> (64 - bits)) & 63;
            g += f * w;
            q += u * w;
            r += v * w;
        }
    }

    /// <summary>[d e] ← t·[d e] / 2⁶² mod m, each kept in (−2m, m).</summary>
    void UpdateFactors(in Matrix t)
    {
        // m once more for what is negative, then the multiple that makes the sums divisible by 2⁶².
        var (signD, signE) = (d[4] >> 63, e[4] >> 63);
        var md = (t.U & signD) + (t.V & signE);
        var me = (t.Q & signD) + (t.R & signE);
        Sum sumD = default, sumE = default;
        sumD.Add(t.U, d[0]);
        sumD.Add(t.V, e[0]);
        sumE.Add(t.Q, d[0]);
        sumE.Add(t.R, e[0]);
        md -= (long)((modulusInverse * sumD.Low + (ulong)md) & Mask);
        me -= (long)((modulusInverse * sumE.Low + (ulong)me) & Mask);
        sumD.Add(modulus[0], md);
        sumE.Add(modulus[0], me);
        sumD.Shift();
        sumE.Shift();
        for (var i = 1; i < 5; i++)
        {
            sumD.Add(t.U, d[i]);
            sumD.Add(t.V, e[i]);
            sumE.Add(t.Q, d[i]);
            sumE.Add(t.R, e[i]);
            sumD.Add(modulus[i], md);
            sumE.Add(modulus[i], me);
            d[i - 1] = sumD.Shift();
            e[i - 1] = sumE.Shift();
        }
        d[4] = (long)sumD.Low;
        e[4] = (long)sumE.Low;
    }

    /// <summary>[f g] ← t·[f g] / 2⁶², exactly.</summary>
    void UpdateNumbers(in Matrix t)
    {
        Sum sumF = default, sumG = default;
        for (var i = 0; i < length; i++)
        {
            sumF.Add(t.U, f[i]);
            sumF.Add(t.V, g[i]);
            sumG.Add(t.Q, f[i]);
            sumG.Add(t.R, g[i]);
            var (limbF, limbG) = (sumF.Shift(), sumG.Shift());
            if (i == 0)
                continue;
            f[i - 1] = limbF;
            g[i - 1] = limbG;
        }
        f[length - 1] = (long)sumF.Low;
        g[length - 1] = (long)sumG.Low;
    }

    /// <summary>Drops the top limbs of f and g when both only carry a sign, and leaves that sign in the next.</summary>
    void Shorten()
    {
        var top = length - 1;
        if (length < 2 || (f[top] ^ (f[top] >> 63)) != 0 || (g[top] ^ (g[top] >> 63)) != 0)
            return;
        f[top - 1] |= f[top] << Steps;
        g[top - 1] |= g[top] << Steps;
        length--;
    }

    readonly bool IsZero(in Long number)
    {
        long any = 0;
        for (var i = 0; i < length; i++)
            any |= number[i];
        return any == 0;
    }

    /// <summary>d or −d, whichever f = ±1 asks for, from (−2m, m) into [0, m).</summary>
    readonly UInt256 Normalize()
    {
        var value = d;
        if (value[4] < 0)
            Add(ref value, modulus);
        if (f[length - 1] < 0)
        {
            for (var i = 0; i < 5; i++)
                value[i] = -value[i];
            Carry(ref value);
        }
        if (value[4] < 0)
            Add(ref value, modulus);
        return new(
            (ulong)value[0] | ((ulong)value[1] << 62), ((ulong)value[1] >> 2) | ((ulong)value[2] << 60),
            ((ulong)value[2] >> 4) | ((ulong)value[3] << 58), ((ulong)value[3] >> 6) | ((ulong)value[4] << 56));
    }

    static void Add(ref Long number, in Long addend)
    {
        for (var i = 0; i < 5; i++)
            number[i] += addend[i];
        Carry(ref number);
    }

    static void Carry(ref Long number)
    {
        for (var i = 0; i < 4; i++)
        {
            number[i + 1] += number[i] >> Steps;
            number[i] &= (long)Mask;
        }
    }

    static Long Split(in UInt256 value)
    {
        Long limbs = default;
        limbs[0] = (long)(value.L0 & Mask);
        limbs[1] = (long)(((value.L0 >> 62) | (value.L1 << 2)) & Mask);
        limbs[2] = (long)(((value.L1 >> 60) | (value.L2 << 4)) & Mask);
        limbs[3] = (long)(((value.L2 >> 58) | (value.L3 << 6)) & Mask);
        limbs[4] = (long)(value.L3 >> 56);
        return limbs;
    }

    /// <summary>A signed sum of products in 128 bits.</summary>
    struct Sum
    {
        long high;

        internal ulong Low { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(long a, long b)
        {
            // The signed high half from the unsigned one.
            var low = (ulong)a * (ulong)b;
            var up = (long)Limb.High((ulong)a, (ulong)b) - ((a >> 63) & b) - ((b >> 63) & a);
            Low += low;
            high += up + (Low < low ? 1 : 0);
        }

        /// <summary>Takes the low 62 bits off.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal long Shift()
        {
            var limb = (long)(Low & Mask);
            Low = (Low >> Steps) | ((ulong)high << (64 - Steps));
            high >>= Steps;
            return limb;
        }
    }
}
