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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Half_a_public_nonce_is_none(bool first)
    {
        using var nonce = SecretNonce.Prepare(shares[new(1)], SystemRandom.Shared);
        var half = first ? new PublicNonce(nonce.Public.R1, default) : new PublicNonce(default, nonce.Public.R2);
        Assert.Throws<ArgumentException>(() => SignPrepared(nonce, new Dictionary<PartyId, PublicNonce> { [new(1)] = nonce.Public, [new(2)] = half }));
    }

    [Fact]
    public void A_secret_nonce_has_two_halves()
    {
        var one = Scalar<Secp256k1>.One;
        Assert.Throws<ArgumentException>("k1", () => new SecretNonce(Scalar<Secp256k1>.Zero, one));
        Assert.Throws<ArgumentException>("k2", () => new SecretNonce(one, Scalar<Secp256k1>.Zero));
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

    [Fact]
    public void Signers_are_enough_among_the_parties_and_make_up_the_key()
    {
        var (signers, points, key) = (PartySet.Range(2), Package.VerifyingShares[..2].ToArray(), Package.GroupKey);
        Assert.NotNull(new SignersContext(3, 2, signers, points, key));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SignersContext(3, 0, signers, points, key));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SignersContext(1, 2, signers, points, key));
        AssertSays("3 are needed", () => new SignersContext(3, 3, signers, points, key));
        AssertSays("not one of 2 parties", () => new SignersContext(2, 2, new([new(1), new(3)]), points, key));
        AssertSays("One public share", () => new SignersContext(3, 2, signers, [points[0]], key));
        AssertSays("One public share", () => new SignersContext(3, 2, signers, [.. points, points[0]], key));
        AssertSays("make up", () => new SignersContext(3, 2, signers, points, Point<Secp256k1>.G));
        Assert.Throws<ArgumentException>(() => TweakContext.Init(default));
    }

    [Fact]
    public void A_session_is_of_its_signers_their_key_and_one_signature_each()
    {
        var signers = SignersContext.Of(Package, PartySet.Range(2));
        using var nonce = SecretNonce.Prepare(shares[new(1)], SystemRandom.Shared);
        var sum = Bip445.NonceAgg(nonce.Public, nonce.Public);
        AssertSays("signers' key", () => new SessionContext(signers, sum, TweakContext.Init(Point<Secp256k1>.G), Message));
        var session = new SessionContext(signers, sum, Key, Message);
        AssertSays("not among the signers", () => Bip445.PartialSigVerify(Scalar<Secp256k1>.One, nonce.Public, new(3), session));
        AssertSays("for every signer", () => Bip445.PartialSigAgg([Scalar<Secp256k1>.One], session));
        AssertSays("for every signer", () => Bip445.PartialSigAgg([default, default, default], session));
        Assert.Equal(Convert.ToHexString(nonce.Public.Encode()), nonce.Public.ToString(), ignoreCase: true);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var (quorum, signers, share) = (PartySet.Range(2), SignersContext.Of(Package, PartySet.Range(2)), shares[new(1)]);
        using var nonce = SecretNonce.Prepare(share, SystemRandom.Shared);
        var sum = Bip445.NonceAgg(nonce.Public, nonce.Public);
        var session = new SessionContext(signers, sum, Key, Message);
        AssertMissing("random", () => new Bip340Sign(FrostRuns.Id(1), share, quorum, Key, Message, null!));
        AssertMissing("nonce", () => SignPrepared(null!, Nonces(default)));
        AssertMissing("nonces", () => SignPrepared(nonce, null!));
        AssertMissing("random", () => Bip445.NonceGen(null!, NonceInputs.None));
        AssertMissing("inputs", () => Bip445.NonceGen(SystemRandom.Shared, null!));
        AssertMissing("nonce", () => Bip445.Sign(null!, share.SigningShare, new(1), session));
        AssertMissing("share", () => Bip445.Sign(nonce, null!, new(1), session));
        AssertMissing("session", () => Bip445.Sign(nonce, share.SigningShare, new(1), null!));
        AssertMissing("session", () => Bip445.PartialSigVerify(default, nonce.Public, new(1), null!));
        AssertMissing("session", () => Bip445.PartialSigAgg([], null!));
        AssertMissing("share", () => Bip445.DeterministicSign(null!, new(1), nonce.Public, signers, Key, Message, default));
        AssertMissing("signers", () => Bip445.DeterministicSign(share.SigningShare, new(1), nonce.Public, null!, Key, Message, default));
        AssertMissing("key", () => Bip445.DeterministicSign(share.SigningShare, new(1), nonce.Public, signers, null!, Message, default));
        AssertMissing("share", () => SecretNonce.Prepare(null!, SystemRandom.Shared));
        AssertMissing("signers", () => new SessionContext(null!, sum, Key, Message));
        AssertMissing("key", () => new SessionContext(signers, sum, null!, Message));
        AssertMissing("package", () => SignersContext.Of(null!, quorum));
        AssertMissing("signers", () => new SignersContext(3, 2, null!, [], Package.GroupKey));
    }

    static void AssertMissing(string name, Func<object> call) => Assert.Throws<ArgumentNullException>(name, call);

    static void AssertSays(string text, Func<object> call) =>
        Assert.Contains(text, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);

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
