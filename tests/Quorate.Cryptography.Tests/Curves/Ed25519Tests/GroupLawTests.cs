using System.Runtime.Intrinsics.X86;
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
    public void Addition_and_subtraction_are_complete_on_the_whole_curve() => AddAndSubtract<EdwardsPoint, CachedPoint>();

    [Fact]
    public void Addition_and_subtraction_in_lanes_are_complete_on_the_whole_curve()
    {
        if (Avx2.IsSupported)
            AddAndSubtract<EdwardsLanes, CachedLanes>();
    }

    static void AddAndSubtract<TPoint, TSummand>()
        where TPoint : unmanaged, IEdwardsPoint<TPoint, TSummand>
        where TSummand : unmanaged
    {
        foreach (var p in AllOrders())
        {
            foreach (var q in AllOrders())
            {
                TPoint.Load(out var sum, p.Store());
                TPoint.Load(out var summand, q.Store());
                var difference = sum;
                TPoint.Prepare(out var prepared, summand);
                TPoint.Add(ref sum, prepared);
                TPoint.Subtract(ref difference, prepared);
                Assert.Equal(Add(FromPoint(p), FromPoint(q)), FromPoint(sum.Store()));
                Assert.Equal(Add(FromPoint(p), FromPoint(q.Negate())), FromPoint(difference.Store()));
            }
        }
    }

    [Fact]
    public void Doubling_is_addition_to_itself_on_the_whole_curve() => Double<EdwardsPoint, CachedPoint>();

    [Fact]
    public void Doubling_in_lanes_is_addition_to_itself_on_the_whole_curve()
    {
        if (Avx2.IsSupported)
            Double<EdwardsLanes, CachedLanes>();
    }

    static void Double<TPoint, TSummand>()
        where TPoint : unmanaged, IEdwardsPoint<TPoint, TSummand>
        where TSummand : unmanaged
    {
        foreach (var p in AllOrders())
        {
            TPoint.Load(out var twice, p.Store());
            var eightfold = twice;
            TPoint.Double(ref twice);
            TPoint.Double(ref eightfold, 3);
            var expected = Add(FromPoint(p), FromPoint(p));
            Assert.Equal(expected, FromPoint(twice.Store()));
            var fourfold = Add(expected, expected);
            Assert.Equal(Add(fourfold, fourfold), FromPoint(eightfold.Store()));
        }
    }

    [Fact]
    public void A_look_up_gives_the_multiple_its_opposite_or_the_identity() => LookUp<EdwardsPoint, CachedPoint>();

    [Fact]
    public void A_look_up_in_lanes_gives_the_multiple_its_opposite_or_the_identity()
    {
        if (Avx2.IsSupported)
            LookUp<EdwardsLanes, CachedLanes>();
    }

    static void LookUp<TPoint, TSummand>()
        where TPoint : unmanaged, IEdwardsPoint<TPoint, TSummand>
        where TSummand : unmanaged
    {
        var table = new TSummand[8];
        TPoint.Load(out var g, Point<Ed25519>.G);
        Ed25519BaseTable<TPoint, TSummand>.AddUp(table, g, g);
        for (var digit = -8; digit <= 8; digit++)
        {
            TPoint.Lookup(out var found, table, digit);
            var sum = TPoint.Identity;
            TPoint.Add(ref sum, found);
            var multiple = Point<Ed25519>.MultiplyVarTime(Scalar<Ed25519>.FromUInt64((ulong)Math.Abs(digit)), Point<Ed25519>.G);
            Assert.Equal(digit < 0 ? -multiple : multiple, sum.Store());
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
