using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// A point with its extended coordinates X, Y, Z, T in lanes 0 to 3, tight, and the formulas of <see cref="EdwardsPoint"/>
/// on all of them at once: two products of lanes for an addition or a doubling (ePrint 2008/522, section 4).
/// </summary>
/// <remarks>
/// Where some lanes subtract, p − q is written p + (q xor m) + K: with m all ones that is p − q − 1 + K, and K is 2p + 1
/// limb by limb; in the lanes that add, both are zero. In multiples of a tight limb sums are 2 and differences 3, since 2p
/// counts as 2.
/// </remarks>
struct EdwardsLanes : IEdwardsPoint<EdwardsLanes, CachedLanes>
{
    internal Field25519Lanes C;

    static readonly EdwardsLanes IdentityLanes = From(EdwardsPoint.Identity);
    static readonly Field25519Lanes K0 = Offsets(Lane0), K2 = Offsets(Lane2), K012 = Offsets(Lanes012), K023 = Offsets(Lanes023);

    public static EdwardsLanes Identity => IdentityLanes;

    internal static Vector256<ulong> Lane0 => Vector256.Create(ulong.MaxValue, 0, 0, 0);
    internal static Vector256<ulong> Lane2 => Vector256.Create(0, 0, ulong.MaxValue, 0);
    internal static Vector256<ulong> Lane3 => Vector256.Create(0, 0, 0, ulong.MaxValue);
    static Vector256<ulong> Lanes01 => Vector256.Create(ulong.MaxValue, ulong.MaxValue, 0, 0);
    static Vector256<ulong> Lanes02 => Vector256.Create(ulong.MaxValue, 0, ulong.MaxValue, 0);
    static Vector256<ulong> Lanes012 => Vector256.Create(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0);
    static Vector256<ulong> Lanes023 => Vector256.Create(ulong.MaxValue, 0, ulong.MaxValue, ulong.MaxValue);

    public static void Load(out EdwardsLanes r, in Point<Ed25519> p)
    {
        EdwardsPoint.Load(out var point, p);
        r = From(point);
    }

    public readonly Point<Ed25519> Store() =>
        new EdwardsPoint { X = C.ToElement(0), Y = C.ToElement(1), Z = C.ToElement(2), T = C.ToElement(3) }.Store();

    [SkipLocalsInit]
    public static void Add(ref EdwardsLanes p, in CachedLanes q, bool wantsT = true)
    {
        Unsafe.SkipInit(out Field25519Lanes a);
        // w = (Y₁ − X₁, Y₁ + X₁, Z₁, T₁)·(Y₂ − X₂, Y₂ + X₂, 2Z₂, 2d·T₂) = (A, B, D, C)
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
            a[i] = Lanes(p.C[i], 1, 1, 2, 3) + ((Lanes(p.C[i], 0, 0, 0, 0) & Lanes01) ^ Lane0) + K0[i];
        q.Unpack(out var b);
        Field25519Lanes.Multiply(ref a, a, b);

        // E = B − A, F = D − C, G = D + C, H = B + A: (E, G, F, E)·(F, H, G, H) = (X, Y, Z, T).
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
        {
            var w = a[i];
            a[i] = Lanes(w, 1, 2, 2, 1) + (Lanes(w, 0, 3, 3, 0) ^ Lanes023) + K023[i];
            b[i] = Lanes(w, 2, 1, 2, 1) + (Lanes(w, 3, 0, 3, 0) ^ Lane0) + K0[i];
        }
        Field25519Lanes.Multiply(ref p.C, a, b);
    }

    [SkipLocalsInit]
    public static void Subtract(ref EdwardsLanes p, in CachedLanes q)
    {
        var negative = q;
        negative.NegateIf(Vector256<ulong>.AllBitsSet);
        Add(ref p, negative);
    }

    [SkipLocalsInit]
    public static void Double(ref EdwardsLanes p, int count = 1)
    {
        Unsafe.SkipInit(out Field25519Lanes a);
        Unsafe.SkipInit(out Field25519Lanes b);
        for (; count > 0; count--)
        {
            // w = (X, Y, Z, X)·(X, Y, Z, Y) = (A, B, C, W)
            for (var i = 0; i < Field25519Lanes.Limbs; i++)
            {
                a[i] = Lanes(p.C[i], 0, 1, 2, 0);
                b[i] = Lanes(p.C[i], 0, 1, 2, 1);
            }
            Field25519Lanes.Multiply(ref a, a, b);

            // E = 2W, H = B + A, G = B − A, F = 2C − G, which is 5 and stands on the left: (F, G, F, E)·(E, H, G, H).
            for (var i = 0; i < Field25519Lanes.Limbs; i++)
            {
                var w = a[i];
                var x = Lanes(w, 2, 1, 2, 3);
                a[i] = x + (x & Lanes023) + (Lanes(w, 0, 0, 0, 0) & Lanes02) + ((Lanes(w, 1, 0, 1, 1) & Lanes012) ^ Lanes012) + K012[i];
                b[i] = Lanes(w, 3, 0, 1, 0) + (Lanes(w, 3, 1, 0, 1) ^ Lane2) + K2[i];
            }
            Field25519Lanes.Multiply(ref p.C, a, b);
        }
    }

    public static void Prepare(out CachedLanes r, in EdwardsLanes p) => r = new(p);

    public static void Lookup(out CachedLanes r, ReadOnlySpan<CachedLanes> table, long digit) =>
        CachedLanes.Lookup(out r, table, digit);

    /// <summary>(Y − X, Y + X, 2Z, T), at most 3.</summary>
    [SkipLocalsInit]
    internal readonly void ToSummand(out Field25519Lanes r)
    {
        Unsafe.SkipInit(out r);
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
            r[i] = Lanes(C[i], 1, 1, 2, 3) + ((Lanes(C[i], 0, 0, 2, 2) & Lanes012) ^ Lane0) + K0[i];
    }

    static EdwardsLanes From(in EdwardsPoint point)
    {
        EdwardsLanes lanes;
        Field25519Lanes.FromElements(out lanes.C, point.X, point.Y, point.Z, point.T);
        return lanes;
    }

    /// <summary>2p + 1, limb by limb, in some lanes.</summary>
    static Field25519Lanes Offsets(Vector256<ulong> lanes)
    {
        Field25519Lanes offsets = default;
        for (var i = 0; i < Field25519Lanes.Limbs; i++)
            offsets[i] = lanes & Vector256.Create(Field25519Lanes.TwiceModulus(i) + 1);
        return offsets;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<ulong> Lanes(Vector256<ulong> v, ulong a, ulong b, ulong c, ulong d) =>
        Vector256.Shuffle(v, Vector256.Create(a, b, c, d));
}
