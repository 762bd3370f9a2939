using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Tests.Curves;

public class KnownMultiplesTests
{
    [Theory]
    [InlineData(1, "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    [InlineData(2, "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5")]
    [InlineData(3, "02f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9")]
    [InlineData(20, "024ce119c96e2fa357200b559b2f7dd5a5f02d5290aff74b03f3e471b273211c97")]
    public void Small_multiples_of_the_generator_have_their_published_encodings(ulong k, string expected)
    {
        var scalar = Scalar<Secp256k1>.FromUInt64(k);
        Assert.Equal(expected, Point<Secp256k1>.MultiplyBase(scalar).ToString());
        Assert.Equal(expected, (scalar * Point<Secp256k1>.G).ToString());
        Assert.Equal(Point<Secp256k1>.Decode(Convert.FromHexString(expected)), Point<Secp256k1>.MultiplyBase(scalar));
    }

    [Fact]
    public void The_order_times_the_generator_is_the_identity()
    {
        var minusOne = -Scalar<Secp256k1>.One;
        Assert.Equal(-Point<Secp256k1>.G, Point<Secp256k1>.MultiplyBase(minusOne));
        Assert.True((Point<Secp256k1>.MultiplyBase(minusOne) + Point<Secp256k1>.G).IsIdentity);
        Assert.True(default(Point<Secp256k1>).IsIdentity);
        Assert.Equal(Point<Secp256k1>.G, Point<Secp256k1>.G + default(Point<Secp256k1>));
    }
}
