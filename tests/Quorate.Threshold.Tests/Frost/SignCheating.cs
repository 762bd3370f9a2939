using System.Collections.Concurrent;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>
/// Signing with a cheat among four signers of a 3-of-5 key: one test for every message and what can be wrong with it.
/// Numbers of attacks are those of the project's list of known attacks on threshold signing.
/// </summary>
public abstract class SignCheating<C>(FrostSuite<C> suite) where C : struct, ICurve<C>
{
    const int Cheat = 7;
    static readonly int[] honest = [2, 300, 65535];
    static readonly PartySet committee = new([P(2), P(7), P(9), P(300), P(65535)]);
    static readonly PartySet quorum = new([P(2), P(7), P(300), P(65535)]);
    static readonly byte[] message = "to be signed"u8.ToArray();
    static readonly ConcurrentDictionary<Type, SortedDictionary<PartyId, KeyShare<C>>> keys = [];

    readonly SortedDictionary<PartyId, KeyShare<C>> shares = keys.GetOrAdd(typeof(C), _ => FrostRuns.Key(suite, 31, 3, committee));

    Simulation Sign(ulong seed = 1) => FrostRuns.Sign(suite, seed, shares, quorum, message);

    static void AssertAllBlame(Simulation run, Fault fault, params int[] culprits) =>
        run.AssertAllBlame<SchnorrSignature<C>>(honest.Except(culprits), fault, culprits);

    // Attack 41: the aggregate does not verify, so nothing leaves; attack 36: what verifies alone is not asked first.
    [Theory, InlineData(1), InlineData(2), InlineData(3), Commits(Fault.InvalidSignatureShare)]
    public void A_wrong_signature_share(ulong seed) =>
        AssertAllBlame(Sign(seed).Tamper<FrostSign<C>.SignatureShare>(2, P(Cheat), null, m => new(m.Z + Scalar<C>.One)).Run(), Fault.InvalidSignatureShare, Cheat);

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void A_zero_signature_share() =>
        AssertAllBlame(Sign().Tamper<FrostSign<C>.SignatureShare>(2, P(Cheat), null, _ => new(Scalar<C>.Zero)).Run(), Fault.InvalidSignatureShare, Cheat);

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void A_wrong_signature_share_for_one_leaves_the_others_with_the_signature()
    {
        using var run = Sign().Tamper<FrostSign<C>.SignatureShare>(2, P(Cheat), P(2), m => new(m.Z + Scalar<C>.One)).Run();
        run.AssertBlames<SchnorrSignature<C>>(2, (Fault.InvalidSignatureShare, Cheat));
        Assert.True(run.Output<SchnorrSignature<C>>(P(300)).Verify(suite, shares[P(2)].Package.GroupKey, message));
    }

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void Two_wrong_signature_shares_are_both_named() => AssertAllBlame(
        Sign().Tamper<FrostSign<C>.SignatureShare>(2, P(7), null, m => new(m.Z + Scalar<C>.One))
            .Tamper<FrostSign<C>.SignatureShare>(2, P(300), null, m => new(m.Z + Scalar<C>.One)).Run(),
        Fault.InvalidSignatureShare, 7, 300);

    [Fact]
    public void Wrong_signature_shares_that_cancel_make_the_signature_and_are_not_looked_for()
    {
        using var run = Sign().Tamper<FrostSign<C>.SignatureShare>(2, P(7), null, m => new(m.Z + Scalar<C>.One))
            .Tamper<FrostSign<C>.SignatureShare>(2, P(300), null, m => new(m.Z - Scalar<C>.One)).Run();
        Assert.True(run.Output<SchnorrSignature<C>>(P(2)).Verify(suite, shares[P(2)].Package.GroupKey, message));
    }

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void A_signature_share_of_another_session()
    {
        var old = Scalar<C>.Zero;
        using var before = Sign(seed: 2).Tamper<FrostSign<C>.SignatureShare>(2, P(Cheat), null, m =>
        {
            old = m.Z;
            return m;
        }).Run();
        AssertAllBlame(Sign().Tamper<FrostSign<C>.SignatureShare>(2, P(Cheat), null, _ => new(old)).Run(), Fault.InvalidSignatureShare, Cheat);
    }

    // Attack 21, for nonces: whoever claims another's commitments cannot answer for them.
    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void The_commitments_of_another_signer()
    {
        FrostSign<C>.Commitments? stolen = null;
        AssertAllBlame(
            Sign().Tamper<FrostSign<C>.Commitments>(1, P(2), null, m => stolen = m)
                .Cheat<FrostSign<C>.Commitments>(1, P(Cheat), null, _ => stolen!).Run(),
            Fault.InvalidSignatureShare, Cheat);
    }

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void Commitments_that_cancel_another_signers()
    {
        SigningCommitments<C> victim = default;
        AssertAllBlame(
            Sign().Tamper<FrostSign<C>.Commitments>(1, P(2), null, m =>
            {
                victim = m.Value;
                return m;
            }).Cheat<FrostSign<C>.Commitments>(1, P(Cheat), null, _ => new(new SigningCommitments<C>(-victim.Hiding, -victim.Binding))).Run(),
            Fault.InvalidSignatureShare, Cheat);
    }

    // Attack 35: honest signers with different lists of commitments find each other's shares wrong. In every order, nobody
    // is accused of a wrong share.
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), Commits(Fault.InconsistentBroadcast)]
    public void Two_commitments_for_two_audiences(ulong seed)
    {
        using var run = Sign(seed).Cheat<FrostSign<C>.Commitments>(1, P(Cheat), P(2), Swap).Run();
        run.AssertBlames<SchnorrSignature<C>>(2, (Fault.InconsistentBroadcast, 7), (Fault.InconsistentBroadcast, 300), (Fault.InconsistentBroadcast, 65535));
        run.AssertBlames<SchnorrSignature<C>>(300, (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 7));
        run.AssertBlames<SchnorrSignature<C>>(65535, (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 7));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), Commits(Fault.Equivocation), Commits(Fault.InconsistentBroadcast)]
    public void Two_commitments_and_one_story(ulong seed)
    {
        using var run = Sign(seed).Tamper<FrostSign<C>.Commitments>(1, P(Cheat), P(2), Swap).Run();
        run.AssertBlames<SchnorrSignature<C>>(2, (Fault.Equivocation, 7));
        run.AssertBlames<SchnorrSignature<C>>(300, (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 7));
    }

    [Fact, Commits(Fault.Equivocation), Commits(Fault.InconsistentBroadcast)]
    public void A_lie_about_what_another_signer_committed_to()
    {
        byte[] truth = [];
        using var run = Sign().With(m =>
        {
            if (m.From == P(2) && WireTap.RoundOf(m.Bytes).Round == 1)
                truth = WireTap.DigestOf(P(2), m.Bytes);
            return m.From == P(Cheat) && WireTap.RoundOf(m.Bytes).Round == 2 ? [WireTap.ReplaceDigest(m.Bytes, truth, new byte[32])] : [m.Bytes];
        }).Run();
        run.AssertBlames<SchnorrSignature<C>>(2, (Fault.Equivocation, 7));
        run.AssertBlames<SchnorrSignature<C>>(300, (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 7));
    }

    [Fact, Commits(Fault.Equivocation)]
    public void Two_signature_shares_for_the_same_party()
    {
        using var run = Sign().With(m => m.From == P(Cheat) && WireTap.RoundOf(m.Bytes).Round == 2
            ? [m.Bytes, WireTap.Replace<FrostSign<C>.SignatureShare>(m.Bytes, _ => new(Scalar<C>.One))]
            : [m.Bytes]);
        while (run.Deliver())
        {
        }
        // Whoever had everything before the second version came has finished; nobody else is accused.
        foreach (var observer in honest)
            Assert.Equal([P(Cheat)], run.AbortOf(P(observer))?.Culprits ?? [P(Cheat)]);
    }

    [Theory, InlineData(1), InlineData(2), Commits(Fault.Timeout)]
    public void Silence(byte round) => AssertAllBlame(Sign().Drop(round, P(Cheat)).Run(), Fault.Timeout, Cheat);

    [Theory, InlineData(1), InlineData(2), Commits(Fault.MalformedMessage)]
    public void Malformed_bytes(byte round)
    {
        foreach (var spoil in (Func<byte[], byte[]>[])
        [
            bytes => bytes[..^1], bytes => [.. bytes, 0], bytes => bytes[..37], bytes => bytes[..^32],
            bytes => [.. bytes[..^32], .. Enumerable.Repeat((byte)0xff, 32)],
        ])
            AssertAllBlame(Sign().TamperBytes(round, P(Cheat), null, spoil).Run(), Fault.MalformedMessage, Cheat);
    }

    // Attack 38: as a nonce's commitment the identity would make a share answer for no nonce.
    [Fact, Commits(Fault.MalformedMessage)]
    public void The_identity_as_a_commitment()
    {
        var identity = new byte[C.PointSize];
        identity[0] = (byte)(C.IsLittleEndian ? 1 : 0);
        foreach (var offset in (int[])[37, 37 + C.PointSize])
            AssertAllBlame(
                Sign().TamperBytes(1, P(Cheat), null, bytes => [.. bytes[..offset], .. identity, .. bytes[(offset + C.PointSize)..]]).Run(),
                Fault.MalformedMessage, Cheat);
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_signature_share_without_confirmation() => AssertAllBlame(
        Sign().TamperBytes(2, P(Cheat), null, bytes => [.. bytes[..35], 0, 0, .. bytes[^32..]]).Run(), Fault.MalformedMessage, Cheat);

    [Fact, Commits(Fault.InvalidSignatureShare), Commits(Fault.MalformedMessage)]
    public void Two_cheats_of_two_kinds()
    {
        // What is malformed is found first; shares are not judged any more.
        using var run = Sign().TamperBytes(2, P(7), null, bytes => bytes[..^1])
            .Tamper<FrostSign<C>.SignatureShare>(2, P(300), null, m => new(m.Z + Scalar<C>.One)).Run();
        foreach (var observer in (int[])[2, 65535])
            run.AssertBlames<SchnorrSignature<C>>(observer, (Fault.MalformedMessage, 7));
    }

    // Attack 35 by a host: told to sign another message, with another quorum, session or sharing, an honest party meets
    // silence and accuses nobody of cheating.
    [Fact, Commits(Fault.Timeout)]
    public void Who_was_told_something_else_is_not_heard_and_not_accused()
    {
        var tweaked = shares[P(Cheat)].Add(Scalar<C>.One, new byte[32]);
        var renewed = new PublicKeyPackage<C>(
            suite.Scheme, KeyOrigin.Generated, epoch: 1, 3, committee, tweaked.Package.GroupKey - Point<C>.G,
            tweaked.Package.VerifyingShares.ToArray().Select(y => y - Point<C>.G), shares[P(2)].Package.ChainCode);
        foreach (var other in (Func<FrostSign<C>>[])
        [
            () => new(suite, FrostRuns.Id(1), shares[P(Cheat)], quorum, "something else"u8, new SeededRandom(1)),
            () => new(suite, FrostRuns.Id(2), shares[P(Cheat)], quorum, message, new SeededRandom(1)),
            () => new(suite, FrostRuns.Id(1), shares[P(Cheat)], committee, message, new SeededRandom(1)),
            () => new(suite, FrostRuns.Id(1), tweaked, quorum, message, new SeededRandom(1)),
            () => new(suite, FrostRuns.Id(1), new(P(Cheat), shares[P(Cheat)].SigningShare.Copy(), renewed), quorum, message, new SeededRandom(1)),
        ])
        {
            using var run = new Simulation(1).Add(other().Start());
            foreach (var p in honest)
                run.Add(new FrostSign<C>(suite, FrostRuns.Id(1), shares[P(p)], quorum, message, new SeededRandom(1, $"{p}")).Start());
            AssertAllBlame(run.Run(), Fault.Timeout, Cheat);
            Assert.All(run.AbortOf(P(Cheat))!.Accusations, a => Assert.Equal(Fault.Timeout, a.Fault));
        }
    }

    [Fact]
    public void Messages_of_another_session_and_of_key_generation_change_nothing()
    {
        List<(PartyId From, byte[] Bytes)> foreign = [];
        IEnumerable<byte[]> Record(Simulation.InFlight m)
        {
            foreign.Add((m.From, m.Bytes));
            return [m.Bytes];
        }

        Sign(seed: 2).With(Record).Run().Dispose();
        FrostRuns.Keygen(suite, 1, 2, quorum).With(Record).Run().Dispose();
        using var run = Sign();
        foreach (var session in run.Sessions.Values)
            foreach (var (from, bytes) in foreign)
                session.Receive(from, bytes);
        Assert.Single(run.Run().Outputs<SchnorrSignature<C>>().Distinct());
    }

    static FrostSign<C>.Commitments Swap(FrostSign<C>.Commitments m) => new(new SigningCommitments<C>(m.Value.Binding, m.Value.Hiding));
}

public sealed class Ed25519SignCheatingTests() : SignCheating<Ed25519>(FrostSuite.Ed25519)
{
    // Attack 38: a commitment plus a point of small order passes a cofactored verification and no other.
    [Fact, Commits(Fault.MalformedMessage)]
    public void A_commitment_outside_the_prime_order_group()
    {
        // −1 times the y coordinate of B: the point (x, −y) = −(B + T₂) with T₂ of order 2.
        var y = Point<Ed25519>.G.Encode();
        byte[] torsion = [.. y];
        for (int i = 0, borrow = 0; i < 32; i++)
        {
            var p = i == 0 ? 0xed : i == 31 ? 0x7f : 0xff;
            var digit = p - y[i] - borrow;
            borrow = digit < 0 ? 1 : 0;
            torsion[i] = (byte)digit;
        }
        Assert.False(Point<Ed25519>.TryDecode(torsion, out _));
        var shares = FrostRuns.Key(FrostSuite.Ed25519, 1, 2, PartySet.Range(2));
        using var run = FrostRuns.Sign(FrostSuite.Ed25519, 1, shares, PartySet.Range(2), [1])
            .TamperBytes(1, P(2), null, bytes => [.. bytes[..37], .. torsion, .. bytes[69..]]).Run();
        run.AssertBlames<SchnorrSignature<Ed25519>>(1, (Fault.MalformedMessage, 2));
    }
}

public sealed class Secp256k1SignCheatingTests() : SignCheating<Secp256k1>(FrostSuite.Secp256k1);
