using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Bip340;

/// <summary>What a caller gets wrong fails at once, before any message.</summary>
public sealed class Bip340MisuseTests
{
    static readonly byte[] Message = new byte[32];

    readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> shares = Bip340Runs.Deal(21, 2, 3);

    PublicKeyPackage<Secp256k1> Package => shares[new(1)].Package;

    TweakContext Key => TweakContext.Init(Package.GroupKey);

    [Fact]
    public void A_quorum_below_the_threshold_is_refused() =>
        Assert.Throws<ArgumentException>(() => Sign(new([new(1)]), Key));

    [Fact]
    public void A_quorum_with_a_stranger_is_refused() =>
        Assert.Throws<ArgumentException>(() => Sign(new([new(1), new(9)]), Key));

    [Fact]
    public void A_quorum_without_this_party_is_refused() =>
        Assert.Throws<ArgumentException>(() => Sign(new([new(2), new(3)]), Key));

    [Fact]
    public void Another_key_than_the_shares_is_refused() =>
        Assert.Throws<ArgumentException>(() => Sign(PartySet.Range(3), TweakContext.Init(Point<Secp256k1>.G)));

    [Fact]
    public void A_key_of_another_scheme_is_refused()
    {
        var other = new PublicKeyPackage<Secp256k1>(
            KeyScheme.FrostSecp256k1, KeyOrigin.Generated, 0, 2, Package.Parties, Package.GroupKey, Package.VerifyingShares.ToArray(), new byte[32]);
        using var share = new KeyShare<Secp256k1>(new(1), shares[new(1)].SigningShare.Copy(), other);
        Assert.Throws<ArgumentException>(() => new Bip340Sign(FrostRuns.Id(1), share, PartySet.Range(2), Key, Message, SystemRandom.Shared));
    }

    [Fact]
    public void A_nonce_prepared_for_another_share_is_refused()
    {
        using var foreign = SecretNonce.Prepare(shares[new(2)], SystemRandom.Shared);
        Assert.Throws<ArgumentException>(() => SignPrepared(foreign, Nonces(foreign.Public)));

        // The share of the same party after a refresh is another share.
        var refreshed = Bip340Runs.Deal(22, 2, 3)[new(1)];
        using var stale = SecretNonce.Prepare(refreshed, SystemRandom.Shared);
        Assert.Throws<ArgumentException>(() => SignPrepared(stale, Nonces(stale.Public)));

        using var unbound = Bip445.NonceGen(SystemRandom.Shared, NonceInputs.None);
        Assert.Throws<ArgumentException>(() => SignPrepared(unbound, Nonces(unbound.Public)));
    }

    [Fact]
    public void Public_nonces_must_be_complete_and_hold_this_partys_own()
    {
        using var nonce = SecretNonce.Prepare(shares[new(1)], SystemRandom.Shared);
        using var other = SecretNonce.Prepare(shares[new(1)], SystemRandom.Shared);
        Assert.Throws<ArgumentException>(() => SignPrepared(nonce, new Dictionary<PartyId, PublicNonce> { [new(1)] = nonce.Public }));
        Assert.Throws<ArgumentException>(() => SignPrepared(nonce, Nonces(other.Public)));
        Assert.Throws<ArgumentException>(() => SignPrepared(nonce, new Dictionary<PartyId, PublicNonce> { [new(1)] = nonce.Public, [new(2)] = default }));
    }

    [Fact]
    public void A_wiped_nonce_does_not_sign()
    {
        var nonce = SecretNonce.Prepare(shares[new(1)], SystemRandom.Shared);
        nonce.Dispose();
        Assert.Throws<ObjectDisposedException>(() => nonce.Take());
    }

    [Fact]
    public void A_sole_signer_has_no_others_nonces_and_several_signers_have_them()
    {
        var single = Bip340Runs.Deal(23, 1, 2)[new(1)];
        var (one, two) = (SignersContext.Of(single.Package, new([new(1)])), SignersContext.Of(single.Package, PartySet.Range(2)));
        var key = TweakContext.Init(single.Package.GroupKey);
        using var nonce = Bip445.NonceGen(SystemRandom.Shared, NonceInputs.None);
        Assert.Throws<ArgumentException>(() => Bip445.DeterministicSign(single.SigningShare, new(1), nonce.Public, one, key, Message, default));
        Assert.Throws<ArgumentException>(() => Bip445.DeterministicSign(single.SigningShare, new(1), null, two, key, Message, default));
        Assert.Throws<ArgumentException>(() => Bip445.DeterministicSign(single.SigningShare, new(1), null, one, key, Message, new byte[31]));
    }

    Bip340Sign Sign(PartySet quorum, TweakContext key) =>
        new(FrostRuns.Id(1), shares[new(1)], quorum, key, Message, SystemRandom.Shared);

    Bip340Sign SignPrepared(SecretNonce nonce, IReadOnlyDictionary<PartyId, PublicNonce> nonces) =>
        Bip340Sign.WithPrepared(FrostRuns.Id(1), shares[new(1)], PartySet.Range(2), Key, Message, nonce, nonces);

    Dictionary<PartyId, PublicNonce> Nonces(PublicNonce mine)
    {
        using var second = SecretNonce.Prepare(shares[new(2)], SystemRandom.Shared);
        return new() { [new(1)] = mine, [new(2)] = second.Public };
    }
}
