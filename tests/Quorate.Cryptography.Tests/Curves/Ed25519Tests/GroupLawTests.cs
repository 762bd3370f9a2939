using Quorate.Cryptography.Curves;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Ed25519Model;

namespace Quorate.Cryptography.Tests.Curves.Ed25519Tests;

public class GroupLawTests
{
    /// <summary>Points of every order that divides 8·L: each small one, and each plus a point of the group.</summary>
    static List<EdwardsPoint> AllOrders()
    {
        var points = new List<EdwardsPoint>();
        foreach (var multiple in new ulong[] { 0, 1, 5 })
        {
            EdwardsPoint.Load(out var shift, Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.FromUInt64(multiple)));
            foreach (var hex in SmallOrder)
            {
                var point = Decode(hex);
                EdwardsPoint.Add(ref point, new CachedPoint(shift));
                points.Add(point);
            }
        }
        return points;
    }

    [Fact]
    public void Addition_and_subtraction_are_complete_on_the_whole_curve()
    {
        foreach (var p in AllOrders())
        {
            foreach (var q in AllOrders())
            {
                var (sum, difference) = (p, p);
                EdwardsPoint.Add(ref sum, new CachedPoint(q));
                EdwardsPoint.Subtract(ref difference, new CachedPoint(q));
                Assert.Equal(Add(FromPoint(p), FromPoint(q)), FromPoint(sum));
                Assert.Equal(Add(FromPoint(p), FromPoint(q.Negate())), FromPoint(difference));
            }
        }
    }

    [Fact]
    public void Doubling_is_addition_to_itself_on_the_whole_curve()
    {
        foreach (var p in AllOrders())
        {
            var twice = p;
            EdwardsPoint.Double(ref twice);
            Assert.Equal(Add(FromPoint(p), FromPoint(p)), FromPoint(twice));
            var eightfold = p;
            EdwardsPoint.Double(ref eightfold, 3);
            var fourfold = Add(FromPoint(twice), FromPoint(twice));
            Assert.Equal(Add(fourfold, fourfold), FromPoint(eightfold));
        }
    }

    [Fact]
    public void Affine_summands_give_the_same_sums()
    {
        var points = AllOrders();
        var prepared = NielsPoint.FromMany(points.ToArray());
        foreach (var p in points)
        {
            for (var i = 0; i < points.Count; i++)
            {
                var (sum, difference) = (p, p);
                EdwardsPoint.Add(ref sum, prepared[i]);
                EdwardsPoint.Subtract(ref difference, prepared[i]);
                Assert.Equal(Add(FromPoint(p), FromPoint(points[i])), FromPoint(sum));
                Assert.Equal(Add(FromPoint(p), FromPoint(points[i].Negate())), FromPoint(difference));
            }
        }
    }

    [Fact]
    public void Equality_sees_through_coordinates()
    {
        var points = AllOrders();
        foreach (var p in points)
        {
            // The same point with another Z.
            var other = p;
            EdwardsPoint.Add(ref other, new CachedPoint(p));
            EdwardsPoint.Subtract(ref other, new CachedPoint(p));
            Assert.True(EdwardsPoint.AreEqual(p, other));
            Assert.Equal(1, points.Count(q => EdwardsPoint.AreEqual(p, q)));
        }
    }

    [Fact]
    public void The_group_laws_hold() => Generators.Holds(Generators.Pairs(Generators.Points), points =>
    {
        var (p, q) = points;
        var r = p + p + Point<Ed25519>.G;
        return (p + q) + r == p + (q + r) && p + q == q + p && p + default(Point<Ed25519>) == p && (p - p).IsIdentity
            && -(-p) == p && (p + q) - q == p && Ed25519.Double(p) == p + p && -(p + q) == -p - q;
    });

    [Fact]
    public void Sums_are_those_of_the_model() => Generators.Holds(Generators.Pairs(Generators.Points), points =>
        FromPoint(points.First + points.Second) == Add(FromPoint(points.First), FromPoint(points.Second))
        && IsOnCurve(FromPoint(points.First + points.Second)), 100);

    [Fact]
    public void The_default_point_is_the_identity()
    {
        Assert.True(default(Point<Ed25519>).IsIdentity);
        Assert.Equal(Identity, FromPoint(default(Point<Ed25519>)));
        Assert.False(Point<Ed25519>.G.IsIdentity);
        Assert.Throws<InvalidOperationException>(() => default(Point<Ed25519>).Encode());
    }

    [Fact]
    public void Equal_points_hash_alike_whatever_their_coordinates()
    {
        var g = Point<Ed25519>.G;
        var other = g + g - g;
        Assert.Equal(g.GetHashCode(), other.GetHashCode());
        Assert.Equal("5866666666666666666666666666666666666666666666666666666666666666", other.ToString());
    }

    [Fact]
    public void A_point_holds_its_coordinates_and_nothing_else()
    {
        // What lay on the stack before must not travel in the unused limbs.
        static bool IsClean(Point<Ed25519> p) => !p.Limbs[20..].ContainsAnyExcept(0UL);

        static Point<Ed25519> AboveGarbage()
        {
            Span<byte> garbage = stackalloc byte[4096];
            garbage.Fill(0xAA);
            return garbage.Contains((byte)0xAA) ? Point<Ed25519>.G + Point<Ed25519>.G : default;
        }

        Assert.True(IsClean(AboveGarbage()));
        Assert.True(IsClean(Point<Ed25519>.MultiplyBase(Scalar<Ed25519>.One)));
        Assert.True(IsClean(Scalar<Ed25519>.One * Point<Ed25519>.G));
        Assert.True(IsClean(Point<Ed25519>.Decode(Point<Ed25519>.G.Encode())));
        Assert.Equal(20 * sizeof(ulong), System.Runtime.CompilerServices.Unsafe.SizeOf<EdwardsPoint>());
    }
}
