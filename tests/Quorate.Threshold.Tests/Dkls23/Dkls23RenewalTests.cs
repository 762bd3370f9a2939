using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>Refresh, resharing, import and repair of DKLs23 keys without anybody cheating: what comes out signs.</summary>
public sealed class Dkls23RenewalTests
{
    static readonly byte[] digest = SHA256.HashData("the same key"u8);

    public static TheoryData<int, int> UpToFive => Dkls23HonestTests.UpToFive();

    [Theory, MemberData(nameof(UpToFive))]
    public void A_refresh_renews_every_share_and_every_set_up_of_the_same_key(int t, int n)
    {
        var parties = PartySet.Range(n);
        var old = Dkls23Runs.Key((ulong)(10 * n + t), t, parties);
        var package = old[P(1)].Package;
        AssertSigns(old, new(parties.Take(t)), package.GroupKey);
        using var copies = new Copies(old.Values);

        var renewed = Renewed(1, ResharePlan<Secp256k1>.Refresh(package, new(parties.TakeLast(t)), 1), old.Values.Select(s => new Dkls23KeyHolding(s)));

        Assert.Equal(parties, renewed.Keys);
        Assert.All(renewed.Values, s =>
        {
            Assert.Equal((t, 1u), (s.Package.Threshold, s.Package.Epoch));
            AssertSameKey(package, s.Package);
            copies.AssertAllNew(s);
        });
        AssertSigns(renewed, new(parties.TakeLast(t)), package.GroupKey);
    }

    /// <summary>Old t, old committee, dealers, new t, new committee.</summary>
    public static TheoryData<int, int[], int[], int, int[]> Moves => new()
    {
        { 2, [1, 2, 3], [1, 3], 3, [1, 2, 3, 4] },
        { 3, [1, 2, 3, 4], [2, 3, 4], 2, [2, 4] },
        { 2, [1, 2], [1, 2], 2, [3, 4] },
        { 2, [1, 2, 3], [2, 3], 3, [4, 5, 65535] },
        { 2, [1, 2, 3], [1, 2, 3], 2, [3, 7] },
        { 3, [1, 2, 3], [1, 2, 3], 2, [1, 2, 3] },
    };

    [Theory, MemberData(nameof(Moves))]
    public void A_key_moves_to_another_committee_and_threshold(int t, int[] from, int[] dealers, int newT, int[] to)
    {
        var old = Dkls23Runs.Key(2, t, Set(from));
        var package = old.Values.First().Package;
        AssertSigns(old, new(Set(from).Take(t)), package.GroupKey);

        var moved = Renewed(3, ResharePlan<Secp256k1>.Reshare(package, Set(dealers), Set(to), newT, 7), old.Values.Select(s => new Dkls23KeyHolding(s)));

        Assert.Equal(Set(to), moved.Keys);
        Assert.All(moved.Values, s => Assert.Equal((newT, 7u), (s.Package.Threshold, s.Package.Epoch)));
        AssertSameKey(package, moved.Values.First().Package);
        // Whoever leaves has given its share up for the certificate, as whoever stays.
        Assert.All(old.Values, s => Assert.True(s.Share.SigningShare.IsDisposed));
        AssertSigns(moved, new(Set(to).TakeLast(newT)), package.GroupKey);
    }

    [Fact]
    public void A_key_moves_again_and_again()
    {
        var holdings = Dkls23Runs.Key(4, 2, Set(1, 2, 3)).Values.Select(s => new Dkls23KeyHolding(s)).ToArray();
        var key = holdings[0].Package.GroupKey;
        (int T, PartySet To)[] stations = [(2, Set(2, 3)), (2, Set(2, 3)), (2, Set(1, 3)), (2, Set(1, 2, 3))];
        foreach (var (station, epoch) in stations.Select((s, i) => (s, (uint)i + 1)))
        {
            var package = holdings.MaxBy(h => h.Package.Epoch)!.Package;
            var dealers = new PartySet(package.Parties.TakeLast(2));
            holdings = [.. Dkls23LifecycleRuns.Complete(epoch, ResharePlan<Secp256k1>.Reshare(package, dealers, station.To, station.T, epoch), holdings).Values];
        }
        AssertSigns(holdings.ToDictionary(h => h.Me, h => h.Share!), Set(1, 2), key);
    }

    [Fact]
    public void An_imported_key_signs_and_is_marked_as_imported_for_ever()
    {
        using var secret = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(5));
        var chainCode = SHA256.HashData([5]);
        var whole = KeyImport.Share(KeyScheme.Dkls23, P(9), secret.Copy(), chainCode);
        var plan = ResharePlan<Secp256k1>.Reshare(KeyImport.Package(KeyScheme.Dkls23, P(9), secret.MultiplyBase(), chainCode), Set(9), Set(1, 2, 3), 2, 1);
        var holdings = Dkls23LifecycleRuns.Complete(6, plan, [new(whole)]);
        Assert.True(whole.SigningShare.IsDisposed);
        Assert.Null(holdings[P(9)].DealingShare);
        AssertSigns(Shares(holdings), Set(1, 3), secret.MultiplyBase());

        var again = Renewed(7, ResharePlan<Secp256k1>.Refresh(holdings[P(1)].Package, Set(1, 2), 2), holdings.Values);
        Assert.All(again.Values, s => Assert.Equal((KeyOrigin.Imported, 2u), (s.Package.Origin, s.Package.Epoch)));
        Assert.Equal(chainCode, again[P(1)].Package.ChainCode);
        AssertSigns(again, Set(2, 3), secret.MultiplyBase());
    }

    // BIP 32, test vector 2 from m to m/0, and test vector 1 from m/0'/1/2' to m/0'/1/2'/2/1000000000.
    [Theory]
    [InlineData(
        "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U", "m/0",
        "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH")]
    [InlineData(
        "xprv9z4pot5VBttmtdRTWfWQmoH1taj2axGVzFqSb8C9xaxKymcFzXBDptWmT7FwuEzG3ryjH4ktypQSAewRiNMjANTtpgP4mLTj34bhnZX7UiM", "m/2/1000000000",
        "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTHy")]
    public void An_imported_key_signs_under_the_published_bip32_children_with_one_share_set(string xprv, string path, string xpub)
    {
        Assert.True(ExtendedPrivateKey.TryDecode(xprv, out var parent, out _));
        Assert.True(ExtendedPublicKey.TryDecode(xpub, out var published, out _));
        using (parent)
        {
            var whole = KeyImport.Share(KeyScheme.Dkls23, P(1), parent.Secret.Copy(), parent.Public.ChainCode);
            var shares = Renewed(8, ResharePlan<Secp256k1>.Reshare(whole.Package, Set(1), Set(1, 2, 3), 2, 1), [new(whole)]);
            var children = shares.ToDictionary(s => s.Key, s => s.Value.Derive(Bip32Path.Parse(path)));

            Assert.Equal(published.Key, children[P(1)].Package.GroupKey);
            Assert.Equal(published.ChainCode, children[P(1)].Package.ChainCode);
            Assert.Equal(shares[P(1)].SetupId, children[P(1)].SetupId);
            AssertSigns(children, Set(1, 3), published.Key);
            // Another path and the parent itself, with the same set-ups.
            AssertSigns(children.ToDictionary(s => s.Key, s => s.Value.Derive(Bip32Path.Parse("m/1"))), Set(2, 3), published.Derive(Bip32Path.Parse("m/1")).Key);
            AssertSigns(shares, Set(1, 2), parent.Public.Key);
        }
    }

    [Fact]
    public void Different_paths_of_one_key_do_not_sign_together()
    {
        var shares = Dkls23Runs.Key(9, 2, Set(1, 2));
        shares[P(1)] = shares[P(1)].Derive(Bip32Path.Parse("m/0"));
        shares[P(2)] = shares[P(2)].Derive(Bip32Path.Parse("m/1"));
        using var run = Dkls23Runs.Sign(9, shares, Set(1, 2), digest).Run();
        Assert.All(run.Sessions.Values, s => Assert.Equal(Fault.Timeout, s.Abort!.Fault));
    }

    [Theory, InlineData(2, 3), InlineData(3, 4)]
    public void A_share_repaired_by_t_others_signs_after_a_refresh(int t, int n)
    {
        var parties = PartySet.Range(n);
        var old = Dkls23Runs.Key(10, t, parties);
        var (lost, package) = (P(2), old[P(1)].Package);
        using var repair = LifecycleRuns.Repair(11, old.ToDictionary(s => s.Key, s => s.Value.Share), new(parties.Except(lost).Take(t)), lost).Run();
        var repaired = new Dkls23KeyHolding(repair.Output<RepairOutcome<Secp256k1>>(lost).Share!);
        Assert.Equal(old[lost].Share.SigningShare.Expose(), repaired.DealingShare!.SigningShare.Expose());
        Assert.Null(repaired.Share);
        // The others go on signing until everybody has the new shares.
        AssertSigns(old, new(parties.Except(lost).Take(t)), package.GroupKey);

        var dealers = new PartySet(parties.Take(t));
        Assert.Contains(lost, dealers);
        var holdings = old.Where(s => s.Key != lost).Select(s => new Dkls23KeyHolding(s.Value)).Append(repaired);
        var renewed = Renewed(12, ResharePlan<Secp256k1>.Refresh(package, dealers, 1), holdings);
        AssertSigns(renewed, new(parties.Take(t)), package.GroupKey);
    }

    [Theory, InlineData(2), InlineData(3), InlineData(5)]
    public void A_set_up_costs_what_the_spec_says(int n)
    {
        using var run = Dkls23LifecycleRuns.Setup(13, Pending(13, n)).Run();
        // Per peer: contribution, keys, trial; an echo of n digests; four headers.
        Assert.Equal((n - 1) * (32 + (32 + 257 * 33) + (11_360 + 32) + 32 * n + 4 * 37), run.BytesSent(P(1)));
        using var setups = run.Output<PairwiseSetups>(P(1));
        using var writer = new WireWriter();
        setups.Write(writer);
        Assert.Equal(77 + 6_194 * (n - 1), writer.Length);
    }

    [Theory, InlineData(14), InlineData(15)]
    public void Duplicated_messages_in_any_order_make_one_set_up(ulong seed)
    {
        using var run = Dkls23LifecycleRuns.Setup(seed, Pending(seed, 3)).Duplicate().Run();
        Assert.Single(run.Outputs<PairwiseSetups>().Select(s => Convert.ToHexString(s.Id)).Distinct());
    }

    [Fact]
    public void Every_run_makes_other_set_ups()
    {
        var pending = Pending(16, 2);
        using var run = Dkls23LifecycleRuns.Setup(16, pending).Run();
        using var again = Dkls23LifecycleRuns.Setup(17, pending).Run();
        using var first = run.Output<PairwiseSetups>(P(1));
        using var second = again.Output<PairwiseSetups>(P(1));
        AssertDiffer(first.Id, second.Id);
        AssertDiffer(first.With(P(2)).Delta, second.With(P(2)).Delta);
        AssertDiffer(first.With(P(2)).ZeroSeed.Expose(), second.With(P(2)).ZeroSeed.Expose());
    }

    // Attack 31, for set-ups: with the same keys and other choices beside them, or another id, a restored snapshot would
    // show which keys are the chosen ones.
    [Fact]
    public void A_generator_that_repeats_itself_makes_other_keys_for_another_set_up()
    {
        var pending = Pending(21, 2);
        var keys = new List<PairwiseKeys>();
        foreach (var other in (ulong[])[1, 2])
        {
            using var run = new Simulation(21);
            foreach (var p in pending)
                run.Add(new Dkls23Setup(FrostRuns.Id(21), p, new SeededRandom(p.Me == P(1) ? 0 : other, "repeated")).Start());
            run.Tamper<PairwiseKeys>(2, P(1), P(2), m =>
            {
                keys.Add(new(m.ZeroSeed.Copy(), m.SenderKey, m.ReceiverKeys));
                return m;
            }).Run();
        }
        Assert.Empty(keys[0].ReceiverKeys.Intersect(keys[1].ReceiverKeys));
        Assert.NotEqual(keys[0].SenderKey, keys[1].SenderKey);
        AssertDiffer(keys[0].ZeroSeed.Expose(), keys[1].ZeroSeed.Expose());
    }

    [Fact, Trait("Category", "Slow")]
    public void A_large_committee_refreshes()
    {
        var old = Dkls23Runs.Key(18, 10, PartySet.Range(20));
        var package = old[P(1)].Package;
        var renewed = Renewed(19, ResharePlan<Secp256k1>.Refresh(package, PartySet.Range(10), 1), old.Values.Select(s => new Dkls23KeyHolding(s)));
        AssertSigns(renewed, new(PartyId.Range(20).TakeLast(10)), package.GroupKey);
    }

    /// <summary>Shares that wait for their set-ups, from a dealer.</summary>
    internal static PendingSharing<Secp256k1>[] Pending(ulong seed, int n)
    {
        var old = Dealt<Secp256k1>.Key(KeyScheme.Dkls23, seed, 2, PartySet.Range(n));
        using var run = LifecycleRuns.Reshare(seed, ResharePlan<Secp256k1>.Refresh(old[P(1)].Package, Set(1, 2), 1), old).Run();
        return run.Outputs<PendingSharing<Secp256k1>>();
    }

    static SortedDictionary<PartyId, Dkls23KeyShare> Renewed(ulong seed, ResharePlan<Secp256k1> plan, IEnumerable<Dkls23KeyHolding> old) =>
        Shares(Dkls23LifecycleRuns.Complete(seed, plan, old));

    static SortedDictionary<PartyId, Dkls23KeyShare> Shares(SortedDictionary<PartyId, Dkls23KeyHolding> holdings) =>
        new(holdings.Where(h => h.Value.Share is not null).ToDictionary(h => h.Key, h => h.Value.Share!));

    static void AssertSameKey(PublicKeyPackage<Secp256k1> old, PublicKeyPackage<Secp256k1> renewed)
    {
        Assert.Equal((old.Scheme, old.Origin, old.GroupKey), (renewed.Scheme, renewed.Origin, renewed.GroupKey));
        Assert.Equal(old.ChainCode, renewed.ChainCode);
    }

    static void AssertSigns(IReadOnlyDictionary<PartyId, Dkls23KeyShare> shares, PartySet quorum, Point<Secp256k1> key)
    {
        using var run = Dkls23Runs.Sign(20, shares, quorum, digest).Run();
        Assert.All(run.Outputs<Dkls23Signature>(), s => Assert.True(s.Value.Signature.Verify(key, digest)));
    }

    static void AssertDiffer(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Assert.False(a.SequenceEqual(b));

    /// <summary>The secrets of shares before they are renewed.</summary>
    sealed class Copies(IEnumerable<Dkls23KeyShare> shares) : IDisposable
    {
        readonly Dictionary<PartyId, (Dkls23KeyShare Old, Secret<Scalar<Secp256k1>> Share, PairwiseSetups Setups)> copies =
            shares.ToDictionary(s => s.Me, s => (s, s.Share.SigningShare.Copy(), s.Setups.Copy()));

        internal void AssertAllNew(Dkls23KeyShare renewed)
        {
            var (old, share, setups) = copies[renewed.Me];
            Assert.True(old.Share.SigningShare.IsDisposed);
            Assert.NotEqual(share.Expose(), renewed.Share.SigningShare.Expose());
            AssertDiffer(setups.Id, renewed.SetupId);
            Assert.Equal(old.KeyId, renewed.KeyId);
            foreach (var peer in renewed.Package.Parties.Except(renewed.Me))
            {
                Assert.True(old.Setup(peer).ZeroSeed.IsDisposed);
                Assert.Throws<ObjectDisposedException>(() => old.Setup(peer).Delta.Length);
                var (before, after) = (setups.With(peer), renewed.Setup(peer));
                AssertDiffer(before.Delta, after.Delta);
                AssertDiffer(before.ChosenPads, after.ChosenPads);
                AssertDiffer(before.Pads0, after.Pads0);
                AssertDiffer(before.Pads1, after.Pads1);
                AssertDiffer(before.ZeroSeed.Expose(), after.ZeroSeed.Expose());
            }
        }

        public void Dispose()
        {
            foreach (var (_, share, setups) in copies.Values)
            {
                share.Dispose();
                setups.Dispose();
            }
        }
    }
}
