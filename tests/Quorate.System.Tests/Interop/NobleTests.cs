using Quorate.Testing.Interop;

namespace Quorate.System.Tests.Interop;

/// <summary>The second opinion is only worth something if it knows the published answers and can say no.</summary>
public class NobleTests
{
    static readonly byte[] digest = Convert.FromHexString("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf");

    [Fact]
    public void Ecdsa_gives_the_known_deterministic_signature_and_refuses_a_changed_one()
    {
        // secp256k1 key 1 over SHA-256("Satoshi Nakamoto"), a vector shared by the Bitcoin libraries.
        var key = Scalar(1);
        var message = Convert.FromHexString("a0dc65ffca799873cbea0ac274015b9526505daaaed385155425f7337704883e");

        var signature = Noble.EcdsaSign(key, message);

        Assert.Equal(
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8" +
            "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
            Convert.ToHexStringLower(signature));
        var publicKey = Noble.EcdsaPublicKey(key);
        Assert.True(Noble.EcdsaVerify(publicKey, message, signature));
        Assert.False(Noble.EcdsaVerify(publicKey, message, Flipped(signature)));
        Assert.False(Noble.EcdsaVerify(publicKey, Flipped(message), signature));
        Assert.Contains(publicKey, Enumerable.Range(0, 2).Select(id => Noble.EcdsaRecover(message, signature, id)));
    }

    [Fact]
    public void Bip340_gives_vector_0_and_refuses_a_changed_message()
    {
        var key = Scalar(3);
        var message = new byte[32];

        var signature = Noble.SchnorrSign(key, message, new byte[32]);

        Assert.Equal(
            "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215" +
            "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0",
            Convert.ToHexStringLower(signature));
        Assert.True(Noble.SchnorrVerify(Noble.SchnorrPublicKey(key), message, signature));
        Assert.False(Noble.SchnorrVerify(Noble.SchnorrPublicKey(key), Scalar(1), signature));
    }

    [Fact]
    public void Ed25519_gives_rfc8032_test_1_and_refuses_a_changed_message()
    {
        var seed = Convert.FromHexString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

        var signature = Noble.Ed25519Sign(seed, []);

        Assert.Equal(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            Convert.ToHexStringLower(signature));
        Assert.True(Noble.Ed25519Verify(Noble.Ed25519PublicKey(seed), [], signature));
        Assert.False(Noble.Ed25519Verify(Noble.Ed25519PublicKey(seed), [0], signature));
    }

    [Fact]
    public void A_request_that_makes_no_sense_is_an_error_and_not_a_refusal()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Noble.EcdsaRecover(digest, new byte[64], 9));

        Assert.Contains("ecdsa.recover", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secp256k1")]
    [InlineData("taproot")]
    [InlineData("ed25519")]
    public void Two_of_three_generate_a_key_and_sign(string name)
    {
        var frost = Suite(name);
        var dkg = Enumerable.Range(1, 3).Select(i => frost.StartDkg(i, threshold: 2, parties: 3)).ToArray();
        var sent = dkg.Select((d, i) => d.Round2(Others(dkg, i))).ToArray();
        var keys = dkg.Select((d, i) => d.Round3(Others(dkg, i), SharesFor(sent, i + 1))).ToArray();

        var signers = new[] { frost.Commit(keys[0]), frost.Commit(keys[2]) };
        var commitments = signers.Select(s => s.Commitment).ToArray();
        var shares = signers.ToDictionary(s => s.Commitment.From, s => s.Sign(commitments, digest));

        Assert.All(shares, s => Assert.True(frost.VerifyShare(keys[1].Public, commitments, digest, s.Key, s.Value)));
        Assert.False(frost.VerifyShare(keys[1].Public, commitments, digest, party: 1, shares[3]));
        var signature = frost.Aggregate(keys[1].Public, commitments, digest, shares);
        Assert.True(frost.Verify(keys[1].Public.GroupKey, digest, signature));
        Assert.False(frost.Verify(keys[1].Public.GroupKey, Flipped(digest), signature));
        Assert.Throws<InvalidOperationException>(() => signers[0].Sign(commitments, digest));
    }

    [Fact]
    public void Dealt_shares_combine_to_the_secret_that_was_dealt()
    {
        var shares = NobleFrost.Secp256k1.Deal(threshold: 3, parties: 5, Scalar(7))
            .Skip(1).Take(3).ToDictionary(k => k.Party, k => k.Share);

        Assert.Equal(Scalar(7), NobleFrost.Secp256k1.Combine(3, 5, shares));
    }

    [Fact]
    public void Calls_from_many_threads_get_their_own_answers()
    {
        var expected = Enumerable.Range(1, 16).Select(k => Noble.SchnorrPublicKey(Scalar((byte)k))).ToArray();

        Parallel.For(0, 64, i => Assert.Equal(expected[i % 16], Noble.SchnorrPublicKey(Scalar((byte)(i % 16 + 1)))));
    }

    static NobleFrost Suite(string name) => name switch
    {
        "secp256k1" => NobleFrost.Secp256k1,
        "taproot" => NobleFrost.Taproot,
        _ => NobleFrost.Ed25519,
    };

    static IEnumerable<NobleDkgRound1> Others(NobleDkg[] dkg, int me) => dkg.Where((_, i) => i != me).Select(d => d.Round1);

    static Dictionary<int, byte[]> SharesFor(IReadOnlyDictionary<int, byte[]>[] sent, int party) =>
        sent.Select((shares, i) => (From: i + 1, shares)).Where(s => s.From != party).ToDictionary(s => s.From, s => s.shares[party]);

    static byte[] Scalar(byte value) => [.. new byte[31], value];

    static byte[] Flipped(byte[] bytes) => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];
}
