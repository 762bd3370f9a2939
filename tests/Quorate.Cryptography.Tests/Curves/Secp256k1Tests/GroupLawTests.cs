using Quorate.Cryptography.Curves;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Generators;
using static Quorate.Cryptography.Tests.Curves.Secp256k1Tests.Secp256k1Model;

namespace Quorate.Cryptography.Tests.Curves.Secp256k1Tests;

public class GroupLawTests
{
    static Point<Secp256k1> Times(ulong k) => Point<Secp256k1>.MultiplyBase(Scalar<Secp256k1>.FromUInt64(k));

    [Fact]
    public void The_group_laws_hold() => Holds(Pairs(Cases.Points), points =>
    {
        var (p, q) = points;
        var r = p + p + Point<Secp256k1>.G;
        return (p + q) + r == p + (q + r) && p + q == q + p && p + default(Point<Secp256k1>) == p && default(Point<Secp256k1>) + p == p
            && (p - p).IsIdentity && (-p + p).IsIdentity && -(-p) == p && (p + q) - q == p
            && Secp256k1.Double(p) == p + p && -(p + q) == -p - q;
    }, 400);

    [Fact]
    public void Sums_are_those_of_the_model() => Holds(Pairs(Cases.Points), points =>
    {
        var (p, q) = (FromPoint(points.First), FromPoint(points.Second));
        return FromPoint(points.First + points.Second) == Add(p, q) && FromPoint(Secp256k1.Double(points.First)) == Add(p, p);
    }, 200);

    [Fact]
    public void Sums_of_equal_opposite_and_neutral_points_are_those_of_the_model()
    {
        // Each with two values of Z, so that no two equal points have equal coordinates throughout.
        var factor = ToField(P - 5);
        var points = new[] { default, Times(1), -Times(1), Times(2), -Times(2), Times(3), -Secp256k1.Generator - Times(2) };
        foreach (var p in points)
            foreach (var q in points)
                foreach (var other in new[] { q, Rescale(q, factor) })
                {
                    Assert.Equal(Add(FromPoint(p), FromPoint(q)), FromPoint(p + other));
                    Assert.Equal(Add(FromPoint(p), FromPoint(-q)), FromPoint(p - other));
                }
    }

    [Fact]
    public void Equality_and_hashes_see_through_coordinates() => Holds(Pairs(Cases.Points), points =>
    {
        var (p, q) = points;
        var other = Rescale(p, ToField(P - 2));
        var longer = p + q - q;
        return p == other && p == longer && !(p != other) && p.Equals(other) && p.Equals((object)longer) && !p.Equals("p")
            && p.GetHashCode() == other.GetHashCode() && p.GetHashCode() == longer.GetHashCode() && p.ToString() == longer.ToString()
            && (p == q) == (FromPoint(p) == FromPoint(q)) && (p == -p) == p.IsIdentity && p != p + Point<Secp256k1>.G;
    }, 300);

    [Fact]
    public void Points_that_share_one_coordinate_differ()
    {
        // λ·G has the y of G and −G its x.
        var g = Point<Secp256k1>.G;
        var rotated = Point<Secp256k1>.MultiplyBase(ScalarModel<Secp256k1>.ToScalar(Lambda));
        Assert.Equal((Mod(Beta * FromPoint(g)!.Value.X), FromPoint(g)!.Value.Y), FromPoint(rotated));
        Assert.NotEqual(g, rotated);
        Assert.NotEqual(g, -g);
        Assert.NotEqual(-g, rotated);
        // 1 + λ + λ² = 0.
        Assert.Equal(-Point<Secp256k1>.MultiplyBase(ScalarModel<Secp256k1>.ToScalar(Lambda * Lambda)), g + rotated);
    }

    [Fact]
    public void The_default_point_is_the_identity()
    {
        var identity = default(Point<Secp256k1>);
        Assert.True(identity.IsIdentity);
        Assert.Equal(Point<Secp256k1>.Identity, identity);
        Assert.Null(FromPoint(identity));
        Assert.True((identity + identity).IsIdentity);
        Assert.True((-identity).IsIdentity);
        Assert.True(Secp256k1.Double(identity).IsIdentity);
        Assert.Equal(identity.GetHashCode(), (Times(7) - Times(7)).GetHashCode());
        Assert.Equal("identity", (Times(7) - Times(7)).ToString());
        Assert.False(Point<Secp256k1>.G.IsIdentity);
    }

    [Fact]
    public void A_sum_may_replace_a_summand() => Holds(Pairs(Cases.Points), points =>
    {
        Point<Secp256k1> left = points.First, right = points.First, twice = points.First;
        left += points.Second;
        right = points.Second + right;
        twice += twice;
        return left == points.First + points.Second && right == left && twice == Secp256k1.Double(points.First);
    }, 100);

    [Fact]
    public void Long_chains_of_operations_stay_within_the_limbs()
    {
        // Each result is the next operand, never normalised in between; negation after every second step.
        var (p, factor) = (Point<Secp256k1>.G, Scalar<Secp256k1>.One);
        for (var i = 0; i < 3000; i++)
        {
            var q = p;
            p = -(Secp256k1.Double(p) + p) - q;
            factor = -(factor + factor + factor) - factor;
            if (i % 100 == 0)
                Assert.Equal(Point<Secp256k1>.MultiplyBase(factor), p);
        }
        Assert.Equal(Point<Secp256k1>.MultiplyBase(factor), p);
    }

    [Fact]
    public void A_sum_of_many_is_the_sum_one_by_one()
    {
        var points = Enumerable.Range(0, 20).Select(i => Times((ulong)i)).ToArray();
        Assert.Equal(Times(190), Point<Secp256k1>.Sum(points));
        Assert.True(Point<Secp256k1>.Sum([]).IsIdentity);
    }
}
