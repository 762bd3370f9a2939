using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Curves.Ed25519Tests;

public class MultiplicationTests
{
    static readonly Gen<(Scalar<Ed25519> A, Scalar<Ed25519> B, Point<Ed25519> P)> Cases =
        from a in Generators.Scalars
        from b in Generators.Scalars
        from p in Generators.Points
        select (a, b, p);

    [Fact]
    public void All_ways_to_multiply_agree() => Generators.Holds(Cases, x =>
    {
        var product = x.B * x.P;
        var baseProduct = Point<Ed25519>.MultiplyBase(x.A);
        return Point<Ed25519>.MultiplyVarTime(x.B, x.P) == product && x.A * Point<Ed25519>.G == baseProduct
            && Point<Ed25519>.MultiplyVarTime(x.A, Point<Ed25519>.G) == baseProduct
            && Point<Ed25519>.MultiplyAddBaseVarTime(x.A, x.B, x.P) == baseProduct + product;
    }, 400);

    [Fact]
    public void Both_forms_of_points_give_the_same_products_and_sums()
    {
        if (!Avx2.IsSupported)
            return;
        Generators.Holds(Cases, x =>
            Ed25519Multiplication<EdwardsPoint, CachedPoint>.Multiply(x.A, x.P) == Ed25519Multiplication<EdwardsLanes, CachedLanes>.Multiply(x.A, x.P)
            && Ed25519Multiplication<EdwardsPoint, CachedPoint>.MultiplyBase(x.A) == Ed25519Multiplication<EdwardsLanes, CachedLanes>.MultiplyBase(x.A)
            && Ed25519Sums<EdwardsPoint, CachedPoint>.MultiplyAddBaseVarTime(x.A, x.B, x.P)
                == Ed25519Sums<EdwardsLanes, CachedLanes>.MultiplyAddBaseVarTime(x.A, x.B, x.P), 300);

        foreach (var count in new[] { 0, 1, 16, 17, 40, 150, 500 })
        {
            var k = Enumerable.Range(0, count).Select(i => Ed25519Model.ToScalar(System.Numerics.BigInteger.One << (i % 253)) - Scalar<Ed25519>.One).ToArray();
            var p = Enumerable.Range(0, count).Select(i => Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.FromUInt64((ulong)i))).ToArray();
            Assert.Equal(
                Ed25519Sums<EdwardsPoint, CachedPoint>.SumOfProductsVarTime(k, p), Ed25519Sums<EdwardsLanes, CachedLanes>.SumOfProductsVarTime(k, p));
        }
    }

    [Fact]
    public void Multiplication_is_linear() => Generators.Holds(Cases, x =>
        (x.A + x.B) * x.P == (x.A * x.P) + (x.B * x.P) && (x.A * x.B) * x.P == x.A * (x.B * x.P) && -x.A * x.P == -(x.A * x.P));

    [Fact]
    public void Zero_one_and_the_order_do_what_they_must()
    {
        var p = Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.FromUInt64(77));
        Assert.True((Scalar<Ed25519>.Zero * p).IsIdentity);
        Assert.True(Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.Zero).IsIdentity);
        Assert.True(Point<Ed25519>.MultiplyVarTime(Scalar<Ed25519>.Zero, p).IsIdentity);
        Assert.Equal(p, Scalar<Ed25519>.One * p);
        Assert.Equal(-p, -Scalar<Ed25519>.One * p);
        Assert.True((Scalar<Ed25519>.FromUInt64(9) * default(Point<Ed25519>)).IsIdentity);
    }

    [Fact]
    public void Every_digit_in_every_place_is_looked_up_right()
    {
        // d·16ⁱ for all digits and places, and its neighbours by way of −d.
        for (var i = 0; i < 63; i++)
        {
            var power = Ed25519Model.ToScalar(System.Numerics.BigInteger.One << (4 * i));
            var expected = default(Point<Ed25519>);
            var step = Point<Ed25519>.MultiplyVarTime(power, Point<Ed25519>.G);
            for (var d = 0UL; d < 16; d++, expected += step)
            {
                var k = power * Scalar<Ed25519>.FromUInt64(d);
                Assert.Equal(expected, Point<Ed25519>.MultiplyBase(k));
                Assert.Equal(-expected, -k * Point<Ed25519>.G);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(149)]
    [InlineData(150)]
    [InlineData(151)]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(1000)]
    [InlineData(3000)]
    [InlineData(8000)]
    public void Sums_of_products_are_right_at_every_size(int count)
    {
        // Points i·G and their opposites, so that the sum is one multiple of G; with edge scalars among them.
        using var random = new SeededRandom((ulong)count, "sums");
        var wide = new byte[48];
        var (k, p) = (new Scalar<Ed25519>[count], new Point<Ed25519>[count]);
        var (point, factor, expected) = (default(Point<Ed25519>), Scalar<Ed25519>.Zero, Scalar<Ed25519>.Zero);
        for (var i = 0; i < count; i++)
        {
            random.Fill(wide);
            k[i] = (i % 7) switch
            {
                0 => -Scalar<Ed25519>.FromUInt64((ulong)random.Below(3)),
                1 => Scalar<Ed25519>.FromUInt64((ulong)random.Below(300)),
                2 => Scalar<Ed25519>.Reduce(wide.AsSpan(0, 16)),
                _ => Scalar<Ed25519>.Reduce(wide),
            };
            p[i] = i % 2 == 0 ? point : -point;
            var product = k[i] * factor;
            expected = i % 2 == 0 ? expected + product : expected - product;
            point += Point<Ed25519>.G;
            factor += Scalar<Ed25519>.One;
        }
        Assert.Equal(Point<Ed25519>.MultiplyBase(expected), Point<Ed25519>.SumOfProductsVarTime(k, p));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    public void Sums_of_equal_and_opposite_points_are_right(int count)
    {
        // Every addition meets its own point or the opposite one.
        var k = Enumerable.Repeat(Scalar<Ed25519>.FromUInt64(3), count).ToArray();
        var p = Enumerable.Range(0, count).Select(i => i % 4 == 3 ? -Point<Ed25519>.G : Point<Ed25519>.G).ToArray();
        Assert.Equal(Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.FromUInt64(3 * (ulong)count / 2)), Point<Ed25519>.SumOfProductsVarTime(k, p));
    }

    [Fact]
    public void Sums_of_unequal_spans_are_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => Point<Ed25519>.SumOfProductsVarTime(new Scalar<Ed25519>[2], new Point<Ed25519>[1]));

    [Fact]
    public void Nothing_is_allocated()
    {
        var k = -Scalar<Ed25519>.FromUInt64(12345);
        var p = Point<Ed25519>.G;
        var (encoded, many) = (p.Encode(), new byte[64]);
        var scalars = Enumerable.Repeat(k, 200).ToArray();
        var points = Enumerable.Repeat(p, 200).ToArray();

        Allocations.AssertNone(() =>
        {
            var q = k * p;
            q += Point<Ed25519>.MultiplyBase(k);
            q += Point<Ed25519>.MultiplyVarTime(k, q);
            q += Point<Ed25519>.MultiplyAddBaseVarTime(k, k, q);
            q += Point<Ed25519>.SumOfProductsVarTime(scalars.AsSpan(0, 20), points.AsSpan(0, 20));
            q += Point<Ed25519>.SumOfProductsVarTime(scalars, points);
            Assert.True(Point<Ed25519>.TryDecode(encoded, out _));
            q.Encode(many);
            Ed25519.EncodeMany(points.AsSpan(0, 2), many);
        });
    }
}
