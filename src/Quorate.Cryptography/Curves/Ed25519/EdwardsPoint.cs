using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// A point of −x² + y² = 1 + d·x²·y² over 2²⁵⁵ − 19 in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z, with tight
/// limbs (Hisil, Wong, Carter, Dawson, ePrint 2008/522). Here −1 is a square and d is not, so the formulas are complete:
/// no pair of points is special and Z is never zero.
/// </summary>
struct EdwardsPoint : IEdwardsPoint<EdwardsPoint, CachedPoint>
{
    internal Field25519 X, Y, Z, T;

    /// <summary>d = −121665/121666.</summary>
    internal static Field25519 D =>
        new(0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff);

    internal static Field25519 TwiceD =>
        new(0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff);

    public static EdwardsPoint Identity => new() { Y = Field25519.One, Z = Field25519.One };

    /// <summary>The point with affine coordinates x and y, both tight.</summary>
    internal static EdwardsPoint FromAffine(in Field25519 x, in Field25519 y) =>
        new() { X = x, Y = y, Z = Field25519.One, T = x * y };

    /// <summary>
    /// The coordinates kept in a <see cref="Point{C}"/>: its first twenty limbs, where Y and Z have their lowest bit flipped.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(out EdwardsPoint r, in Point<Ed25519> p)
    {
        r = Unsafe.As<PointLimbs, EdwardsPoint>(ref Unsafe.AsRef(in p.Limbs));
        r.Flip();
    }

    /// <summary>The inverse of <see cref="Load"/>; the limbs beyond are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Point<Ed25519> Store()
    {
        PointLimbs limbs = default;
        ref var stored = ref Unsafe.As<PointLimbs, EdwardsPoint>(ref limbs);
        stored = this;
        stored.Flip();
        return new(limbs);
    }

    /// <summary>Section 3.1 for a = −1.</summary>
    [SkipLocalsInit]
    public static void Add(ref EdwardsPoint p, in CachedPoint q, bool wantsT = true)
    {
        Field25519.Multiply(out var zz, p.Z, q.Z);
        Add(ref p, q.YPlusX, q.YMinusX, q.TwiceDT, zz + zz, false, wantsT);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Subtract(ref EdwardsPoint p, in CachedPoint q)
    {
        Field25519.Multiply(out var zz, p.Z, q.Z);
        Add(ref p, q.YMinusX, q.YPlusX, q.TwiceDT, zz + zz, true, true);
    }

    /// <summary>Section 3.3 with all coordinates negated. T only after the last.</summary>
    [SkipLocalsInit]
    public static void Double(ref EdwardsPoint p, int count = 1)
    {
        for (var i = 1; i < count; i++)
            Double(ref p, false);
        Double(ref p, true);
    }

    /// <inheritdoc/>
    public static void Prepare(out CachedPoint r, in EdwardsPoint p) => r = new(p);

    /// <inheritdoc/>
    public static void Lookup(out CachedPoint r, ReadOnlySpan<CachedPoint> table, long digit) =>
        CachedPoint.Lookup(out r, table, digit);

    /// <summary>−this, by value.</summary>
    internal readonly EdwardsPoint Negate() => new() { X = -X, Y = Y, Z = Z, T = -T };

    /// <summary>Group equality, by the cross products that compare x and y.</summary>
    internal static bool AreEqual(in EdwardsPoint a, in EdwardsPoint b) =>
        Field25519.AreEqual(a.X * b.Z, b.X * a.Z) & Field25519.AreEqual(a.Y * b.Z, b.Y * a.Z);

    /// <summary>
    /// With q as y + x, y − x and 2d·t, and zz = 2·Z₁·Z₂ below 2⁵³. To subtract, the caller swaps the first two, and the
    /// sign of t swaps F and G here. Sums of two products are below 2⁵³, differences below 2⁵³ + 2²⁰.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(
        ref EdwardsPoint p, in Field25519 yPlusX, in Field25519 yMinusX, in Field25519 t, in Field25519 zz, bool subtract,
        bool wantsT)
    {
        Field25519.Multiply(out var a, p.Y - p.X, yMinusX);
        Field25519.Multiply(out var b, p.Y + p.X, yPlusX);
        Field25519.Multiply(out var c, p.T, t);
        var e = b - a;
        var h = b + a;
        var less = zz - c;
        var more = zz + c;
        if (subtract)
            Complete(ref p, e, more, less, h, wantsT);
        else
            Complete(ref p, e, less, more, h, wantsT);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Double(ref EdwardsPoint p, bool wantsT)
    {
        Field25519.Square(out var a, p.X);
        Field25519.Square(out var b, p.Y);
        Field25519.Square(out var c, p.Z);
        Field25519.Square(out var s, p.X + p.Y);
        // h < 2⁵² + 2¹⁹; g < 2⁵³ − 2⁵⁰; e and f < 2⁵³ + 2⁵² + 2²⁰: all loose.
        var h = b + a;
        var g = b - a;
        var e = Field25519.SubtractWide(s, h);
        var f = Field25519.SubtractWide(c + c, g);
        Complete(ref p, e, f, g, h, wantsT);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Complete(
        ref EdwardsPoint p, in Field25519 e, in Field25519 f, in Field25519 g, in Field25519 h, bool wantsT)
    {
        Field25519.Multiply(out p.X, e, f);
        Field25519.Multiply(out p.Y, g, h);
        Field25519.Multiply(out p.Z, f, g);
        if (wantsT)
            Field25519.Multiply(out p.T, e, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Flip()
    {
        Y = new(Y.L0 ^ 1, Y.L1, Y.L2, Y.L3, Y.L4);
        Z = new(Z.L0 ^ 1, Z.L1, Z.L2, Z.L3, Z.L4);
    }
}
