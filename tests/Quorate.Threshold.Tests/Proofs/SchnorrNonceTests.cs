using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Proofs;

public sealed class SchnorrNonceTests
{
    [Fact]
    public void A_generator_that_repeats_itself_never_makes_two_proofs_with_one_nonce()
    {
        using var x = Secret<Scalar<Ed25519>>.Random(new SeededRandom(1));
        var X = x.MultiplyBase();
        SchnorrProof<Ed25519>[] proofs =
        [
            Prove(Tags.ShareHeld, 1, 1), Prove(Tags.ShareHeld, 2, 1), Prove(Tags.ShareHeld, 1, 2), Prove(Tags.ReshareAcknowledgement, 1, 1),
        ];
        Assert.Equal(proofs.Length, proofs.Select(p => p.R).Distinct().Count());
        Assert.Equal(proofs[0], Prove(Tags.ShareHeld, 1, 1));

        SchnorrProof<Ed25519> Prove(Tag tag, byte context, int prover) =>
            SchnorrProof<Ed25519>.Prove(tag, [context], new PartyId(prover), x, X, new SeededRandom(2));
    }

    [Fact]
    public void Fresh_randomness_makes_a_fresh_proof()
    {
        using var x = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(3));
        var (X, random) = (x.MultiplyBase(), new SeededRandom(4));
        var first = SchnorrProof<Secp256k1>.Prove(Tags.ShareHeld, default, new PartyId(1), x, X, random);
        Assert.NotEqual(first.R, SchnorrProof<Secp256k1>.Prove(Tags.ShareHeld, default, new PartyId(1), x, X, random).R);
    }

    // Whoever knows the randomness must not know the nonce: with it and the proof, the secret would follow.
    [Fact]
    public void The_nonce_is_not_the_randomness_alone()
    {
        using var x = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(5));
        var X = x.MultiplyBase();
        var proof = SchnorrProof<Secp256k1>.Prove(Tags.ShareHeld, [7], new PartyId(1), x, X, new SeededRandom(6));
        Assert.Equal(proof.R, R(x.Expose()));
        Assert.NotEqual(proof.R, R(Scalar<Secp256k1>.Zero));

        Point<Secp256k1> R(Scalar<Secp256k1> secret)
        {
            using var transcript = new Transcript(Tags.ShareHeld);
            var statement = transcript.Append([7]).Append(1).Append(X).Digest();
            var input = new byte[64];
            new SeededRandom(6).Fill(input.AsSpan(0, 32));
            secret.Encode(input.AsSpan(32));
            return Point<Secp256k1>.MultiplyBase(Scalar<Secp256k1>.Reduce(HKDF.DeriveKey(
                HashAlgorithmName.SHA512, input, 64, statement, Encoding.UTF8.GetBytes(Tags.SchnorrNonce.Text))));
        }
    }
}
