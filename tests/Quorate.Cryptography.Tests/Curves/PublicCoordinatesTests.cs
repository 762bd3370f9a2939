using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Curves;

public class PublicCoordinatesTests
{
    [Fact]
    public void The_encoding_is_the_constant_time_one() =>
        Prop.ForAll(EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary(), k =>
        {
            var p = Point<Secp256k1>.MultiplyBase(k);
            var encoded = new byte[33];
            Koblitz<Secp256k1>.EncodeVarTime(p, encoded);
            Assert.Equal(p.Encode(), encoded);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_field_inverse_is_the_constant_time_one() =>
        Prop.ForAll(EdgeValues.Word.ToArbitrary(), word =>
        {
            var a = Secp256k1Field.From(UInt256.ReadBigEndian(word));
            Assert.Equal(a.Invert().ToUInt256(), a.InvertVarTime().ToUInt256());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Only_its_own_x_is_the_x_of_a_point() =>
        Prop.ForAll(EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary(), EdgeValues.Scalar<Secp256k1>().ToArbitrary(), (k, other) =>
        {
            var p = Point<Secp256k1>.MultiplyBase(k);
            var x = Scalar<Secp256k1>.Reduce(p.EncodeXOnly());
            Assert.True(Koblitz<Secp256k1>.HasXVarTime(p, x));
            Assert.False(Koblitz<Secp256k1>.HasXVarTime(p, x + Scalar<Secp256k1>.One));
            Assert.Equal(x == other, Koblitz<Secp256k1>.HasXVarTime(p, other));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_x_above_the_order_is_compared_reduced()
    {
        // n + 2.
        Assert.True(Point<Secp256k1>.TryLiftX(
            Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364143"), out var p));
        // Once more with another Z.
        var q = p + Point<Secp256k1>.G - Point<Secp256k1>.G;
        foreach (var point in new[] { p, q, -q })
        {
            Assert.True(Koblitz<Secp256k1>.HasXVarTime(point, Scalar<Secp256k1>.FromUInt64(2)));
            Assert.False(Koblitz<Secp256k1>.HasXVarTime(point, Scalar<Secp256k1>.FromUInt64(3)));
        }
    }

    [Fact]
    public void An_x_is_not_compared_modulo_p()
    {
        // x = 1 is on the curve. r = p + 1 − n is below n, and r + n = p + 1 would match were it not for the bound.
        Assert.True(Point<Secp256k1>.TryLiftX([.. new byte[31], 1], out var p));
        var r = Scalar<Secp256k1>.Reduce(Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC30"));
        Assert.False(Koblitz<Secp256k1>.HasXVarTime(p, r));
        Assert.True(Koblitz<Secp256k1>.HasXVarTime(p, Scalar<Secp256k1>.One));
    }
}
