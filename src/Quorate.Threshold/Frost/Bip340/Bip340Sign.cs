using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// Two-round signing after BIP 445, in its form without a coordinator: everybody aggregates, and checks the signature
/// before it leaves the session. With nonces prepared ahead only the second round is left. See docs/spec/bip445.md.
/// </summary>
public sealed class Bip340Sign : Protocol<Bip340Signed>
{
    readonly KeyShare<Secp256k1> share;
    readonly SignersContext signers;
    readonly TweakContext key;
    readonly byte[] message;
    readonly IRandom? random;
    readonly SecretNonce? nonce;
    readonly PublicNonce[]? prepared;

    /// <summary>Signs <paramref name="message"/> with fresh nonces, in two rounds.</summary>
    /// <param name="id">The session.</param>
    /// <param name="share">This party's share, of a key for BIP 340 signatures.</param>
    /// <param name="quorum">Who signs, at least as many as the threshold.</param>
    /// <param name="key">The share's group key, or one it was tweaked to: what the signature verifies under.</param>
    /// <param name="message">m, of any length; for a transaction its 32-byte signature hash.</param>
    /// <param name="random">Randomness of the nonce.</param>
    /// <exception cref="ArgumentException">
    /// The share is of another scheme, the quorum too small, no part of the committee or without this party, or the key
    /// does not come from the share's.
    /// </exception>
    public Bip340Sign(
        SessionId id, KeyShare<Secp256k1> share, PartySet quorum, TweakContext key, ReadOnlySpan<byte> message, IRandom random)
        : this(id, share, quorum, key, message, prepared: null)
    {
        ArgumentNullException.ThrowIfNull(random);
        this.random = random;
    }

    /// <summary>
    /// Signs with nonces prepared ahead, in one round. The session owns <paramref name="nonce"/> from here on, and
    /// <paramref name="nonces"/> holds every signer's, this party's included. Signers who were given different nonces are
    /// in different sessions and do not hear each other.
    /// </summary>
    /// <exception cref="ArgumentException">As above; or the nonce belongs to another share, or a signer's is missing.</exception>
    public static Bip340Sign WithPrepared(
        SessionId id, KeyShare<Secp256k1> share, PartySet quorum, TweakContext key, ReadOnlySpan<byte> message,
        SecretNonce nonce, IReadOnlyDictionary<PartyId, PublicNonce> nonces)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        ArgumentNullException.ThrowIfNull(nonces);
        if (nonce.PublicShare is not { } owner || owner != share.Package.VerifyingShare(share.Me))
            throw new ArgumentException("The nonce was prepared for another share.", nameof(nonce));
        if (!quorum.All(nonces.ContainsKey) || nonces[share.Me] != nonce.Public)
            throw new ArgumentException("Public nonces of every signer are needed, this party's own among them.", nameof(nonces));
        if (quorum.Any(i => nonces[i].R1.IsIdentity || nonces[i].R2.IsIdentity))
            throw new ArgumentException("The identity is no public nonce.", nameof(nonces));
        return new(id, share, quorum, key, message, nonce, [.. quorum.Select(i => nonces[i])]);
    }

    Bip340Sign(
        SessionId id, KeyShare<Secp256k1> share, PartySet quorum, TweakContext key, ReadOnlySpan<byte> message,
        SecretNonce nonce, PublicNonce[] prepared)
        : this(id, share, quorum, key, message, prepared) => (this.nonce, this.prepared) = (nonce, prepared);

    // Deviation: sharing, key, message and prepared nonces are what all must hold alike: a host that mixes them up meets silence,
    // and does not make its party look like a cheat.
    Bip340Sign(SessionId id, KeyShare<Secp256k1> share, PartySet quorum, TweakContext key, ReadOnlySpan<byte> message, PublicNonce[]? prepared)
        : base(
            prepared is null ? $"bip340-sign/1/{key.PublicKey}" : $"bip340-sign-prepared/1/{key.PublicKey}", id, share.Me, quorum,
            [share.Package.Digest(), message.ToArray(), .. (prepared ?? []).Select(nonce => nonce.Encode())])
    {
        if (key.Origin != share.Package.GroupKey)
            throw new ArgumentException("The key does not come from the share's.", nameof(key));
        signers = SignersContext.Of(share.Package, quorum);
        (this.share, this.key, this.message) = (share, key, message.ToArray());
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        using var own = nonce ?? Bip445.NonceGen(random!, new()
        {
            SecretShare = share.SigningShare,
            PublicShare = signers.PublicShare(Me),
            Key = key.Key,
            Message = message,
            Extra = Context.ToArray(),
        });
        var round1 = prepared is null ? Round<Nonce>(1) : null;
        var round2 = Round<PartialSignature>(2, confirms: round1);

        // First communication round: publish pubnonce, unless everybody has everybody's already: then they are part of
        // the context.
        if (round1 is not null)
        {
            round1.Broadcast(new(own.Public));
            yield return round1;
        }

        // Second communication round: NonceAgg, Sign. Deviation: the message confirms the nonces it was made for, so that whoever
        // was told other nonces is not taken for a cheat.
        var nonces = prepared ?? [.. Parties.Select(i => round1![i].Value)];
        var session = new SessionContext(signers, Bip445.NonceAgg(nonces), key, message);
        round2.Broadcast(new(Bip445.Sign(own, share.SigningShare, Me, session)));
        yield return round2;

        // PartialSigAgg; PartialSigVerify only if the sum does not verify.
        var signature = Bip445.PartialSigAgg([.. Parties.Select(i => round2[i].S)], session);
        if (!signature.Verify(key.PublicKey, message))
        {
            Blame(Fault.InvalidSignatureShare, Parties.Where((j, i) => !Bip445.PartialSigVerify(round2[j].S, nonces[i], j, session)));
            throw new UnreachableException("All partial signatures verify but their sum does not.");
        }
        Finish(new(key.PublicKey, signature));
    }

    /// <summary>Round 1: pubnonce.</summary>
    public sealed record Nonce(PublicNonce Value) : IMessage<Nonce>
    {
        /// <inheritdoc/>
        public static int MaxSize => PublicNonce.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.Pair(Value.R1, Value.R2);

        /// <inheritdoc/>
        public static Nonce Read(ref WireReader reader) => new(new PublicNonce(reader.Point<Secp256k1>(), reader.Point<Secp256k1>()));
    }

    /// <summary>Round 2: psig, the scalar s.</summary>
    public sealed record PartialSignature(Scalar<Secp256k1> S) : IMessage<PartialSignature>
    {
        /// <inheritdoc/>
        public static int MaxSize => Scalar<Secp256k1>.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.Scalar(S);

        /// <inheritdoc/>
        public static PartialSignature Read(ref WireReader reader) => new(reader.Scalar<Secp256k1>());
    }
}

/// <summary>A signature and the key it verifies under: for Taproot the output key, if the tweak was BIP 341's.</summary>
public sealed record Bip340Signed(Bip340PublicKey PublicKey, Bip340Signature Signature);
