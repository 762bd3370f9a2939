namespace Quorate.Cryptography.Curves;

/// <summary>
/// Membership in the prime-order group by one halving (Pornin, ePrint 2022/1164) and a pairing with the points of order
/// four (Koshelev, ePrint 2022/037). Variable time.
/// </summary>
static class Ed25519Subgroup
{
    /// <summary>The curve is birationally v² = u·(u² + A·u + 1) with u = (1 + y)/(1 − y) and v = √−(A + 2)·u/x: curve25519.</summary>
    static Field25519 A => new(486662, 0, 0, 0, 0);

    static Field25519 APlusTwo => new(486664, 0, 0, 0, 0);

    /// <summary>√((A² − 4)/√−1).</summary>
    static Field25519 RootOfRatio => new(0x71277b3ba5222, 0x2970a394eb516, 0x0b29a3e775c7b, 0x0f75f12ecb490, 0x219fc5bc27acf);

    /// <summary>4·√(A + 2)·√−(A + 2) = 4·(A + 2)·√−1.</summary>
    static Field25519 J => new(0x668a3bf7fafe3, 0x10689f9112389, 0x43372eb382544, 0x1c84fb3ec2220, 0x4897d1148d53a);

    static Field25519 MinusOne => -Field25519.One;

    /// <summary>
    /// Whether a point on the curve with Z = 1 is in the prime-order group and not the identity. The points have orders
    /// dividing 8·L and the 8-torsion is cyclic, so this asks whether the point is eight times another: whether it has a
    /// half Q, and Q is four times another.
    /// </summary>
    /// <remarks>
    /// <para>A point with u ≠ 0 is a double exactly where u is a square, or, the same since u·(u² + Au + 1) is one, where
    /// u² + Au + 1 is. Its halves Q and Q + (0, 0) have u' and 1/u' with u' + 1/u' = w = 2u ± 2·√(u² + Au + 1), for the sign
    /// that makes w² − 4 a square. (0, 0) is four times a point, so it does not matter which half is taken.</para>
    /// <para>Q is four times another exactly where its reduced Tate pairing with F = (1, √(A + 2)), of order four, is one:
    /// where (v' − √(A + 2)·u')²/u', the function with divisor 4(F) − 4(O), is a fourth power.</para>
    /// <para>The points with x = 0, the identity and (0, 0), have degenerate steps and are refused first. Denominators are
    /// carried along, so nothing is inverted.</para>
    /// </remarks>
    internal static bool ContainsVarTime(in EdwardsPoint point)
    {
        if (point.X.IsZero)
            return false;
        var n = Field25519.One + point.Y;
        var d = Field25519.One - point.Y;
        if (!TryHalve(n, d, out var n2))
            return false;
        var d2 = (d + d).Carry();

        // From the doubling formula v·v' = (u'³ − u' − u·(3u'² + 2A·u' + 1))/2. With u' = n'/d', d' = 2d and the map above,
        // v' = x·K/(4·√−(A + 2)·n·d'²) for K = n'·(n'² − d'²) − 2n·(3n'² + 2A·n'd' + d'²).
        Field25519 nn = n2 * n2, nd = n2 * d2, dd = d2 * d2;
        var bracket = (nn + nn + nn + dd).Carry() + (A * (nd + nd));
        var k = (n2 * (nn - dd)) - ((n + n) * bracket);
        // The function is M²·d'/(−16·(A + 2)·n²·d'⁴·n') for M = x·K − J·n·n'·d'; up to fourth powers it is this.
        var m = (point.X * k) - (J * n * nd);
        var mn = m * n;
        var value = -(APlusTwo * (mn * mn) * (nn * nd));
        // value^((p−1)/4)
        var power = Field25519.RootPower(value);
        return Field25519.AreEqual(power * power * value, Field25519.One);
    }

    /// <summary>n'/(2d) = u' for a half of the point with u = n/d ≠ 0; false where there is none.</summary>
    static bool TryHalve(in Field25519 n, in Field25519 d, out Field25519 half)
    {
        half = default;
        if (!Field25519.TrySqrt(((n * n) + (A * n * d) + (d * d)).Carry(), out var s))
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

        // u' = (w + √(w² − 4))/2
        half = (w + root).Carry();
        return true;
    }

    static Field25519 TwiceCarried(in Field25519 a) => (a + a).Carry();
}
