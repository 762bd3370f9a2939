using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Lifecycle;

public sealed class RepairTests
{
    static readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> key = FrostRuns.Key(FrostSuite.Secp256k1, 60, 3, Set(1, 2, 3, 4, 5));

    static Simulation Run() => LifecycleRuns.Repair(61, key, Set(1, 4, 5), P(2));

    public static TheoryData<int, int> UpToFour()
    {
        var data = new TheoryData<int, int>();
        for (var n = 2; n <= 4; n++)
            for (var t = 1; t < n; t++)
                data.Add(t, n);
        return data;
    }

    [Theory, MemberData(nameof(UpToFour))]
    public void T_others_repair_any_share_on_ed25519(int t, int n) => RepairEach(FrostSuite.Ed25519, t, n);

    [Theory, MemberData(nameof(UpToFour))]
    public void T_others_repair_any_share_on_secp256k1(int t, int n) => RepairEach(FrostSuite.Secp256k1, t, n);

    static void RepairEach<C>(FrostSuite<C> suite, int t, int n) where C : struct, ICurve<C>
    {
        var shares = FrostRuns.Key(suite, 62, t, PartySet.Range(n));
        foreach (var lost in PartyId.Range(n))
            foreach (var helpers in new PartySet[] { new(PartyId.Range(n).Where(p => p != lost).Take(t)), new(PartyId.Range(n).Where(p => p != lost)) })
            {
                using var run = LifecycleRuns.Repair(63, shares, helpers, lost).Run();
                using var repaired = run.Output<RepairOutcome<C>>(lost).Share!;
                Assert.Equal(shares[lost].SigningShare.Expose(), repaired.SigningShare.Expose());
                Assert.Equal((lost, shares[lost].Package), (repaired.Me, repaired.Package));
                Assert.All(helpers, p => Assert.Null(run.Output<RepairOutcome<C>>(p).Share));
            }
    }

    [Fact]
    public void Twenty_parties_repair_one() => Large(20, 11);

    [Fact, Trait("Category", "Slow")]
    public void Sixty_seven_of_a_hundred_parties_repair_one() => Large(100, 67);

    static void Large(int n, int t)
    {
        var shares = FrostRuns.Key(FrostSuite.Ed25519, 64, t, PartySet.Range(n));
        using var run = LifecycleRuns.Repair(65, shares, new(PartyId.Range(n).TakeLast(t)), P(3)).Run();
        using var repaired = run.Output<RepairOutcome<Ed25519>>(P(3)).Share!;
        Assert.Equal(shares[P(3)].SigningShare.Expose(), repaired.SigningShare.Expose());
    }

    [Theory, InlineData(66), InlineData(67)]
    public void Duplicated_messages_in_any_order_change_nothing(ulong seed)
    {
        using var run = LifecycleRuns.Repair(seed, key, Set(1, 4, 5), P(2)).Duplicate().Run();
        Assert.NotNull(run.Output<RepairOutcome<Secp256k1>>(P(2)).Share);
    }

    // ZF FROST's repair-share.json holds sums: of the δ that one helper receives, of the σ that the lost party receives.
    [Fact]
    public void Published_sums_come_out_on_ed25519() => Sums<Ed25519>("frost/ed25519/repair-share.json");

    [Fact]
    public void Published_sums_come_out_on_secp256k1() => Sums<Secp256k1>("frost/secp256k1/repair-share.json");

    static void Sums<C>(string file) where C : struct, ICurve<C>
    {
        var json = VectorFile.Read(file);
        foreach (var (group, item) in new[] { ("scalar_generation", "random_scalar"), ("sigma_generation", "sigma") })
        {
            var values = json.GetProperty(group);
            var parts = values.EnumerateObject().Where(p => p.Name != $"{item}_sum").Select(p => new Secret<Scalar<C>>(Scalar<C>.Decode(p.Value.Hex()))).ToArray();
            Assert.InRange(parts.Length, 3, 4);
            using var sum = DealtScalar<C>.Sum(parts);
            Assert.Equal(Scalar<C>.Decode(values.Hex($"{item}_sum")), sum.Expose());
        }
    }

    // What ZF FROST's tests check of the first step, for which there is no file.
    [Theory, InlineData(1), InlineData(2), InlineData(5)]
    public void A_split_adds_up_to_the_helpers_part(int count)
    {
        var lambda = Lagrange<Secp256k1>.Coefficients(Set(1, 4, 5), P(2).ToScalar<Secp256k1>())[1];
        using var split = new ShareSplit<Secp256k1>(lambda, key[P(4)].SigningShare, count, new SeededRandom(68));
        using var sum = DealtScalar<Secp256k1>.Sum(Enumerable.Range(0, count).Select(j => split[j]));
        Assert.Equal(lambda * key[P(4)].SigningShare.Expose(), sum.Expose());
        Assert.Equal(count, Enumerable.Range(0, count).Select(j => split[j].Expose()).Distinct().Count());
    }

    [Theory, InlineData(1), InlineData(4), InlineData(5), Commits(Fault.InvalidCommitment)]
    public void A_helper_that_splits_something_else_is_named_by_everybody(int cheat) =>
        AssertNamedByAllOthers(cheat, m => new([m.Points[0] + Point<Secp256k1>.G, .. m.Points[1..]]));

    [Theory, InlineData(1), InlineData(5), Commits(Fault.InvalidCommitment)]
    public void A_helper_with_too_few_summands_is_named_by_everybody(int cheat) =>
        AssertNamedByAllOthers(cheat, m => new([m.Points[0] + m.Points[1], m.Points[2]]));

    [Fact, Commits(Fault.InvalidCommitment)]
    public void A_helper_with_too_many_summands_is_named_by_everybody() =>
        AssertNamedByAllOthers(4, m => new([.. m.Points[..2], m.Points[2] - Point<Secp256k1>.G, Point<Secp256k1>.G]));

    [Fact, Commits(Fault.InvalidCommitment)]
    public void Two_helpers_that_split_something_else_are_both_named()
    {
        using var run = Run().Cheat<CommittedPoints<Secp256k1>>(1, P(1), null, Shift).Cheat<CommittedPoints<Secp256k1>>(1, P(5), null, Shift).Run();
        Assert.All([P(2), P(4)], p => AssertAbort(run, p, (Fault.InvalidCommitment, 1), (Fault.InvalidCommitment, 5)));

        static CommittedPoints<Secp256k1> Shift(CommittedPoints<Secp256k1> m) => new([m.Points[0] + Point<Secp256k1>.G, .. m.Points[1..]]);
    }

    [Theory, InlineData(1, 4), InlineData(5, 1), Commits(Fault.InvalidShare)]
    public void A_wrong_summand_is_pinned_on_its_helper_by_its_receiver(int cheat, int victim)
    {
        using var run = Run().Cheat<DealtScalar<Secp256k1>>(2, P(cheat), P(victim), Wrong).Run();
        AssertAbort(run, P(victim), (Fault.InvalidShare, cheat));
        // The lost party only learns that the victim fell silent.
        AssertAbort(run, P(2), (Fault.Timeout, victim));
    }

    [Theory, InlineData(1), InlineData(4), InlineData(5), Commits(Fault.InvalidShare)]
    public void A_wrong_sum_is_pinned_on_its_helper_by_the_lost_party(int cheat)
    {
        using var run = Run().Cheat<DealtScalar<Secp256k1>>(3, P(cheat), P(2), Wrong).Run();
        AssertAbort(run, P(2), (Fault.InvalidShare, cheat));
        Assert.All([P(1), P(4), P(5)], p => Assert.Null(run.AbortOf(p)));
    }

    [Fact, Commits(Fault.InvalidShare)]
    public void Two_wrong_sums_that_cancel_name_both_helpers()
    {
        using var run = Run()
            .Cheat<DealtScalar<Secp256k1>>(3, P(1), P(2), Wrong)
            .Cheat<DealtScalar<Secp256k1>>(3, P(5), P(2), m => new(new(m.Value.Expose() - Scalar<Secp256k1>.One))).Run();
        AssertAbort(run, P(2), (Fault.InvalidShare, 1), (Fault.InvalidShare, 5));
    }

    [Fact, Commits(Fault.InconsistentBroadcast)]
    public void A_helper_that_shows_the_lost_party_other_commitments_gets_nothing_released()
    {
        using var run = Run().Cheat<CommittedPoints<Secp256k1>>(1, P(1), P(2), m =>
            new([m.Points[0] + Point<Secp256k1>.G, m.Points[1] - Point<Secp256k1>.G, m.Points[2]])).Run();
        Assert.All([P(4), P(5)], p => AssertAbort(run, p, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2)));
        AssertAbort(run, P(2), (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 4), (Fault.InconsistentBroadcast, 5));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), Commits(Fault.Timeout)]
    public void A_silent_helper_is_named(byte round)
    {
        using var run = Run().Drop(round, P(4)).Run();
        Assert.Contains(new(Fault.Timeout, P(4)), (run.AbortOf(round == 2 ? P(1) : P(2)))!.Accusations);
    }

    [Fact]
    public void Wrong_arguments_are_refused_before_anything_happens()
    {
        var (id, random, package) = (FrostRuns.Id(1), new SeededRandom(1), key[P(1)].Package);
        Assert.Throws<ArgumentException>(() => new Repair<Secp256k1>(id, key[P(1)], Set(1, 4), P(2), random));
        Assert.Throws<ArgumentException>("helpers", () => new Repair<Secp256k1>(id, key[P(1)], Set(1, 2, 4), P(2), random));
        Assert.Throws<ArgumentException>("lost", () => new Repair<Secp256k1>(id, key[P(1)], Set(1, 4, 5), P(6), random));
        Assert.Throws<ArgumentException>("helpers", () => new Repair<Secp256k1>(id, key[P(2)], Set(1, 4, 5), P(2), random));
        Assert.Throws<ArgumentException>(() => new Repair<Secp256k1>(id, key[P(3)], Set(1, 4, 5), P(2), random));
        Assert.Throws<ArgumentException>(() => new Repair<Secp256k1>(id, key[P(1)], Set(1, 4, 6), P(2), random));
        Assert.Throws<ArgumentException>("lost", () => Repair<Secp256k1>.Receive(id, package, Set(1, 4, 5), P(6)));
        Assert.Throws<ArgumentException>("helpers", () => Repair<Secp256k1>.Receive(id, package, Set(1, 4, 5), P(4)));
    }

    static DealtScalar<Secp256k1> Wrong(DealtScalar<Secp256k1> m) => new(new(m.Value.Expose() + Scalar<Secp256k1>.One));

    static void AssertNamedByAllOthers(int cheat, Func<CommittedPoints<Secp256k1>, CommittedPoints<Secp256k1>> change)
    {
        using var run = Run().Cheat(1, P(cheat), null, change).Run();
        Assert.All(Set(1, 2, 4, 5).Except(P(cheat)), p => AssertAbort(run, p, (Fault.InvalidCommitment, cheat)));
    }

    static void AssertAbort(Simulation run, PartyId party, params (Fault Fault, int Culprit)[] expected) =>
        Assert.Equal(expected.Select(e => new Accusation(e.Fault, P(e.Culprit))), run.AbortOf(party)!.Accusations);
}
