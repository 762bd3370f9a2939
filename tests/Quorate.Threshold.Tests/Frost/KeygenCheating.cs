using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>
/// Key generation with a cheat among four, three of whom shall sign: one test for every message and what can be wrong
/// with it. Numbers of attacks are those of the project's list of known attacks on threshold signing.
/// </summary>
public abstract class KeygenCheating<C>(FrostSuite<C> suite) where C : struct, ICurve<C>
{
    const int T = 3;
    const int Cheat = 2;
    static readonly int[] honest = [1, 3, 4];
    static readonly PartySet parties = PartySet.Range(4);

    Simulation Keygen(ulong seed = 1) => FrostRuns.Keygen(suite, seed, T, parties);

    static void AssertAllBlame(Simulation run, Fault fault, params int[] culprits) => run.AssertAllBlame<KeyShare<C>>(honest.Except(culprits), fault, culprits);

    static FrostKeygen<C>.Commitment With(FrostKeygen<C>.Commitment m, Func<Point<C>[], Point<C>[]> change) => new(new(change(m.Phi.Coefficients.ToArray())), m.Sigma);

    // Attack 18: more coefficients raise the threshold above what the others believe it is.
    [Fact, Commits(Fault.InvalidCommitment)]
    public void More_coefficients_than_the_threshold() =>
        AssertAllBlame(Keygen().Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), null, m => With(m, phi => [.. phi, Point<C>.G])).Run(), Fault.InvalidCommitment, Cheat);

    // Attack 19: checking only as many as there are would check nothing.
    [Theory, InlineData(1), InlineData(2), Commits(Fault.InvalidCommitment)]
    public void Fewer_coefficients_than_the_threshold(int count) =>
        AssertAllBlame(Keygen().Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), null, m => With(m, phi => phi[..count])).Run(), Fault.InvalidCommitment, Cheat);

    [Fact, Commits(Fault.MalformedMessage)]
    public void No_coefficients_at_all() =>
        AssertAllBlame(Keygen().Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), null, m => With(m, _ => [])).Run(), Fault.MalformedMessage, Cheat);

    // Attack 40: a count is checked before anything is allocated for it.
    [Fact, Commits(Fault.MalformedMessage)]
    public void More_coefficients_than_any_committee_has() =>
        AssertAllBlame(Keygen().Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), null, m => With(m, _ => [.. Enumerable.Repeat(Point<C>.G, 257)])).Run(), Fault.MalformedMessage, Cheat);

    [Fact, Commits(Fault.InvalidProof)]
    public void A_proof_of_possession_with_a_wrong_response() =>
        AssertAllBlame(Keygen().Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), null, m => m with { Sigma = m.Sigma with { Mu = m.Sigma.Mu + Scalar<C>.One } }).Run(), Fault.InvalidProof, Cheat);

    [Fact, Commits(Fault.InvalidProof)]
    public void A_proof_of_possession_with_a_wrong_nonce() =>
        AssertAllBlame(Keygen().Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), null, m => m with { Sigma = m.Sigma with { R = m.Sigma.R + Point<C>.G } }).Run(), Fault.InvalidProof, Cheat);

    // Attack 21: a commitment is not bound to its committer by itself; the proof with it is.
    [Fact, Commits(Fault.InvalidProof)]
    public void The_commitment_and_proof_of_another_party()
    {
        FrostKeygen<C>.Commitment? stolen = null;
        AssertAllBlame(
            Keygen().Tamper<FrostKeygen<C>.Commitment>(1, P(1), null, m => stolen = m)
                .Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), null, _ => stolen!).Run(),
            Fault.InvalidProof, Cheat);
    }

    // Attack 22: a proof made in another session, for the same commitment by the same party.
    [Fact, Commits(Fault.InvalidProof)]
    public void A_proof_of_possession_from_another_session()
    {
        FrostKeygen<C>.Commitment? old = null;
        using (Keygen(seed: 2).Tamper<FrostKeygen<C>.Commitment>(1, P(Cheat), null, m => old = m).Run())
            AssertAllBlame(Keygen().Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), null, _ => old!).Run(), Fault.InvalidProof, Cheat);
    }

    // Attack 20: the last to commit makes the sum a key it knows. It cannot prove possession of its part.
    [Fact, Commits(Fault.InvalidProof)]
    public void A_rogue_key()
    {
        var others = Point<C>.Identity;
        var run = new Simulation(1);
        foreach (var l in (int[])[1, 2, 3])
            run.Tamper<FrostKeygen<C>.Commitment>(1, P(l), P(4), m =>
            {
                others += m.Phi.Constant;
                return m;
            });
        run.Cheat<FrostKeygen<C>.Commitment>(1, P(4), null, m => new(
            new([Point<C>.MultiplyBase(Scalar<C>.FromUInt64(42)) - others, .. m.Phi.Coefficients[1..]]), Prove(Scalar<C>.FromUInt64(42), others)));
        foreach (var p in parties)
            run.Add(new FrostKeygen<C>(suite, FrostRuns.Id(1), p, parties, T, new SeededRandom(1, $"keygen {p}")).Start());
        run.Run().AssertAllBlame<KeyShare<C>>([1, 2, 3], Fault.InvalidProof, 4);

        ProofOfPossession<C> Prove(Scalar<C> x, Point<C> sum)
        {
            using var secret = new Secret<Scalar<C>>(x);
            return ProofOfPossession<C>.Prove(suite, [], P(4), secret, Point<C>.MultiplyBase(x) - sum, new SeededRandom(2));
        }
    }

    // Attack 23: without an echo, honest parties would end with different keys. In every order of messages.
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), Commits(Fault.InconsistentBroadcast)]
    public void Two_commitments_for_two_audiences(ulong seed)
    {
        using var other = Keygen(seed + 100);
        FrostKeygen<C>.Commitment? second = null;
        other.Tamper<FrostKeygen<C>.Commitment>(1, P(Cheat), null, m => second = m).Run();
        using var run = Keygen(seed).Cheat<FrostKeygen<C>.Commitment>(1, P(Cheat), P(1), _ => second!).Run();
        run.AssertBlames<KeyShare<C>>(1, (Fault.InconsistentBroadcast, Cheat), (Fault.InconsistentBroadcast, 3), (Fault.InconsistentBroadcast, 4));
        run.AssertBlames<KeyShare<C>>(3, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, Cheat));
        run.AssertBlames<KeyShare<C>>(4, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, Cheat));
    }

    [Fact, Commits(Fault.Equivocation), Commits(Fault.InconsistentBroadcast)]
    public void Two_commitments_and_one_story()
    {
        // The cheat tells party 1 that it sent what the others got.
        using var run = Keygen().Tamper<FrostKeygen<C>.Commitment>(1, P(Cheat), P(1), m => With(m, phi => [.. phi[..^1], Point<C>.G])).Run();
        run.AssertBlames<KeyShare<C>>(1, (Fault.Equivocation, Cheat));
        run.AssertBlames<KeyShare<C>>(3, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, Cheat));
        run.AssertBlames<KeyShare<C>>(4, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, Cheat));
    }

    [Fact, Commits(Fault.Equivocation)]
    public void Two_commitments_for_the_same_party()
    {
        using var run = Keygen().With(m => m.From == P(Cheat) && WireTap.RoundOf(m.Bytes) == (1, false)
            ? [m.Bytes, WireTap.Replace<FrostKeygen<C>.Commitment>(m.Bytes, c => With(c, phi => [.. phi, Point<C>.G]))]
            : [m.Bytes]).Run();
        AssertAllBlame(run, Fault.Equivocation, Cheat);
    }

    [Fact, Commits(Fault.InvalidShare)]
    public void Wrong_shares_for_all() =>
        AssertAllBlame(Keygen().Tamper<FrostKeygen<C>.Share>(2, P(Cheat), null, Spoil).Run(), Fault.InvalidShare, Cheat);

    // The others see only that party 1 has fallen silent: a direct message has one witness.
    [Fact, Commits(Fault.InvalidShare), Commits(Fault.Timeout)]
    public void A_wrong_share_for_one()
    {
        using var run = Keygen().Tamper<FrostKeygen<C>.Share>(2, P(Cheat), P(1), Spoil).Run();
        run.AssertBlames<KeyShare<C>>(1, (Fault.InvalidShare, Cheat));
        run.AssertBlames<KeyShare<C>>(3, (Fault.Timeout, 1));
        run.AssertBlames<KeyShare<C>>(4, (Fault.Timeout, 1));
    }

    [Fact, Commits(Fault.InvalidShare)]
    public void The_share_of_another_party()
    {
        // Party 3 gets what was meant for party 1.
        var misdirected = Scalar<C>.Zero;
        using var run = Keygen()
            .Tamper<FrostKeygen<C>.Share>(2, P(Cheat), P(1), m =>
            {
                misdirected = m.Value.Expose();
                return m;
            })
            .Tamper<FrostKeygen<C>.Share>(2, P(Cheat), P(3), _ => new(new Secret<Scalar<C>>(misdirected))).Run();
        run.AssertBlames<KeyShare<C>>(3, (Fault.InvalidShare, Cheat));
        run.AssertBlames<KeyShare<C>>(1, (Fault.Timeout, 3));
    }

    [Fact]
    public void Wrong_shares_that_cancel_do_no_harm_and_are_not_looked_for()
    {
        using var honestly = Keygen();
        using var run = Keygen()
            .Tamper<FrostKeygen<C>.Share>(2, P(2), P(1), Spoil)
            .Tamper<FrostKeygen<C>.Share>(2, P(3), P(1), m => new(new Secret<Scalar<C>>(m.Value.Expose() - Scalar<C>.One)));
        var expected = honestly.Run().Outputs<KeyShare<C>>();
        var shares = run.Run().Outputs<KeyShare<C>>();
        Assert.Equal(expected.Select(s => s.Package), shares.Select(s => s.Package));
        Assert.True(expected[0].SigningShare.Expose() == shares[0].SigningShare.Expose());
    }

    [Fact, Commits(Fault.InvalidProof)]
    public void A_wrong_proof_of_the_own_share() =>
        AssertAllBlame(Keygen().Tamper<FrostKeygen<C>.Confirmation>(3, P(Cheat), null, m => new(m.Proof with { Z = m.Proof.Z + Scalar<C>.One })).Run(), Fault.InvalidProof, Cheat);

    [Fact, Commits(Fault.InvalidProof)]
    public void Another_partys_proof_of_its_share()
    {
        // The cheat stays silent until party 1 has spoken, then says the same. A frame does not name its sender.
        byte[] stolen = [];
        using var run = Keygen().Drop(3, P(Cheat)).With(m =>
        {
            if (m.From == P(1) && WireTap.RoundOf(m.Bytes).Round == 3)
                stolen = m.Bytes;
            return [m.Bytes];
        });
        while (run.Deliver())
        {
        }
        foreach (var victim in honest)
            run.Sessions[P(victim)].Receive(P(Cheat), stolen);
        AssertAllBlame(run, Fault.InvalidProof, Cheat);
    }

    // Round 3 is a plain broadcast: whoever withholds its proof from one party leaves that one without the key.
    [Fact, Commits(Fault.Timeout)]
    public void A_proof_withheld_from_one()
    {
        using var run = Keygen().Drop(3, P(Cheat), P(1)).Run();
        run.AssertBlames<KeyShare<C>>(1, (Fault.Timeout, Cheat));
        Assert.Equal(run.Output<KeyShare<C>>(P(3)).Package, run.Output<KeyShare<C>>(P(4)).Package);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), Commits(Fault.Timeout)]
    public void Silence(byte round) => AssertAllBlame(Keygen().Drop(round, P(Cheat)).Run(), Fault.Timeout, Cheat);

    [Fact, Commits(Fault.Timeout)]
    public void A_withheld_echo() => AssertAllBlame(
        Keygen().With(m => m.From == P(Cheat) && WireTap.RoundOf(m.Bytes).IsEcho ? [] : [m.Bytes]).Run(), Fault.Timeout, Cheat);

    [Theory, InlineData(1), InlineData(2), InlineData(3), Commits(Fault.MalformedMessage)]
    public void Malformed_bytes(byte round)
    {
        foreach (var spoil in (Func<byte[], byte[]>[])
        [
            bytes => bytes[..^1], bytes => [.. bytes, 0], bytes => bytes[..37],
            bytes => [.. bytes[..^32], .. Enumerable.Repeat((byte)0xff, 32)],
        ])
            AssertAllBlame(Keygen().TamperBytes(round, P(Cheat), null, spoil).Run(), Fault.MalformedMessage, Cheat);
    }

    [Fact, Commits(Fault.MalformedMessage), Commits(Fault.InconsistentBroadcast)]
    public void A_malformed_commitment_for_one()
    {
        using var run = Keygen().TamperBytes(1, P(Cheat), P(1), bytes => bytes[..^1]).Run();
        run.AssertBlames<KeyShare<C>>(1, (Fault.MalformedMessage, Cheat));
        run.AssertBlames<KeyShare<C>>(3, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, Cheat));
        run.AssertBlames<KeyShare<C>>(4, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, Cheat));
    }

    // Attack 38: an identity coefficient would lower the threshold or fix the key; it has no encoding at all.
    [Fact, Commits(Fault.MalformedMessage)]
    public void An_identity_among_the_coefficients()
    {
        var identity = new byte[C.PointSize];
        identity[0] = (byte)(C.IsLittleEndian ? 1 : 0);
        AssertAllBlame(
            Keygen().TamperBytes(1, P(Cheat), null, bytes => [.. bytes[..39], .. identity, .. bytes[(39 + C.PointSize)..]]).Run(),
            Fault.MalformedMessage, Cheat);
    }

    // The echo may come before or after a party's barrier of round 2, so who stops first varies, but not who cheated.
    [Fact, Commits(Fault.UnexpectedMessage)]
    public void An_echo_in_a_round_without_one()
    {
        using var run = Keygen().With(m => m.From == P(Cheat) && WireTap.RoundOf(m.Bytes).IsEcho
            ? [m.Bytes, [.. m.Bytes[..33], 2, .. m.Bytes[34..]]]
            : [m.Bytes]).Run();
        foreach (var observer in honest)
            Assert.Equal(
                [new(Fault.UnexpectedMessage, P(Cheat))],
                run.AbortOf(P(observer))!.Accusations.Where(a => a.Fault.Certainty == Certainty.Proven));
    }

    [Fact, Commits(Fault.InvalidProof), Commits(Fault.InvalidCommitment)]
    public void Two_cheats_of_two_kinds_are_both_named()
    {
        using var run = Keygen()
            .Cheat<FrostKeygen<C>.Commitment>(1, P(2), null, m => m with { Sigma = m.Sigma with { Mu = Scalar<C>.One } })
            .Cheat<FrostKeygen<C>.Commitment>(1, P(4), null, m => With(m, phi => phi[..1])).Run();
        foreach (var observer in (int[])[1, 3])
            run.AssertBlames<KeyShare<C>>(observer, (Fault.InvalidCommitment, 4), (Fault.InvalidProof, 2));
    }

    [Fact, Commits(Fault.InvalidShare)]
    public void Two_cheats_of_one_kind_are_both_named() => AssertAllBlame(
        Keygen().Tamper<FrostKeygen<C>.Share>(2, P(2), null, Spoil).Tamper<FrostKeygen<C>.Share>(2, P(4), null, Spoil).Run(), Fault.InvalidShare, 2, 4);

    [Fact, Commits(Fault.Timeout)]
    public void Who_runs_another_session_is_not_heard()
    {
        foreach (var other in (Func<FrostKeygen<C>>[])
        [
            () => new(suite, FrostRuns.Id(2), P(4), parties, T, new SeededRandom(1)),
            () => new(suite, FrostRuns.Id(1), P(4), parties, T - 1, new SeededRandom(1)),
            () => new(suite, FrostRuns.Id(1), P(4), PartySet.Range(5), T, new SeededRandom(1)),
        ])
        {
            using var run = new Simulation(1);
            foreach (var p in honest[..2].Append(2))
                run.Add(new FrostKeygen<C>(suite, FrostRuns.Id(1), P(p), parties, T, new SeededRandom(1, $"{p}")).Start());
            run.Add(other().Start()).Run().AssertAllBlame<KeyShare<C>>([1, 2, 3], Fault.Timeout, 4);
        }
    }

    [Fact]
    public void Messages_of_another_session_change_nothing()
    {
        // Everything that a whole other session says is delivered here too.
        List<(PartyId From, byte[] Bytes)> foreign = [];
        Keygen(seed: 2).With(m =>
        {
            foreign.Add((m.From, m.Bytes));
            return [m.Bytes];
        }).Run().Dispose();
        using var run = Keygen();
        foreach (var session in run.Sessions.Values)
            foreach (var (from, bytes) in foreign)
                session.Receive(from, bytes);
        Assert.Equal(4, run.Run().Outputs<KeyShare<C>>().Length);
    }

    static FrostKeygen<C>.Share Spoil(FrostKeygen<C>.Share m) => new(new Secret<Scalar<C>>(m.Value.Expose() + Scalar<C>.One));
}

public sealed class Ed25519KeygenCheatingTests() : KeygenCheating<Ed25519>(FrostSuite.Ed25519);

public sealed class Secp256k1KeygenCheatingTests() : KeygenCheating<Secp256k1>(FrostSuite.Secp256k1);
