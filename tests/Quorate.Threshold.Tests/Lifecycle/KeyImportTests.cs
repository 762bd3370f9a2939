using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Lifecycle;

public sealed class KeyImportTests
{
    static readonly byte[] chainCode = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    // RFC 8032, section 7.1: secret key and public key of tests 1 and 2.
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
    public void An_ed25519_private_key_is_imported_and_a_quorum_signs_under_its_public_key(string seed, string publicKey)
    {
        using var key = new Ed25519Key(Convert.FromHexString(seed));
        var moved = ImportAndMove(FrostSuite.Ed25519, key.ExportScalar(), P(9));

        Assert.Equal(publicKey, Convert.ToHexStringLower(moved[P(1)].Package.GroupKey.Encode()));
        AssertSigns(FrostSuite.Ed25519, moved);
    }

    [Fact]
    public void A_secp256k1_key_is_imported_by_one_who_joins_the_committee()
    {
        var moved = ImportAndMove(FrostSuite.Secp256k1, Secret<Scalar<Secp256k1>>.Random(new SeededRandom(80)), P(2));
        AssertSigns(FrostSuite.Secp256k1, moved);
    }

    [Theory, InlineData(KeyScheme.FrostSecp256k1), InlineData(KeyScheme.FrostBip340)]
    public void An_imported_key_is_marked_for_ever(KeyScheme scheme)
    {
        using var whole = KeyImport.Share(scheme, P(9), Secret<Scalar<Secp256k1>>.Random(new SeededRandom(81)), chainCode);
        Assert.Equal((KeyOrigin.Imported, 0u, 1), (whole.Package.Origin, whole.Package.Epoch, whole.Package.Threshold));

        var moved = LifecycleRuns.Complete(82, ResharePlan<Secp256k1>.Reshare(whole.Package, Set(9), Set(1, 2, 3), 2, 1), Only(whole));
        var again = LifecycleRuns.Complete(83, ResharePlan<Secp256k1>.Refresh(moved[P(1)].Package, Set(1, 2), 2), moved);

        Assert.All(moved.Values.Concat(again.Values), s =>
        {
            Assert.Equal((scheme, KeyOrigin.Imported), (s.Package.Scheme, s.Package.Origin));
            Assert.Equal(chainCode, s.Package.ChainCode);
            Assert.Equal(whole.Package.GroupKey, s.Package.GroupKey);
        });
    }

    [Fact]
    public void A_bip340_key_of_either_parity_is_imported_and_signs_for_taproot()
    {
        bool[] parities = [false, false];
        for (var seed = 92ul; !parities.All(seen => seen); seed++)
        {
            using var secret = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(seed));
            using var single = new Bip340Key(secret);
            Bip340PublicKey.FromPoint(secret.MultiplyBase(), out var isOdd);
            if (parities[isOdd ? 1 : 0])
                continue;
            parities[isOdd ? 1 : 0] = true;
            using var whole = KeyImport.Share(KeyScheme.FrostBip340, P(9), secret.Copy(), chainCode);
            var moved = LifecycleRuns.Complete(seed, ResharePlan<Secp256k1>.Reshare(whole.Package, Set(9), Set(1, 2, 3), 2, 1), Only(whole));
            foreach (var key in new[] { TweakContext.Init(whole.Package.GroupKey), TweakContext.Init(whole.Package.GroupKey).ApplyTaproot() })
            {
                using var signing = Bip340Runs.Sign(seed, moved, Set(2, 3), key, [1, 2, 3]).Run();
                Assert.All(signing.Outputs<Bip340Signed>(), s => Assert.True(s.Signature.Verify(key.PublicKey, [1, 2, 3])));
            }
            Assert.Equal(single.PublicKey, TweakContext.Init(whole.Package.GroupKey).PublicKey);
        }
    }

    [Fact]
    public void The_receivers_know_the_sharing_from_the_public_key_alone()
    {
        using var whole = KeyImport.Share(KeyScheme.FrostSecp256k1, P(9), Secret<Scalar<Secp256k1>>.Random(new SeededRandom(84)), chainCode);
        Assert.Equal(whole.Package, KeyImport.Package(KeyScheme.FrostSecp256k1, P(9), whole.Package.GroupKey, chainCode));
    }

    [Fact, Commits(Fault.InvalidCommitment)]
    public void An_importer_that_distributes_another_key_is_named()
    {
        using var whole = KeyImport.Share(KeyScheme.FrostSecp256k1, P(9), Secret<Scalar<Secp256k1>>.Random(new SeededRandom(85)), chainCode);
        using var run = LifecycleRuns.Reshare(86, ResharePlan<Secp256k1>.Reshare(whole.Package, Set(9), Set(1, 2, 3), 2, 1), Only(whole))
            .Cheat<CommittedPoints<Secp256k1>>(1, P(9), null, m => new([Point<Secp256k1>.G, m.Points[1]])).Run();
        Assert.All([P(1), P(2), P(3)], p => Assert.Equal([new(Fault.InvalidCommitment, P(9))], run.AbortOf(p)!.Accusations));
    }

    [Fact]
    public void The_importers_key_is_wiped_with_the_certificate_and_not_before()
    {
        var holding = new KeyHolding<Secp256k1>(
            KeyImport.Share(KeyScheme.FrostSecp256k1, P(9), Secret<Scalar<Secp256k1>>.Random(new SeededRandom(87)), chainCode));
        var whole = holding.Share!;
        using var phase1 = LifecycleRuns.Reshare(88, ResharePlan<Secp256k1>.Reshare(whole.Package, Set(9), Set(1, 2), 2, 1), Only(whole)).Run();
        var pending = phase1.Outputs<PendingSharing<Secp256k1>>();
        holding.Add(pending[^1]);
        Assert.False(whole.SigningShare.IsDisposed);

        using var phase2 = LifecycleRuns.Acknowledge(89, pending).Run();
        Assert.True(holding.Accept(phase2.Output<ReshareCertificate<Secp256k1>>(P(9))));

        Assert.True(whole.SigningShare.IsDisposed);
        Assert.Null(holding.Share);
    }

    [Fact]
    public void What_is_no_key_is_refused_and_wiped()
    {
        var zero = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.Zero);
        Assert.Throws<ArgumentException>(() => KeyImport.Share(KeyScheme.FrostSecp256k1, P(1), zero, chainCode));
        Assert.True(zero.IsDisposed);
        var one = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.One);
        Assert.Throws<ArgumentException>("chainCode", () => KeyImport.Share(KeyScheme.FrostSecp256k1, P(1), one, chainCode.AsSpan(1)));
        Assert.True(one.IsDisposed);
    }

    static SortedDictionary<PartyId, KeyShare<C>> ImportAndMove<C>(FrostSuite<C> suite, Secret<Scalar<C>> secret, PartyId importer) where C : struct, ICurve<C>
    {
        using var whole = KeyImport.Share(suite.Scheme, importer, secret, chainCode);
        return LifecycleRuns.Complete(90, ResharePlan<C>.Reshare(whole.Package, new([importer]), Set(1, 2, 3), 2, 1), Only(whole));
    }

    static SortedDictionary<PartyId, KeyShare<C>> Only<C>(KeyShare<C> share) where C : struct, ICurve<C> => new() { [share.Me] = share };

    static void AssertSigns<C>(FrostSuite<C> suite, SortedDictionary<PartyId, KeyShare<C>> shares) where C : struct, ICurve<C>
    {
        using var signing = FrostRuns.Sign(suite, 91, shares, Set(1, 3), [1, 2, 3]).Run();
        Assert.All(signing.Outputs<SchnorrSignature<C>>(), s => Assert.True(s.Verify(suite, shares[P(1)].Package.GroupKey, [1, 2, 3])));
    }
}
