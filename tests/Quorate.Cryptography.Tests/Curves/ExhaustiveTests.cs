using Quorate.Cryptography.Curves;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Curves;

/// <summary>Every input there is, through the code of secp256k1, on a group of 199 elements.</summary>
public sealed class ExhaustiveTests
{
    static readonly Point<TinyCurve>[] Multiples = CreateMultiples();

    /// <summary>0·G to 198·G by nothing but addition of G.</summary>
    static Point<TinyCurve>[] CreateMultiples()
    {
        var multiples = new Point<TinyCurve>[TinyCurve.Size];
        for (var k = 1; k < multiples.Length; k++)
            multiples[k] = multiples[k - 1] + TinyCurve.Generator;
        return multiples;
    }

    static Scalar<TinyCurve> S(int k) => Scalar<TinyCurve>.FromUInt64((ulong)k);

    static int Mod(int k) => (k % TinyCurve.Size + TinyCurve.Size) % TinyCurve.Size;

    [Fact]
    public void The_group_has_199_different_elements_and_closes()
    {
        Assert.True((Multiples[^1] + TinyCurve.Generator).IsIdentity);
        Assert.Equal(TinyCurve.Size, Multiples.Select(p => p.ToString()).Distinct().Count());
    }

    [Fact]
    public void All_sums_differences_doubles_and_comparisons_of_all_pairs_are_right()
    {
        for (var i = 0; i < TinyCurve.Size; i++)
        {
            Assert.True(Multiples[Mod(2 * i)] == TinyCurve.Double(Multiples[i]));
            Assert.True(Multiples[Mod(-i)] == -Multiples[i]);
            for (var j = 0; j < TinyCurve.Size; j++)
            {
                Assert.True(Multiples[Mod(i + j)] == Multiples[i] + Multiples[j]);
                Assert.True(Multiples[Mod(i - j)] == Multiples[i] - Multiples[j]);
                Assert.Equal(i == j, Multiples[i] == Multiples[j]);
            }
        }
    }

    [Fact]
    public void All_products_of_all_scalars_and_points_are_right()
    {
        for (var k = 0; k < TinyCurve.Size; k++)
        {
            Assert.True(Multiples[k] == Point<TinyCurve>.MultiplyBase(S(k)));
            for (var i = 0; i < TinyCurve.Size; i++)
            {
                Assert.True(Multiples[k * i % TinyCurve.Size] == S(k) * Multiples[i], $"{k} times {i}");
                Assert.True(Multiples[k * i % TinyCurve.Size] == Point<TinyCurve>.MultiplyVarTime(S(k), Multiples[i]), $"{k} times {i}, variable time");
            }
        }
    }

    [Fact]
    public void Sums_of_products_are_right()
    {
        for (var a = 0; a < TinyCurve.Size; a++)
            for (var i = 0; i < TinyCurve.Size; i++)
            {
                var b = (a * 31 + i * 7) % TinyCurve.Size;
                var expected = Multiples[(a + b * i) % TinyCurve.Size];
                Assert.True(expected == Point<TinyCurve>.MultiplyAddBaseVarTime(S(a), S(b), Multiples[i]), $"{a} + {b} times {i}");
                Assert.True(expected == Point<TinyCurve>.SumOfProductsVarTime([S(a), S(b)], [Multiples[1], Multiples[i]]));
            }
    }

    [Fact]
    public void All_scalars_add_multiply_and_invert_as_integers_do()
    {
        for (var a = 0; a < TinyCurve.Size; a++)
        {
            for (var b = 0; b < TinyCurve.Size; b++)
            {
                Assert.Equal(S((a + b) % TinyCurve.Size), S(a) + S(b));
                Assert.Equal(S(Mod(a - b)), S(a) - S(b));
                Assert.Equal(S(a * b % TinyCurve.Size), S(a) * S(b));
            }
            if (a > 0)
                Assert.Equal(Scalar<TinyCurve>.One, S(a).Invert() * S(a));
        }
    }

    [Fact]
    public void All_points_but_the_identity_are_encoded_and_come_back()
    {
        for (var i = 1; i < TinyCurve.Size; i++)
        {
            Assert.True(Point<TinyCurve>.TryDecode(Multiples[i].Encode(), out var p));
            Assert.True(Multiples[i] == p);
        }
    }
}
