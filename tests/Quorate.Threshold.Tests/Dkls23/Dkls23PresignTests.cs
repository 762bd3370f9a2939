using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>Presignatures sign, re-randomised for every message, key and session; and the algebra of that.</summary>
public sealed class Dkls23PresignTests
{
    static readonly byte[] digest = SHA256.HashData("a message"u8);
    static readonly PartySet quorum = new([P(1), P(3)]);
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> shares = Dkls23Runs.Key(40, 2, PartySet.Range(3));
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> four = Dkls23Runs.Key(41, 3, PartySet.Range(4));

    [Theory, InlineData("m"), InlineData("m/7"), InlineData("m/0/2147483647")]
    public void One_message_from_each_makes_the_signature_of_the_key_or_a_child(string text)
    {
        var path = Bip32Path.Parse(text);
        var package = shares[P(1)].Package;
        var child = Bip32.DerivePublic(package.GroupKey, package.ChainCode, path).Key;
        using var run = Dkls23Runs.Online(1, shares, Dkls23Runs.Presignatures(2, shares, quorum), digest, path).Run();
        Assert.Equal(2, run.Delivered);
        Assert.Equal(37 + 64, run.BytesSent(P(1)));
        var signature = Assert.Single(run.Outputs<Dkls23Signature>().Distinct()).Value;
        Assert.True(signature.Signature.IsLowS);
        Assert.True(signature.Signature.Verify(child, digest));
        Assert.True(signature.TryRecover(digest, out var recovered));
        Assert.Equal(child, recovered);
    }

    [Fact]
    public void More_parties_sign_with_a_presignature_of_a_child()
    {
        var children = four.ToDictionary(s => s.Key, s => s.Value.Derive(Bip32Path.Parse("m/5")));
        var presignatures = Dkls23Runs.Presignatures(3, children, new([P(1), P(2), P(4)]));
        Assert.Single(presignatures.Values.Select(p => Convert.ToHexString(p.Id)).Distinct());
        using var run = Dkls23Runs.Online(4, children, presignatures, digest, Bip32Path.Parse("m/6")).Run();
        var package = four[P(1)].Package;
        var key = Bip32.DerivePublic(package.GroupKey, package.ChainCode, Bip32Path.Parse("m/5/6")).Key;
        Assert.True(Assert.Single(run.Outputs<Dkls23Signature>().Distinct()).Value.Signature.Verify(key, digest));
    }

    // Attack 32 (Groth and Shoup): what is asked for may not be chosen with the nonce in view.
    [Fact]
    public void Groth_Shoup_another_message_key_or_session_gives_another_nonce()
    {
        Dictionary<PartyId, Dkls23KeyShare> children = shares.ToDictionary(s => s.Key, s => s.Value.Derive(Bip32Path.Parse("m/7")));
        var plain = Dkls23Runs.Presignatures(5, shares, quorum)[P(1)].R;
        Scalar<Secp256k1>[] seen =
        [
            Scalar<Secp256k1>.Reduce(plain.EncodeXOnly()),
            Nonce(6, digest, "m"), Nonce(6, SHA256.HashData(digest), "m"), Nonce(6, digest, "m/0"), Nonce(6, digest, "m/1"), Nonce(7, digest, "m"),
        ];
        Assert.Equal(seen.Length, seen.Distinct().Count());
        Assert.Equal(seen[1], Nonce(6, digest, "m"));

        static Scalar<Secp256k1> Nonce(ulong session, byte[] digest, string path)
        {
            // The same seed makes the same presignature: only the request differs.
            using var run = Dkls23Runs.Online(session, shares, Dkls23Runs.Presignatures(5, shares, quorum), digest, Bip32Path.Parse(path)).Run();
            return run.Output<Dkls23Signature>(P(1)).Value.Signature.R;
        }
    }

    // Attack 32: why. One signature serves every digest h and tweak e with the same h + r·e. Whoever knows r beforehand
    // looks for two requests on one line, in four lists of the cube root of the order; here r comes with the signature.
    [Fact]
    public void Groth_Shoup_one_signature_serves_every_request_on_its_line()
    {
        var package = shares[P(1)].Package;
        var (asked, other) = (Child("m/1"), Child("m/2"));
        var presignatures = Dkls23Runs.Presignatures(14, shares, quorum);
        using var run = Dkls23Runs.Online(13, shares, presignatures, digest, Bip32Path.Parse("m/1")).Run();
        var signature = run.Output<Dkls23Signature>(P(1)).Value.Signature;
        var onTheLine = Scalar<Secp256k1>.Reduce(digest) + signature.R * (asked.Tweak - other.Tweak);
        Assert.True(signature.Verify(asked.Key, digest));
        Assert.True(signature.Verify(other.Key, onTheLine.Encode()));

        // With the r that was in view no request is on the line of another.
        var inView = Scalar<Secp256k1>.Reduce(presignatures[P(1)].R.EncodeXOnly());
        Assert.False(signature.Verify(other.Key, (Scalar<Secp256k1>.Reduce(digest) + inView * (asked.Tweak - other.Tweak)).Encode()));

        PublicDerivation<Secp256k1> Child(string path) => Bip32.DerivePublic(package.GroupKey, package.ChainCode, Bip32Path.Parse(path));
    }

    [Fact]
    public void The_shares_of_a_nonce_fit_it_and_the_key_before_and_after_a_shift()
    {
        var (delta, tweak) = (Scalar<Secp256k1>.Reduce(SHA256.HashData([1])), Scalar<Secp256k1>.Reduce(SHA256.HashData([2])));
        var nonces = Dkls23Runs.Presignatures(8, four, new([P(1), P(2), P(3)])).Values.Select(p => p.Take(new SpentPresignatures())).ToArray();
        var key = four[P(1)].Package.GroupKey;
        AssertFit(nonces, key);
        AssertFit([.. nonces.Select(n => n.Shift(delta, default))], key);
        AssertFit([.. nonces.Select(n => n.Shift(default, tweak))], key + Point<Secp256k1>.MultiplyBase(tweak));
        AssertFit([.. nonces.Select(n => n.Shift(delta, tweak))], key + Point<Secp256k1>.MultiplyBase(tweak));
        Assert.Equal(nonces[0].R + Point<Secp256k1>.MultiplyBase(delta), nonces[0].Shift(delta, tweak).R);

        // r·φ = Σ uᵢ and x·φ = Σ vᵢ. Two shares of one nonce give φᵢ and vᵢ away, here to the test.
        static void AssertFit(PreparedNonce[] nonces, Point<Secp256k1> key)
        {
            var (phi, u, v) = (Scalar<Secp256k1>.Zero, Scalar<Secp256k1>.Zero, Scalar<Secp256k1>.Zero);
            var x = Scalar<Secp256k1>.Reduce(nonces[0].R.EncodeXOnly());
            foreach (var nonce in nonces)
            {
                var (zero, one) = (nonce.Share(new byte[32]), nonce.Share([.. new byte[31], 1]));
                phi += one.W - zero.W;
                v += zero.W * x.Invert();
                u += zero.U;
            }
            Assert.Equal(nonces[0].R, Point<Secp256k1>.MultiplyBase(u * phi.Invert()));
            Assert.Equal(key, Point<Secp256k1>.MultiplyBase(v * phi.Invert()));
        }
    }

    [Fact]
    public void Delayed_reordered_and_repeated_messages_change_nothing()
    {
        using var presign = Dkls23Runs.Presign(9, four, new([P(1), P(3), P(4)])).Duplicate().Run();
        var presignatures = presign.Sessions.Keys.ToDictionary(p => p, presign.Output<Dkls23Presignature>);
        using var online = Dkls23Runs.Online(10, four, presignatures, digest).Duplicate().Run();
        Assert.True(Assert.Single(online.Outputs<Dkls23Signature>().Distinct()).Value.Signature.Verify(four[P(1)].Package.GroupKey, digest));
    }

    [Fact]
    public void Edge_digests_are_signed()
    {
        const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        foreach (var edge in new[] { new string('0', 64), Order[..^1] + "0", Order, new string('f', 64) }.Select(Convert.FromHexString))
        {
            using var run = Dkls23Runs.Online(11, shares, Dkls23Runs.Presignatures(12, shares, quorum), edge).Run();
            Assert.True(run.Output<Dkls23Signature>(P(3)).Value.Signature.Verify(shares[P(1)].Package.GroupKey, edge));
        }
    }
}
