using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Tests.Curves.Ed25519Tests;

/// <summary>Generators weighted towards the edges of limbs, scalars and the group.</summary>
static class Generators
{
    static Gen<ulong> Words =>
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select ((ulong)(uint)high << 32) | (uint)low;

    /// <summary>A field element with limbs below <paramref name="bound"/>, often at the bound or next to a carry.</summary>
    public static Arbitrary<Field25519> Field(ulong bound)
    {
        var edge = Gen.Elements(0UL, 1UL, 2UL, 18UL, 19UL, (1UL << 51) - 19, (1UL << 51) - 2, (1UL << 51) - 1, 1UL << 51, bound - 1)
            .Select(limb => Math.Min(limb, bound - 1));
        var limb = Gen.Frequency((2, edge), (1, Words.Select(word => word % bound)));
        var mixed = limb.ArrayOf(5).Select(l => new Field25519(l[0], l[1], l[2], l[3], l[4]));
        var full = Gen.Constant(new Field25519(bound - 1, bound - 1, bound - 1, bound - 1, bound - 1));
        return Gen.Frequency((9, mixed), (1, full)).ToArbitrary();
    }

    /// <summary>Scalars: small ones, their opposites, single bits and runs of ones, and any.</summary>
    public static Gen<Scalar<Ed25519>> Scalars
    {
        get
        {
            var small = Gen.Choose(0, 40).Select(i => Scalar<Ed25519>.FromUInt64((ulong)i));
            var power = Gen.Choose(0, 252).Select(i => Ed25519Model.ToScalar(BigInteger.One << i));
            var ones = power.Select(p => p - Scalar<Ed25519>.One);
            var any = Words.ArrayOf(6).Select(words => Scalar<Ed25519>.Reduce(words.SelectMany(BitConverter.GetBytes).ToArray()));
            return Gen.Frequency((1, small), (1, small.Select(s => -s)), (1, power), (1, ones), (3, any));
        }
    }

    /// <summary>Points of the group: the identity, small multiples of the base point, and any.</summary>
    public static Gen<Point<Ed25519>> Points => Scalars.Select(k => Point<Ed25519>.MultiplyBase(k));

    /// <summary>Independent pairs.</summary>
    public static Gen<(T First, T Second)> Pairs<T>(Gen<T> cases) => from first in cases from second in cases select (first, second);

    /// <summary>Checks a property on <paramref name="count"/> cases; a failure names the smallest one found.</summary>
    public static void Holds<T>(Gen<T> cases, Func<T, bool> property, int count = 200) =>
        Prop.ForAll(cases.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    public static void Holds<T>(Arbitrary<T> cases, Func<T, T, bool> property, int count = 500) =>
        Prop.ForAll(cases, cases, property).Check(Config.QuickThrowOnFailure.WithMaxTest(count));
}
