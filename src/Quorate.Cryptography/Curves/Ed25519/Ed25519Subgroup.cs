namespace Quorate.Cryptography.Curves;

/// <summary>Membership in the prime-order group by halving twice (Pornin, ePrint 2022/1164). Variable time.</summary>
static class Ed25519Subgroup
{
    /// <summary>The curve is birationally v² = u·(u² + A·u + 1) with u = (1 + y)/(1 − y): curve25519.</summary>
    static Field25519 A => new(486662, 0, 0, 0, 0);

    /// <summary>√((A² − 4)/√−1).</summary>
    static Field25519 RootOfRatio => new(0x71277b3ba5222, 0x2970a394eb516, 0x0b29a3e775c7b, 0x0f75f12ecb490, 0x219fc5bc27acf);

    /// <summary>
    /// Whether a point on the curve with Z = 1 is in the prime-order group and not the identity. The points have orders
    /// dividing 8·L and the 8-torsion is cyclic, so this asks whether the point is eight times another.
    /// </summary>
    /// <remarks>
    /// <para>A point with u ≠ 0 is a double exactly where u is a square, or, the same since u·(u² + Au + 1) is one, where
    /// u² + Au + 1 is. Its halves Q and Q + (0, 0) have u' and 1/u' with
    /// u' + 1/u' = w = 2u ± 2·√(u² + Au + 1), for the sign that makes w² − 4 a square.</para>
    /// <para>(0, 0) is itself a multiple of four, so the two halves are doubles, or multiples of four, together: take
    /// either, and ask again. The half of the half need not be computed: it is a double exactly where w' + 2 = (u'' + 1)²/u''
    /// and w' + A, which says that w' has the right sign, are squares. The product over both signs of either is a
    /// non-square constant times a square, so for whichever sign the question is whether (w' + 2)(w' + A) is a square.</para>
    /// <para>The points with x = 0, the identity and (0, 0), have degenerate steps and are refused first. Everything is over the
    /// denominator of u, so nothing is inverted.</para>
    /// </remarks>
    internal static bool ContainsVarTime(in EdwardsPoint point)
    {
        if (point.X.IsZero)
            return false;
        var n = Field25519.One + point.Y;
        var d = Field25519.One - point.Y;
        if (!TryRootOfCubicFactor(n, d, out var s))
            return false;

        // Over the denominator d, w is (n + s)·2 for the first sign, and √(w² − 4) is the root of w² − (2d)².
        var twiceD = (d + d).Carry();
        var w = TwiceCarried(n + s);
        var square = (w * w) - (twiceD * twiceD);
        var power = Field25519.RootPower(square);
        var root = power * square;
        // power²·square is a fourth root of one. With ±√−1 there is no root, but then there is one for the other sign,
        // for (w₊² − 4)·(w₋² − 4) = 16u²·(A² − 4).
        var fourth = power * root;
        if (!Field25519.AreEqual(fourth * fourth, Field25519.One))
        {
            root = power * RootOfRatio * (twiceD * (n + n));
            w = TwiceCarried(n - s);
        }
        if (Field25519.AreEqual(fourth, MinusOne) || Field25519.AreEqual(fourth, -Field25519.SqrtMinusOne))
            root *= Field25519.SqrtMinusOne;

        // u' = (w + √(w² − 4))/2, so now n is w + root and d doubles.
        n = (w + root).Carry();
        if (!TryRootOfCubicFactor(n, twiceD, out s))
            return false;
        w = TwiceCarried(n + s);
        return ((w + twiceD + twiceD) * (w + (A * twiceD))).IsSquare();
    }

    static Field25519 MinusOne => -Field25519.One;

    static Field25519 TwiceCarried(in Field25519 a) => (a + a).Carry();

    /// <summary>s with s² = n² + A·n·d + d².</summary>
    static bool TryRootOfCubicFactor(in Field25519 n, in Field25519 d, out Field25519 s) =>
        Field25519.TrySqrt(((n * n) + (A * n * d) + (d * d)).Carry(), out s);
}
