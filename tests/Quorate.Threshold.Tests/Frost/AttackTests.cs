using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sharing;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>Known attacks on threshold Schnorr that no single message shows. Those that one does are in the cheating tests.</summary>
public sealed class AttackTests
{
    static readonly FrostSuite<Secp256k1> suite = FrostSuite.Secp256k1;
    static readonly PartySet quorum = PartySet.Range(3);

    // Attack 26: chain codes are made of what was echoed, so that they cannot differ, and of every party's part of it.
    [Fact]
    public void Everybody_holds_the_same_chain_code_and_everybody_contributes_to_it()
    {
        byte[] ChainCode(ulong session, ulong second)
        {
            using var run = new Simulation(1);
            foreach (var p in quorum)
                run.Add(new FrostKeygen<Secp256k1>(suite, FrostRuns.Id(session), p, quorum, 2, new SeededRandom(p == P(2) ? second : 1, $"{p}")).Start());
            var shares = run.Run().Outputs<KeyShare<Secp256k1>>();
            return Assert.Single(shares.Select(s => Convert.ToHexString(s.Package.ChainCode)).Distinct()) is { } hex ? Convert.FromHexString(hex) : [];
        }

        Assert.Equal(ChainCode(1, 1), ChainCode(1, 1));
        Assert.NotEqual(ChainCode(1, 1), ChainCode(1, 2));
        Assert.NotEqual(ChainCode(1, 1), ChainCode(2, 1));
        Assert.NotEqual(new byte[32], ChainCode(1, 1));
    }

    // Attack 33 (ROS): concurrent sessions with one nonce each fall to Wagner's algorithm. Two nonces hold as long as the
    // factor between them depends on everything that an attacker could choose last.
    [Fact]
    public void Every_binding_factor_depends_on_key_message_signers_and_every_commitment()
    {
        using var random = new SeededRandom(1);
        SigningCommitments<Secp256k1> Commit()
        {
            using var d = Secret<Scalar<Secp256k1>>.Random(random);
            using var e = Secret<Scalar<Secp256k1>>.Random(random);
            return new(d.MultiplyBase(), e.MultiplyBase());
        }

        SigningCommitments<Secp256k1>[] list = [Commit(), Commit(), Commit()];
        var factors = Rfc9591<Secp256k1>.ComputeBindingFactors(suite, Point<Secp256k1>.G, quorum, list, [1]);
        Assert.Equal(3, factors.Distinct().Count());
        void AssertAllChange(Scalar<Secp256k1>[] others) => Assert.All(factors.Zip(others), pair => Assert.True(pair.First != pair.Second));
        AssertAllChange(Rfc9591<Secp256k1>.ComputeBindingFactors(suite, list[0].Hiding, quorum, list, [1]));
        AssertAllChange(Rfc9591<Secp256k1>.ComputeBindingFactors(suite, Point<Secp256k1>.G, quorum, list, [2]));
        AssertAllChange(Rfc9591<Secp256k1>.ComputeBindingFactors(suite, Point<Secp256k1>.G, new([P(1), P(2), P(4)]), list, [1])
            .Select((f, i) => i < 2 ? f : Scalar<Secp256k1>.Zero).ToArray());
        for (var i = 0; i < 3; i++)
            foreach (var changed in (SigningCommitments<Secp256k1>[])[list[i] with { Hiding = Point<Secp256k1>.G }, list[i] with { Binding = Point<Secp256k1>.G }])
                AssertAllChange(Rfc9591<Secp256k1>.ComputeBindingFactors(
                    suite, Point<Secp256k1>.G, quorum, [.. list.Select((c, j) => i == j ? changed : c)], [1]));
    }

    // Attack 34: nonces are fresh in every session, of the same message too, and two in each.
    [Fact]
    public void The_same_signature_twice_has_different_nonces()
    {
        var shares = Dealt<Secp256k1>.Key(KeyScheme.FrostSecp256k1, 1, 2, quorum);
        HashSet<Point<Secp256k1>> seen = [];
        for (var i = 0; i < 10; i++)
        {
            using var session = new FrostSign<Secp256k1>(suite, FrostRuns.Id(1), shares[P(1)], quorum, [1], SystemRandom.Shared).Start();
            WireTap.Replace<FrostSign<Secp256k1>.Commitments>(session.TakeOutgoing()[0].Bytes.Span, m =>
            {
                Assert.True(seen.Add(m.Value.Hiding) && seen.Add(m.Value.Binding));
                return m;
            });
        }
    }

    // Attack 34: a generator that repeats itself on two machines does not repeat nonces, since the share goes in too.
    [Fact]
    public void Nonces_depend_on_the_randomness_and_on_the_share()
    {
        var shares = Dealt<Secp256k1>.Key(KeyScheme.FrostSecp256k1, 1, 2, quorum);
        Point<Secp256k1> Nonce(int party, ulong seed)
        {
            using var random = new SeededRandom(seed);
            using var nonce = SigningNonces<Secp256k1>.NonceGenerate(suite, shares[P(party)].SigningShare, random);
            return nonce.MultiplyBase();
        }

        Assert.Equal(Nonce(1, 1), Nonce(1, 1));
        Assert.NotEqual(Nonce(1, 1), Nonce(2, 1));
        Assert.NotEqual(Nonce(1, 1), Nonce(1, 2));
    }

    // Attack 36: what one signer sends is no signature under any key in sight.
    [Fact]
    public void A_signature_share_alone_is_no_signature()
    {
        var shares = Dealt<Secp256k1>.Key(KeyScheme.FrostSecp256k1, 1, 2, quorum);
        var z = Scalar<Secp256k1>.Zero;
        using var run = FrostRuns.Sign(suite, 1, shares, PartySet.Range(2), [1]).Tamper<FrostSign<Secp256k1>.SignatureShare>(2, P(1), null, m =>
        {
            z = m.Z;
            return m;
        }).Run();
        var signature = run.Output<SchnorrSignature<Secp256k1>>(P(2));
        var package = shares[P(1)].Package;
        Assert.True(signature.Verify(suite, package.GroupKey, [1]));
        foreach (var key in (Point<Secp256k1>[])[package.GroupKey, .. package.VerifyingShares])
            Assert.False((signature with { Z = z }).Verify(suite, key, [1]));
    }

    // Attack 39: a key belongs to one scheme, and a signature of one scheme is none of another.
    [Fact]
    public void A_key_of_another_scheme_does_not_sign()
    {
        var shares = Dealt<Secp256k1>.Key(KeyScheme.FrostBip340, 1, 2, quorum);
        Assert.Throws<ArgumentException>(() => new FrostSign<Secp256k1>(suite, FrostRuns.Id(1), shares[P(1)], quorum, [1], SystemRandom.Shared));
        using var nonces = SigningNonces<Secp256k1>.Generate(suite, shares[P(1)], SystemRandom.Shared);
        Assert.Throws<ArgumentException>(() => FrostSign<Secp256k1>.WithPrepared(
            suite, FrostRuns.Id(1), shares[P(1)], quorum, [1], nonces, quorum.ToDictionary(p => p, _ => nonces.Commitments)));
    }

    [Fact]
    public void Hash_functions_of_a_suite_are_domains_of_their_own() => Prop.ForAll(EdgeValues.Bytes(0, 100).ToArbitrary(), m =>
    {
        var digests = new byte[2][];
        suite.H4(m, digests[0] = new byte[suite.HashSize]);
        suite.H5(m, digests[1] = new byte[suite.HashSize]);
        Scalar<Secp256k1>[] scalars = [suite.H1(m), suite.H2(m), suite.H3(m), suite.HDkg(m)];
        return scalars.Distinct().Count() == 4 && !digests[0].SequenceEqual(digests[1]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_signature_with_anything_changed_is_invalid() => Prop.ForAll(EdgeValues.NonZeroScalar<Ed25519>().ToArbitrary(), EdgeValues.Bytes(0, 40).ToArbitrary(), (x, m) =>
    {
        // A single-party Schnorr signature is FROST's with one signer.
        var key = Point<Ed25519>.MultiplyBase(x);
        var k = x + Scalar<Ed25519>.One;
        if (k.IsZero)
            return true;
        var R = Point<Ed25519>.MultiplyBase(k);
        var signature = new SchnorrSignature<Ed25519>(R, k + x * Rfc9591<Ed25519>.ComputeChallenge(FrostSuite.Ed25519, R, key, m));
        return signature.Verify(FrostSuite.Ed25519, key, m)
            && !signature.Verify(FrostSuite.Ed25519, key, [.. m, 0])
            && !signature.Verify(FrostSuite.Ed25519, key + Point<Ed25519>.G, m)
            && !(signature with { Z = signature.Z + Scalar<Ed25519>.One }).Verify(FrostSuite.Ed25519, key, m)
            && !(signature with { Z = -signature.Z }).Verify(FrostSuite.Ed25519, key, m)
            && !(signature with { R = signature.R + Point<Ed25519>.G }).Verify(FrostSuite.Ed25519, key, m)
            && !(signature with { R = -signature.R }).Verify(FrostSuite.Ed25519, key, m);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Signatures_of_other_lengths_or_with_invalid_parts_do_not_decode()
    {
        var good = new SchnorrSignature<Ed25519>(Point<Ed25519>.G, Scalar<Ed25519>.One).Encode();
        Assert.Equal(64, good.Length);
        Assert.Equal(65, SchnorrSignature<Secp256k1>.Size);
        Assert.True(SchnorrSignature<Ed25519>.TryDecode(good, out _));
        foreach (var bad in (byte[][])[[], good[..63], [.. good, 0], [.. new byte[32], .. good[32..]], [.. good[..32], .. Enumerable.Repeat((byte)0xff, 32)]])
            Assert.False(SchnorrSignature<Ed25519>.TryDecode(bad, out _));
    }
}
