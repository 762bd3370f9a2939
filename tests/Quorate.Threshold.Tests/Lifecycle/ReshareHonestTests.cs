using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Lifecycle;

public sealed class ReshareHonestTests
{
    static readonly byte[] message = "the same key"u8.ToArray();

    public static TheoryData<int, int> UpToFour()
    {
        var data = new TheoryData<int, int>();
        for (var n = 1; n <= 4; n++)
            for (var t = 1; t <= n; t++)
                data.Add(t, n);
        return data;
    }

    [Theory, MemberData(nameof(UpToFour))]
    public void A_refresh_gives_every_holder_a_new_share_of_the_same_key_on_ed25519(int t, int n) => Refresh(FrostSuite.Ed25519, t, n);

    [Theory, MemberData(nameof(UpToFour))]
    public void A_refresh_gives_every_holder_a_new_share_of_the_same_key_on_secp256k1(int t, int n) => Refresh(FrostSuite.Secp256k1, t, n);

    static void Refresh<C>(FrostSuite<C> suite, int t, int n) where C : struct, ICurve<C>
    {
        var old = FrostRuns.Key(suite, 1, t, PartySet.Range(n));
        var package = old.Values.First().Package;
        var plan = ResharePlan<C>.Refresh(package, new(PartyId.Range(n).Take(t)), 1);

        var renewed = LifecycleRuns.Complete(2, plan, old);

        Assert.Equal(package.Parties, renewed.Keys);
        foreach (var (p, share) in renewed)
        {
            Assert.Equal(share.Package, renewed.Values.First().Package);
            Assert.Equal((t, 1u), (share.Package.Threshold, share.Package.Epoch));
            AssertSameKey(package, share.Package);
            // With t = 1 the polynomial is the constant: every share is the key, before and after.
            Assert.Equal(t == 1, share.SigningShare.Expose() == old[p].SigningShare.Expose());
        }
        AssertSigns(suite, package.GroupKey, renewed, new(PartyId.Range(n).TakeLast(t)));
    }

    /// <summary>Old t, old committee, dealers, new t, new committee.</summary>
    public static TheoryData<int, int[], int[], int, int[]> Moves => new()
    {
        { 2, [1, 2, 3], [1, 3], 3, [1, 2, 3, 4, 5] },
        { 2, [1, 2, 3], [1, 2, 3], 2, [1, 2, 3, 4] },
        { 3, [1, 2, 3, 4, 5], [2, 4, 5], 2, [2, 4, 5] },
        { 3, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 1, [3] },
        { 2, [1, 2, 3], [2, 3], 2, [4, 5, 6] },
        { 2, [1, 2, 3], [1, 2], 3, [2, 7, 65535] },
        { 2, [1, 2, 3], [1, 3], 3, [1, 2, 3] },
        { 3, [1, 2, 3], [1, 2, 3], 1, [1, 2, 3] },
        { 1, [1], [1], 2, [2, 3] },
        { 1, [1, 2], [1, 2], 2, [1, 2] },
        { 2, [7, 900], [7, 900], 4, [1, 2, 3, 4] },
    };

    [Theory, MemberData(nameof(Moves))]
    public void A_key_moves_to_another_committee_and_threshold_on_ed25519(int t, int[] from, int[] dealers, int newT, int[] to) =>
        Move(FrostSuite.Ed25519, t, Set(from), Set(dealers), newT, Set(to));

    [Theory, MemberData(nameof(Moves))]
    public void A_key_moves_to_another_committee_and_threshold_on_secp256k1(int t, int[] from, int[] dealers, int newT, int[] to) =>
        Move(FrostSuite.Secp256k1, t, Set(from), Set(dealers), newT, Set(to));

    static void Move<C>(FrostSuite<C> suite, int t, PartySet from, PartySet dealers, int newT, PartySet to) where C : struct, ICurve<C>
    {
        var old = FrostRuns.Key(suite, 3, t, from);
        var package = old.Values.First().Package;

        var moved = LifecycleRuns.Complete(4, ResharePlan<C>.Reshare(package, dealers, to, newT, 7), old);

        Assert.Equal(to, moved.Keys);
        Assert.All(moved.Values, s => Assert.Equal((newT, 7u), (s.Package.Threshold, s.Package.Epoch)));
        AssertSameKey(package, moved.Values.First().Package);
        AssertSigns(suite, package.GroupKey, moved, new(to.TakeLast(newT)));
        AssertSigns(suite, package.GroupKey, moved, to);
    }

    [Fact]
    public void A_key_moves_again_and_again()
    {
        var shares = FrostRuns.Key(FrostSuite.Ed25519, 5, 2, Set(1, 2, 3));
        var key = shares.Values.First().Package.GroupKey;
        (int T, PartySet To)[] stations = [(3, Set(2, 3, 4, 5)), (3, Set(2, 3, 4, 5)), (1, Set(9)), (2, Set(1, 2))];
        foreach (var (station, epoch) in stations.Select((s, i) => (s, (uint)i + 1)))
        {
            var package = shares.Values.First().Package;
            var dealers = new PartySet(package.Parties.TakeLast(package.Threshold));
            shares = LifecycleRuns.Complete(epoch, ResharePlan<Ed25519>.Reshare(package, dealers, station.To, station.T, epoch), shares);
        }
        Assert.Equal(4u, shares.Values.First().Package.Epoch);
        AssertSigns(FrostSuite.Ed25519, key, shares, Set(1, 2));
    }

    [Fact]
    public void Old_and_new_shares_do_not_sign_together()
    {
        var old = FrostRuns.Key(FrostSuite.Secp256k1, 6, 2, Set(1, 2, 3));
        var renewed = LifecycleRuns.Complete(7, ResharePlan<Secp256k1>.Refresh(old.Values.First().Package, Set(1, 2), 1), old);
        var mixed = new Dictionary<PartyId, KeyShare<Secp256k1>> { [P(1)] = old[P(1)], [P(2)] = renewed[P(2)] };

        using var signing = FrostRuns.Sign(FrostSuite.Secp256k1, 8, mixed, Set(1, 2), message).Run();

        Assert.All(signing.Sessions.Values, s => Assert.NotNull(s.Abort));
    }

    [Theory]
    [InlineData(KeyScheme.FrostSecp256k1, KeyOrigin.Generated)]
    [InlineData(KeyScheme.FrostBip340, KeyOrigin.Generated)]
    [InlineData(KeyScheme.FrostBip340, KeyOrigin.Imported)]
    public void Scheme_and_origin_stay(KeyScheme scheme, KeyOrigin origin)
    {
        var generated = FrostRuns.Key(FrostSuite.Secp256k1, 9, 2, Set(1, 2));
        var g = generated.Values.First().Package;
        var package = new PublicKeyPackage<Secp256k1>(scheme, origin, 5, 2, g.Parties, g.GroupKey, g.VerifyingShares.ToArray(), g.ChainCode);
        var shares = generated.ToDictionary(s => s.Key, s => new KeyShare<Secp256k1>(s.Key, s.Value.SigningShare.Copy(), package));

        var moved = LifecycleRuns.Complete(10, ResharePlan<Secp256k1>.Reshare(package, Set(1, 2), Set(2, 3, 4), 2, 6), shares);

        Assert.All(moved.Values, s => Assert.Equal((scheme, origin, 6u), (s.Package.Scheme, s.Package.Origin, s.Package.Epoch)));
    }

    [Theory, InlineData(11), InlineData(12), InlineData(13)]
    public void Duplicated_messages_in_any_order_change_nothing(ulong seed)
    {
        var old = FrostRuns.Key(FrostSuite.Ed25519, seed, 2, Set(1, 2, 3));
        var plan = ResharePlan<Ed25519>.Reshare(old.Values.First().Package, Set(1, 2, 3), Set(2, 3, 4), 2, 1);

        using var run = LifecycleRuns.Reshare(seed, plan, old).Duplicate().Run();

        var packages = run.Outputs<PendingSharing<Ed25519>>().Select(p => p.Package).ToArray();
        Assert.All(packages, p => Assert.Equal(packages[0], p));
    }

    [Fact]
    public void Twenty_parties_refresh() => Large(FrostSuite.Ed25519, 11, 20);

    [Fact, Trait("Category", "Slow")]
    public void A_hundred_parties_refresh_on_ed25519() => Large(FrostSuite.Ed25519, 67, 100);

    [Fact, Trait("Category", "Slow")]
    public void A_hundred_parties_refresh_on_secp256k1() => Large(FrostSuite.Secp256k1, 34, 100);

    [Fact, Trait("Category", "Slow")]
    public void A_hundred_parties_hand_over_to_a_hundred_others()
    {
        var shares = FrostRuns.Key(FrostSuite.Secp256k1, 14, 34, PartySet.Range(100));
        var package = shares.Values.First().Package;
        var dealers = new PartySet(PartyId.Range(34));
        var to = new PartySet(PartyId.Range(200).Skip(100));

        var moved = LifecycleRuns.Complete(15, ResharePlan<Secp256k1>.Reshare(package, dealers, to, 51, 1), shares);

        AssertSigns(FrostSuite.Secp256k1, package.GroupKey, moved, new(to.Take(51)));
    }

    static void Large<C>(FrostSuite<C> suite, int t, int n) where C : struct, ICurve<C>
    {
        var old = FrostRuns.Key(suite, 16, t, PartySet.Range(n));
        var package = old.Values.First().Package;

        var renewed = LifecycleRuns.Complete(17, ResharePlan<C>.Refresh(package, new(PartyId.Range(n).TakeLast(t)), 1), old);

        AssertSigns(suite, package.GroupKey, renewed, new(PartyId.Range(n).Take(t)));
    }

    static void AssertSameKey<C>(PublicKeyPackage<C> expected, PublicKeyPackage<C> actual) where C : struct, ICurve<C>
    {
        Assert.Equal(expected.GroupKey, actual.GroupKey);
        Assert.Equal(expected.ChainCode, actual.ChainCode);
        Assert.Equal((expected.Scheme, expected.Origin), (actual.Scheme, actual.Origin));
    }

    static void AssertSigns<C>(FrostSuite<C> suite, Point<C> key, IReadOnlyDictionary<PartyId, KeyShare<C>> shares, PartySet quorum) where C : struct, ICurve<C>
    {
        using var signing = FrostRuns.Sign(suite, 18, shares, quorum, message).Run();
        Assert.All(signing.Outputs<SchnorrSignature<C>>(), s => Assert.True(s.Verify(suite, key, message)));
    }
}
