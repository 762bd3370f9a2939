using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class EcdsaSignatureTests
{
    static readonly Arbitrary<EcdsaKey> keys = EdgeValues.NonZeroScalar<Secp256k1>()
        .Select(scalar => new EcdsaKey(new Secret<Scalar<Secp256k1>>(scalar))).ToArbitrary();

    static readonly Arbitrary<byte[]> digests = EdgeValues.Word.ToArbitrary();

    [Fact]
    public void A_signature_verifies_is_low_and_gives_the_key_back() =>
        Prop.ForAll(keys, digests, (key, digest) =>
        {
            var signed = key.Sign(digest);
            Assert.True(signed.Signature.Verify(key.PublicKey, digest));
            Assert.True(signed.Signature.IsLowS);
            Assert.True(signed.TryRecover(digest, out var recovered));
            Assert.Equal(key.PublicKey, recovered);
            Assert.Equal(signed, key.Sign(digest));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_signature_holds_for_one_digest_and_one_key() =>
        Prop.ForAll(keys, digests, digests, (key, digest, other) =>
        {
            var signature = key.Sign(digest).Signature;
            // Digests that are equal modulo n are one digest.
            Assert.Equal(
                EcdsaSignature.ReduceDigest(digest) == EcdsaSignature.ReduceDigest(other),
                signature.Verify(key.PublicKey, other));
            // Twice the key is never the negated key, under which a signature of the digest zero holds too.
            Assert.False(signature.Verify(key.PublicKey + key.PublicKey, digest));
            Assert.False(new EcdsaSignature(signature.R + Scalar<Secp256k1>.One, signature.S).Verify(key.PublicKey, digest));
            Assert.False(new EcdsaSignature(signature.R, signature.S + Scalar<Secp256k1>.One).Verify(key.PublicKey, digest));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_signature_of_the_digest_zero_holds_for_the_negated_key_as_well()
    {
        using var key = EcdsaKey.Generate(new SeededRandom(4));
        var (zero, one) = (new byte[32], Scalar<Secp256k1>.One.Encode());
        Assert.True(key.Sign(zero).Signature.Verify(-key.PublicKey, zero));
        Assert.False(key.Sign(one).Signature.Verify(-key.PublicKey, one));
    }

    [Fact]
    public void High_s_verifies_as_well_and_normalizing_chooses_the_low_one() =>
        Prop.ForAll(keys, digests, (key, digest) =>
        {
            var low = key.Sign(digest).Signature;
            var high = new EcdsaSignature(low.R, -low.S);
            Assert.False(high.IsLowS);
            Assert.True(high.Verify(key.PublicKey, digest));
            Assert.Equal(low, high.NormalizeS());
            Assert.Equal(low, low.NormalizeS());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_border_between_low_and_high_is_half_the_order()
    {
        var half = Scalar<Secp256k1>.Decode(Convert.FromHexString("7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0"));
        Assert.True(new EcdsaSignature(Scalar<Secp256k1>.One, half).IsLowS);
        Assert.False(new EcdsaSignature(Scalar<Secp256k1>.One, half + Scalar<Secp256k1>.One).IsLowS);
        Assert.Equal(half, -(half + Scalar<Secp256k1>.One));
    }

    [Fact]
    public void Zero_is_neither_r_nor_s()
    {
        Assert.Throws<ArgumentException>(() => new EcdsaSignature(default, Scalar<Secp256k1>.One));
        Assert.Throws<ArgumentException>(() => new EcdsaSignature(Scalar<Secp256k1>.One, default));
        Assert.False(default(EcdsaSignature).Verify(Point<Secp256k1>.G, new byte[32]));
    }

    [Fact]
    public void No_signature_holds_under_the_identity()
    {
        // With u₁·G = R, r = x(R) and s = z/u₁ the equation holds for the identity as key.
        var r = Scalar<Secp256k1>.Reduce(Point<Secp256k1>.G.EncodeXOnly());
        var digest = Scalar<Secp256k1>.FromUInt64(5);
        Assert.False(new EcdsaSignature(r, digest).Verify(Point<Secp256k1>.Identity, digest.Encode()));
    }

    [Fact]
    public void A_sum_that_is_the_identity_is_no_nonce()
    {
        // P = −z/r·G makes u₁·G + u₂·P vanish for every s.
        var (z, r) = (Scalar<Secp256k1>.FromUInt64(7), Scalar<Secp256k1>.FromUInt64(11));
        var key = Point<Secp256k1>.MultiplyBase(-(z * r.Invert()));
        Assert.False(new EcdsaSignature(r, Scalar<Secp256k1>.One).Verify(key, z.Encode()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void Only_digests_of_32_bytes_are_signed_verified_or_recovered(int length)
    {
        using var key = EcdsaKey.Generate(new SeededRandom(1));
        var signature = key.Sign(new byte[32]);
        Assert.Throws<ArgumentException>(() => key.Sign(new byte[length]));
        Assert.Throws<ArgumentException>(() => signature.Signature.Verify(key.PublicKey, new byte[length]));
        Assert.Throws<ArgumentException>(() => signature.TryRecover(new byte[length], out _));
    }

    [Fact]
    public void Compact_and_recoverable_forms_come_back() =>
        Prop.ForAll(keys, digests, (key, digest) =>
        {
            var signed = key.Sign(digest);
            Assert.True(EcdsaSignature.TryDecodeCompact(signed.Signature.EncodeCompact(), out var plain));
            Assert.Equal(signed.Signature, plain);
            Assert.True(RecoverableEcdsaSignature.TryDecode(signed.Encode(), out var recoverable));
            Assert.Equal(signed, recoverable);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Compact_forms_take_numbers_from_1_to_n_minus_1_only() =>
        Prop.ForAll(EdgeValues.Word.Two().ToArbitrary(), pair =>
        {
            byte[] encoded = [.. pair.Item1, .. pair.Item2];
            var isValid = IsInRange(pair.Item1) && IsInRange(pair.Item2);
            Assert.Equal(isValid, EcdsaSignature.TryDecodeCompact(encoded, out var signature));
            if (isValid)
                Assert.Equal(encoded, signature.EncodeCompact());

            static bool IsInRange(byte[] number) =>
                Scalar<Secp256k1>.TryDecode(number, out var scalar) && !scalar.IsZero;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Wrong_lengths_and_ids_are_refused()
    {
        using var key = EcdsaKey.Generate(new SeededRandom(2));
        var signed = key.Sign(new byte[32]);
        var encoded = signed.Encode();
        Assert.False(EcdsaSignature.TryDecodeCompact(encoded.AsSpan(0, 63), out _));
        Assert.False(EcdsaSignature.TryDecodeCompact(encoded, out _));
        Assert.False(RecoverableEcdsaSignature.TryDecode(encoded.AsSpan(0, 64), out _));
        Assert.False(RecoverableEcdsaSignature.TryDecode([.. encoded, 0], out _));
        encoded[64] = 4;
        Assert.False(RecoverableEcdsaSignature.TryDecode(encoded, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecoverableEcdsaSignature(signed.Signature, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecoverableEcdsaSignature(signed.Signature, -1));
        Assert.Throws<ArgumentException>(() => new RecoverableEcdsaSignature(default, 0));
        Assert.Throws<ArgumentException>(() => signed.Signature.EncodeCompact(new byte[63]));
        Assert.Throws<ArgumentException>(() => signed.Encode(new byte[64]));
    }

    [Fact]
    public void Verifying_allocates_nothing()
    {
        using var key = EcdsaKey.Generate(new SeededRandom(3));
        var digest = new byte[32];
        var signature = key.Sign(digest).Signature;
        var publicKey = key.PublicKey;
        Allocations.AssertNone(() => signature.Verify(publicKey, digest));
    }
}
