using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Native;

namespace Quorate.Cryptography.Tests.Signatures;

public class Libsecp256k1SignatureTests
{
    static readonly Arbitrary<Scalar<Secp256k1>> secrets = EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary();

    static readonly Arbitrary<byte[]> digests = EdgeValues.Word.ToArbitrary();

    [Fact]
    public void Ecdsa_signatures_and_recovery_ids_are_the_same_bytes() =>
        Prop.ForAll(secrets, digests, (secret, digest) =>
        {
            using var key = new EcdsaKey(new(secret));
            var ours = key.Sign(digest);
            // RFC 6979 feeds the digest modulo n to the nonce; libsecp256k1 feeds it as it is.
            var reduced = EcdsaSignature.ReduceDigest(digest).Encode();
            var theirs = new byte[64];
            var id = Libsecp256k1.EcdsaSignWithId(theirs, reduced, secret.Encode());
            Assert.Equal(theirs, ours.Signature.EncodeCompact());
            Assert.Equal(id, ours.RecoveryId);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Each_verifies_the_others_ecdsa_signatures_and_recovers_the_same_keys() =>
        Prop.ForAll(secrets, digests, (secret, digest) =>
        {
            using var key = new EcdsaKey(new(secret));
            var publicKey = key.PublicKey.Encode();
            var ours = key.Sign(digest).Signature;
            Assert.True(Libsecp256k1.EcdsaVerifyEncoded(ours.EncodeCompact(), digest, publicKey));
            Assert.True(Libsecp256k1.EcdsaVerifyEncoded(ours.EncodeCompact(), digest, key.PublicKey.EncodeUncompressed()));

            var theirs = new byte[64];
            Libsecp256k1.EcdsaSign(theirs, digest, secret.Encode());
            Assert.True(EcdsaSignature.TryDecodeCompact(theirs, out var signature));
            Assert.True(signature.Verify(key.PublicKey, digest));

            var expected = new byte[33];
            for (var id = 0; id < 4; id++)
            {
                var exists = Libsecp256k1.EcdsaRecover(expected, digest, theirs, id);
                Assert.Equal(exists, new RecoverableEcdsaSignature(signature, id).TryRecover(digest, out var recovered));
                if (exists)
                    Assert.Equal(expected, recovered.Encode());
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364140")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364142")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    public void Digests_around_the_order_sign_verify_and_recover_alike(string hex)
    {
        var digest = Convert.FromHexString(hex);
        foreach (var secret in new[] { Scalar<Secp256k1>.One, -Scalar<Secp256k1>.One, Scalar<Secp256k1>.FromUInt64(7) })
        {
            using var key = new EcdsaKey(new(secret));
            var signed = key.Sign(digest);
            Assert.True(Libsecp256k1.EcdsaVerifyEncoded(signed.Signature.EncodeCompact(), digest, key.PublicKey.Encode()));
            var recovered = new byte[33];
            Assert.True(Libsecp256k1.EcdsaRecover(recovered, digest, signed.Signature.EncodeCompact(), signed.RecoveryId));
            Assert.Equal(key.PublicKey.Encode(), recovered);
            Assert.True(signed.TryRecover(digest, out var ours));
            Assert.Equal(key.PublicKey, ours);
        }
    }

    [Fact]
    public void Verdicts_on_made_up_signatures_are_the_same() =>
        Prop.ForAll(secrets, digests, EdgeValues.NonZeroScalar<Secp256k1>().Two().ToArbitrary(), (secret, digest, numbers) =>
        {
            var publicKey = Point<Secp256k1>.MultiplyBase(secret);
            var signature = new EcdsaSignature(numbers.Item1, numbers.Item2).NormalizeS();
            Assert.Equal(
                Libsecp256k1.EcdsaVerifyEncoded(signature.EncodeCompact(), digest, publicKey.Encode()),
                signature.Verify(publicKey, digest));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Both_read_the_same_bytes_as_der_but_for_numbers_out_of_range() =>
        Prop.ForAll(EdgeValues.Word.Two().ToArbitrary(), Gen.Choose(0, 71).ToArbitrary(), EdgeValues.Byte.ToArbitrary(), (numbers, at, value) =>
        {
            byte[] compact = [.. numbers.Item1, .. numbers.Item2], theirs = new byte[64];
            if (!EcdsaSignature.TryDecodeCompact(compact, out var signature))
                return;
            var encoded = signature.EncodeDer();
            Assert.True(Libsecp256k1.EcdsaParseDer(theirs, encoded));
            Assert.Equal(compact, theirs);

            encoded[at % encoded.Length] = value;
            var isTheirs = Libsecp256k1.EcdsaParseDer(theirs, encoded) && EcdsaSignature.TryDecodeCompact(theirs, out _);
            Assert.Equal(isTheirs, EcdsaSignature.TryDecodeDer(encoded, out var decoded));
            if (isTheirs)
                Assert.Equal(theirs, decoded.EncodeCompact());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bip340_signatures_of_messages_of_any_length_are_the_same_bytes_and_verify_there() =>
        Prop.ForAll(secrets, EdgeValues.Bytes(0, 200).ToArbitrary(), EdgeValues.Word.ToArbitrary(), (secret, message, auxiliary) =>
        {
            using var d = new Secret<Scalar<Secp256k1>>(secret);
            using var key = new Bip340Key(d);
            var ours = key.Sign(message, auxiliary).Encode();
            var theirs = new byte[64];
            Libsecp256k1.SchnorrSignAny(theirs, message, secret.Encode(), auxiliary);
            Assert.Equal(theirs, ours);
            Assert.True(Libsecp256k1.SchnorrVerifyEncoded(ours, message, key.PublicKey.Encode()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Verdicts_on_changed_bip340_signatures_and_keys_are_the_same() =>
        Prop.ForAll(secrets, EdgeValues.Word.Three().ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (secret, words, change) =>
        {
            using var d = new Secret<Scalar<Secp256k1>>(secret);
            using var key = new Bip340Key(d);
            var (message, other, auxiliary) = words;
            var (publicKey, signature) = (key.PublicKey.Encode(), key.Sign(message, auxiliary).Encode());
            if (change == 1)
                publicKey = other;
            else if (change == 2)
                other.CopyTo(signature, 0);
            else if (change == 3)
                other.CopyTo(signature, 32);

            var isValid = Bip340PublicKey.TryDecode(publicKey, out var decodedKey)
                && Bip340Signature.TryDecode(signature, out var decoded)
                && decoded.Verify(decodedKey, message);
            Assert.Equal(Libsecp256k1.SchnorrVerifyEncoded(signature, message, publicKey), isValid);
            Assert.True(isValid || change > 0);
        }).QuickCheckThrowOnFailure();
}
