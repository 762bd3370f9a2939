using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class EcdsaRecoveryTests
{
    [Fact]
    public void Only_the_right_id_gives_the_key_and_every_key_recovered_verifies() =>
        Prop.ForAll(EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary(), EdgeValues.Word.ToArbitrary(), (secret, digest) =>
        {
            using var key = new EcdsaKey(new Secret<Scalar<Secp256k1>>(secret));
            var signed = key.Sign(digest);
            for (var id = 0; id < 4; id++)
            {
                var candidate = new RecoverableEcdsaSignature(signed.Signature, id);
                if (!candidate.TryRecover(digest, out var recovered))
                {
                    Assert.NotEqual(id, signed.RecoveryId);
                    continue;
                }
                Assert.Equal(id == signed.RecoveryId, recovered == key.PublicKey);
                Assert.True(signed.Signature.Verify(recovered, digest));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_nonce_point_with_x_at_least_n_needs_the_upper_bit()
    {
        // x = n + 2 is on the curve. Nobody knows the logarithm of such a point, so the key is made to fit the signature.
        var nonce = Point<Secp256k1>.Decode(Convert.FromHexString("02FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364143"));
        var (z, s) = (Scalar<Secp256k1>.FromUInt64(3), Scalar<Secp256k1>.FromUInt64(9));

        Assert.True(RecoverableEcdsaSignature.TryCreate(nonce, s, out var signed));
        Assert.Equal(Scalar<Secp256k1>.FromUInt64(2), signed.Signature.R);
        Assert.Equal(2, signed.RecoveryId);
        Assert.True(signed.TryRecover(z.Encode(), out var key));
        Assert.True(signed.Signature.Verify(key, z.Encode()));

        Assert.True(RecoverableEcdsaSignature.TryCreate(-nonce, -s, out var negated));
        Assert.Equal(signed, negated);
    }

    [Fact]
    public void A_large_r_has_no_second_x_below_p()
    {
        // r + n exceeds p, or 2²⁵⁶ as well.
        foreach (var r in new[] { -Scalar<Secp256k1>.One, Scalar<Secp256k1>.Decode([.. new byte[15], 2, .. new byte[16]]) })
            for (var id = 2; id < 4; id++)
                Assert.False(new RecoverableEcdsaSignature(new(r, Scalar<Secp256k1>.One), id).TryRecover(new byte[32], out _));
    }

    [Fact]
    public void An_x_off_the_curve_gives_no_key()
    {
        var r = Scalar<Secp256k1>.FromUInt64(5);
        Assert.False(Point<Secp256k1>.TryLiftX(r.Encode(), out _));
        Assert.False(new RecoverableEcdsaSignature(new(r, Scalar<Secp256k1>.One), 0).TryRecover(new byte[32], out _));
        Assert.False(default(RecoverableEcdsaSignature).TryRecover(new byte[32], out _));
    }

    [Fact]
    public void A_signature_of_the_identity_key_recovers_nothing()
    {
        // s·R = z·G leaves the identity.
        var z = Scalar<Secp256k1>.FromUInt64(4);
        Assert.True(RecoverableEcdsaSignature.TryCreate(Point<Secp256k1>.G, z, out var signed));
        Assert.False(signed.TryRecover(z.Encode(), out _));
    }

    [Fact]
    public void Without_a_nonce_or_an_s_there_is_no_signature()
    {
        Assert.False(RecoverableEcdsaSignature.TryCreate(Point<Secp256k1>.Identity, Scalar<Secp256k1>.One, out _));
        Assert.False(RecoverableEcdsaSignature.TryCreate(Point<Secp256k1>.G, Scalar<Secp256k1>.Zero, out _));
    }
}
