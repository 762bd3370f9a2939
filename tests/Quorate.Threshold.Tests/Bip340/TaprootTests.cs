using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Native;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Bip340;

/// <summary>A quorum's signature spends the Taproot output that an ordinary wallet would have derived from the same key.</summary>
public sealed class TaprootTests
{
    static readonly byte[] Sighash = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];
    static readonly byte[] ScriptRoot = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    // Seeds with group keys, children and output keys of both parities.
    public static TheoryData<ulong> Seeds => [31, 32, 33, 34, 35, 36];

    [Theory, MemberData(nameof(Seeds))]
    public void The_key_itself_signs(ulong seed)
    {
        var shares = Bip340Runs.Deal(seed, 2, 3);
        var key = Key(shares);
        Assert.True(Sign(seed, shares, key).Verify(Bip340PublicKey.FromPoint(key.Key), Sighash));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_key_path_of_an_output_without_scripts_is_spent(ulong seed)
    {
        var shares = Bip340Runs.Deal(seed, 2, 3);
        var output = Bip341.TweakPublicKey(Bip340PublicKey.FromPoint(Group(shares)), default);
        AssertSpends(seed, shares, Key(shares).ApplyTaproot(), output);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_key_path_of_an_output_with_scripts_is_spent(ulong seed)
    {
        var shares = Bip340Runs.Deal(seed, 2, 3);
        var output = Bip341.TweakPublicKey(Bip340PublicKey.FromPoint(Group(shares)), ScriptRoot);
        AssertSpends(seed, shares, Key(shares).ApplyTaproot(ScriptRoot), output);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_output_of_a_derived_child_is_spent(ulong seed)
    {
        var shares = Bip340Runs.Deal(seed, 2, 3);
        var package = shares[new(1)].Package;
        var path = new Bip32Path(86, 0, 5);
        var child = new ExtendedPublicKey(package.GroupKey, package.ChainCode).Derive(path);
        var output = Bip341.TweakPublicKey(Bip340PublicKey.FromPoint(child.Key), default);
        AssertSpends(seed, shares, Key(shares).Derive(package.ChainCode, path).ApplyTaproot(), output);
    }

    [Fact]
    public void A_derived_share_signs_as_the_tweak_does()
    {
        var shares = Bip340Runs.Deal(37, 2, 3);
        var package = shares[new(1)].Package;
        var child = Bip32.DerivePublic(package.GroupKey, package.ChainCode, new(1, 2));
        SortedDictionary<PartyId, KeyShare<Secp256k1>> derived = new(shares.ToDictionary(s => s.Key, s => s.Value.Add(child.Tweak, child.ChainCode)));
        var key = TweakContext.Init(child.Key).ApplyTaproot();
        Assert.Equal(Key(shares).Derive(package.ChainCode, new(1, 2)).ApplyTaproot().Key, key.Key);
        Assert.True(Sign(37, derived, key).Verify(key.PublicKey, Sighash));
    }

    [Fact]
    public void Any_mix_of_tweaks_signs()
    {
        // BIP 445, "Tweaking Definition": what the wallet computes point by point, the shares add up to.
        for (var seed = 0UL; seed < 24; seed++)
        {
            using var random = new SeededRandom(seed, "tweaks");
            var shares = Bip340Runs.Deal(seed, 2, 2);
            var key = Key(shares);
            var plain = key.Key;
            for (var i = random.Below(5); i >= 0; i--)
            {
                var bytes = new byte[32];
                random.Fill(bytes);
                var tweak = new Tweak(Scalar<Secp256k1>.Reduce(bytes), random.Below(2) == 0);
                plain = (tweak.IsXOnly ? Bip340PublicKey.FromPoint(plain).Point : plain) + Point<Secp256k1>.MultiplyBase(tweak.Value);
                key = key.Apply(tweak);
            }
            Assert.Equal(plain, key.Key);
            Assert.True(Sign(seed, shares, key).Verify(Bip340PublicKey.FromPoint(plain), Sighash));
        }
    }

    static void AssertSpends(ulong seed, SortedDictionary<PartyId, KeyShare<Secp256k1>> shares, TweakContext key, TaprootOutput output)
    {
        Assert.Equal(output.Key, key.PublicKey);
        Assert.Equal(output.IsOdd, !key.Key.HasEvenY);
        var signature = Sign(seed, shares, key);
        Assert.True(signature.Verify(output.Key, Sighash));
        Assert.True(Libsecp256k1.SchnorrVerifyEncoded(signature.Encode(), Sighash, output.Key.Encode()));
    }

    static Bip340Signature Sign(ulong seed, SortedDictionary<PartyId, KeyShare<Secp256k1>> shares, TweakContext key)
    {
        using var run = Bip340Runs.Sign(seed, shares, new([.. shares.Keys.TakeLast(2)]), key, Sighash).Run();
        return run.Outputs<Bip340Signed>()[0].Signature;
    }

    static Point<Secp256k1> Group(SortedDictionary<PartyId, KeyShare<Secp256k1>> shares) => shares[new(1)].Package.GroupKey;

    static TweakContext Key(SortedDictionary<PartyId, KeyShare<Secp256k1>> shares) => TweakContext.Init(Group(shares));
}
