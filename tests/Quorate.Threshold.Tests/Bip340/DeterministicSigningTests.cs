using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Tests.Bip340;

/// <summary>
/// A deterministic signer must not be made to use one nonce in two equations: replayed with anything changed that the
/// signature depends on, it uses another nonce (BIP 445, "Modifications to Nonce Generation").
/// </summary>
public sealed class DeterministicSigningTests
{
    static readonly byte[] Message = [1, 2, 3];
    static readonly PartySet Pair = PartySet.Range(2);

    readonly SortedDictionary<PartyId, KeyShare<Secp256k1>> shares = Bip340Runs.Deal(41, 2, 3);

    [Fact]
    public void The_last_signer_completes_a_signature()
    {
        using var nonce = SecretNonce.Prepare(shares[new(1)], new SeededRandom(1));
        var (mine, last) = Sign(nonce.Public);
        var session = new SessionContext(SignersContext.Of(Package, Pair), Bip445.NonceAgg(nonce.Public, mine), Key, Message);
        var first = Bip445.Sign(nonce, shares[new(1)].SigningShare, new(1), session);
        Assert.True(Bip445.PartialSigAgg([first, last], session).Verify(Key.PublicKey, Message));
    }

    [Fact]
    public void The_same_inputs_give_the_same_signature()
    {
        using var nonce = SecretNonce.Prepare(shares[new(1)], new SeededRandom(1));
        Assert.Equal(Sign(nonce.Public), Sign(nonce.Public));
    }

    [Fact]
    public void Every_input_changes_the_nonce()
    {
        using var nonce = SecretNonce.Prepare(shares[new(1)], new SeededRandom(1));
        using var other = SecretNonce.Prepare(shares[new(1)], new SeededRandom(2));
        PublicNonce[] nonces =
        [
            Sign(nonce.Public).Nonce,
            Sign(other.Public).Nonce,
            Sign(new(nonce.Public.R2, nonce.Public.R1)).Nonce,
            Sign(nonce.Public, message: [1, 2, 4]).Nonce,
            Sign(nonce.Public, message: []).Nonce,
            Sign(nonce.Public, key: Key.ApplyTaproot()).Nonce,
            Sign(nonce.Public, quorum: PartySet.Range(3)).Nonce,
            Sign(nonce.Public, quorum: new([new(2), new(3)])).Nonce,
            Sign(nonce.Public, randomness: new byte[32]).Nonce,
            Sign(nonce.Public, randomness: [.. Enumerable.Repeat((byte)1, 32)]).Nonce,
        ];
        Assert.Equal(nonces.Length, nonces.Distinct().Count());
    }

    PublicKeyPackage<Secp256k1> Package => shares[new(1)].Package;

    TweakContext Key => TweakContext.Init(Package.GroupKey);

    (PublicNonce Nonce, Scalar Signature) Sign(
        PublicNonce others, PartySet? quorum = null, TweakContext? key = null, byte[]? message = null, byte[]? randomness = null) =>
        Bip445.DeterministicSign(
            shares[new(2)].SigningShare, new(2), others, SignersContext.Of(Package, quorum ?? Pair), key ?? Key, message ?? Message, randomness);
}
