namespace Quorate.Cryptography.Curves;

/// <summary>Inversion and square roots by fixed addition chains over the public exponents.</summary>
readonly partial struct Field25519
{
    /// <summary>√−1 = 2^((p−1)/4).</summary>
    static Field25519 SqrtMinusOne =>
        new(0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d);

    /// <summary>a⁻¹ = a^(p−2), and 0 for 0; for loose a.</summary>
    internal static Field25519 Invert(in Field25519 a)
    {
        // p − 2 = 2⁵·(2²⁵⁰ − 1) + 11.
        var power = PowerOf250Ones(a, out var eleventh);
        return Square(power, 5) * eleventh;
    }

    /// <summary>
    /// A root x of v·x² = u with an even canonical value, for loose u and v, v ≠ 0. False where there is none.
    /// </summary>
    /// <remarks>
    /// RFC 8032, 5.1.3: x = u·v³·(u·v⁷)^((p−5)/8) satisfies v·x² = u, or −u and then √−1·x is the root, or there is none.
    /// </remarks>
    internal static bool TrySqrtRatio(in Field25519 u, in Field25519 v, out Field25519 x)
    {
        var v3 = Square(v) * v;
        x = u * v3;
        // (p − 5)/8 = 2²·(2²⁵⁰ − 1) + 1.
        var base7 = x * Square(Square(v));
        x *= Square(PowerOf250Ones(base7, out _), 2) * base7;

        var check = v * Square(x);
        var isRoot = AreEqual(check, u);
        var isRootOfMinus = IsZero((check + u.Carry()).Carry());
        x = Select(x, x * SqrtMinusOne, Mask(isRootOfMinus));
        x = Select(x, -x, Mask(x.IsOdd()));
        return isRoot | isRootOfMinus;
    }

    /// <summary>a^(2²⁵⁰ − 1), and a¹¹ on the way.</summary>
    static Field25519 PowerOf250Ones(in Field25519 a, out Field25519 eleventh)
    {
        var square = Square(a);
        var ninth = Square(square, 2) * a;
        eleventh = ninth * square;
        var ones5 = Square(eleventh) * ninth;
        var ones10 = Square(ones5, 5) * ones5;
        var ones20 = Square(ones10, 10) * ones10;
        var ones40 = Square(ones20, 20) * ones20;
        var ones50 = Square(ones40, 10) * ones10;
        var ones100 = Square(ones50, 50) * ones50;
        var ones200 = Square(ones100, 100) * ones100;
        return Square(ones200, 50) * ones50;
    }

    /// <summary>a^(2^count).</summary>
    static Field25519 Square(in Field25519 a, int count)
    {
        var square = a;
        for (var i = 0; i < count; i++)
            square = Square(square);
        return square;
    }
}
