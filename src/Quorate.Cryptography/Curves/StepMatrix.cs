using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>The 2 × 2 matrix of a batch of division steps, times 2⁶². |U| + |V| and |Q| + |R| are at most 2⁶².</summary>
readonly struct StepMatrix(ulong u, ulong v, ulong q, ulong r)
{
    readonly long u = (long)u, v = (long)v, q = (long)q, r = (long)r;

    /// <summary>(f, g) ← (u·f + v·g, q·f + r·g) / 2⁶², which is exact, for numbers of <paramref name="length"/> limbs.</summary>
    internal void Apply(ref Signed310 f, ref Signed310 g, int length)
    {
        Accumulator a = default, b = default;
        a.Add(u, f[0]);
        a.Add(v, g[0]);
        b.Add(q, f[0]);
        b.Add(r, g[0]);
        a.Next();
        b.Next();
        for (var i = 1; i < length; i++)
        {
            a.Add(u, f[i]);
            a.Add(v, g[i]);
            b.Add(q, f[i]);
            b.Add(r, g[i]);
            f[i - 1] = a.Next();
            g[i - 1] = b.Next();
        }
        f[length - 1] = (long)a.Low;
        g[length - 1] = (long)b.Low;
    }

    /// <summary>
    /// (d, e) ← (u·d + v·e, q·d + r·e) / 2⁶² modulo m: the multiple of m is added that makes the division exact. Both stay
    /// in (−2m, m), because what is negative first gains m times its coefficient.
    /// </summary>
    internal void ApplyModulo(ref Signed310 d, ref Signed310 e, in OddModulus m)
    {
        var (dSign, eSign) = (d[4] >> 63, e[4] >> 63);
        var md = (u & dSign) + (v & eSign);
        var me = (q & dSign) + (r & eSign);

        Accumulator a = default, b = default;
        a.Add(u, d[0]);
        a.Add(v, e[0]);
        b.Add(q, d[0]);
        b.Add(r, e[0]);
        md -= (long)((m.Inverse * a.Low + (ulong)md) & Signed310.Mask);
        me -= (long)((m.Inverse * b.Low + (ulong)me) & Signed310.Mask);
        a.Add(m.Value[0], md);
        b.Add(m.Value[0], me);
        a.Next();
        b.Next();
        for (var i = 1; i < Signed310.Length; i++)
        {
            a.Add(u, d[i]);
            a.Add(v, e[i]);
            a.Add(m.Value[i], md);
            b.Add(q, d[i]);
            b.Add(r, e[i]);
            b.Add(m.Value[i], me);
            d[i - 1] = a.Next();
            e[i - 1] = b.Next();
        }
        d[4] = (long)a.Low;
        e[4] = (long)b.Low;
    }

    /// <summary>A signed 128-bit sum of products.</summary>
    struct Accumulator
    {
        long high;

        internal ulong Low { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(long x, long y)
        {
            // The unsigned upper half, less what reading the sign bits as 2⁶⁴ put in.
            var low = (ulong)x * (ulong)y;
            high += (long)Limb.High((ulong)x, (ulong)y) - ((x >> 63) & y) - ((y >> 63) & x);
            Low += low;
            high += Low < low ? 1L : 0L;
        }

        /// <summary>Takes 62 bits off.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal long Next()
        {
            var limb = (long)(Low & Signed310.Mask);
            Low = Low >> Signed310.Radix | (ulong)high << (64 - Signed310.Radix);
            high >>= Signed310.Radix;
            return limb;
        }
    }
}
