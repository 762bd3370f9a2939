using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Lifecycle;

public sealed class ResharePlanTests
{
    static readonly SortedDictionary<PartyId, KeyShare<Ed25519>> key = FrostRuns.Key(FrostSuite.Ed25519, 70, 2, Set(1, 2, 3));
    static readonly PublicKeyPackage<Ed25519> package = key[P(1)].Package;

    [Fact]
    public void A_refresh_keeps_committee_and_threshold_whoever_deals()
    {
        var plan = ResharePlan<Ed25519>.Refresh(package, Set(1, 3), 1);
        Assert.Equal(package.Parties, plan.Receivers);
        Assert.Equal(package.Threshold, plan.Threshold);
    }

    [Fact]
    public void A_plan_needs_a_quorum_of_dealers_who_hold_shares()
    {
        Assert.Throws<ArgumentException>(() => ResharePlan<Ed25519>.Refresh(package, Set(1), 1));
        Assert.Throws<ArgumentException>(() => ResharePlan<Ed25519>.Refresh(package, Set(1, 4), 1));
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(4)]
    public void A_threshold_fits_the_new_committee(int threshold) => Assert.Throws<ArgumentOutOfRangeException>(nameof(threshold), () =>
        ResharePlan<Ed25519>.Reshare(package, Set(1, 2), Set(4, 5, 6), threshold, 1));

    [Fact]
    public void An_epoch_rises_but_not_so_far_that_the_numbers_run_out()
    {
        Assert.Throws<ArgumentOutOfRangeException>("epoch", () => ResharePlan<Ed25519>.Refresh(package, Set(1, 2), 0));
        Assert.Throws<ArgumentOutOfRangeException>("epoch", () => ResharePlan<Ed25519>.Refresh(package, Set(1, 2), 1025));
        Assert.Equal(1024u, ResharePlan<Ed25519>.Refresh(package, Set(1, 2), 1024).Epoch);
    }

    [Fact]
    public void A_session_has_room_for_so_many() => Assert.Throws<ArgumentException>(() =>
        ResharePlan<Ed25519>.Reshare(package, Set(1, 2), new(Enumerable.Range(3, PartySet.MaxCount - 1).Select(P)), 5, 1));

    [Fact]
    public void Everything_in_a_plan_is_part_of_its_digest()
    {
        var other = FrostRuns.Key(FrostSuite.Ed25519, 71, 2, Set(1, 2, 3))[P(1)].Package;
        ResharePlan<Ed25519>[] plans =
        [
            ResharePlan<Ed25519>.Reshare(package, Set(1, 2), Set(2, 3), 2, 1),
            ResharePlan<Ed25519>.Reshare(other, Set(1, 2), Set(2, 3), 2, 1),
            ResharePlan<Ed25519>.Reshare(package, Set(1, 2, 3), Set(2, 3), 2, 1),
            ResharePlan<Ed25519>.Reshare(package, Set(1, 2), Set(1, 2, 3), 2, 1),
            ResharePlan<Ed25519>.Reshare(package, Set(1, 2), Set(2, 3), 1, 1),
            ResharePlan<Ed25519>.Reshare(package, Set(1, 2), Set(2, 3), 2, 2),
        ];
        Assert.Equal(plans.Length, plans.Select(p => Convert.ToHexString(p.Digest())).Distinct().Count());
        Assert.Equal(plans[0].Digest(), ResharePlan<Ed25519>.Reshare(package, Set(2, 1), Set(3, 2), 2, 1).Digest());
    }

    [Fact]
    public void A_party_takes_the_part_that_the_plan_gives_it()
    {
        var (id, random) = (FrostRuns.Id(1), new SeededRandom(1));
        var plan = ResharePlan<Ed25519>.Refresh(package, Set(1, 2), 1);
        Assert.Throws<ArgumentException>("share", () => new Reshare<Ed25519>(plan, id, key[P(3)], random));
        Assert.Throws<ArgumentException>("me", () => Reshare<Ed25519>.Receive(plan, id, P(1)));
        Assert.Throws<ArgumentException>("me", () => Reshare<Ed25519>.Receive(plan, id, P(4)));
        var other = FrostRuns.Key(FrostSuite.Ed25519, 71, 2, Set(1, 2, 3))[P(1)];
        Assert.Throws<ArgumentException>("share", () => new Reshare<Ed25519>(plan, id, other, random));
    }
}
