using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// An element of the field of p = 2²⁵⁶ − 2³² − 977 elements, as five limbs of 52 bits, least significant first.
/// Every operation takes and gives loose elements; only <see cref="Normalize"/> is canonical. Constant time.
/// </summary>
/// <remarks>
/// Loose means: every limb is below 2⁵² + 2⁴⁹, so the value is below 2²⁶¹ and stands for its residue modulo p.
/// What exceeds 2²⁶⁰ is folded with 2²⁶⁰ ≡ <see cref="Fold"/> (mod p).
/// </remarks>
readonly partial struct Secp256k1Field(ulong n0, ulong n1, ulong n2, ulong n3, ulong n4)
{
    /// <summary>A limb's 52 bits.</summary>
    internal const ulong Mask = (1UL << 52) - 1;

    /// <summary>2²⁶⁰ mod p = 2⁴·(2³² + 977), 37 bits.</summary>
    internal const ulong Fold = 0x1000003D10;

    /// <summary>2²⁵⁶ mod p = 2³² + 977.</summary>
    const ulong FoldTop = 0x1000003D1;

    const ulong TopMask = (1UL << 48) - 1;

    internal readonly ulong N0 = n0, N1 = n1, N2 = n2, N3 = n3, N4 = n4;

    /// <summary>p.</summary>
    internal static UInt256 Prime => new(0xFFFFFFFEFFFFFC2F, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    internal static Secp256k1Field One => new(1, 0, 0, 0, 0);

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Secp256k1Field operator +(in Secp256k1Field a, in Secp256k1Field b) =>
        Carry(a.N0 + b.N0, a.N1 + b.N1, a.N2 + b.N2, a.N3 + b.N3, a.N4 + b.N4);

    /// <summary>a − b, as a + 32p − b with 32p spread over the limbs so that none goes below zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Secp256k1Field operator -(in Secp256k1Field a, in Secp256k1Field b) =>
        Carry(
            a.N0 + ((1UL << 53) - 2 * Fold) - b.N0,
            a.N1 + ((1UL << 53) - 2) - b.N1,
            a.N2 + ((1UL << 53) - 2) - b.N2,
            a.N3 + ((1UL << 53) - 2) - b.N3,
            a.N4 + ((1UL << 53) - 2) - b.N4);

    /// <summary>−a.</summary>
    public static Secp256k1Field operator -(in Secp256k1Field a) => default(Secp256k1Field) - a;

    /// <summary>a·k for a small constant, below 2¹¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Secp256k1Field Times(uint k) => Carry(N0 * k, N1 * k, N2 * k, N3 * k, N4 * k);

    /// <summary>
    /// Limbs of any size to loose ones: each passes its excess to the next in parallel, the last one to the first
    /// through <see cref="Fold"/>. From 64-bit limbs the first gets less than 2¹²·2³⁷ more, the others 2¹².
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Secp256k1Field Carry(ulong c0, ulong c1, ulong c2, ulong c3, ulong c4) => new(
        (c0 & Mask) + (c4 >> 52) * Fold, (c1 & Mask) + (c0 >> 52), (c2 & Mask) + (c1 >> 52),
        (c3 & Mask) + (c2 >> 52), (c4 & Mask) + (c3 >> 52));

    /// <summary>The residue below p, with all limbs in range: the only form to compare, encode or take the parity of.</summary>
    internal Secp256k1Field Normalize()
    {
        // Twice what exceeds 2²⁵⁶ (below 2⁵, then at most 1) comes back as FoldTop; after that the value is below 2²⁵⁶ + FoldTop·2⁵.
        var (t0, t1, t2, t3, t4) = Chain((N4 >> 48) * FoldTop + N0, N1, N2, N3, N4 & TopMask);
        (t0, t1, t2, t3, t4) = Chain((t4 >> 48) * FoldTop + t0, t1, t2, t3, t4 & TopMask);

        // t ≥ p exactly when t + FoldTop reaches 2²⁵⁶; then the sum without that bit is t − p.
        var (s0, s1, s2, s3, s4) = Chain(t0 + FoldTop, t1, t2, t3, t4);
        var mask = 0UL - (s4 >> 48);
        return new(
            t0 ^ (mask & (t0 ^ s0)), t1 ^ (mask & (t1 ^ s1)), t2 ^ (mask & (t2 ^ s2)),
            t3 ^ (mask & (t3 ^ s3)), t4 ^ (mask & (t4 ^ (s4 & TopMask))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (ulong, ulong, ulong, ulong, ulong) Chain(ulong t0, ulong t1, ulong t2, ulong t3, ulong t4)
    {
        t1 += t0 >> 52;
        t2 += t1 >> 52;
        t3 += t2 >> 52;
        t4 += t3 >> 52;
        return (t0 & Mask, t1 & Mask, t2 & Mask, t3 & Mask, t4);
    }

    /// <summary>Whether the residue is zero.</summary>
    internal bool IsZero
    {
        get
        {
            var n = Normalize();
            return (n.N0 | n.N1 | n.N2 | n.N3 | n.N4) == 0;
        }
    }

    /// <summary>The residue modulo two.</summary>
    internal ulong Parity => Normalize().N0 & 1;

    /// <summary>b where <paramref name="mask"/> is all ones, a where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Secp256k1Field Select(in Secp256k1Field a, in Secp256k1Field b, ulong mask) => new(
        a.N0 ^ (mask & (a.N0 ^ b.N0)), a.N1 ^ (mask & (a.N1 ^ b.N1)), a.N2 ^ (mask & (a.N2 ^ b.N2)),
        a.N3 ^ (mask & (a.N3 ^ b.N3)), a.N4 ^ (mask & (a.N4 ^ b.N4)));

    /// <summary>The limbs of any 256-bit value.</summary>
    internal static Secp256k1Field From(in UInt256 v) => new(
        v.L0 & Mask, ((v.L0 >> 52) | (v.L1 << 12)) & Mask, ((v.L1 >> 40) | (v.L2 << 24)) & Mask,
        ((v.L2 >> 28) | (v.L3 << 36)) & Mask, v.L3 >> 16);

    /// <summary>The residue as 256 bits.</summary>
    internal UInt256 ToUInt256()
    {
        var n = Normalize();
        return new(
            n.N0 | (n.N1 << 52), (n.N1 >> 12) | (n.N2 << 40), (n.N2 >> 24) | (n.N3 << 28), (n.N3 >> 36) | (n.N4 << 16));
    }

    /// <summary>Reads 32 bytes, most significant first. False for a value not below p.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> source, out Secp256k1Field value)
    {
        var raw = UInt256.ReadBigEndian(source);
        value = From(raw);
        return IsBelowModulus(raw);
    }

    /// <summary>Whether a 256-bit value is its own residue.</summary>
    internal static bool IsBelowModulus(in UInt256 value)
    {
        UInt256.Subtract(value, Prime, out var below);
        return below != 0;
    }

    /// <summary>Writes the residue as 32 bytes, most significant first.</summary>
    internal void Write(Span<byte> destination) => ToUInt256().WriteBigEndian(destination);
}
