using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>The unique value below p: 32 bytes little-endian, comparison and parity.</summary>
readonly partial struct Field25519
{
    /// <summary>Reads 255 bits, the top bit ignored. Limbs below 2⁵¹; the value may be p or above.</summary>
    internal static Field25519 Read(in UInt256 value) => new(
        value.L0 & Mask51, ((value.L0 >> 51) | (value.L1 << 13)) & Mask51, ((value.L1 >> 38) | (value.L2 << 26)) & Mask51,
        ((value.L2 >> 25) | (value.L3 << 39)) & Mask51, (value.L3 >> 12) & Mask51);

    /// <summary>The value below p, from any limbs.</summary>
    internal UInt256 ToCanonical()
    {
        // Tight limbs are below p + 2²⁵⁵; with q = 1 exactly where the value is at least p, the result is value + 19q mod 2²⁵⁵.
        var a = Carry().Carry();
        var q = (a.L0 + 19) >> 51;
        q = (a.L1 + q) >> 51;
        q = (a.L2 + q) >> 51;
        q = (a.L3 + q) >> 51;
        q = (a.L4 + q) >> 51;

        var l0 = a.L0 + (19 * q);
        var l1 = a.L1 + (l0 >> 51);
        var l2 = a.L2 + (l1 >> 51);
        var l3 = a.L3 + (l2 >> 51);
        var l4 = a.L4 + (l3 >> 51);
        l0 &= Mask51;
        l1 &= Mask51;
        l2 &= Mask51;
        l3 &= Mask51;
        l4 &= Mask51;
        return new(l0 | (l1 << 51), (l1 >> 13) | (l2 << 38), (l2 >> 26) | (l3 << 25), (l3 >> 39) | (l4 << 12));
    }

    /// <summary>Whether the value below p is odd, from any limbs: the "sign" of RFC 8032.</summary>
    internal bool IsOdd() => (ToCanonical().L0 & 1) != 0;

    /// <summary>Whether the value is zero modulo p, from any limbs.</summary>
    internal bool IsZero => ToCanonical().IsZero;

    /// <summary>Equality modulo p, from any limbs.</summary>
    internal static bool AreEqual(in Field25519 a, in Field25519 b) => a.ToCanonical() == b.ToCanonical();

    /// <summary>All ones for true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Mask(bool condition) => 0UL - Unsafe.As<bool, byte>(ref condition);
}
