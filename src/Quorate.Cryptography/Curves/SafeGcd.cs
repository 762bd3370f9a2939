using System.Numerics;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Inverses modulo an odd number below 2²⁵⁶ by division steps (Bernstein and Yang, "Fast constant-time gcd computation
/// and modular inversion", TCHES 2019), in the variant with δ starting at one half.
/// </summary>
/// <remarks>
/// A division step maps (δ, f, g), f odd, to (1 − δ, g, (g − f)/2) if δ &gt; 0 and g is odd, and else to
/// (1 + δ, f, (g + (g mod 2)·f)/2). From f = m and g = x it ends with g = 0 and f = ±gcd. A batch of steps depends on the
/// lowest bits of f and g alone, so it is collected in a matrix of single words and only then applied to the long
/// numbers, and to d and e, which keep d·x ≡ f and e·x ≡ g modulo m.
/// </remarks>
static class SafeGcd
{
    /// <summary>For operands of 256 bits 590 steps are always enough when δ starts at one half; 59 fit a batch.</summary>
    const int Batches = 10;

    const int BatchSteps = 59;

    /// <summary>x⁻¹ modulo m, for x below m; zero for zero. Constant time.</summary>
    internal static UInt256 Invert(in UInt256 x, in OddModulus m)
    {
        var (f, g) = (m.Value, Signed310.From(x));
        Signed310 d = default, e = default;
        e[0] = 1;
        var zeta = -1L; // −(δ + ½)
        for (var i = 0; i < Batches; i++)
        {
            zeta = Steps(zeta, (ulong)f[0], (ulong)g[0], out var t);
            t.ApplyModulo(ref d, ref e, m);
            t.Apply(ref f, ref g, Signed310.Length);
        }
        return Finish(d, f[Signed310.Length - 1] >> 63, m);
    }

    /// <summary>x⁻¹ modulo m, for x below m; zero for zero. For public values only: the work ends when g is zero.</summary>
    internal static UInt256 InvertVarTime(in UInt256 x, in OddModulus m)
    {
        var (f, g) = (m.Value, Signed310.From(x));
        Signed310 d = default, e = default;
        e[0] = 1;
        var eta = -1L; // −δ, here starting at one: fewer steps on average
        var length = Signed310.Length;
        while (true)
        {
            eta = StepsVarTime(eta, (ulong)f[0], (ulong)g[0], out var t);
            t.ApplyModulo(ref d, ref e, m);
            t.Apply(ref f, ref g, length);
            if (IsZero(g, length))
                return Finish(d, f[length - 1] >> 63, m);
            Shorten(ref f, ref g, ref length);
        }
    }

    /// <summary>f is now 1 or −1, and d in (−2m, m) the inverse times that.</summary>
    static UInt256 Finish(Signed310 d, long sign, in OddModulus m)
    {
        d.AddIf(d[Signed310.Length - 1] >> 63, m.Value);
        d.NegateIf(sign);
        d.AddIf(d[Signed310.Length - 1] >> 63, m.Value);
        return d.ToUInt256();
    }

    static bool IsZero(in Signed310 number, int length)
    {
        var any = 0L;
        for (var i = 0; i < length; i++)
            any |= number[i];
        return any == 0;
    }

    /// <summary>Drops the highest limbs of f and g when both hold only a sign, which moves into the next ones.</summary>
    static void Shorten(ref Signed310 f, ref Signed310 g, ref int length)
    {
        var top = length - 1;
        if (top == 0 || (f[top] ^ (f[top] >> 63)) != 0 || (g[top] ^ (g[top] >> 63)) != 0)
            return;
        f[top - 1] |= f[top] << Signed310.Radix;
        g[top - 1] |= g[top] << Signed310.Radix;
        length--;
    }

    /// <summary>59 steps on the lowest words. The matrix is scaled by 2⁶², as if three more steps had only doubled it.</summary>
    static long Steps(long zeta, ulong f, ulong g, out StepMatrix t)
    {
        ulong u = 8, v = 0, q = 0, r = 8;
        for (var i = 0; i < BatchSteps; i++)
        {
            var swap = (ulong)(zeta >> 63);
            var odd = 0UL - (g & 1);
            // g ± f where g is odd: minus where δ > 0.
            g += ((f ^ swap) - swap) & odd;
            q += ((u ^ swap) - swap) & odd;
            r += ((v ^ swap) - swap) & odd;
            // Where both hold, f becomes the old g, which is the new one plus f.
            swap &= odd;
            zeta = (zeta ^ (long)swap) - 1;
            f += g & swap;
            u += q & swap;
            v += r & swap;
            g >>= 1;
            u <<= 1;
            v <<= 1;
        }
        t = new(u, v, q, r);
        return zeta;
    }

    /// <summary>62 steps, the runs of zeros of g in one stride and several bits of g cancelled at a time.</summary>
    static long StepsVarTime(long eta, ulong f, ulong g, out StepMatrix t)
    {
        ulong u = 1, v = 0, q = 0, r = 1;
        var left = 62;
        while (true)
        {
            var zeros = BitOperations.TrailingZeroCount(g | ulong.MaxValue << left);
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            eta -= zeros;
            left -= zeros;
            if (left == 0)
                break;
            if (eta < 0)
            {
                eta = -eta;
                (f, g) = (g, 0UL - f);
                (u, q) = (q, 0UL - u);
                (v, r) = (r, 0UL - v);
            }
            // As long as η stays non-negative, adding multiples of f to g is all that happens: cancel up to six bits at once.
            // For odd f, f·(f² − 2) is −f⁻¹ modulo 2⁶.
            var bits = (int)Math.Min(eta + 1, left);
            var w = f * g * (f * f - 2) & (ulong.MaxValue >> (64 - bits)) & 63;
            g += f * w;
            q += u * w;
            r += v * w;
        }
        t = new(u, v, q, r);
        return eta;
    }
}

/// <summary>An odd modulus below 2²⁵⁶ with what <see cref="SafeGcd"/> needs to know of it.</summary>
readonly struct OddModulus
{
    internal readonly Signed310 Value;

    /// <summary>m⁻¹ modulo 2⁶².</summary>
    internal readonly ulong Inverse;

    internal OddModulus(in UInt256 m)
    {
        Value = Signed310.From(m);
        // Newton: each round doubles the correct bits, of which an odd number is its own inverse's first three.
        Inverse = m.L0;
        for (var i = 0; i < 5; i++)
            Inverse *= 2 - m.L0 * Inverse;
        Inverse &= Signed310.Mask;
    }
}
