using System.Runtime.CompilerServices;

namespace Quorate.Cryptography.Curves;

/// <summary>Inversion by division steps, and square roots by a fixed addition chain over the public exponent.</summary>
readonly partial struct Field25519
{
    /// <summary>√−1 = 2^((p−1)/4).</summary>
    internal static Field25519 SqrtMinusOne =>
        new(0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d);

    static readonly OddModulus Prime =
        new(new(0xFFFFFFFFFFFFFFED, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue >> 1));

    /// <summary>a⁻¹, and 0 for 0; from any limbs. Tight.</summary>
    internal static Field25519 Invert(in Field25519 a) => Read(SafeGcd.Invert(a.ToCanonical(), Prime));

    /// <summary>a⁻¹ of a public value, and 0 for 0; from any limbs. Tight.</summary>
    internal static Field25519 InvertVarTime(in Field25519 a) => Read(SafeGcd.InvertVarTime(a.ToCanonical(), Prime));

    /// <summary>
    /// Replaces all values, loose and none zero, by their inverses with one inversion (Montgomery's trick).
    /// <paramref name="scratch"/> has room for as many.
    /// </summary>
    internal static void InvertAll(Span<Field25519> values, Span<Field25519> scratch)
    {
        var product = One;
        for (var i = 0; i < values.Length; i++)
        {
            scratch[i] = product;
            Multiply(out product, product, values[i]);
        }
        var inverse = Invert(product);
        for (var i = values.Length - 1; i >= 0; i--)
        {
            var value = values[i];
            Multiply(out values[i], inverse, scratch[i]);
            Multiply(out inverse, inverse, value);
        }
    }

    /// <summary>a^((p−5)/8) for loose a. Tight. Times a it is √a or √a/√−1 wherever a is a square.</summary>
    internal static Field25519 RootPower(in Field25519 a)
    {
        // (p − 5)/8 = 2²·(2²⁵⁰ − 1) + 1.
        PowerOf250Ones(out var power, a);
        Square(ref power, 2);
        return power * a;
    }

    /// <summary>
    /// A root x of v·x² = u with an even canonical value, for loose u and v, v ≠ 0. False where there is none.
    /// </summary>
    /// <remarks>
    /// RFC 8032, 5.1.3: x = u·v³·(u·v⁷)^((p−5)/8) satisfies v·x² = u, or v·x² = −u and then √−1·x is the root, or there
    /// is none.
    /// </remarks>
    internal static bool TrySqrtRatio(in Field25519 u, in Field25519 v, out Field25519 x)
    {
        var v2 = v * v;
        var uv3 = u * v2 * v;
        x = uv3 * RootPower(uv3 * (v2 * v2));

        var check = v * (x * x);
        var isRoot = AreEqual(check, u);
        var isRootOfMinus = AreEqual(check, default(Field25519) - u.Carry());
        x = Select(x, x * SqrtMinusOne, Mask(isRootOfMinus));
        x = Select(x, -x, Mask(x.IsOdd()));
        return isRoot | isRootOfMinus;
    }

    /// <summary>A root of a, for loose a; false where there is none. Tight.</summary>
    internal static bool TrySqrt(in Field25519 a, out Field25519 root)
    {
        root = RootPower(a) * a;
        var square = root * root;
        var isRootOfMinus = AreEqual(square, default(Field25519) - a.Carry());
        root = Select(root, root * SqrtMinusOne, Mask(isRootOfMinus));
        return AreEqual(square, a) | isRootOfMinus;
    }

    /// <summary>r = a^(2²⁵⁰ − 1).</summary>
    [SkipLocalsInit]
    static void PowerOf250Ones(out Field25519 r, in Field25519 a)
    {
        Square(out var square, a);
        Square(out var ninth, square);
        Square(out ninth, ninth);
        Multiply(out ninth, ninth, a);
        Multiply(out var eleventh, ninth, square);
        Square(out var ones5, eleventh);
        Multiply(out ones5, ones5, ninth);
        Ones(out var ones10, ones5, 5, ones5);
        Ones(out var ones20, ones10, 10, ones10);
        Ones(out var ones40, ones20, 20, ones20);
        Ones(out var ones50, ones40, 10, ones10);
        Ones(out var ones100, ones50, 50, ones50);
        Ones(out var ones200, ones100, 100, ones100);
        Ones(out r, ones200, 50, ones50);
    }

    /// <summary>r = a^(2^count)·low: appends the ones of low to those of a.</summary>
    static void Ones(out Field25519 r, in Field25519 a, int count, in Field25519 low)
    {
        r = a;
        Square(ref r, count);
        Multiply(out r, r, low);
    }

    /// <summary>a ← a^(2^count).</summary>
    static void Square(ref Field25519 a, int count)
    {
        for (var i = 0; i < count; i++)
            Square(out a, a);
    }
}
