using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sharing;
using Quorate.Threshold.Transfer;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>
/// Known attacks, by their numbers in the project's list. docs/spec/dkls23.md says where those are that have no test here.
/// </summary>
public sealed class Dkls23AttackTests
{
    static readonly byte[] Digest = SHA256.HashData("a message"u8);
    static readonly PartySet Three = PartySet.Range(3);
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> Shares = Dkls23Runs.Key(70, 2, Three);

    // Attack 13: what a cheat learns from a failed check it learns once. Parallel sessions with it end by the same list
    // before they check anything, and no new one starts.
    [Fact]
    public void Selective_failure_ends_with_the_first_failed_check_whatever_session_comes_next()
    {
        var bans = new BanList();
        var quorum = PartySet.Range(2);
        using var parallel = new Simulation(71).Add(Sign(71, P(1), bans)).Add(Sign(71, P(2), new BanList()));
        using (var run = new Simulation(72).Add(Sign(72, P(1), bans)).Add(Sign(72, P(2), new BanList())))
        {
            run.TamperBytes(2, P(2), P(1), b => { b[^1] ^= 1; return b; }).Run();
            Assert.Equal(Fault.FailedTransferCheck, run.AbortOf(P(1))!.Fault);
        }
        Assert.True(bans.IsBanned(Shares[P(1)].KeyId, P(2)));
        Assert.Throws<InvalidOperationException>(() => Sign(73, P(1), bans));
        // A child of the key is the same key, and so is the same share read again.
        using var child = Shares[P(1)].Derive(Cryptography.Derivation.Bip32Path.Parse("m/3"));
        using var random = new SeededRandom(1);
        Assert.Throws<InvalidOperationException>(() => new Dkls23Sign(FrostRuns.Id(74), child, quorum, Digest, bans, random));
        Assert.Equal((Fault.Banned, Severity.Ban), (parallel.Run().AbortOf(P(1))!.Fault, parallel.AbortOf(P(1))!.Severity));

        Session<Dkls23Signature> Sign(ulong seed, PartyId me, BanList list) =>
            new Dkls23Sign(FrostRuns.Id(seed), Shares[me], quorum, Digest, list, new SeededRandom(seed, $"{me}")).Start();
    }

    // Attack 13: a cheat that guesses in sessions side by side is told the outcome of one guess, at the first check too.
    [Fact]
    public void Selective_failure_is_not_answered_a_second_time_in_a_parallel_session()
    {
        var (bans, quorum) = (new BanList(), PartySet.Range(2));
        using var parallel = Guess(75);
        using (var first = Guess(76))
            Assert.Equal(Fault.FailedTransferCheck, first.Run().AbortOf(P(1))!.Fault);
        Assert.Equal([P(2)], bans.Peers);
        Assert.Equal(Fault.Banned, parallel.Run().AbortOf(P(1))!.Fault);

        Simulation Guess(ulong seed) => Dkls23Runs.Sign(seed, Shares, quorum, Digest, new Dictionary<PartyId, BanList> { [P(1)] = bans, [P(2)] = new() })
            .TamperBytes(2, P(2), P(1), b =>
            {
                b[^1] ^= 1;
                return b;
            });
    }

    // Attack 14: two groups of honest parties that heard different openings must not judge each other by them.
    [Fact]
    public void Frame_up_by_split_openings_in_key_generation_proves_nobody_guilty_but_the_cheat()
    {
        using var other = Dkls23Runs.Keygen(76, 2, PartySet.Range(4));
        Dkls23Keygen.Opening? second = null;
        other.Tamper<Dkls23Keygen.Opening>(2, P(2), null, m => second = m).Run();
        using var run = Dkls23Runs.Keygen(75, 2, PartySet.Range(4)).Cheat<Dkls23Keygen.Opening>(2, P(2), P(1), _ => second!).Run();
        foreach (var p in new[] { P(1), P(3), P(4) })
            Assert.All(run.AbortOf(p)!.Accusations, a => Assert.True(a.Culprit == P(2) || a.Fault.Certainty == Certainty.Suspected));
    }

    // Attack 15: who listens to everything that is said learns no pad of either side. (The passive break of one library.)
    [Fact]
    public void Devious_transfer_what_is_said_does_not_give_the_pads()
    {
        using var random = new SeededRandom(77);
        var label = TransferLabel.Create([1], P(1), P(2));
        var choices = new byte[16];
        random.Fill(choices);
        using var receiver = new BaseTransferReceiver(label, choices, random);
        using var sender = new BaseTransferSender(label, random);
        var keys = new Point<Secp256k1>[BaseTransfer.KeyCount];
        for (var k = 0; k < keys.Length; k++)
            keys[k] = Point<Secp256k1>.Decode(receiver.Message.Slice(33 * k, 33));
        var (pads0, pads1) = (new byte[BaseTransfer.PadsSize], new byte[BaseTransfer.PadsSize]);
        Assert.True(sender.TryFinish(keys, pads0, pads1));

        // Every point that a listener can put in the place of the agreed one: those on the wire, and simple sums of them.
        var batch = BaseTransfer.Batch(label, sender.Key, receiver.Message);
        var pad = new byte[BaseTransfer.PadSize];
        for (var i = 0; i < BaseTransfer.Count; i++)
            for (var b = 0; b < 2; b++)
            {
                var m = keys[2 * i + b] + BaseTransfer.Hash(label, i, b, keys[2 * i + 1 - b].Encode());
                foreach (var guess in (Point<Secp256k1>[])[sender.Key, m, keys[2 * i], keys[2 * i + 1], m + sender.Key, m - sender.Key, Point<Secp256k1>.G])
                {
                    BaseTransfer.Pad(batch, i, b, guess.Encode(), pad);
                    Assert.False(pad.AsSpan().SequenceEqual((b == 0 ? pads0 : pads1).AsSpan(i * pad.Length, pad.Length)));
                }
            }
    }

    // Attack 15: an active sender that sends the generator, or its own key again, gets no more than an honest one: the
    // receiver's key hides its choice perfectly, so that nothing it ever sends depends on it without the sender's secret.
    [Fact]
    public void Devious_transfer_the_receivers_message_for_either_choice_is_a_possible_message_for_the_other()
    {
        using var random = new SeededRandom(78);
        var label = TransferLabel.Create([1], P(1), P(2));
        var choices = new byte[16];
        using var receiver = new BaseTransferReceiver(label, choices, random);
        // A of choice 0 is r₀ + H₀(r₁); of choice 1 it would be r₁ + H₁(r₀): both are points, and neither is special.
        var seen = new HashSet<string>();
        for (var i = 0; i < BaseTransfer.Count; i++)
            for (var c = 0; c < 2; c++)
            {
                var other = receiver.Message.Slice(33 * (2 * i + 1 - c), 33);
                var a = Point<Secp256k1>.Decode(receiver.Message.Slice(33 * (2 * i + c), 33)) + BaseTransfer.Hash(label, i, c, other);
                Assert.False(a.IsIdentity);
                Assert.True(seen.Add(Convert.ToHexString(a.Encode())));
            }
    }

    // Attack 16: one hash for two purposes is how all-but-one transfers broke. Every label names session, pair and direction.
    [Fact]
    public void Every_pair_direction_and_session_has_a_label_of_its_own()
    {
        var labels = new HashSet<string>();
        foreach (var subject in (byte[][])[[1], [2], []])
            foreach (var from in PartyId.Range(4))
                foreach (var to in PartyId.Range(4).Where(p => p != from))
                    Assert.True(labels.Add(Convert.ToHexString(TransferLabel.Create(subject, from, to))));
    }

    // Attack 17: zero is where the key lies, and two parties at one place would divide by zero. Neither can be stored or sent.
    [Fact]
    public void A_stored_share_of_party_zero_or_with_a_party_twice_is_refused()
    {
        using var writer = new WireWriter();
        Shares[P(1)].Write(writer);
        // Version, then the share: version, party; the package: version, scheme, origin, epoch 8, threshold 2, count 2, parties.
        foreach (var (at, party) in ((int, byte)[])[(3, 0), (20, 0), (20, 2), (22, 1)])
        {
            var bytes = writer.Written.ToArray();
            bytes[at] = party;
            Assert.Throws<WireException>(() => { var reader = new WireReader(bytes); Dkls23KeyShare.Read(ref reader); });
        }
        Assert.Throws<ArgumentException>(() => new PartySet([P(1), P(1)]));
    }

    // Attack 19: what a list leaves out is not checked. Lists of transfers have no length to lie about.
    [Fact]
    public void Fewer_transfer_keys_than_transfers_are_malformed()
    {
        using var run = Dkls23Runs.Keygen(79, 2, Three).TamperBytes(3, P(2), null, b => b[..^33]).Run();
        run.AssertAllBlame<Dkls23KeyShare>([1, 3], Fault.MalformedMessage, 2);
    }

    // Attack 20: the last to speak would choose its polynomial so that the key is its own. It has committed before anybody
    // opened; and had it guessed, it could not prove that it knows its part.
    [Fact]
    public void Rogue_key_the_last_to_open_is_bound_to_what_it_committed()
    {
        // Under the same seeds the others open the same again: so it knows them before it speaks.
        var others = Point<Secp256k1>.Identity;
        using (var seen = Dkls23Runs.Keygen(80, 2, Three))
        {
            foreach (var l in (int[])[1, 2])
                seen.Tamper<Dkls23Keygen.Opening>(2, P(l), P(3), m =>
                {
                    others += m.Phi.Constant;
                    return m;
                });
            seen.Run();
        }
        using var run = Dkls23Runs.Keygen(80, 2, Three).Cheat<Dkls23Keygen.Opening>(2, P(3), null, m => m with
        {
            Phi = new([Point<Secp256k1>.MultiplyBase(Scalar<Secp256k1>.FromUInt64(42)) - others, .. m.Phi.Coefficients[1..]]),
        });
        run.Run().AssertAllBlame<Dkls23KeyShare>([1, 2], Fault.InvalidOpening, 3);
    }

    [Fact]
    public void Rogue_key_who_does_not_know_its_part_can_not_prove_it()
    {
        // As if it had guessed the others' parts: the proof it can make is for 42, not for 42·G − Σ others.
        using var run = Dkls23Runs.Keygen(81, 2, Three);
        using var secret = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.FromUInt64(42));
        using var random = new SeededRandom(81);
        var proof = SchnorrProof<Secp256k1>.Prove(Tags.Dkls23Setup, new byte[32], P(2), secret, secret.MultiplyBase(), random);
        run.Tamper<Dkls23Keygen.Contribution>(3, P(2), null, m => m with { Proof = proof }).Run()
            .AssertAllBlame<Dkls23KeyShare>([1, 3], Fault.InvalidProof, 2);
    }

    // Attack 21: a commitment names its committer, so that nobody can open another's as its own.
    [Fact]
    public void Commitment_copy_of_another_signers_nonce_is_named()
    {
        Dkls23Sign.Commitment? stolen = null;
        Dkls23Sign.Product? opened = null;
        var shares = Dkls23Runs.Key(82, 3, Three);
        Dkls23Runs.Sign(82, shares, Three, Digest)
            .Tamper<Dkls23Sign.Commitment>(1, P(1), null, m => stolen = m)
            .Tamper<Dkls23Sign.Product>(3, P(1), null, m => opened = m).Run().Dispose();
        // The copy is consistent: P2 shows everybody P1's commitment, and later P1's opening of it.
        using var run = Dkls23Runs.Sign(82, shares, Three, Digest)
            .Cheat<Dkls23Sign.Commitment>(1, P(2), null, _ => stolen!)
            .Tamper<Dkls23Sign.Product>(3, P(2), null, m => m with { R = opened!.R, Salt = opened.Salt }).Run();
        run.AssertBlames<Dkls23Signature>(1, (Fault.InvalidOpening, 2));
        run.AssertBlames<Dkls23Signature>(3, (Fault.InvalidOpening, 2));
    }

    // Attack 22: a proof made in another session, for the same party.
    [Fact]
    public void Proof_replay_from_another_session_or_of_another_party_is_refused()
    {
        Dkls23Keygen.Contribution? old = null;
        using var first = Dkls23Runs.Keygen(83, 2, Three).Tamper<Dkls23Keygen.Contribution>(3, P(2), P(1), m => old = m with { Share = m.Share.Copy(), Keys = m.Keys with { ZeroSeed = m.Keys.ZeroSeed.Copy() } }).Run();
        using var run = Dkls23Runs.Keygen(84, 2, Three).Tamper<Dkls23Keygen.Contribution>(3, P(2), P(1), m => m with { Proof = old!.Proof }).Run();
        run.AssertBlames<Dkls23KeyShare>(1, (Fault.InvalidProof, 2));

        // Proofs of one statement for the two purposes here, for another prover and for another context all differ.
        using var x = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.FromUInt64(7));
        using var random = new SeededRandom(84);
        var (X, context) = (x.MultiplyBase(), new byte[32]);
        var proof = SchnorrProof<Secp256k1>.Prove(Tags.Dkls23Setup, context, P(2), x, X, random);
        Assert.True(proof.Verify(Tags.Dkls23Setup, context, P(2), X));
        Assert.False(proof.Verify(Tags.ShareHeld, context, P(2), X));
        Assert.False(proof.Verify(Tags.Dkls23Setup, context, P(3), X));
        Assert.False(proof.Verify(Tags.Dkls23Setup, [.. context[1..], 1], P(2), X));
    }

    // Attack 23: without an echo, honest parties would hold different keys. In several orders of messages.
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Multicast_instead_of_broadcast_two_commitments_for_two_audiences_are_found(ulong seed)
    {
        using var run = Dkls23Runs.Keygen(seed, 2, PartySet.Range(4)).Cheat<Dkls23Keygen.Commitment>(1, P(2), P(1), _ => new(new byte[32])).Run();
        run.AssertBlames<Dkls23KeyShare>(1, (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 3), (Fault.InconsistentBroadcast, 4));
        run.AssertBlames<Dkls23KeyShare>(3, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2));
        run.AssertBlames<Dkls23KeyShare>(4, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2));
    }

    // Attack 26: chain codes follow from what was echoed, so they can not differ, and every party is in them.
    [Fact]
    public void Chain_code_is_the_same_for_all_and_everybody_contributes_to_it()
    {
        string ChainCode(ulong session, ulong second)
        {
            using var run = new Simulation(85);
            foreach (var p in Three)
                run.Add(new Dkls23Keygen(FrostRuns.Id(session), p, Three, 2, new SeededRandom(p == P(2) ? second : 1, $"{p}")).Start());
            return Assert.Single(run.Run().Outputs<Dkls23KeyShare>().Select(s => Convert.ToHexString(s.Package.ChainCode)).Distinct());
        }

        Assert.Equal(ChainCode(1, 1), ChainCode(1, 1));
        Assert.Equal(3, new[] { ChainCode(1, 1), ChainCode(1, 2), ChainCode(2, 1) }.Distinct().Count());
    }

    // Attack 28: who speaks is what the channel says. A message brought under another's name convicts nobody honest
    // where the channel is authentic, and a stranger is not heard at all.
    [Fact]
    public void A_message_under_another_name_is_not_taken_for_its_makers()
    {
        using var run = Dkls23Runs.Sign(86, Shares, PartySet.Range(2), Digest);
        var messages = run.Sessions[P(2)].TakeOutgoing();
        foreach (var message in messages)
            run.Sessions[P(1)].Receive(P(3), message.Bytes.Span);
        Assert.Equal([P(2)], run.Sessions[P(1)].WaitingFor);
        foreach (var message in messages)
            run.Sessions[P(1)].Receive(P(2), message.Bytes.Span);
        Assert.Single(run.Run().Outputs<Dkls23Signature>().Distinct());
    }

    // Attack 38: the identity and points off the curve are refused where they arrive, in every message that has points.
    [Theory]
    [InlineData(37 + 2), InlineData(37 + 2 + 33)]
    public void Invalid_points_in_key_generation_are_malformed(int at) => AssertAllMalformed(
        bad => Dkls23Runs.Keygen(87, 2, Three).TamperBytes(2, P(2), null, b => [.. b[..at], .. bad, .. b[(at + 33)..]]));

    [Theory]
    [InlineData(37), InlineData(37 + 65 + 64), InlineData(37 + 65 + 64 + 33), InlineData(37 + 65 + 64 + 256 * 33)]
    public void Invalid_points_among_transfer_keys_are_malformed(int at) => AssertAllMalformed(
        bad => Dkls23Runs.Keygen(88, 2, Three).TamperBytes(3, P(2), null, b => [.. b[..at], .. bad, .. b[(at + 33)..]]));

    [Theory]
    [InlineData(0), InlineData(33), InlineData(66), InlineData(99)]
    public void Invalid_points_in_signing_are_malformed_and_ban_nobody(int offset)
    {
        var at = 37 + 2 * 32 + offset;
        foreach (var bad in BadPoints())
        {
            var bans = new BanList();
            var lists = new Dictionary<PartyId, BanList> { [P(1)] = bans, [P(2)] = new() };
            using var run = Dkls23Runs.Sign(89, Shares, PartySet.Range(2), Digest, lists).TamperBytes(3, P(2), null, b => [.. b[..at], .. bad, .. b[(at + 33)..]]).Run();
            run.AssertBlames<Dkls23Signature>(1, (Fault.MalformedMessage, 2));
            Assert.Empty(bans.Peers);
        }
    }

    // Attack 39: a key answers for one scheme. The same secret under two schemes would let one purpose serve the other.
    [Fact]
    public void A_key_of_another_scheme_does_not_sign()
    {
        var share = Shares[P(1)];
        Assert.Throws<ArgumentException>(() => new FrostSign<Secp256k1>(FrostSuite.Secp256k1, FrostRuns.Id(1), share.Share, PartySet.Range(2), Digest, SystemRandom.Shared));

        var schnorr = Dealt<Secp256k1>.Key(KeyScheme.FrostSecp256k1, 1, 2, Three)[P(1)];
        using var setups = new PairwiseSetups(P(1), schnorr.Package, share.SetupId, [share.Setup(P(2)).Copy(), share.Setup(P(3)).Copy()]);
        using var writer = new WireWriter();
        writer.Byte(1);
        schnorr.Write(writer);
        setups.Write(writer);
        Assert.Throws<WireException>(() => { var reader = new WireReader(writer.Written); Dkls23KeyShare.Read(ref reader); });
        Assert.Throws<ArgumentException>(() => new Dkls23KeyShare(schnorr, setups));
    }

    // Attack 40: garbage and oversize end no session of others, and take no memory.
    [Fact]
    public void Garbage_is_ignored_and_what_is_too_long_or_too_short_is_malformed()
    {
        using var random = new SeededRandom(90);
        foreach (var length in (int[])[0, 1, 32, 33, 36, 37, 1_000, 2_000_000])
        {
            using var run = Dkls23Runs.Sign(90, Shares, PartySet.Range(2), Digest);
            var garbage = new byte[length];
            random.Fill(garbage);
            run.Sessions[P(1)].Receive(P(2), garbage);
            Assert.Single(run.Run().Outputs<Dkls23Signature>().Distinct());
        }
        foreach (byte round in (byte[])[1, 2, 3, 4])
            foreach (var spoil in (Func<byte[], byte[]>[])[b => b[..^1], b => [.. b, 0], b => [.. b, .. new byte[100_000]], b => b[..37]])
                using (var run = Dkls23Runs.Sign(91, Shares, PartySet.Range(2), Digest).TamperBytes(round, P(2), null, spoil).Run())
                    run.AssertBlames<Dkls23Signature>(1, (Fault.MalformedMessage, 2));
    }

    // Attack 41: a signature that does not verify is nobody's to take, nor is a key whose proofs are not complete.
    [Fact]
    public void Nothing_unverified_leaves_a_session_that_fails()
    {
        using var sign = Dkls23Runs.Sign(92, Shares, PartySet.Range(2), Digest)
            .Tamper<Dkls23Sign.SignatureShare>(4, P(2), null, m => m with { W = m.W + Scalar<Secp256k1>.One }).Run();
        Assert.Throws<InvalidOperationException>(() => sign.Output<Dkls23Signature>(P(1)));
        using var keygen = Dkls23Runs.Keygen(92, 2, Three)
            .Tamper<Dkls23Keygen.Confirmation>(4, P(2), null, m => m with { Proof = new(m.Proof.R, m.Proof.Z + Scalar<Secp256k1>.One) }).Run();
        Assert.Throws<InvalidOperationException>(() => keygen.Output<Dkls23KeyShare>(P(1)));
    }

    static void AssertAllMalformed(Func<byte[], Simulation> run)
    {
        foreach (var bad in BadPoints())
            using (var ended = run(bad).Run())
                Assert.Contains(new Accusation(Fault.MalformedMessage, P(2)), ended.AbortOf(P(1))!.Accusations);
    }

    /// <summary>The identity as some encode it, an x off the curve, x = p, and another's first byte.</summary>
    static IEnumerable<byte[]> BadPoints() =>
    [
        new byte[33],
        [2, .. new byte[31], 5],
        [2, .. Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F")],
        [4, .. Point<Secp256k1>.G.Encode()[1..]],
    ];
}
