using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using static Quorate.Cryptography.Tests.Curves.Ed25519Tests.Generators;
using static Quorate.Cryptography.Tests.Curves.Secp256k1Tests.Secp256k1Model;

namespace Quorate.Cryptography.Tests.Curves.Secp256k1Tests;

public class Secp256k1FieldTests
{
    static readonly Arbitrary<Secp256k1Field> Loose = Cases.Field.ToArbitrary();

    static readonly Secp256k1Field Top = new(
        Cases.LooseBound - 1, Cases.LooseBound - 1, Cases.LooseBound - 1, Cases.LooseBound - 1, Cases.LooseBound - 1);

    /// <summary>The right residue, and loose again.</summary>
    static bool Is(BigInteger expected, in Secp256k1Field actual) =>
        Mod(expected) == FromField(actual)
        && new[] { actual.N0, actual.N1, actual.N2, actual.N3, actual.N4 }.All(limb => limb < Cases.LooseBound);

    [Fact]
    public void Products_and_squares_of_loose_elements_are_right_and_loose() => Holds(Loose, (a, b) =>
        Is(Raw(a) * Raw(b), a * b) && Is(Raw(a) * Raw(a), a.Square()) && Is(Raw(a) * Raw(a), a * a), 3000);

    [Fact]
    public void Sums_and_differences_of_loose_elements_are_right_and_loose() => Holds(Loose, (a, b) =>
        Is(Raw(a) + Raw(b), a + b) && Is(Raw(a) - Raw(b), a - b) && Is(-Raw(a), -a) && Is(0, a - a) && Is(2 * Raw(a), a + a), 3000);

    [Fact]
    public void The_largest_limbs_do_not_overflow()
    {
        var none = default(Secp256k1Field);
        Assert.True(Is(Raw(Top) * Raw(Top), Top * Top));
        Assert.True(Is(Raw(Top) * Raw(Top), Top.Square()));
        Assert.True(Is(2 * Raw(Top), Top + Top));
        Assert.True(Is(-Raw(Top), none - Top));
        Assert.True(Is(Raw(Top), Top - none));
        Assert.True(Is(2047 * Raw(Top), Top.Times(2047)));
        Assert.Equal(FromField(Top), Raw(Top.Normalize()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(21)]
    [InlineData(2047)]
    public void A_small_multiple_is_right_and_loose(uint factor) => Holds(Cases.Field, a => Is(factor * Raw(a), a.Times(factor)));

    [Fact]
    public void The_normal_form_is_the_residue_below_p() => Holds(Cases.Field, a =>
    {
        var normal = a.Normalize();
        return Raw(normal) == FromField(a) && ScalarModel<Secp256k1>.FromInteger(a.ToUInt256()) == FromField(a)
            && ((normal.N0 | normal.N1 | normal.N2 | normal.N3) >> 52) == 0 && normal.N4 >> 48 == 0;
    }, 3000);

    [Fact]
    public void Parity_and_zero_are_of_the_residue_and_not_of_its_limbs()
    {
        Holds(Cases.Field, a => a.Parity == (FromField(a).IsEven ? 0UL : 1UL) && a.IsZero == FromField(a).IsZero && (a - a).IsZero, 2000);
        for (var i = 0; i <= 17; i++)
        {
            Assert.True(ToField(i * P).IsZero);
            Assert.False(ToField((i * P) + 1).IsZero);
            Assert.Equal(1UL, ToField((i * P) + 1).Parity);
        }
    }

    [Fact]
    public void An_inverse_is_that_of_integers_and_zero_stays_zero() => Holds(Cases.Field, a =>
        Mod(Raw(a) * Raw(a.Invert())) == (FromField(a).IsZero ? 0 : 1) && Is(Raw(a.Invert()), a.InvertVarTime())
        && a.Invert().IsZero == a.IsZero, 500);

    [Fact]
    public void Roots_exist_exactly_for_squares() => Holds(Cases.Field, a =>
    {
        var exists = a.TrySquareRoot(out var root);
        return exists == IsSquare(Raw(a)) && (!exists || Is(Raw(root) * Raw(root), a.Normalize()))
            && a.Square().TrySquareRoot(out var own) && (Is(Raw(a), own) || Is(-Raw(a), own));
    }, 300);

    [Fact]
    public void Selection_takes_whole_elements() => Holds(Loose, (a, b) =>
        Raw(Secp256k1Field.Select(a, b, 0)) == Raw(a) && Raw(Secp256k1Field.Select(a, b, ulong.MaxValue)) == Raw(b));

    [Fact]
    public void Only_integers_below_p_are_read()
    {
        foreach (var value in new[] { 0, 1, P / 2, P - 1, P - (BigInteger.One << 64) })
        {
            Assert.True(Secp256k1Field.TryRead(Bytes(value), out var field));
            Assert.Equal(value, Raw(field));
        }
        foreach (var value in new[] { P, P + 1, P + 976, (BigInteger.One << 256) - 1 })
            Assert.False(Secp256k1Field.TryRead(Bytes(value), out _));
    }

    [Fact]
    public void What_is_written_is_read_again() => Holds(Cases.Field, a =>
    {
        var bytes = new byte[32];
        a.Write(bytes);
        return bytes.SequenceEqual(Bytes(FromField(a))) && Secp256k1Field.TryRead(bytes, out var read) && Raw(read) == FromField(a);
    });

    [Fact]
    public void The_way_through_lanes_keeps_the_residues() => Holds(Loose, (a, b) =>
    {
        Secp256k1Field.ToLanes(a, b, a + b, out var lanes);
        return Is(Raw(a), Secp256k1Field.FromLane(lanes, 0)) && Is(Raw(b), Secp256k1Field.FromLane(lanes, 1))
            && Is(Raw(a) + Raw(b), Secp256k1Field.FromLane(lanes, 2)) && Is(0, Secp256k1Field.FromLane(lanes, 3));
    }, 1000);
}
