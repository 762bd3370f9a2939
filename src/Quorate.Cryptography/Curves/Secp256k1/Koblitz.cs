using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// Points of y² = x³ + b over the field of secp256k1: storage, group operations, encoding. The type parameter gives b,
/// the base point and the splitting of scalars.
/// </summary>
/// <remarks>
/// A stored point is the lanes of <see cref="KoblitzFormulas"/>, limb by limb, with one subtracted from Y: then the
/// identity (0 : 1 : 0) is all zero.
/// </remarks>
static partial class Koblitz<C> where C : struct, IKoblitzCurve<C>
{
    static Vector256<double> YIsOne => Vector256.Create(0.0, 1, 0, 0);

    /// <summary>The coordinates of a stored point.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Load(out FieldX4 lanes, in Point<C> p)
    {
        lanes = Unsafe.As<PointLimbs, FieldX4>(ref Unsafe.AsRef(in p.Limbs));
        lanes[0] += YIsOne;
    }

    /// <summary>The stored point of coordinates within the formulas' bounds.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Point<C> Store(in FieldX4 lanes)
    {
        Unsafe.SkipInit(out PointLimbs limbs);
        ref var stored = ref Unsafe.As<PointLimbs, FieldX4>(ref limbs);
        stored = lanes;
        stored[0] -= YIsOne;
        return new(limbs);
    }

    /// <summary>The point (x, y), which the caller knows to be on the curve.</summary>
    internal static Point<C> FromAffine(in Secp256k1Field x, in Secp256k1Field y)
    {
        Secp256k1Field.ToLanes(x, y, Secp256k1Field.One, out var lanes);
        return Store(lanes);
    }

    /// <summary>The point (x : y : z), which the caller knows to be on the curve.</summary>
    internal static Point<C> FromProjective(in Secp256k1Field x, in Secp256k1Field y, in Secp256k1Field z)
    {
        Secp256k1Field.ToLanes(x, y, z, out var lanes);
        return Store(lanes);
    }

    /// <summary>The point (x, y). False when it is not on the curve.</summary>
    internal static bool TryFromAffine(in Secp256k1Field x, in Secp256k1Field y, out Point<C> p)
    {
        var onCurve = (RightSide(x) - y.Square()).IsZero;
        p = onCurve ? FromAffine(x, y) : default;
        return onCurve;
    }

    /// <summary>The point with this x and a y of this parity, 0 or 1. False when there is none.</summary>
    internal static bool TryLift(in Secp256k1Field x, ulong parity, out Point<C> p)
    {
        p = default;
        if (!RightSide(x).TrySquareRoot(out var y))
            return false;
        p = FromAffine(x, Secp256k1Field.Select(y, -y, 0UL - (y.Parity ^ parity)));
        return true;
    }

    /// <summary>x and y of a point; (0, 0) of the identity.</summary>
    internal static void ToAffine(in Point<C> p, out Secp256k1Field x, out Secp256k1Field y)
    {
        Load(out var lanes, p);
        var inverse = Secp256k1Field.FromLane(lanes, 2).Invert();
        x = Secp256k1Field.FromLane(lanes, 0) * inverse;
        y = Secp256k1Field.FromLane(lanes, 1) * inverse;
    }

    static Secp256k1Field RightSide(in Secp256k1Field x) => x.Square() * x + new Secp256k1Field((ulong)C.B, 0, 0, 0, 0);

    internal static Point<C> Add(in Point<C> p, in Point<C> q)
    {
        Load(out var a, p);
        Load(out var b, q);
        KoblitzFormulas.Add<C>(ref a, a, b);
        return Store(a);
    }

    internal static Point<C> Double(in Point<C> p)
    {
        Load(out var a, p);
        KoblitzFormulas.Double<C>(ref a, a);
        return Store(a);
    }

    internal static Point<C> Negate(in Point<C> p)
    {
        Load(out var a, p);
        KoblitzFormulas.NegateIf(ref a, ulong.MaxValue);
        return Store(a);
    }

    /// <summary>X₁Z₂ = X₂Z₁ and Y₁Z₂ = Y₂Z₁, which needs no care for the identity: its Y is not zero.</summary>
    internal static bool AreEqual(in Point<C> p, in Point<C> q)
    {
        Load(out var a, p);
        Load(out var b, q);
        var (x1, y1, z1) = (Secp256k1Field.FromLane(a, 0), Secp256k1Field.FromLane(a, 1), Secp256k1Field.FromLane(a, 2));
        var (x2, y2, z2) = (Secp256k1Field.FromLane(b, 0), Secp256k1Field.FromLane(b, 1), Secp256k1Field.FromLane(b, 2));
        return (x1 * z2 - x2 * z1).IsZero & (y1 * z2 - y2 * z1).IsZero;
    }
}
