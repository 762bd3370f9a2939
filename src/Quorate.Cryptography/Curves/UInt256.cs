using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Quorate.Cryptography.Curves;

/// <summary>256 bits as four 64-bit limbs, least significant first. Arithmetic is constant time.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct UInt256(ulong l0, ulong l1, ulong l2, ulong l3) : IEquatable<UInt256>
{
    internal readonly ulong L0 = l0, L1 = l1, L2 = l2, L3 = l3;

    internal bool IsZero => (L0 | L1 | L2 | L3) == 0;

    /// <summary>The <paramref name="count"/> bits, up to 63, from bit <paramref name="from"/>, up to 255; zero beyond the top.</summary>
    internal ulong Bits(int from, int count)
    {
        var (limb, shift) = (from >> 6, from & 63);
        ref var first = ref Unsafe.AsRef(in L0);
        var bits = Unsafe.Add(ref first, limb) >> shift;
        // In two shifts, because a shift by 64 would be none.
        if (limb < 3)
            bits |= Unsafe.Add(ref first, limb + 1) << 1 << (63 - shift);
        return bits & ((1UL << count) - 1);
    }

    /// <summary>2ⁿ for n below 256.</summary>
    internal static UInt256 PowerOfTwo(int exponent)
    {
        var limb = 1UL << (exponent & 63);
        return (exponent >> 6) switch
        {
            0 => new(limb, 0, 0, 0),
            1 => new(0, limb, 0, 0),
            2 => new(0, 0, limb, 0),
            _ => new(0, 0, 0, limb),
        };
    }

    /// <summary>a + b and the carry out, 0 or 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static UInt256 Add(in UInt256 a, in UInt256 b, out ulong carry)
    {
        carry = 0;
        var r0 = Limb.Add(a.L0, b.L0, ref carry);
        var r1 = Limb.Add(a.L1, b.L1, ref carry);
        var r2 = Limb.Add(a.L2, b.L2, ref carry);
        var r3 = Limb.Add(a.L3, b.L3, ref carry);
        return new(r0, r1, r2, r3);
    }

    /// <summary>a − b and the borrow out, 0 or 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static UInt256 Subtract(in UInt256 a, in UInt256 b, out ulong borrow)
    {
        borrow = 0;
        var r0 = Limb.Subtract(a.L0, b.L0, ref borrow);
        var r1 = Limb.Subtract(a.L1, b.L1, ref borrow);
        var r2 = Limb.Subtract(a.L2, b.L2, ref borrow);
        var r3 = Limb.Subtract(a.L3, b.L3, ref borrow);
        return new(r0, r1, r2, r3);
    }

    /// <summary>a·b: the low half, and the high half in <paramref name="high"/>.</summary>
    [SkipLocalsInit]
    internal static UInt256 Multiply(in UInt256 a, in UInt256 b, out UInt256 high)
    {
        var carry = 0UL;
        var r0 = Limb.MultiplyAdd(a.L0, b.L0, 0, ref carry);
        var r1 = Limb.MultiplyAdd(a.L1, b.L0, 0, ref carry);
        var r2 = Limb.MultiplyAdd(a.L2, b.L0, 0, ref carry);
        var r3 = Limb.MultiplyAdd(a.L3, b.L0, 0, ref carry);
        var r4 = carry;
        carry = 0;
        r1 = Limb.MultiplyAdd(a.L0, b.L1, r1, ref carry);
        r2 = Limb.MultiplyAdd(a.L1, b.L1, r2, ref carry);
        r3 = Limb.MultiplyAdd(a.L2, b.L1, r3, ref carry);
        r4 = Limb.MultiplyAdd(a.L3, b.L1, r4, ref carry);
        var r5 = carry;
        carry = 0;
        r2 = Limb.MultiplyAdd(a.L0, b.L2, r2, ref carry);
        r3 = Limb.MultiplyAdd(a.L1, b.L2, r3, ref carry);
        r4 = Limb.MultiplyAdd(a.L2, b.L2, r4, ref carry);
        r5 = Limb.MultiplyAdd(a.L3, b.L2, r5, ref carry);
        var r6 = carry;
        carry = 0;
        r3 = Limb.MultiplyAdd(a.L0, b.L3, r3, ref carry);
        r4 = Limb.MultiplyAdd(a.L1, b.L3, r4, ref carry);
        r5 = Limb.MultiplyAdd(a.L2, b.L3, r5, ref carry);
        r6 = Limb.MultiplyAdd(a.L3, b.L3, r6, ref carry);
        high = new(r4, r5, r6, carry);
        return new(r0, r1, r2, r3);
    }

    /// <summary>b where <paramref name="mask"/> is all ones, a where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static UInt256 Select(in UInt256 a, in UInt256 b, ulong mask) => new(
        a.L0 ^ (mask & (a.L0 ^ b.L0)), a.L1 ^ (mask & (a.L1 ^ b.L1)),
        a.L2 ^ (mask & (a.L2 ^ b.L2)), a.L3 ^ (mask & (a.L3 ^ b.L3)));

    /// <summary>Reads 32 bytes, most significant first.</summary>
    public static UInt256 ReadBigEndian(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64BigEndian(source[24..]), BinaryPrimitives.ReadUInt64BigEndian(source[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(source[8..]), BinaryPrimitives.ReadUInt64BigEndian(source));

    /// <summary>Reads 32 bytes, least significant first.</summary>
    public static UInt256 ReadLittleEndian(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt64LittleEndian(source[24..]));

    /// <summary>Writes 32 bytes, most significant first.</summary>
    public void WriteBigEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], L0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], L1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], L2);
        BinaryPrimitives.WriteUInt64BigEndian(destination, L3);
    }

    /// <summary>Writes 32 bytes, least significant first.</summary>
    public void WriteLittleEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, L0);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], L1);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], L2);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], L3);
    }

    /// <summary>Constant-time equality.</summary>
    public bool Equals(UInt256 other) =>
        ((L0 ^ other.L0) | (L1 ^ other.L1) | (L2 ^ other.L2) | (L3 ^ other.L3)) == 0;

    /// <summary>Constant-time equality.</summary>
    public static bool operator ==(UInt256 a, UInt256 b) => a.Equals(b);

    /// <summary>Constant-time inequality.</summary>
    public static bool operator !=(UInt256 a, UInt256 b) => !a.Equals(b);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UInt256 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(L0, L1, L2, L3);
}

/// <summary>One 64-bit limb: carries without branches and the two halves of a product.</summary>
static class Limb
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Add(ulong a, ulong b, ref ulong carry)
    {
        var s = a + b;
        var c = s < a ? 1UL : 0UL;
        var r = s + carry;
        carry = c + (r < s ? 1UL : 0UL);
        return r;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Subtract(ulong a, ulong b, ref ulong borrow)
    {
        var d = a - b;
        var c = a < b ? 1UL : 0UL;
        var r = d - borrow;
        borrow = c + (d < borrow ? 1UL : 0UL);
        return r;
    }

    /// <summary>The upper half of a·b. The single-result form of MULX keeps both halves in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong High(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    /// <summary>a·b + c + carry; returns the low half and leaves the high half in <paramref name="carry"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong MultiplyAdd(ulong a, ulong b, ulong c, ref ulong carry)
    {
        var low = a * b;
        var high = High(a, b);
        low += c;
        high += low < c ? 1UL : 0UL;
        low += carry;
        high += low < carry ? 1UL : 0UL;
        carry = high;
        return low;
    }
}
