using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>A signed integer as Σ xᵢ·2⁶²ⁱ: the lower limbs in [0, 2⁶²), the highest with the sign.</summary>
[InlineArray(Length)]
struct Signed310
{
    internal const int Length = 5;

    /// <summary>Bits to a limb.</summary>
    internal const int Radix = 62;

    internal const ulong Mask = ulong.MaxValue >> 2;

    long limb;

    internal static Signed310 From(in UInt256 v)
    {
        Signed310 r = default;
        r[0] = (long)(v.L0 & Mask);
        r[1] = (long)((v.L0 >> 62 | v.L1 << 2) & Mask);
        r[2] = (long)((v.L1 >> 60 | v.L2 << 4) & Mask);
        r[3] = (long)((v.L2 >> 58 | v.L3 << 6) & Mask);
        r[4] = (long)(v.L3 >> 56);
        return r;
    }

    /// <summary>A value in [0, 2²⁵⁶).</summary>
    internal readonly UInt256 ToUInt256()
    {
        var (a, b, c, d, e) = ((ulong)this[0], (ulong)this[1], (ulong)this[2], (ulong)this[3], (ulong)this[4]);
        return new(a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56);
    }

    /// <summary>Adds m where the mask is all ones.</summary>
    internal void AddIf(long mask, in Signed310 m)
    {
        for (var i = 0; i < Length; i++)
            this[i] += m[i] & mask;
        Carry();
    }

    /// <summary>Changes the sign where the mask is all ones.</summary>
    internal void NegateIf(long mask)
    {
        for (var i = 0; i < Length; i++)
            this[i] = (this[i] ^ mask) - mask;
        Carry();
    }

    void Carry()
    {
        for (var i = 0; i < Length - 1; i++)
        {
            this[i + 1] += this[i] >> Radix;
            this[i] &= (long)Mask;
        }
    }
}
