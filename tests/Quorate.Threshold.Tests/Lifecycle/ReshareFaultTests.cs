using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Lifecycle;

/// <summary>
/// Phase 1 with a cheat in it: (2, 3) moves to (3, 4), dealers 1 and 2, receivers 2 to 5. So there is one dealer only,
/// one dealer who receives, and receivers with and without an old share.
/// </summary>
public sealed class ReshareFaultTests
{
    static readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> old = FrostRuns.Key(FrostSuite.Secp256k1, 20, 2, Set(1, 2, 3));
    static readonly PublicKeyPackage<Secp256k1> package = old[P(1)].Package;
    static readonly ResharePlan<Secp256k1> plan = ResharePlan<Secp256k1>.Reshare(package, Set(1, 2), Set(2, 3, 4, 5), 3, 1);

    static Point<Secp256k1> G => Point<Secp256k1>.G;

    static Simulation Run() => LifecycleRuns.Reshare(21, plan, old);

    [Theory, InlineData(1), InlineData(2)]
    public void A_dealer_that_deals_another_key_is_named_by_everybody(int cheat) =>
        AssertNamedByAllOthers(Fault.InvalidCommitment, cheat, m => new([m.Points[0] + G, .. m.Points[1..]]));

    [Theory, InlineData(1), InlineData(2)]
    public void A_dealer_that_lowers_the_threshold_is_named_by_everybody(int cheat) =>
        AssertNamedByAllOthers(Fault.InvalidCommitment, cheat, m => new(m.Points[..2]));

    [Theory, InlineData(1), InlineData(2)]
    public void A_dealer_that_raises_the_threshold_is_named_by_everybody(int cheat) =>
        AssertNamedByAllOthers(Fault.InvalidCommitment, cheat, m => new([.. m.Points, G]));

    [Fact]
    public void A_dealer_of_a_refresh_that_lowers_the_threshold_is_named_by_everybody()
    {
        var refresh = ResharePlan<Secp256k1>.Refresh(package, Set(1, 3), 1);
        using var run = LifecycleRuns.Reshare(22, refresh, old)
            .Cheat<CommittedPoints<Secp256k1>>(1, P(3), null, m => new(m.Points[..1])).Run();
        Assert.All([P(1), P(2)], p => AssertAbort(run, p, (Fault.InvalidCommitment, 3)));
    }

    [Fact]
    public void Two_cheating_dealers_are_both_named()
    {
        using var run = Run()
            .Cheat<CommittedPoints<Secp256k1>>(1, P(1), null, m => new([m.Points[0] + G, .. m.Points[1..]]))
            .Cheat<CommittedPoints<Secp256k1>>(1, P(2), null, m => new(m.Points[..2])).Run();
        Assert.All([P(3), P(4), P(5)], p => AssertAbort(run, p, (Fault.InvalidCommitment, 1), (Fault.InvalidCommitment, 2)));
    }

    [Fact]
    public void A_dealer_that_shows_one_receiver_other_commitments_gets_no_share_released()
    {
        using var run = Run()
            .Cheat<CommittedPoints<Secp256k1>>(1, P(1), P(4), m => new([m.Points[0], m.Points[1] + G, m.Points[2]])).Run();

        // P1 tells P4 and the others what each of them got. Nobody can tell whether P1 or the other report lies.
        Assert.All([P(2), P(3), P(5)], p => AssertAbort(run, p, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 4)));
        AssertAbort(run, P(4), (Fault.InconsistentBroadcast, 1),
            (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 3), (Fault.InconsistentBroadcast, 5));
    }

    [Theory, InlineData(1, 2), InlineData(1, 4), InlineData(2, 3), InlineData(2, 5)]
    public void A_wrong_share_is_pinned_on_its_dealer_by_its_receiver(int cheat, int victim)
    {
        using var run = Run().Cheat<DealtScalar<Secp256k1>>(2, P(cheat), P(victim), Wrong).Run();

        AssertAbort(run, P(victim), (Fault.InvalidShare, cheat));
        // A share is between two: the others notice in phase 2, where the victim acknowledges nothing.
        Assert.All(plan.Parties.Except(P(victim)), p => Assert.Null(run.AbortOf(p)));
        using var phase2 = LifecycleRuns.Acknowledge(23, plan.Parties.Except(P(victim)).Select(run.Output<PendingSharing<Secp256k1>>)).Run();
        Assert.All(plan.Parties.Except(P(victim)), p => AssertAbort(phase2, p, (Fault.Timeout, victim)));
    }

    [Fact]
    public void Two_wrong_shares_name_both_dealers()
    {
        using var run = Run()
            .Cheat<DealtScalar<Secp256k1>>(2, P(1), P(5), Wrong).Cheat<DealtScalar<Secp256k1>>(2, P(2), P(5), Wrong).Run();
        AssertAbort(run, P(5), (Fault.InvalidShare, 1), (Fault.InvalidShare, 2));
    }

    [Fact]
    public void A_receiver_that_deals_is_named()
    {
        // P3 holds an old share but does not deal in this plan.
        using var run = Run().With(m => m.From == P(3) && WireTap.RoundOf(m.Bytes) == (1, true)
            ? [Forge(m.Bytes), m.Bytes]
            : [m.Bytes]).Run();
        // Who sees it late has lost the others by then.
        Assert.All([P(1), P(2), P(4), P(5)], p => Assert.Equal(
            [new(Fault.UnexpectedMessage, P(3))], run.AbortOf(p)!.Accusations.Where(a => a.Fault.Certainty == Certainty.Proven)));

        static byte[] Forge(byte[] echo)
        {
            using var writer = new WireWriter();
            writer.Raw(echo.AsSpan(0, 34));
            writer.Byte(0);
            writer.UInt16(0);
            writer.Points<Secp256k1>([G, G, G]);
            return writer.Written.ToArray();
        }
    }

    [Fact]
    public void A_dealer_that_says_nothing_is_named()
    {
        using var run = Run().Drop(1, P(1)).Run();
        Assert.All([P(2), P(3), P(4), P(5)], p => AssertAbort(run, p, (Fault.Timeout, 1)));
    }

    [Fact]
    public void A_commitment_that_does_not_decode_is_named()
    {
        using var run = Run().TamperBytes(1, P(2), null, bytes => bytes[..^1]).Run();
        Assert.All([P(1), P(3), P(4), P(5)], p => Assert.Contains(new(Fault.MalformedMessage, P(2)), run.AbortOf(p)!.Accusations));
    }

    [Fact]
    public void Parties_with_different_plans_do_not_hear_each_other()
    {
        var other = ResharePlan<Secp256k1>.Reshare(package, Set(1, 2), Set(2, 3, 4, 5), 2, 1);
        using var run = new Simulation(24);
        foreach (var p in plan.Dealers)
            run.Add(new Reshare<Secp256k1>(p == P(1) ? plan : other, FrostRuns.Id(24), old[p], new SeededRandom(24, $"{p}")).Start());
        foreach (var p in new[] { 3, 4, 5 })
            run.Add(Reshare<Secp256k1>.Receive(plan, FrostRuns.Id(24), P(p)).Start());
        run.Run();
        Assert.All([P(1), P(3), P(4), P(5)], p => AssertAbort(run, p, (Fault.Timeout, 2)));
    }

    [Fact]
    public void The_last_to_commit_can_not_make_a_verifying_share_vanish() => AimAfter(P(2), (own, honest) =>
    {
        // Φ₁(5) + Φ₂(5) = 0, with Φ₁₀ as it must be.
        var five = Scalar<Secp256k1>.FromUInt64(5);
        var rest = -(honest.AtVarTime(P(5)) + own[0] + Point<Secp256k1>.MultiplyVarTime(five, own[1]));
        Point<Secp256k1>[] aimed = [own[0], own[1], Point<Secp256k1>.MultiplyVarTime((five * five).Invert(), rest)];
        Assert.True((new PolynomialCommitment<Secp256k1>(aimed).AtVarTime(P(5)) + honest.AtVarTime(P(5))).IsIdentity);
        return aimed;
    });

    [Fact]
    public void The_last_to_commit_can_not_lower_the_threshold() =>
        AimAfter(P(2), (own, honest) => [own[0], own[1], -honest.Coefficients[2]]);

    /// <summary>
    /// P1 and P3 to P5 are one adversary that commits after <paramref name="honest"/> did, without knowing what it
    /// commits to. The package exists all the same, and nothing is thrown: the only thing missing is P1's share.
    /// </summary>
    static void AimAfter(PartyId honest, Func<Point<Secp256k1>[], PolynomialCommitment<Secp256k1>, Point<Secp256k1>[]> aim)
    {
        var committed = CommitmentOf(honest);
        using var run = Run().Cheat<CommittedPoints<Secp256k1>>(1, P(1), null, m => new(aim(m.Points, committed))).Run();
        AssertAbort(run, honest, (Fault.Timeout, 1));
    }

    static PolynomialCommitment<Secp256k1> CommitmentOf(PartyId dealer)
    {
        PolynomialCommitment<Secp256k1> seen = default;
        using var run = Run().Cheat<CommittedPoints<Secp256k1>>(1, dealer, null, m =>
        {
            seen = new(m.Points);
            return m;
        }).Run();
        return seen;
    }

    static DealtScalar<Secp256k1> Wrong(DealtScalar<Secp256k1> m) => new(new(m.Value.Expose() + Scalar<Secp256k1>.One));

    static void AssertNamedByAllOthers(Fault fault, int cheat, Func<CommittedPoints<Secp256k1>, CommittedPoints<Secp256k1>> change)
    {
        using var run = Run().Cheat(1, P(cheat), null, change).Run();
        Assert.All(plan.Parties.Except(P(cheat)), p => AssertAbort(run, p, (fault, cheat)));
    }

    static void AssertAbort(Simulation run, PartyId party, params (Fault Fault, int Culprit)[] expected) =>
        Assert.Equal(expected.Select(e => new Accusation(e.Fault, P(e.Culprit))), run.AbortOf(party)!.Accusations);
}
