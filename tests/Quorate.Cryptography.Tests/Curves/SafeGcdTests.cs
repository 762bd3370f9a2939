using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Curves;

public class SafeGcdTests
{
    [Fact]
    public void It_is_the_constant_time_inverse() =>
        Prop.ForAll(EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary(), a =>
        {
            Assert.Equal(a.Invert(), a.InvertVarTime());
            Assert.Equal(Scalar<Secp256k1>.One, a * a.InvertVarTime());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Small_powers_of_two_and_their_neighbours_have_theirs()
    {
        var power = Scalar<Secp256k1>.One;
        for (var i = 0; i < 256; i++, power += power)
            foreach (var a in new[] { power, power + Scalar<Secp256k1>.One, -power, power.Invert() })
                if (!a.IsZero)
                    Assert.Equal(Scalar<Secp256k1>.One, a * a.InvertVarTime());
    }

    [Fact]
    public void Zero_has_none() => Assert.Throws<DivideByZeroException>(() => Scalar<Secp256k1>.Zero.InvertVarTime());

    [Theory]
    [InlineData(3)]
    [InlineData(13)]
    [InlineData(257)]
    [InlineData(1009)]
    public void Every_element_of_a_small_field_has_its_inverse(int modulus)
    {
        var m = new OddModulus(new((ulong)modulus, 0, 0, 0));
        for (var a = 1UL; a < (ulong)modulus; a++)
        {
            var inverse = SafeGcd.InvertVarTime(new(a, 0, 0, 0), m);
            Assert.Equal(new UInt256(0, 0, 0, 0), new(0, inverse.L1, inverse.L2, inverse.L3));
            Assert.InRange(inverse.L0, 1UL, (ulong)modulus - 1);
            Assert.Equal(1UL, a * inverse.L0 % (ulong)modulus);
            Assert.Equal(inverse, SafeGcd.Invert(new(a, 0, 0, 0), m));
        }
        Assert.Equal(default, SafeGcd.InvertVarTime(default, m));
        Assert.Equal(default, SafeGcd.Invert(default, m));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var a = Scalar<Secp256k1>.FromUInt64(12345);
        Allocations.AssertNone(() => a = a.InvertVarTime().Invert());
    }
}
