using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// A point prepared as a summand: Y − X, Y + X, 2Z and 2d·T in lanes 0 to 3, tight, two limbs to a lane: limb 2i in the
/// lower and limb 2i + 1 in the upper 32 bits.
/// </summary>
[InlineArray(Vectors)]
struct CachedLanes
{
    const int Vectors = Field25519Lanes.Limbs / 2;

    Vector256<ulong> limbs;

    static readonly Field25519Lanes Factors = CreateFactors();
    static readonly CachedLanes TwiceModulus = CreateTwiceModulus();

    [SkipLocalsInit]
    internal CachedLanes(in EdwardsLanes p)
    {
        p.ToSummand(out var summand);
        Field25519Lanes.Multiply(ref summand, summand, Factors);
        for (var i = 0; i < Vectors; i++)
            this[i] = summand[2 * i] | (summand[(2 * i) + 1] << 32);
    }

    /// <summary>The limbs as the right side of a product, which does not look at the upper 32 bits of a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Unpack(out Field25519Lanes r)
    {
        Unsafe.SkipInit(out r);
        for (var i = 0; i < Vectors; i++)
        {
            r[2 * i] = this[i];
            r[(2 * i) + 1] = this[i] >>> 32;
        }
    }

    /// <summary>
    /// The opposite point where <paramref name="mask"/> is all ones: Y − X and Y + X change places, and 2d·T becomes 2p − 2d·T,
    /// at most twice a tight limb.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NegateIf(Vector256<ulong> mask)
    {
        for (var i = 0; i < Vectors; i++)
        {
            var exchanged = EdwardsLanes.Lanes(this[i], 1, 0, 2, 3);
            var opposite = Vector256.ConditionalSelect(EdwardsLanes.Lane3, TwiceModulus[i] - this[i], exchanged);
            this[i] = Vector256.ConditionalSelect(mask, opposite, this[i]);
        }
    }

    /// <summary>As <see cref="IEdwardsPoint{TPoint,TSummand}.Lookup"/> says.</summary>
    [SkipLocalsInit]
    internal static void Lookup(out CachedLanes r, ReadOnlySpan<CachedLanes> table, long digit)
    {
        var sign = digit >> 63;
        var wanted = Vector256.Create((digit ^ sign) - sign);
        Vector256<ulong> v0 = default, v1 = default, v2 = default, v3 = default, v4 = default;
        for (var i = 0; i < table.Length; i++)
        {
            var mask = Vector256.Equals(wanted, Vector256.Create(i + 1L)).AsUInt64();
            ref readonly var entry = ref table[i];
            v0 |= mask & entry[0];
            v1 |= mask & entry[1];
            v2 |= mask & entry[2];
            v3 |= mask & entry[3];
            v4 |= mask & entry[4];
        }
        // Zero matched nothing: the identity is (1, 1, 2, 0).
        var isZero = Vector256.Equals(wanted, Vector256<long>.Zero).AsUInt64();
        Unsafe.SkipInit(out r);
        r[0] = v0 | (isZero & Vector256.Create(1UL, 1, 2, 0));
        r[1] = v1;
        r[2] = v2;
        r[3] = v3;
        r[4] = v4;
        r.NegateIf(Vector256.Create((ulong)sign));
    }

    static Field25519Lanes CreateFactors()
    {
        Field25519Lanes.FromElements(out var factors, Field25519.One, Field25519.One, Field25519.One, EdwardsPoint.TwiceD);
        return factors;
    }

    static CachedLanes CreateTwiceModulus()
    {
        CachedLanes packed = default;
        for (var i = 0; i < Vectors; i++)
            packed[i] = Vector256.Create(Field25519Lanes.TwiceModulus(2 * i) | (Field25519Lanes.TwiceModulus((2 * i) + 1) << 32));
        return packed;
    }
}
