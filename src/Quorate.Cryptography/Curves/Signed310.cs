using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>A signed integer as Σ Lᵢ·2⁶²ⁱ: the lower limbs in [0, 2⁶²), the highest with the sign.</summary>
struct Signed310(long l0, long l1, long l2, long l3, long l4)
{
    internal const ulong Mask = ulong.MaxValue >> 2;

    internal long L0 = l0, L1 = l1, L2 = l2, L3 = l3, L4 = l4;

    internal Signed310(in UInt256 v) : this(
        (long)(v.L0 & Mask), (long)((v.L0 >> 62 | v.L1 << 2) & Mask), (long)((v.L1 >> 60 | v.L2 << 4) & Mask),
        (long)((v.L2 >> 58 | v.L3 << 6) & Mask), (long)(v.L3 >> 56))
    {
    }

    internal readonly bool IsZero => (L0 | L1 | L2 | L3 | L4) == 0;

    /// <summary>All ones for a negative value.</summary>
    internal readonly long IsNegativeMask => L4 >> 63;

    /// <summary>The residue modulo m of this in (−2m, m), negated first where the mask is all ones.</summary>
    internal readonly UInt256 Reduce(long negate, in OddModulus m)
    {
        var v = AddIf(IsNegativeMask, m.Value);
        v = new((v.L0 ^ negate) - negate, (v.L1 ^ negate) - negate, (v.L2 ^ negate) - negate, (v.L3 ^ negate) - negate,
            (v.L4 ^ negate) - negate);
        v = v.Carried().AddIf(v.Carried().IsNegativeMask, m.Value);
        var (a, b, c, d, e) = ((ulong)v.L0, (ulong)v.L1, (ulong)v.L2, (ulong)v.L3, (ulong)v.L4);
        return new(a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56);
    }

    readonly Signed310 AddIf(long mask, in Signed310 m) => new Signed310(
        L0 + (m.L0 & mask), L1 + (m.L1 & mask), L2 + (m.L2 & mask), L3 + (m.L3 & mask), L4 + (m.L4 & mask)).Carried();

    readonly Signed310 Carried()
    {
        var v1 = L1 + (L0 >> 62);
        var v2 = L2 + (v1 >> 62);
        var v3 = L3 + (v2 >> 62);
        var v4 = L4 + (v3 >> 62);
        return new(L0 & (long)Mask, v1 & (long)Mask, v2 & (long)Mask, v3 & (long)Mask, v4);
    }
}

/// <summary>A 2 × 2 matrix of a batch of division steps, times 2⁶². |U| + |V| and |Q| + |R| are at most 2⁶².</summary>
readonly struct StepMatrix(long u, long v, long q, long r)
{
    readonly long u = u, v = v, q = q, r = r;

    /// <summary>(f, g) ← (u·f + v·g, q·f + r·g) / 2⁶², which is exact.</summary>
    [SkipLocalsInit]
    internal void Apply(ref Signed310 f, ref Signed310 g)
    {
        Accumulator a = default, b = default;
        a.Add(u, f.L0);
        a.Add(v, g.L0);
        b.Add(q, f.L0);
        b.Add(r, g.L0);
        a.Next();
        b.Next();
        Column(ref a, ref b, f.L1, g.L1, out f.L0, out g.L0);
        Column(ref a, ref b, f.L2, g.L2, out f.L1, out g.L1);
        Column(ref a, ref b, f.L3, g.L3, out f.L2, out g.L2);
        Column(ref a, ref b, f.L4, g.L4, out f.L3, out g.L3);
        f.L4 = (long)a.Low;
        g.L4 = (long)b.Low;
    }

    /// <summary>
    /// (d, e) ← (u·d + v·e, q·d + r·e) / 2⁶² modulo m: a multiple of m is added that makes the division exact. Both stay in
    /// (−2m, m), because what is negative first gains m times its row's coefficient.
    /// </summary>
    [SkipLocalsInit]
    internal void ApplyModulo(ref Signed310 d, ref Signed310 e, in OddModulus m)
    {
        var (dSign, eSign) = (d.L4 >> 63, e.L4 >> 63);
        var md = (u & dSign) + (v & eSign);
        var me = (q & dSign) + (r & eSign);

        Accumulator a = default, b = default;
        a.Add(u, d.L0);
        a.Add(v, e.L0);
        b.Add(q, d.L0);
        b.Add(r, e.L0);
        md -= (long)((m.Inverse * a.Low + (ulong)md) & Signed310.Mask);
        me -= (long)((m.Inverse * b.Low + (ulong)me) & Signed310.Mask);
        a.Add(m.Value.L0, md);
        b.Add(m.Value.L0, me);
        a.Next();
        b.Next();
        ColumnModulo(ref a, ref b, d.L1, e.L1, m.Value.L1, md, me, out d.L0, out e.L0);
        ColumnModulo(ref a, ref b, d.L2, e.L2, m.Value.L2, md, me, out d.L1, out e.L1);
        ColumnModulo(ref a, ref b, d.L3, e.L3, m.Value.L3, md, me, out d.L2, out e.L2);
        ColumnModulo(ref a, ref b, d.L4, e.L4, m.Value.L4, md, me, out d.L3, out e.L3);
        d.L4 = (long)a.Low;
        e.L4 = (long)b.Low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Column(ref Accumulator a, ref Accumulator b, long f, long g, out long fOut, out long gOut)
    {
        a.Add(u, f);
        a.Add(v, g);
        b.Add(q, f);
        b.Add(r, g);
        fOut = a.Next();
        gOut = b.Next();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void ColumnModulo(
        ref Accumulator a, ref Accumulator b, long d, long e, long m, long md, long me, out long dOut, out long eOut)
    {
        a.Add(m, md);
        b.Add(m, me);
        Column(ref a, ref b, d, e, out dOut, out eOut);
    }

    /// <summary>A signed 128-bit sum of products.</summary>
    struct Accumulator
    {
        internal ulong Low;
        ulong high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(long x, long y)
        {
            var (a, b) = ((ulong)x, (ulong)y);
            var low = a * b;
            // The unsigned upper half, less what reading the sign bits as 2⁶⁴ put in.
            high += Limb.High(a, b) - ((ulong)(x >> 63) & b) - ((ulong)(y >> 63) & a);
            Low += low;
            high += Low < low ? 1UL : 0UL;
        }

        /// <summary>Takes 62 bits off.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal long Next()
        {
            var limb = (long)(Low & Signed310.Mask);
            Low = Low >> 62 | high << 2;
            high = (ulong)((long)high >> 62);
            return limb;
        }
    }
}
