using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Constant-time multiplication with signed digits of radix 16. A fixed sequence of additions and doublings; every
/// table look-up reads every entry; no branch and no address depends on the scalar or the point.
/// </summary>
static class Ed25519Multiplication<TPoint, TSummand>
    where TPoint : unmanaged, IEdwardsPoint<TPoint, TSummand>
    where TSummand : unmanaged
{
    /// <summary>
    /// Eight in every nibble. Nibble i of k + Offset is 8 + dᵢ with −8 ≤ dᵢ ≤ 7 and k = Σ dᵢ·16ⁱ; with k below 2²⁵³ the sum
    /// stays below 2²⁵⁶.
    /// </summary>
    static UInt256 Offset =>
        new(0x8888888888888888, 0x8888888888888888, 0x8888888888888888, 0x8888888888888888);

    /// <summary>k·p: 63 rounds of four doublings and one addition.</summary>
    [SkipLocalsInit]
    internal static Point<Ed25519> Multiply(in Scalar<Ed25519> k, in Point<Ed25519> p)
    {
        Span<TSummand> table = stackalloc TSummand[8];
        TPoint.Load(out var sum, p);
        Ed25519BaseTable<TPoint, TSummand>.AddUp(table, sum, sum);

        var digits = UInt256.Add(k.Value, Offset, out _);
        sum = TPoint.Identity;
        TSummand multiple;
        for (var i = 63; i > 0; i--)
        {
            TPoint.Lookup(out multiple, table, Digit(digits, i));
            TPoint.Add(ref sum, multiple, wantsT: false);
            TPoint.Double(ref sum, 4);
        }
        TPoint.Lookup(out multiple, table, Digit(digits, 0));
        TPoint.Add(ref sum, multiple);

        // The multiples of p are secret where p is, and the last one tells a digit of k.
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(table));
        Wipe(ref multiple);
        Wipe(ref digits);
        return sum.Store();
    }

    /// <summary>
    /// k·G: the odd digits first, four doublings, then the even ones, so that both use the row of 256ʲ·G. 64 additions.
    /// </summary>
    [SkipLocalsInit]
    internal static Point<Ed25519> MultiplyBase(in Scalar<Ed25519> k)
    {
        var digits = UInt256.Add(k.Value, Offset, out _);
        var sum = TPoint.Identity;
        TSummand multiple = default;
        for (var j = 0; j < 32; j++)
        {
            TPoint.Lookup(out multiple, Ed25519BaseTable<TPoint, TSummand>.Row(j), Digit(digits, (2 * j) + 1));
            TPoint.Add(ref sum, multiple);
        }
        TPoint.Double(ref sum, 4);
        for (var j = 0; j < 32; j++)
        {
            TPoint.Lookup(out multiple, Ed25519BaseTable<TPoint, TSummand>.Row(j), Digit(digits, 2 * j));
            TPoint.Add(ref sum, multiple);
        }
        Wipe(ref multiple);
        Wipe(ref digits);
        return sum.Store();
    }

    /// <summary>Digit <paramref name="i"/> of a scalar to which the offset has been added. The index is public.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static long Digit(in UInt256 digits, int i)
    {
        var limb = Unsafe.Add(ref Unsafe.As<UInt256, ulong>(ref Unsafe.AsRef(in digits)), i >> 4);
        return (long)((limb >> ((i & 15) << 2)) & 15) - 8;
    }

    static void Wipe<T>(ref T value) where T : unmanaged =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<T>(ref value)));
}
