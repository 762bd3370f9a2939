using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Generators;
using static Quorate.Cryptography.Tests.Curves.Secp256k1Tests.Secp256k1Model;

namespace Quorate.Cryptography.Tests.Curves.Secp256k1Tests;

public class MultiplicationTests
{
    static readonly Gen<(Scalar<Secp256k1> A, Scalar<Secp256k1> B, Point<Secp256k1> P)> Inputs =
        from a in Cases.Scalars
        from b in Cases.Scalars
        from p in Cases.Points
        select (a, b, p);

    static bool AllAgree(Scalar<Secp256k1> k, Point<Secp256k1> p, Point<Secp256k1> expected) =>
        k * p == expected && Point<Secp256k1>.MultiplyVarTime(k, p) == expected
        && Point<Secp256k1>.MultiplyAddBaseVarTime(default, k, p) == expected
        && Point<Secp256k1>.SumOfProductsVarTime([k], [p]) == expected;

    [Fact]
    public void All_ways_to_multiply_agree() => Holds(Inputs, x =>
    {
        var product = x.B * x.P;
        var baseProduct = Point<Secp256k1>.MultiplyBase(x.A);
        return AllAgree(x.B, x.P, product) && AllAgree(x.A, Point<Secp256k1>.G, baseProduct)
            && Point<Secp256k1>.MultiplyAddBaseVarTime(x.A, x.B, x.P) == baseProduct + product
            && Point<Secp256k1>.MultiplyAddBaseVarTime(x.A, default, x.P) == baseProduct
            && Point<Secp256k1>.SumOfProductsVarTime([x.A, x.B], [Point<Secp256k1>.G, x.P]) == baseProduct + product;
    }, 150);

    [Fact]
    public void Multiplication_is_linear() => Holds(Inputs, x =>
        (x.A + x.B) * x.P == (x.A * x.P) + (x.B * x.P) && (x.A * x.B) * x.P == x.A * (x.B * x.P) && -x.A * x.P == -(x.A * x.P), 150);

    [Fact]
    public void Edge_scalars_multiply_the_base_point_as_any_point()
    {
        foreach (var k in Cases.EdgeScalars)
            Assert.True(AllAgree(k, Point<Secp256k1>.G, Point<Secp256k1>.MultiplyBase(k)));
    }

    [Fact]
    public void Powers_of_two_are_doublings_and_their_predecessors_one_less()
    {
        var expected = Point<Secp256k1>.G;
        for (var i = 0; i < 256; i++, expected = Secp256k1.Double(expected))
        {
            var power = ScalarModel<Secp256k1>.ToScalar(BigInteger.One << i);
            Assert.Equal(expected, Point<Secp256k1>.MultiplyBase(power));
            Assert.Equal(expected, power * Point<Secp256k1>.G);
            Assert.Equal(expected - Point<Secp256k1>.G, Point<Secp256k1>.MultiplyBase(power - Scalar<Secp256k1>.One));
            Assert.Equal(-expected, -power * Point<Secp256k1>.G);
        }
    }

    [Fact]
    public void Every_digit_in_every_place_is_looked_up_right()
    {
        // d·16ⁱ for all digits and places, and its opposite.
        var step = Point<Secp256k1>.G;
        for (var i = 0; i < 64; i++)
        {
            var power = ScalarModel<Secp256k1>.ToScalar(BigInteger.One << (4 * i));
            var expected = default(Point<Secp256k1>);
            for (var d = 0UL; d < 16; d++, expected += step)
            {
                var k = power * Scalar<Secp256k1>.FromUInt64(d);
                Assert.Equal(expected, Point<Secp256k1>.MultiplyBase(k));
                Assert.Equal(-expected, -k * Point<Secp256k1>.G);
            }
            step = expected;
        }
    }

    [Fact]
    public void Zero_one_and_the_identity_do_what_they_must()
    {
        var p = Point<Secp256k1>.MultiplyBase(Scalar<Secp256k1>.FromUInt64(77));
        Assert.True(AllAgree(default, p, default));
        Assert.True(AllAgree(Scalar<Secp256k1>.One, p, p));
        Assert.True(AllAgree(-Scalar<Secp256k1>.One, p, -p));
        Assert.True(AllAgree(Scalar<Secp256k1>.FromUInt64(2), p, p + p));
        Assert.True(Point<Secp256k1>.MultiplyBase(default).IsIdentity);
        foreach (var k in Cases.EdgeScalars.Take(20))
        {
            Assert.True(AllAgree(k, default, default));
            Assert.Equal(Point<Secp256k1>.MultiplyBase(k), Point<Secp256k1>.MultiplyAddBaseVarTime(k, k, default));
            Assert.True(Point<Secp256k1>.MultiplyAddBaseVarTime(k, -k, Point<Secp256k1>.G).IsIdentity);
            Assert.Equal(Point<Secp256k1>.MultiplyBase(k + k), Point<Secp256k1>.MultiplyAddBaseVarTime(k, k, Point<Secp256k1>.G));
        }
    }

    [Fact]
    public void The_halves_of_a_scalar_make_it_up_and_are_short()
    {
        var half = BigInteger.One << 128;
        Holds(Gen.OneOf(EdgeValues.Word, Cases.Scalars.Select(k => k.Encode())), bytes =>
        {
            Secp256k1Endomorphism.Split(UInt256.ReadBigEndian(bytes), out var k1, out var k2);
            var (a, b) = (Value(k1), Value(k2));
            return BigInteger.Abs(a) * 100 < 64 * half && BigInteger.Abs(b) * 100 < 64 * half
                && ScalarModel<Secp256k1>.Mod(a + (b * Lambda)) == ScalarModel<Secp256k1>.Mod(ScalarModel<Secp256k1>.FromBytes(bytes));
        }, 1000);

        static BigInteger Value(SignedHalf h)
        {
            Assert.True(h.Negative is 0 or ulong.MaxValue);
            var magnitude = ((BigInteger)h.High << 64) + h.Low;
            return h.Negative == 0 ? magnitude : -magnitude;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(130)]
    [InlineData(300)]
    public void Sums_of_products_are_right_at_every_size(int count)
    {
        // Points i·G, the first the identity, and opposites, so that the sum is one multiple of G.
        using var random = new SeededRandom((ulong)count, "sums");
        var wide = new byte[48];
        var (k, p) = (new Scalar<Secp256k1>[count], new Point<Secp256k1>[count]);
        var (point, factor, expected) = (default(Point<Secp256k1>), Scalar<Secp256k1>.Zero, Scalar<Secp256k1>.Zero);
        for (var i = 0; i < count; i++)
        {
            random.Fill(wide);
            k[i] = (i % 6) switch
            {
                0 => -Scalar<Secp256k1>.FromUInt64((ulong)random.Below(3)),
                1 => Cases.EdgeScalars[random.Below(Cases.EdgeScalars.Length)],
                2 => Scalar<Secp256k1>.Reduce(wide.AsSpan(0, 16)),
                _ => Scalar<Secp256k1>.Reduce(wide),
            };
            p[i] = i % 2 == 0 ? point : -point;
            expected += i % 2 == 0 ? k[i] * factor : -(k[i] * factor);
            // Every fifth point comes twice.
            if (i % 5 == 4)
                continue;
            point += Point<Secp256k1>.G;
            factor += Scalar<Secp256k1>.One;
        }
        Assert.Equal(Point<Secp256k1>.MultiplyBase(expected), Point<Secp256k1>.SumOfProductsVarTime(k, p));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(200)]
    public void Sums_of_equal_and_opposite_points_are_right(int count)
    {
        // Every addition meets its own point or the opposite one.
        var k = Enumerable.Repeat(Scalar<Secp256k1>.FromUInt64(3), count).ToArray();
        var p = Enumerable.Range(0, count).Select(i => i % 4 == 3 ? -Point<Secp256k1>.G : Point<Secp256k1>.G).ToArray();
        Assert.Equal(Point<Secp256k1>.MultiplyBase(Scalar<Secp256k1>.FromUInt64(3 * (ulong)count / 2)), Point<Secp256k1>.SumOfProductsVarTime(k, p));
        for (var i = 0; i < count; i++)
            p[i] = i % 2 == 0 ? Point<Secp256k1>.G : -Point<Secp256k1>.G;
        Assert.True(Point<Secp256k1>.SumOfProductsVarTime(k, p).IsIdentity);
        Assert.True(Point<Secp256k1>.SumOfProductsVarTime(new Scalar<Secp256k1>[count], p).IsIdentity);
        Assert.True(Point<Secp256k1>.SumOfProductsVarTime(k, new Point<Secp256k1>[count]).IsIdentity);
    }

    [Fact]
    public void Sums_of_unequal_spans_are_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => Point<Secp256k1>.SumOfProductsVarTime(new Scalar<Secp256k1>[2], new Point<Secp256k1>[1]));

    [Fact]
    public void Nothing_is_allocated()
    {
        var k = -Scalar<Secp256k1>.FromUInt64(12345);
        var q = Point<Secp256k1>.G;
        Allocations.AssertNone(() =>
        {
            q = k * q;
            q += Point<Secp256k1>.MultiplyBase(k);
            q += Point<Secp256k1>.MultiplyVarTime(k, q);
            q += Point<Secp256k1>.MultiplyAddBaseVarTime(k, k, q);
            q = Secp256k1.Double(-q);
            Assert.False(q == Point<Secp256k1>.G);
        });
    }
}
