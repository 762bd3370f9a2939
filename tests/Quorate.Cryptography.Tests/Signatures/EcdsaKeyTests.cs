using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class EcdsaKeyTests
{
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", true)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364140", true)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", false)]
    [InlineData("01", false)]
    public void A_key_is_a_number_from_1_to_n_minus_1(string encoded, bool isValid)
    {
        Assert.Equal(isValid, EcdsaKey.TryImport(Convert.FromHexString(encoded), out var ecdsa));
        Assert.Equal(isValid, Bip340Key.TryImport(Convert.FromHexString(encoded), out var schnorr));
        ecdsa?.Dispose();
        schnorr?.Dispose();
    }

    [Fact]
    public void The_key_wipes_the_secret_it_took_over()
    {
        var secret = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.One);
        var key = new EcdsaKey(secret);
        Assert.Equal(Point<Secp256k1>.G, key.PublicKey);
        key.Dispose();
        Assert.True(secret.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => key.Sign(new byte[32]));
    }

    [Fact]
    public void A_zero_secret_is_refused_and_stays_the_callers()
    {
        using var zero = new Secret<Scalar<Secp256k1>>(default);
        Assert.Throws<ArgumentException>(() => new EcdsaKey(zero));
        Assert.Throws<ArgumentException>(() => new Bip340Key(zero));
        Assert.False(zero.IsDisposed);
    }

    [Fact]
    public void Generation_follows_the_random_source()
    {
        using var first = EcdsaKey.Generate(new SeededRandom(1));
        using var again = EcdsaKey.Generate(new SeededRandom(1));
        using var other = EcdsaKey.Generate(new SeededRandom(2));
        Assert.Equal(first.PublicKey, again.PublicKey);
        Assert.NotEqual(first.PublicKey, other.PublicKey);
    }

    [Fact]
    public void Text_shows_the_public_key_only()
    {
        using var key = new EcdsaKey(new(Scalar<Secp256k1>.One));
        Assert.Equal($"EcdsaKey({Point<Secp256k1>.G})", key.ToString());
        using var secret = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.One);
        using var schnorr = new Bip340Key(secret);
        Assert.Equal("Bip340Key(79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)", schnorr.ToString());
    }

    [Fact]
    public void A_nonce_that_makes_s_zero_asks_for_another()
    {
        // z = −r·d
        using var key = new EcdsaKey(new(Scalar<Secp256k1>.FromUInt64(6)));
        using var nonce = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.One);
        var r = Scalar<Secp256k1>.Reduce(Point<Secp256k1>.G.EncodeXOnly());
        Assert.False(key.TrySign(nonce, -(r * Scalar<Secp256k1>.FromUInt64(6)), out _));
        Assert.True(key.TrySign(nonce, Scalar<Secp256k1>.One, out _));
    }
}
