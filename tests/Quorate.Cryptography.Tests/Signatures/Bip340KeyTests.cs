using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class Bip340KeyTests
{
    static readonly Arbitrary<Bip340Key> keys = EdgeValues.NonZeroScalar<Secp256k1>().Select(scalar =>
    {
        using var secret = new Secret<Scalar<Secp256k1>>(scalar);
        return new Bip340Key(secret);
    }).ToArbitrary();

    [Fact]
    public void A_signature_of_any_message_verifies_and_comes_back_from_its_bytes() =>
        Prop.ForAll(keys, EdgeValues.Bytes(0, 600).ToArbitrary(), EdgeValues.Random.ToArbitrary(), (key, message, random) =>
        {
            var signature = key.Sign(message, random);
            Assert.True(signature.Verify(key.PublicKey, message));
            Assert.True(Bip340Signature.TryDecode(signature.Encode(), out var decoded));
            Assert.Equal(signature, decoded);
            Assert.True(Bip340PublicKey.TryDecode(key.PublicKey.Encode(), out var publicKey));
            Assert.Equal(key.PublicKey, publicKey);
            Assert.True(decoded.Verify(publicKey, message));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_changed_bit_of_a_signature_or_message_is_noticed() =>
        Prop.ForAll(keys, EdgeValues.Bytes(1, 40).ToArbitrary(), Gen.Choose(0, 511).ToArbitrary(), (key, message, bit) =>
        {
            var signature = key.Sign(message, new SeededRandom(1));
            var encoded = signature.Encode();
            encoded[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Bip340Signature.TryDecode(encoded, out var changed) && changed.Verify(key.PublicKey, message));

            message[bit / 8 % message.Length] ^= (byte)(1 << (bit % 8));
            Assert.False(signature.Verify(key.PublicKey, message));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_secret_and_its_negative_are_one_key() =>
        Prop.ForAll(EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary(), scalar =>
        {
            using var secret = new Secret<Scalar<Secp256k1>>(scalar);
            using var negative = new Secret<Scalar<Secp256k1>>(-scalar);
            using var key = new Bip340Key(secret);
            using var same = new Bip340Key(negative);
            Assert.Equal(key.PublicKey, same.PublicKey);
            Assert.Equal(key.Sign([1], new byte[32]), same.Sign([1], new byte[32]));

            Assert.Equal(Bip340PublicKey.FromPoint(Point<Secp256k1>.MultiplyBase(scalar), out var isOdd), key.PublicKey);
            Assert.Equal(Bip340PublicKey.FromPoint(Point<Secp256k1>.MultiplyBase(-scalar), out var isNegativeOdd), key.PublicKey);
            Assert.NotEqual(isOdd, isNegativeOdd);
            Assert.True(key.PublicKey.Point.HasEvenY);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Other_randomness_gives_another_signature()
    {
        using var key = Bip340Key.Generate(new SeededRandom(1));
        Assert.NotEqual(key.Sign([1], new SeededRandom(2)), key.Sign([1], new SeededRandom(3)));
        Assert.Equal(key.Sign([1], new SeededRandom(2)), key.Sign([1], new SeededRandom(2)));
    }

    [Fact]
    public void The_key_copies_the_secret_and_wipes_its_copy()
    {
        using var secret = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(1));
        var key = new Bip340Key(secret);
        key.Dispose();
        Assert.False(secret.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => key.Sign([], new SeededRandom(1)));
    }

    [Fact]
    public void Defaults_verify_nothing()
    {
        using var key = Bip340Key.Generate(new SeededRandom(1));
        var signature = key.Sign([], new SeededRandom(2));
        Assert.True(signature.Verify(key.PublicKey, []));
        Assert.False(signature.Verify(default, []));
        Assert.False(default(Bip340Signature).Verify(key.PublicKey, []));
        Assert.False(default(Bip340Signature).Verify(default, []));
    }

    [Fact]
    public void A_nonce_that_is_the_identity_is_refused()
    {
        // s = e·d makes s·G − e·P vanish, whatever x the signature names.
        var d = Scalar<Secp256k1>.FromUInt64(1);
        var key = Bip340PublicKey.FromPoint(Point<Secp256k1>.G);
        var x = new byte[32];
        var s = Bip340.Challenge(x, key, [1]) * d;
        Assert.True(Bip340Signature.TryDecode([.. x, .. s.Encode()], out var signature));
        Assert.False(signature.Verify(key, [1]));
        Assert.Throws<InvalidOperationException>(() => new Bip340Signature(Point<Secp256k1>.Identity, s));
        Assert.Throws<InvalidOperationException>(() => Bip340PublicKey.FromPoint(Point<Secp256k1>.Identity));
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        using var key = Bip340Key.Generate(new SeededRandom(1));
        var encoded = key.Sign([], new SeededRandom(2)).Encode();
        Assert.False(Bip340Signature.TryDecode(encoded.AsSpan(0, 63), out _));
        Assert.False(Bip340Signature.TryDecode([.. encoded, 0], out _));
        Assert.False(Bip340PublicKey.TryDecode(key.PublicKey.Encode().AsSpan(0, 31), out _));
        Assert.False(Bip340PublicKey.TryDecode([.. key.PublicKey.Encode(), 0], out _));
        Assert.Throws<FormatException>(() => Bip340PublicKey.Decode(new byte[32]));
        Assert.Throws<ArgumentException>(() => key.PublicKey.Encode(new byte[31]));
        Assert.Throws<ArgumentException>(() => key.Sign([], new SeededRandom(2)).Encode(new byte[63]));
        Assert.Throws<ArgumentException>(() => Bip340.Challenge(new byte[31], key.PublicKey, []));
    }

    [Fact]
    public void Verifying_a_short_message_allocates_nothing()
    {
        using var key = Bip340Key.Generate(new SeededRandom(1));
        var message = new byte[32];
        var signature = key.Sign(message, new SeededRandom(2));
        var publicKey = key.PublicKey;
        Allocations.AssertNone(() => signature.Verify(publicKey, message));
    }
}
