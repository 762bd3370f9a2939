using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Constant-time multiplication with signed digits of radix 16. A fixed sequence of additions and doublings; every
/// table look-up reads every entry; no branch and no address depends on the scalar or the point.
/// </summary>
static class Ed25519Multiplication
{
    /// <summary>
    /// Eight in every nibble. Nibble i of k + Offset is 8 + dᵢ with −8 ≤ dᵢ ≤ 7 and k = Σ dᵢ·16ⁱ; with k below 2²⁵³ the sum
    /// stays below 2²⁵⁶.
    /// </summary>
    static UInt256 Offset =>
        new(0x8888888888888888, 0x8888888888888888, 0x8888888888888888, 0x8888888888888888);

    /// <summary>k·p: 63 rounds of four doublings and one addition.</summary>
    [SkipLocalsInit]
    internal static void Multiply(out EdwardsPoint r, in Scalar<Ed25519> k, in EdwardsPoint p)
    {
        Span<CachedPoint> table = stackalloc CachedPoint[8];
        table[0] = new(p);
        r = p;
        for (var i = 1; i < 8; i++)
        {
            EdwardsPoint.Add(ref r, table[0]);
            table[i] = new(r);
        }

        var digits = UInt256.Add(k.Value, Offset, out _);
        r = EdwardsPoint.Identity;
        CachedPoint multiple;
        for (var i = 63; i > 0; i--)
        {
            CachedPoint.Lookup(out multiple, table, Digit(digits, i));
            EdwardsPoint.Add(ref r, multiple, wantsT: false);
            EdwardsPoint.Double(ref r, 4);
        }
        CachedPoint.Lookup(out multiple, table, Digit(digits, 0));
        EdwardsPoint.Add(ref r, multiple);

        // The multiples of p are secret where p is, and the last one tells a digit of k.
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(table));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<CachedPoint>(ref multiple)));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<UInt256>(ref digits)));
    }

    /// <summary>
    /// k·G: the odd digits first, four doublings, then the even ones, so that both use the row of 256ʲ·G. 64 additions.
    /// </summary>
    [SkipLocalsInit]
    internal static void MultiplyBase(out EdwardsPoint r, in Scalar<Ed25519> k)
    {
        var digits = UInt256.Add(k.Value, Offset, out _);
        r = EdwardsPoint.Identity;
        NielsPoint multiple = default;
        for (var j = 0; j < 32; j++)
        {
            NielsPoint.Lookup(out multiple, ref Ed25519BaseTable.Row(j), Digit(digits, (2 * j) + 1));
            EdwardsPoint.Add(ref r, multiple);
        }
        EdwardsPoint.Double(ref r, 4);
        for (var j = 0; j < 32; j++)
        {
            NielsPoint.Lookup(out multiple, ref Ed25519BaseTable.Row(j), Digit(digits, 2 * j));
            EdwardsPoint.Add(ref r, multiple);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<NielsPoint>(ref multiple)));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<UInt256>(ref digits)));
    }

    /// <summary>Digit <paramref name="i"/> of a scalar to which the offset has been added. The index is public.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static long Digit(in UInt256 digits, int i)
    {
        var limb = Unsafe.Add(ref Unsafe.As<UInt256, ulong>(ref Unsafe.AsRef(in digits)), i >> 4);
        return (long)((limb >> ((i & 15) << 2)) & 15) - 8;
    }
}
