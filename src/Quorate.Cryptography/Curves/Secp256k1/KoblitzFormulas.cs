using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// The group law of y² = x³ + b over the field of secp256k1, on homogeneous coordinates (X : Y : Z) in lanes 0, 1, 2:
/// the complete formulas of Renes, Costello and Batina (ePrint 2015/1060) for a = 0. No pair of points is a special
/// case. Lane 3 holds nothing of meaning.
/// </summary>
/// <remarks>
/// With T = <see cref="FieldX4.Tight"/>: operands and results have limbs of at most T in X and Z and 2T in Y. The bounds
/// at each product are of its columns: six limbs by six, of which five meet in the highest column that is not folded.
/// </remarks>
static class KoblitzFormulas
{
    /// <summary>2²⁵⁸ mod p.</summary>
    internal const double Fold = 4.0 * ((1L << 32) + 977);

    /// <summary>2p: algorithm 9. Its eight products fill the lanes twice.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Double<C>(ref FieldX4 r, in FieldX4 p) where C : struct, IKoblitzCurve<C>
    {
        Unsafe.SkipInit(out FieldX4 a);
        Unsafe.SkipInit(out FieldX4 b);
        Unsafe.SkipInit(out FieldX4 w);

        // w = (Y², YZ, 3bZ², XY); columns at most 6·21T² < 2⁹¹·⁷.
        for (var i = 0; i < FieldX4.Limbs; i++)
        {
            a[i] = Lanes(p[i], 1, 1, 2, 0);
            b[i] = Lanes(p[i], 1, 2, 2, 1) * Vector256.Create(1.0, 1, 3 * C.B, 1);
        }
        FieldX4.Multiply(ref w, a, b, Fold);

        // With t = Y² − 9bZ² and u = Y² + 3bZ²: (t·2XY, t·u, YZ·8Y², 3bZ²·8Y²); columns at most 6·8T² < 2⁹⁰·³.
        for (var i = 0; i < FieldX4.Limbs; i++)
        {
            var zz = Lanes(w[i], 2, 2, 2, 2);
            a[i] = Vector256.FusedMultiplyAdd(zz, Vector256.Create(-3.0, -3, 0, 0), Lanes(w[i], 0, 0, 1, 2));
            b[i] = Vector256.FusedMultiplyAdd(
                zz, Vector256.Create(0.0, 1, 0, 0), Lanes(w[i], 3, 0, 0, 0) * Vector256.Create(2.0, 1, 8, 8));
        }
        FieldX4.Multiply(ref w, a, b, Fold);

        // Y takes the fourth lane's product too.
        for (var i = 0; i < FieldX4.Limbs; i++)
            r[i] = Vector256.FusedMultiplyAdd(Lanes(w[i], 3, 3, 3, 3), Vector256.Create(0.0, 1, 0, 0), w[i]);
    }

    /// <summary>p + q: algorithm 7, its twelve products in four lots of which the last two share a reduction.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Add<C>(ref FieldX4 r, in FieldX4 p, in FieldX4 q) where C : struct, IKoblitzCurve<C>
    {
        Unsafe.SkipInit(out FieldX4 a);
        Unsafe.SkipInit(out FieldX4 b);
        Unsafe.SkipInit(out FieldX4 c);
        Unsafe.SkipInit(out FieldX4 d);
        Unsafe.SkipInit(out FieldX4 m);
        Unsafe.SkipInit(out FieldX4 n);

        // m = (Y₁Y₂, 3bZ₁Z₂, X₁X₂, Z₁Z₂), and for n the sums (X + Y, X + Z, X, Y + Z) of both points.
        for (var i = 0; i < FieldX4.Limbs; i++)
        {
            var u = Lanes(p[i], 1, 2, 0, 2);
            var v = Lanes(q[i], 1, 2, 0, 2);
            a[i] = u;
            b[i] = v * Vector256.Create(1.0, 3 * C.B, 1, 1);
            c[i] = Vector256.FusedMultiplyAdd(Lanes(u, 2, 2, 2, 0), Vector256.Create(1.0, 1, 0, 1), u);
            d[i] = Vector256.FusedMultiplyAdd(
                Lanes(v, 2, 2, 2, 0), Vector256.Create(1.0, 3 * C.B, 0, 1), v * Vector256.Create(1.0, 3 * C.B, 3 * C.B, 1));
        }
        // Columns at most 6·21T² < 2⁹¹·⁷, and 6·21·(2T)² < 2⁹³·⁷ in n, whose second lane is therefore only below 2⁴³·⁰³.
        FieldX4.Multiply(ref m, a, b, Fold);
        FieldX4.Multiply(ref n, c, d, Fold);

        for (var i = 0; i < FieldX4.Limbs; i++)
        {
            // k = (xy, 3b·xz, ·, yz) with xy = X₁Y₂ + X₂Y₁ and so on: each sum's product less the two squares in it.
            var squares = Vector256.ConditionalSelect(Second, Lanes(n[i], 2, 2, 2, 2), Lanes(m[i], 2, 2, 2, 0));
            var k = n[i] - m[i] - squares;
            // e = (xy, Y₁Y₂ − 3bZ₁Z₂, Y₁Y₂ + 3bZ₁Z₂, yz)
            var middle = Vector256.FusedMultiplyAdd(
                Lanes(m[i], 1, 1, 1, 1), Vector256.Create(0.0, -1, 1, 0), Lanes(m[i], 0, 0, 0, 0));
            var e = Vector256.ConditionalSelect(Middle, middle, k);
            // f = (−yz, 3b·xz, 3X₁X₂, xy)
            var f = Vector256.FusedMultiplyAdd(
                m[i], Vector256.Create(0.0, 0, 3, 0), Lanes(k, 3, 1, 1, 0) * Vector256.Create(-1.0, 1, 0, 1));
            a[i] = e;
            b[i] = Lanes(e, 1, 2, 3, 3);
            c[i] = f;
            d[i] = Lanes(f, 1, 2, 3, 3);
        }
        // Neighbours multiply: X = e₀e₁ + f₀f₁, Y = e₁e₂ + f₁f₂, Z = e₂e₃ + f₂f₃. Limbs of e are at most 3T, 2T, 2T, 3T and
        // of f 3T, 4T, 3T, 3T, so five products of each make a column of at most 5·18T² < 2⁹¹·².
        FieldX4.MultiplyAdd(ref r, a, b, c, d, Fold);
    }

    /// <summary>−p where <paramref name="mask"/> is all ones, p where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void NegateIf(ref FieldX4 p, ulong mask)
    {
        var sign = Vector256.Create(0, mask & (1UL << 63), 0, 0).AsDouble();
        for (var i = 0; i < FieldX4.Limbs; i++)
            p[i] ^= sign;
    }

    /// <summary>λ·p = (β·X : Y : Z), where λ depends on the subgroup and β does not.</summary>
    internal static void MultiplyLambda(ref FieldX4 r, in FieldX4 p) => FieldX4.Multiply(ref r, p, Lambda, Fold);

    /// <summary>The cube root of one that belongs to secp256k1's λ.</summary>
    internal static Secp256k1Field Beta => Secp256k1Field.From(
        new(0xC1396C28719501EE, 0x9CF0497512F58995, 0x6E64479EAC3434E9, 0x7AE96A2B657C0710));

    static readonly FieldX4 Lambda = CreateLambda();

    static FieldX4 CreateLambda()
    {
        Secp256k1Field.ToLanes(Beta, Secp256k1Field.One, Secp256k1Field.One, out var lanes);
        return lanes;
    }

    static Vector256<double> Second => Vector256.Create(0L, -1, 0, 0).AsDouble();

    static Vector256<double> Middle => Vector256.Create(0L, -1, -1, 0).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> Lanes(Vector256<double> v, long a, long b, long c, long d) =>
        Vector256.Shuffle(v, Vector256.Create(a, b, c, d));
}
