using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Ed25519Model;

namespace Quorate.Cryptography.Tests.Curves.Ed25519Tests;

public class Field25519Tests
{
    const ulong TightBound = (1UL << 51) + (1UL << 18), LooseBound = 1UL << 54;

    static readonly Arbitrary<Field25519> Tight = Generators.Field(TightBound);
    static readonly Arbitrary<Field25519> Loose = Generators.Field(LooseBound);

    static bool Has(in Field25519 a, BigInteger value, ulong bound) =>
        FromField(a) == Mod(value) && new[] { a.L0, a.L1, a.L2, a.L3, a.L4 }.All(limb => limb < bound);

    [Fact]
    public void A_product_of_loose_values_is_right_and_tight() =>
        Generators.Holds(Loose, (a, b) => Has(a * b, FromField(a) * FromField(b), TightBound), 3000);

    [Fact]
    public void A_square_of_a_loose_value_is_right_and_tight() => Generators.Holds(Loose.Generator, a =>
    {
        Field25519.Square(out var square, a);
        return Has(square, FromField(a) * FromField(a), TightBound);
    }, 3000);

    [Fact]
    public void The_largest_limbs_do_not_overflow_a_product()
    {
        var top = new Field25519(LooseBound - 1, LooseBound - 1, LooseBound - 1, LooseBound - 1, LooseBound - 1);
        Assert.True(Has(top * top, FromField(top) * FromField(top), TightBound));
        Field25519.Square(out var square, top);
        Assert.True(Has(square, FromField(top) * FromField(top), TightBound));
    }

    [Fact]
    public void A_result_may_replace_an_operand() => Generators.Holds(Loose, (a, b) =>
    {
        var (first, second, both, square) = (a, b, a, a);
        Field25519.Multiply(out first, first, b);
        Field25519.Multiply(out second, a, second);
        Field25519.Multiply(out both, both, both);
        Field25519.Square(out square, square);
        return Has(first, FromField(a) * FromField(b), TightBound) && Has(second, FromField(a) * FromField(b), TightBound)
            && Has(both, FromField(a) * FromField(a), TightBound) && Has(square, FromField(a) * FromField(a), TightBound);
    });

    [Fact]
    public void Sums_and_differences_of_tight_values_are_loose() => Generators.Holds(Tight, (a, b) =>
        Has(a + b, FromField(a) + FromField(b), LooseBound) && Has(a - b, FromField(a) - FromField(b), 1UL << 53)
        && Has(-a, -FromField(a), TightBound));

    [Fact]
    public void A_wide_difference_takes_operands_below_two_to_the_53()
    {
        var wide = Generators.Field((1UL << 53) - (1 << 7));
        Generators.Holds(wide, (a, b) => Has(Field25519.SubtractWide(a, b), FromField(a) - FromField(b), LooseBound));
    }

    [Fact]
    public void A_carry_makes_any_limbs_tight()
    {
        var any = Generators.Field(ulong.MaxValue);
        Generators.Holds(any.Generator, a => Has(a.Carry(), FromField(a), TightBound), 1000);
    }

    [Fact]
    public void The_canonical_form_is_the_value_below_p()
    {
        var any = Generators.Field(ulong.MaxValue);
        Generators.Holds(any.Generator, a => FromInteger(a.ToCanonical()) == FromField(a), 1000);
        foreach (var value in new[] { 0, 1, P - 1, P, P + 1, P + 18, (2 * P) - 1 - P })
            Assert.Equal(Mod(value), FromInteger(ToField(value).ToCanonical()));
    }

    [Fact]
    public void Reading_takes_255_bits_as_they_are() => Generators.Holds(Tight.Generator, a =>
    {
        var canonical = a.ToCanonical();
        var withTop = new UInt256(canonical.L0, canonical.L1, canonical.L2, canonical.L3 | (1UL << 63));
        return Has(Field25519.Read(canonical), FromField(a), 1UL << 51) && Has(Field25519.Read(withTop), FromField(a), 1UL << 51);
    });

    [Fact]
    public void Equality_parity_and_zero_are_of_the_value_and_not_of_its_limbs() => Generators.Holds(Tight, (a, b) =>
        Field25519.AreEqual(a, b) == (FromField(a) == FromField(b)) && Field25519.AreEqual(a - b, a + (default(Field25519) - b))
        && a.IsOdd() == !FromField(a).IsEven && a.IsZero == FromField(a).IsZero && (a - a).IsZero);

    [Fact]
    public void Selection_takes_whole_values() => Generators.Holds(Loose, (a, b) =>
        Has(Field25519.Select(a, b, 0), FromField(a), LooseBound) && Has(Field25519.Select(a, b, ulong.MaxValue), FromField(b), LooseBound));

    [Fact]
    public void An_inverse_times_the_value_is_one_and_zero_stays_zero() => Generators.Holds(Loose.Generator, a =>
        Has(Field25519.Invert(a) * a, FromField(a).IsZero ? 0 : 1, TightBound)
        && Has(Field25519.InvertVarTime(a), FromField(Field25519.Invert(a)), TightBound), 500);

    [Fact]
    public void Many_inverses_are_the_single_ones() => Generators.Holds(Loose.Generator.NonEmptyListOf(), list =>
    {
        var values = list.Where(a => !a.IsZero).ToArray();
        var inverses = values.ToArray();
        Field25519.InvertAll(inverses, new Field25519[values.Length]);
        return values.Zip(inverses).All(pair => Has(pair.Second, Invert(FromField(pair.First)), TightBound));
    }, 50);

    [Fact]
    public void Roots_exist_exactly_for_squares() => Generators.Holds(Loose.Generator, a =>
    {
        var isSquare = BigInteger.ModPow(FromField(a), (P - 1) / 2, P) != P - 1;
        return Field25519.TrySqrt(a, out var root) == isSquare
            && (!isSquare || Has(root * root, FromField(a), TightBound));
    });

    [Fact]
    public void Roots_of_ratios_are_even_and_exist_exactly_for_squares() => Generators.Holds(Loose, (u, v) =>
    {
        if (v.IsZero)
            return true;
        var ratio = Mod(FromField(u) * Invert(FromField(v)));
        var isSquare = BigInteger.ModPow(ratio, (P - 1) / 2, P) != P - 1;
        return Field25519.TrySqrtRatio(u, v, out var root) == isSquare
            && (!isSquare || (Mod(FromField(root) * FromField(root)) == ratio && !root.IsOdd()));
    }, 300);

    [Fact]
    public void The_constants_are_what_their_names_say()
    {
        Assert.Equal(P - 1, Mod(FromField(Field25519.SqrtMinusOne) * FromField(Field25519.SqrtMinusOne)));
        Assert.Equal(D, FromField(EdwardsPoint.D));
        Assert.Equal(Mod(2 * D), FromField(EdwardsPoint.TwiceD));
    }
}
