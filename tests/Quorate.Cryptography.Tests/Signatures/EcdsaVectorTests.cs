using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;

namespace Quorate.Cryptography.Tests.Signatures;

public class EcdsaVectorTests
{
    /// <summary>The vectors that the Bitcoin libraries share: https://bitcointalk.org/index.php?topic=285142.</summary>
    public static TheoryData<string, string, string, string> Nonces()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var fields in OfficialVectors.Lines("rfc6979-secp256k1.txt").Skip(1).Select(line => line.Split('|')))
            data.Add(fields[0], fields[1], fields[2], fields[3]);
        return data;
    }

    /// <summary>From the fixtures of tiny-secp256k1: signatures with low s and the recovery id.</summary>
    public static TheoryData<string, string, string, int> Deterministic()
    {
        var data = new TheoryData<string, string, string, int>();
        foreach (var fields in OfficialVectors.Lines("ecdsa-deterministic.csv").Skip(1).Select(line => line.Split(',')))
            data.Add(fields[0], fields[1], fields[2], fields[3][0] - '0');
        return data;
    }

    [Theory]
    [MemberData(nameof(Nonces))]
    public void The_nonce_of_Rfc6979_and_the_signature_with_it_are_the_published_ones(
        string key, string message, string nonce, string signature)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(message));
        using var secret = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.Decode(Convert.FromHexString(key)));
        using var nonces = new Rfc6979(secret, EcdsaSignature.ReduceDigest(digest));
        using var k = nonces.Next();
        Assert.Equal(nonce, Convert.ToHexString(k.Expose().Encode()));

        Assert.True(EcdsaSignature.TryDecodeCompact(Convert.FromHexString(signature), out var expected));
        Assert.True(EcdsaKey.TryImport(Convert.FromHexString(key), out var signer));
        using (signer)
        {
            Assert.Equal(expected.NormalizeS(), signer.Sign(digest).Signature);
            Assert.True(expected.Verify(signer.PublicKey, digest));
        }
    }

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void Signatures_and_recovery_ids_are_the_published_ones(string key, string digest, string signature, int id)
    {
        Assert.True(EcdsaKey.TryImport(Convert.FromHexString(key), out var signer));
        using (signer)
        {
            var bytes = Convert.FromHexString(digest);
            var signed = signer.Sign(bytes);
            Assert.Equal(signature, Convert.ToHexStringLower(signed.Signature.EncodeCompact()));
            Assert.Equal(id, signed.RecoveryId);
            Assert.True(signed.TryRecover(bytes, out var recovered));
            Assert.Equal(signer.PublicKey, recovered);
        }
    }

    [Fact]
    public void A_second_nonce_differs_from_the_first_and_is_as_deterministic()
    {
        using var secret = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.One);
        using var one = new Rfc6979(secret, Scalar<Secp256k1>.One);
        using var other = new Rfc6979(secret, Scalar<Secp256k1>.One);
        using var first = one.Next();
        using var second = one.Next();
        using var skipped = other.Next();
        using var secondAgain = other.Next();
        Assert.NotEqual(first.Expose(), second.Expose());
        Assert.Equal(second.Expose(), secondAgain.Expose());
    }
}
