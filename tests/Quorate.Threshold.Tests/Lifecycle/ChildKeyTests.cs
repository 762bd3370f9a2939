using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Lifecycle;

public sealed class ChildKeyTests
{
    static readonly byte[] message = "under a child key"u8.ToArray();

    static readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> secp = FrostRuns.Key(FrostSuite.Secp256k1, 100, 2, Set(1, 2, 3));
    static readonly SortedDictionary<PartyId, KeyShare<Ed25519>> ed = FrostRuns.Key(FrostSuite.Ed25519, 101, 2, Set(1, 2, 3));

    [Theory, InlineData("m"), InlineData("m/0"), InlineData("m/0/7"), InlineData("m/2147483647/1/2/3")]
    public void Every_holder_derives_the_same_secp256k1_child_and_a_quorum_signs_under_it(string path) =>
        DeriveAndSign(FrostSuite.Secp256k1, secp, s => s.DeriveChild(Bip32Path.Parse(path)), p => p.DeriveChild(Bip32Path.Parse(path)));

    [Theory, InlineData("m"), InlineData("m/0"), InlineData("m/0/7"), InlineData("m/2147483647/1/2/3")]
    public void Every_holder_derives_the_same_ed25519_child_and_a_quorum_signs_under_it(string path) =>
        DeriveAndSign(FrostSuite.Ed25519, ed, s => s.DeriveChild(Bip32Path.Parse(path)), p => p.DeriveChild(Bip32Path.Parse(path)));

    static void DeriveAndSign<C>(
        FrostSuite<C> suite, SortedDictionary<PartyId, KeyShare<C>> shares,
        Func<KeyShare<C>, KeyShare<C>> deriveShare, Func<PublicKeyPackage<C>, PublicKeyPackage<C>> derivePackage) where C : struct, ICurve<C>
    {
        var expected = derivePackage(shares[P(1)].Package);
        var children = shares.ToDictionary(s => s.Key, s => deriveShare(s.Value));
        Assert.All(children.Values, c => Assert.Equal(expected, c.Package));

        using var signing = FrostRuns.Sign(suite, 102, children, Set(2, 3), message).Run();

        Assert.All(signing.Outputs<SchnorrSignature<C>>(), s => Assert.True(s.Verify(suite, expected.GroupKey, message)));
    }

    [Theory, InlineData("m/0"), InlineData("m/44/60/5")]
    public void The_xpub_of_the_group_derives_to_the_same_child(string path)
    {
        var package = secp[P(1)].Package;
        var child = new ExtendedPublicKey(package.GroupKey, package.ChainCode).Derive(Bip32Path.Parse(path));
        var derived = package.DeriveChild(Bip32Path.Parse(path));
        Assert.Equal((child.Key, Convert.ToHexString(child.ChainCode)), (derived.GroupKey, Convert.ToHexString(derived.ChainCode)));
    }

    [Fact]
    public void The_xprv_of_an_imported_key_derives_to_the_same_child()
    {
        using var secret = Secret<Scalar<Secp256k1>>.Random(new SeededRandom(103));
        var chainCode = new byte[32];
        using var xprv = new ExtendedPrivateKey(secret, chainCode);
        using var whole = KeyImport.Share(KeyScheme.FrostSecp256k1, P(1), secret.Copy(), chainCode);
        using var child = whole.DeriveChild(Bip32Path.Parse("m/1/2"));
        using var expected = xprv.Derive(Bip32Path.Parse("m/1/2"));
        Assert.Equal(expected.Secret.Expose(), child.SigningShare.Expose());
    }

    [Fact]
    public void Derivation_goes_step_by_step_or_at_once()
    {
        using var atOnce = ed[P(1)].DeriveChild(Bip32Path.Parse("m/3/9"));
        using var first = ed[P(1)].DeriveChild(Bip32Path.Parse("m/3"));
        using var then = first.DeriveChild(Bip32Path.Parse("m/9"));
        Assert.Equal(atOnce.Package, then.Package);
        Assert.Equal(atOnce.SigningShare.Expose(), then.SigningShare.Expose());
    }

    [Fact]
    public void Different_paths_give_different_keys()
    {
        string[] paths = ["m", "m/0", "m/1", "m/0/0", "m/0/1", "m/1/0"];
        Assert.Equal(paths.Length, paths.Select(p => ed[P(1)].Package.DeriveChild(Bip32Path.Parse(p)).GroupKey).Distinct().Count());
        Assert.Equal(paths.Length, paths.Select(p => secp[P(1)].Package.DeriveChild(Bip32Path.Parse(p)).GroupKey).Distinct().Count());
    }

    [Fact]
    public void Children_are_the_same_before_and_after_a_refresh()
    {
        var path = Bip32Path.Parse("m/84/0/0");
        var renewed = LifecycleRuns.Complete(104, ResharePlan<Secp256k1>.Refresh(secp[P(1)].Package, Set(1, 2), 1), secp);
        Assert.Equal(secp[P(1)].Package.DeriveChild(path).GroupKey, renewed[P(2)].Package.DeriveChild(path).GroupKey);
    }

    [Fact]
    public void A_child_of_a_bip340_key_signs_for_taproot()
    {
        var shares = Bip340Runs.Deal(105, 2, 3).ToDictionary(s => s.Key, s => s.Value.DeriveChild(Bip32Path.Parse("m/86/0")));
        var key = TweakContext.Init(shares[P(1)].Package.GroupKey).ApplyTaproot();
        using var signing = Bip340Runs.Sign(106, shares, Set(1, 3), key, message).Run();
        Assert.All(signing.Outputs<Bip340Signed>(), s => Assert.True(s.Signature.Verify(key.PublicKey, message)));
    }

    [Theory, InlineData("m/0'"), InlineData("m/1/2147483647h"), InlineData("m/44'/0/0")]
    public void A_hardened_step_is_refused(string text)
    {
        var path = Bip32Path.Parse(text);
        Assert.Throws<ArgumentException>(nameof(path), () => secp[P(1)].DeriveChild(path));
        Assert.Throws<ArgumentException>(nameof(path), () => secp[P(1)].Package.DeriveChild(path));
        Assert.Throws<ArgumentException>(nameof(path), () => ed[P(1)].DeriveChild(path));
        Assert.Contains("hardened", Assert.Throws<ArgumentException>(() => ed[P(1)].Package.DeriveChild(path)).Message, StringComparison.Ordinal);
    }
}
