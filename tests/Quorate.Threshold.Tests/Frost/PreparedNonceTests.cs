using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>
/// Nonces prepared ahead sign in one round, once (attack 31: a nonce used twice gives the share away), for one sharing.
/// Alone, because some count living secrets.
/// </summary>
[Collection(SecretCounting.Name)]
public sealed class PreparedNonceTests : IDisposable
{
    static readonly PartySet quorum = new([P(1), P(3)]);
    static readonly byte[] message = "prepared"u8.ToArray();
    static readonly FrostSuite<Secp256k1> suite = FrostSuite.Secp256k1;

    readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> shares = FrostRuns.Key(suite, 5, 2, PartySet.Range(3));
    readonly SeededRandom random = new(1);
    readonly Dictionary<PartyId, SigningNonces<Secp256k1>> nonces;
    readonly Dictionary<PartyId, SigningCommitments<Secp256k1>> commitments;

    public PreparedNonceTests()
    {
        nonces = quorum.ToDictionary(p => p, p => SigningNonces<Secp256k1>.Generate(suite, shares[p], random));
        commitments = nonces.ToDictionary(n => n.Key, n => n.Value.Commitments);
    }

    public void Dispose()
    {
        foreach (var share in shares.Values)
            share.Dispose();
        foreach (var pair in nonces.Values)
            pair.Dispose();
        random.Dispose();
    }

    FrostSign<Secp256k1> Sign(int me, SigningNonces<Secp256k1>? own = null, IReadOnlyDictionary<PartyId, SigningCommitments<Secp256k1>>? all = null) =>
        FrostSign<Secp256k1>.WithPrepared(suite, FrostRuns.Id(1), shares[P(me)], quorum, message, own ?? nonces[P(me)], all ?? commitments);

    [Fact]
    public void One_message_from_each_signer_makes_the_signature()
    {
        using var run = new Simulation(1).Add(Sign(1).Start()).Add(Sign(3).Start()).Run();
        Assert.Equal(2, run.Delivered);
        Assert.Equal(37 + 32, run.BytesSent(P(1)));
        var signature = Assert.Single(run.Outputs<SchnorrSignature<Secp256k1>>().Distinct());
        Assert.True(signature.Verify(suite, shares[P(1)].Package.GroupKey, message));
    }

    [Fact]
    public void A_batch_has_as_many_different_pairs_as_asked_for()
    {
        var batch = SigningNonces<Secp256k1>.GenerateBatch(suite, shares[P(1)], 50, random);
        Assert.Equal(50, batch.Length);
        Assert.Equal(100, batch.SelectMany(n => new[] { n.Commitments.Hiding, n.Commitments.Binding }).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => SigningNonces<Secp256k1>.GenerateBatch(suite, shares[P(1)], 0, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => SigningNonces<Secp256k1>.GenerateBatch(suite, shares[P(1)], 1001, random));
        foreach (var pair in batch)
            pair.Dispose();
    }

    [Fact]
    public void Nonces_start_one_session_and_never_a_second()
    {
        using var first = Sign(1).Start();
        Assert.Throws<InvalidOperationException>(() => Sign(1).Start());
        // The first is not disturbed.
        using var run = new Simulation(1).Add(first).Add(Sign(3).Start()).Run();
        Assert.Single(run.Outputs<SchnorrSignature<Secp256k1>>().Distinct());
        Assert.Throws<InvalidOperationException>(() => Sign(1).Start());
    }

    [Fact]
    public void Nonces_of_a_session_that_failed_are_used_up_too()
    {
        using (var run = new Simulation(1).Add(Sign(1).Start()).Run())
            run.AssertBlames<SchnorrSignature<Secp256k1>>(1, (Fault.Timeout, 3));
        Assert.Throws<InvalidOperationException>(() => Sign(1).Start());
    }

    [Fact]
    public void Disposed_nonces_sign_nothing()
    {
        nonces[P(1)].Dispose();
        Assert.Throws<InvalidOperationException>(() => Sign(1).Start());
    }

    [Fact]
    public void Taken_nonces_are_the_takers_to_wipe()
    {
        var live = new LiveSecrets();
        var pair = SigningNonces<Secp256k1>.Generate(suite, shares[P(1)], random);
        Assert.Equal(2, live.More);
        var (d, e) = pair.Take();
        pair.Dispose();
        Assert.False(d.IsDisposed || e.IsDisposed);
        Assert.Throws<InvalidOperationException>(() => pair.Take());
        d.Dispose();
        e.Dispose();

        var unused = SigningNonces<Secp256k1>.Generate(suite, shares[P(1)], random);
        unused.Dispose();
        unused.Dispose();
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void A_session_with_prepared_nonces_wipes_them_when_it_starts()
    {
        var live = new LiveSecrets();
        using var session = Sign(1).Start();
        Assert.Equal(-2, live.More);
    }

    [Fact]
    public void Nonces_of_another_party_key_child_or_epoch_are_refused()
    {
        var own = commitments[P(1)];
        void AssertRefused(SigningNonces<Secp256k1> wrong) => Assert.Throws<ArgumentException>(
            "nonces", () => Sign(1, wrong, new Dictionary<PartyId, SigningCommitments<Secp256k1>>(commitments) { [P(1)] = wrong.Commitments }));

        AssertRefused(nonces[P(3)]);
        using var other = FrostRuns.Key(suite, 6, 2, PartySet.Range(3))[P(1)];
        AssertRefused(SigningNonces<Secp256k1>.Generate(suite, other, random));
        // Attack 32: nonces prepared for the parent do not sign for a child.
        using var child = shares[P(1)].Add(Scalar<Secp256k1>.One, new byte[32]);
        AssertRefused(SigningNonces<Secp256k1>.Generate(suite, child, random));
        var package = shares[P(1)].Package;
        using var renewed = new KeyShare<Secp256k1>(P(1), shares[P(1)].SigningShare.Copy(), new(
            package.Scheme, package.Origin, package.Epoch + 1, package.Threshold, package.Parties, package.GroupKey,
            package.VerifyingShares.ToArray(), package.ChainCode));
        AssertRefused(SigningNonces<Secp256k1>.Generate(suite, renewed, random));
        Assert.Equal(own, commitments[P(1)]);
    }

    [Fact]
    public void A_signers_commitments_are_needed_and_none_of_them_the_identity()
    {
        void AssertRefused(Dictionary<PartyId, SigningCommitments<Secp256k1>> all) => Assert.Throws<ArgumentException>("commitments", () => Sign(1, all: all));

        AssertRefused([]);
        AssertRefused(new() { [P(1)] = commitments[P(1)] });
        AssertRefused(new() { [P(3)] = commitments[P(3)] });
        AssertRefused(new(commitments) { [P(1)] = commitments[P(3)] });
        AssertRefused(new(commitments) { [P(3)] = default });
        AssertRefused(new(commitments) { [P(3)] = commitments[P(3)] with { Hiding = default } });
        AssertRefused(new(commitments) { [P(3)] = commitments[P(3)] with { Binding = default } });
        Assert.NotNull(Sign(1, all: new Dictionary<PartyId, SigningCommitments<Secp256k1>>(commitments) { [P(2)] = default }));
    }

    [Fact]
    public void Commitments_are_taken_as_they_were()
    {
        var all = new Dictionary<PartyId, SigningCommitments<Secp256k1>>(commitments);
        var protocol = Sign(1, all: all);
        all[P(3)] = commitments[P(1)];
        using var run = new Simulation(1).Add(protocol.Start()).Add(Sign(3).Start()).Run();
        Assert.Single(run.Outputs<SchnorrSignature<Secp256k1>>().Distinct());
    }

    // Attack 35: whoever hands the commitments around must not be able to make one honest signer accuse another.
    [Fact, Commits(Fault.Timeout)]
    public void Signers_with_different_commitments_do_not_hear_each_other()
    {
        using var other = SigningNonces<Secp256k1>.Generate(suite, shares[P(3)], random);
        var split = new Dictionary<PartyId, SigningCommitments<Secp256k1>>(commitments) { [P(3)] = other.Commitments };
        using var run = new Simulation(1).Add(Sign(1, all: split).Start()).Add(Sign(3).Start()).Run();
        run.AssertBlames<SchnorrSignature<Secp256k1>>(1, (Fault.Timeout, 3));
        run.AssertBlames<SchnorrSignature<Secp256k1>>(3, (Fault.Timeout, 1));
    }

    [Fact, Commits(Fault.Timeout)]
    public void Two_round_and_one_round_signers_do_not_hear_each_other()
    {
        using var run = new Simulation(1)
            .Add(Sign(1).Start())
            .Add(new FrostSign<Secp256k1>(suite, FrostRuns.Id(1), shares[P(3)], quorum, message, random).Start()).Run();
        run.AssertBlames<SchnorrSignature<Secp256k1>>(1, (Fault.Timeout, 3));
        run.AssertBlames<SchnorrSignature<Secp256k1>>(3, (Fault.Timeout, 1));
    }

    [Fact, Commits(Fault.InvalidSignatureShare)]
    public void A_wrong_share_in_the_one_round_is_named()
    {
        using var run = new Simulation(1).Add(Sign(1).Start()).Add(Sign(3).Start())
            .Tamper<FrostSign<Secp256k1>.SignatureShare>(2, P(3), null, m => new(m.Z + Scalar<Secp256k1>.One)).Run();
        run.AssertBlames<SchnorrSignature<Secp256k1>>(1, (Fault.InvalidSignatureShare, 3));
    }

    [Fact]
    public void The_quorum_is_checked_as_for_two_rounds()
    {
        Assert.Throws<ArgumentException>(() => FrostSign<Secp256k1>.WithPrepared(
            suite, FrostRuns.Id(1), shares[P(1)], new([P(2), P(3)]), message, nonces[P(1)], commitments));
        Assert.Throws<ArgumentException>(() => FrostSign<Secp256k1>.WithPrepared(
            suite, FrostRuns.Id(1), shares[P(1)], new([P(1)]), message, nonces[P(1)], commitments));
        Assert.Throws<ArgumentNullException>(() => FrostSign<Secp256k1>.WithPrepared(
            suite, FrostRuns.Id(1), shares[P(1)], quorum, message, null!, commitments));
        Assert.Throws<ArgumentNullException>(() => FrostSign<Secp256k1>.WithPrepared(
            suite, FrostRuns.Id(1), shares[P(1)], quorum, message, nonces[P(1)], null!));
    }

    [Fact]
    public void What_is_missing_is_said_before_anything_is_drawn()
    {
        var share = FrostRuns.Key(FrostSuite.Ed25519, 1, 1, PartySet.Range(1))[new(1)];
        Assert.Throws<ArgumentNullException>("suite", () => SigningNonces<Ed25519>.Generate(null!, share, new SeededRandom(1)));
        Assert.Throws<ArgumentNullException>("share", () => SigningNonces<Ed25519>.Generate(FrostSuite.Ed25519, null!, new SeededRandom(1)));
        Assert.Throws<ArgumentNullException>("random", () => SigningNonces<Ed25519>.Generate(FrostSuite.Ed25519, share, null!));
    }
}
