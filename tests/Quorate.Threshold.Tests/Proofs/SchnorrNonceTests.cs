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
}
