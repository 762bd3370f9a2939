using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// A point of −x² + y² = 1 + d·x²·y² over 2²⁵⁵ − 19 in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z
/// (Hisil, Wong, Carter, Dawson, ePrint 2008/522). Tight limbs. The formulas are complete: no pair is special.
/// </summary>
readonly struct EdwardsPoint(in Field25519 x, in Field25519 y, in Field25519 z, in Field25519 t)
{
    internal readonly Field25519 X = x, Y = y, Z = z, T = t;

    /// <summary>d = −121665/121666.</summary>
    internal static Field25519 D =>
        new(0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff);

    internal static Field25519 TwiceD =>
        new(0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff);

    internal static EdwardsPoint Identity => new(default, Field25519.One, Field25519.One, default);

    /// <summary>The coordinates as stored in a <see cref="Point{C}"/>, where Y and Z have their lowest bit flipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static EdwardsPoint Load(in Point<Ed25519> p)
    {
        var loaded = Unsafe.As<PointLimbs, EdwardsPoint>(ref Unsafe.AsRef(in p.Limbs));
        return new(loaded.X, Flip(loaded.Y), Flip(loaded.Z), loaded.T);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Point<Ed25519> Store()
    {
        var stored = new EdwardsPoint(X, Flip(Y), Flip(Z), T);
        return new(Unsafe.As<EdwardsPoint, PointLimbs>(ref stored));
    }

    /// <summary>this + q. Strongly unified addition, 2008/522 section 3.1 for a = −1.</summary>
    internal EdwardsPoint Add(in CachedPoint q)
    {
        var a = (Y - X) * q.YMinusX;
        var b = (Y + X) * q.YPlusX;
        var c = T * q.TwiceDT;
        var d = Z * q.Z;
        d += d;
        return Complete(b - a, b + a, d - c, d + c);
    }

    /// <summary>2·this: section 3.3, with all coordinates negated.</summary>
    internal EdwardsPoint Double()
    {
        var a = Field25519.Square(X);
        var b = Field25519.Square(Y);
        var c = Field25519.Square(Z);
        var h = b + a;
        var g = b - a;
        return Complete(Field25519.SubtractWide(Field25519.Square(X + Y), h), h, Field25519.SubtractWide(c + c, g), g);
    }

    internal EdwardsPoint Negate() => new(-X, Y, Z, -T);

    static EdwardsPoint Complete(in Field25519 e, in Field25519 h, in Field25519 f, in Field25519 g) =>
        new(e * f, g * h, f * g, e * h);

    static Field25519 Flip(in Field25519 a) => new(a.L0 ^ 1, a.L1, a.L2, a.L3, a.L4);
}

/// <summary>A summand prepared for addition: Y + X and Y − X (loose), Z and 2d·T (tight).</summary>
readonly struct CachedPoint(in EdwardsPoint p)
{
    internal readonly Field25519 YPlusX = p.Y + p.X, YMinusX = p.Y - p.X, Z = p.Z, TwiceDT = p.T * EdwardsPoint.TwiceD;
}
