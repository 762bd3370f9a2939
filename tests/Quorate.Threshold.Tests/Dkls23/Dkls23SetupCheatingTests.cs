using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sharing;
using Quorate.Threshold.Transfer;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>The set-up of three parties, the second of whom cheats.</summary>
public sealed class Dkls23SetupCheatingTests
{
    static readonly PendingSharing<Secp256k1>[] pending = Dkls23RenewalTests.Pending(30, 3);

    static Simulation Run() => Dkls23LifecycleRuns.Setup(31, pending);

    [Fact, Commits(Fault.InconsistentBroadcast)]
    public void Two_contributions_for_two_audiences_are_found_before_anything_secret_is_said()
    {
        var secrets = 0;
        using var run = Run().Cheat<Dkls23Setup.Contribution>(1, P(2), P(1), _ => new(new byte[32]))
            .With(m =>
            {
                secrets += WireTap.RoundOf(m.Bytes).Round > 1 && m.From != P(2) ? 1 : 0;
                return [m.Bytes];
            }).Run();
        AssertAbort(run, P(1), (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 3));
        AssertAbort(run, P(3), (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2));
        Assert.Equal(0, secrets);
    }

    [Fact, Commits(Fault.Equivocation)]
    public void Two_contributions_and_one_story_prove_the_cheat()
    {
        using var run = Run().Tamper<Dkls23Setup.Contribution>(1, P(2), P(1), _ => new(new byte[32])).Run();
        AssertAbort(run, P(1), (Fault.Equivocation, 2));
        AssertAbort(run, P(3), (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2));
    }

    [Fact, Commits(Fault.InvalidTransferKey)]
    public void A_key_that_cancels_its_hash_is_refused_at_every_set_up_as_in_key_generation()
    {
        byte[]? context = null;
        var contributions = new Dictionary<PartyId, byte[]>();
        using var run = Run().With(m =>
        {
            context ??= m.Bytes[1..33];
            if (WireTap.RoundOf(m.Bytes) == (1, false))
                contributions[m.From] = m.Bytes[^32..];
            return [m.Bytes];
        }).Tamper<PairwiseKeys>(2, P(2), P(1), m =>
        {
            var id = Dkls23Setup.SetupId(context, Set(1, 2, 3), l => contributions[l]);
            m.ReceiverKeys[0] = -BaseTransfer.Hash(TransferLabel.Create(id, P(1), P(2)), 0, 0, m.ReceiverKeys[1].Encode());
            return m;
        }).Run();
        AssertAbort(run, P(1), (Fault.InvalidTransferKey, 2));
        AssertAbort(run, P(3), (Fault.Timeout, 1));
    }

    [Fact, Commits(Fault.InconsistentSetup)]
    public void Another_transfer_key_than_the_one_used_is_found_by_the_trial() =>
        AssertFoundByItsVictim(run => run.Tamper<PairwiseKeys>(2, P(2), P(1), m => m with { SenderKey = m.SenderKey + Point<Secp256k1>.G }));

    [Fact, Commits(Fault.InconsistentSetup)]
    public void Another_half_of_the_zero_seed_than_the_one_used_is_found_by_the_trial() =>
        AssertFoundByItsVictim(run => run.Tamper<PairwiseKeys>(2, P(2), P(1), m => m with { ZeroSeed = new(new byte[32]) }));

    [Theory, InlineData(0), InlineData(32), InlineData(5000), InlineData(11_300), InlineData(11_359), Commits(Fault.InconsistentSetup)]
    public void A_changed_trial_of_the_transfers_names_its_sender(int at) =>
        AssertFoundByItsVictim(run => run.Tamper<PairwiseTrial>(3, P(2), P(1), m => m with { Transfers = Flip(m.Transfers, at) }));

    [Fact, Commits(Fault.InconsistentSetup)]
    public void A_changed_digest_of_the_zero_seed_names_its_sender() =>
        AssertFoundByItsVictim(run => run.Tamper<PairwiseTrial>(3, P(2), P(1), m => m with { ZeroSeed = Flip(m.ZeroSeed, 31) }));

    [Fact, Commits(Fault.InconsistentSetup)]
    public void The_digest_of_the_zero_seed_sent_back_names_its_sender()
    {
        // What P1 says itself, which the same randomness makes it say again, shows nobody else's knowledge.
        byte[]? own = null;
        using (Run().Tamper<PairwiseTrial>(3, P(1), P(2), m =>
        {
            own = m.ZeroSeed;
            return m;
        }).Run())
            AssertFoundByItsVictim(run => run.Tamper<PairwiseTrial>(3, P(2), P(1), m => m with { ZeroSeed = own! }));
    }

    [Fact, Commits(Fault.InconsistentSetup)]
    public void A_trial_of_another_set_up_of_the_same_pair_names_its_sender()
    {
        PairwiseTrial? old = null;
        using (Dkls23LifecycleRuns.Setup(32, pending).Tamper<PairwiseTrial>(3, P(2), P(1), m => old = m).Run())
            AssertFoundByItsVictim(run => run.Tamper<PairwiseTrial>(3, P(2), P(1), _ => old!));
    }

    [Fact, Commits(Fault.InconsistentSetup)]
    public void A_failed_trial_in_key_generation_names_its_sender()
    {
        using var run = Dkls23Runs.Keygen(33, 2, Set(1, 2, 3))
            .Tamper<Dkls23Keygen.Confirmation>(4, P(2), P(1), m => m with { Trial = m.Trial with { Transfers = Flip(m.Trial.Transfers, 99) } }).Run();
        AssertAbort(run, P(1), (Fault.InconsistentSetup, 2));
        Assert.Equal((Certainty.Proven, Severity.Exclude), (run.AbortOf(P(1))!.Accusations[0].Fault.Certainty, run.AbortOf(P(1))!.Severity));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), Commits(Fault.MalformedMessage)]
    public void A_cut_message_names_its_sender(byte round)
    {
        using var run = Run().TamperBytes(round, P(2), P(1), bytes => WireTap.RoundOf(bytes).IsEcho ? bytes : bytes[..^1]).Run();
        Assert.Contains(new(Fault.MalformedMessage, P(2)), run.AbortOf(P(1))!.Accusations);
        Assert.All(run.AbortOf(P(1))!.Accusations.Where(a => a.Fault.Certainty == Certainty.Proven), a => Assert.Equal(P(2), a.Culprit));
    }

    [Theory, InlineData(2), InlineData(3), Commits(Fault.Timeout)]
    public void Silence_names_who_is_silent(byte round)
    {
        using var run = Run().Drop(round, P(2), P(1)).Run();
        AssertAbort(run, P(1), (Fault.Timeout, 2));
    }

    [Fact]
    public void Parties_with_pending_shares_of_different_sharings_do_not_hear_each_other()
    {
        var other = Dkls23RenewalTests.Pending(34, 3);
        using var run = Dkls23LifecycleRuns.Setup(35, [pending[0], pending[1], other[2]]).Run();
        AssertAbort(run, P(1), (Fault.Timeout, 3));
        AssertAbort(run, P(2), (Fault.Timeout, 3));
        AssertAbort(run, P(3), (Fault.Timeout, 1), (Fault.Timeout, 2));
    }

    [Fact]
    public void Messages_of_another_set_up_are_ignored()
    {
        var old = new List<Simulation.InFlight>();
        using var first = Dkls23LifecycleRuns.Setup(36, pending).With(m =>
        {
            old.Add(m);
            return [m.Bytes];
        }).Run();
        using var second = Dkls23LifecycleRuns.Setup(37, pending)
            .With(m => [.. old.Where(o => o.From == m.From && o.To == m.To).Select(o => o.Bytes), m.Bytes]).Run();
        Assert.Equal(3, second.Outputs<PairwiseSetups>().Length);
    }

    // Attack 25. A cheat that guesses bits of Δ in every refresh: a right guess tells one bit of a Δ with the chance of
    // guessing it, a wrong one ends an attempt whose Δ is thrown away. What was learned never adds up.
    [Fact, Commits(Fault.InconsistentSetup)]
    public void Lather_rinse_repeat_learns_nothing_that_lasts()
    {
        var pending = Dkls23RenewalTests.Pending(39, 2);
        var (passed, failed) = (0, 0);
        string? before = null;
        for (var attempt = 0ul; attempt < 8; attempt++)
        {
            // The same randomness without the cheat shows the Δ that P1 has in this attempt.
            using var honest = Dkls23LifecycleRuns.Setup(40 + attempt, pending).Run();
            using var setups = honest.Output<PairwiseSetups>(P(1));
            var delta = setups.With(P(2)).Delta.ToArray();
            Assert.NotEqual(before, before = Convert.ToHexString(delta));

            var column = (int)attempt;
            using var run = GuessingSetup.Start(40 + attempt, pending, P(2), column).Run();
            if ((delta[column >> 3] >> (column & 7) & 1) == 0)
            {
                passed++;
                Assert.Null(run.AbortOf(P(1)));
            }
            else
            {
                failed++;
                AssertAbort(run, P(1), (Fault.InconsistentSetup, 2));
                Assert.Equal(Severity.Exclude, run.AbortOf(P(1))!.Severity);
            }
        }
        Assert.NotEqual(0, passed);
        Assert.NotEqual(0, failed);
    }

    // Attack 27.
    [Fact, Commits(Fault.InvalidCommitment)]
    public void Refresh_with_a_smaller_threshold_is_impossible()
    {
        var old = Dealt<Secp256k1>.Key(KeyScheme.Dkls23, 50, 3, PartySet.Range(4));
        var package = old[P(1)].Package;
        var plan = ResharePlan<Secp256k1>.Refresh(package, Set(1, 2, 3), 1);
        Assert.Equal(3, plan.Threshold);
        using var run = LifecycleRuns.Reshare(51, plan, old).Cheat<CommittedPoints<Secp256k1>>(1, P(2), null, m => new(m.Points[..2])).Run();
        Assert.All([P(1), P(3), P(4)], p => AssertAbort(run, p, (Fault.InvalidCommitment, 2)));

        // One signer would be one party with the key.
        Assert.Throws<ArgumentOutOfRangeException>("threshold", () => ResharePlan<Secp256k1>.Reshare(package, Set(1, 2, 3), Set(1, 2), 1, 1));
    }

    [Fact]
    public void The_callers_mistakes_are_exceptions()
    {
        using var random = new SeededRandom(1);
        var old = Dealt<Secp256k1>.Key(KeyScheme.Dkls23, 52, 2, PartySet.Range(2));
        var leaving = ResharePlan<Secp256k1>.Reshare(old[P(1)].Package, Set(1, 2), Set(3, 4), 2, 1);
        using var run = LifecycleRuns.Reshare(53, leaving, old).Run();
        using var none = run.Output<PendingSharing<Secp256k1>>(P(1));
        using var one = run.Output<PendingSharing<Secp256k1>>(P(3));
        Assert.Throws<ArgumentException>("me", () => new Dkls23Setup(FrostRuns.Id(1), none, random));
        Assert.Throws<ArgumentNullException>("pending", () => new Dkls23Setup(FrostRuns.Id(1), null!, random));
        Assert.Throws<ArgumentNullException>("random", () => new Dkls23Setup(FrostRuns.Id(1), one, null!));
        // Shares alone are not enough to retire old ones.
        Assert.Throws<ArgumentException>("pending", () => new ReshareAcknowledgement<Secp256k1>(FrostRuns.Id(1), one, Set(3, 4), random));

        var frost = Dealt<Secp256k1>.Key(KeyScheme.FrostSecp256k1, 54, 2, PartySet.Range(2));
        using var other = LifecycleRuns.Reshare(55, ResharePlan<Secp256k1>.Refresh(frost[P(1)].Package, Set(1, 2), 1), frost).Run();
        using var frosty = other.Output<PendingSharing<Secp256k1>>(P(1));
        Assert.Throws<ArgumentException>("pending", () => new Dkls23Setup(FrostRuns.Id(1), frosty, random));
        Assert.Throws<ArgumentException>("pending", () => new ReshareAcknowledgement<Secp256k1>(FrostRuns.Id(1), frosty, new byte[32], Set(1, 2), random));
    }

    /// <summary>P1 names P2; P3 has nothing to do with it, and waits for P1 in phase 2.</summary>
    static void AssertFoundByItsVictim(Func<Simulation, Simulation> cheat)
    {
        using var run = cheat(Run()).Run();
        AssertAbort(run, P(1), (Fault.InconsistentSetup, 2));
        Assert.Null(run.AbortOf(P(3)));
    }

    static byte[] Flip(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        changed[at] ^= 1;
        return changed;
    }

    static void AssertAbort(Simulation run, PartyId party, params (Fault Fault, int Culprit)[] expected) =>
        Assert.Equal(expected.Select(e => new Accusation(e.Fault, P(e.Culprit))), run.AbortOf(party)!.Accusations);
}
