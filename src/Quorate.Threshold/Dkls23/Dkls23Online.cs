using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// The last round of signing with a presignature, which is re-randomised for the message and the child key (Groth and
/// Shoup, ePrint 2021/1330): the nonce is R + δ·G, with a public δ that nobody can choose. See docs/spec/dkls23.md.
/// </summary>
public sealed class Dkls23Online : Protocol<Dkls23Signature>
{
    readonly Dkls23Presignature presignature;
    readonly ISpentPresignatures spent;
    readonly PublicDerivation<Secp256k1> child;
    readonly byte[] digest;

    /// <summary>
    /// Signs a digest of 32 bytes under the descendant of the presignature's key along <paramref name="path"/>, which
    /// is empty for that key itself. The session takes the presignature when it starts, and it is used up whatever comes
    /// of it. Parties that were given anything else are in different sessions and do not hear each other.
    /// </summary>
    /// <param name="id">An id that no party chose alone: see the spec on what it adds.</param>
    /// <param name="share">This party's present share of the key.</param>
    /// <param name="quorum">Who signs.</param>
    /// <param name="path">Non-hardened steps from the share's key to the key that signs.</param>
    /// <param name="digest">What is signed.</param>
    /// <param name="presignature">This party's part of the presignature.</param>
    /// <param name="spent">Where its use is recorded.</param>
    /// <param name="bans">With whom the key is not used.</param>
    /// <exception cref="ArgumentException">
    /// The presignature is for another party, key, child, epoch or quorum; the path has a hardened step; or the digest is
    /// not 32 bytes.
    /// </exception>
    /// <exception cref="InvalidOperationException">A member of the quorum is banned for this key.</exception>
    public Dkls23Online(
        SessionId id, Dkls23KeyShare share, PartySet quorum, Bip32Path path, ReadOnlySpan<byte> digest, Dkls23Presignature presignature,
        ISpentPresignatures spent, IBanList bans)
        : this(id, share, quorum, Descend(share, path), Dkls23Sign.RequireDigest(digest), presignature ?? throw new ArgumentNullException(nameof(presignature)))
    {
        ArgumentNullException.ThrowIfNull(spent);
        share.RequireQuorum(quorum, bans);
        if (presignature.Owner != share.Me || !presignature.Package.Equals(share.Package) || !share.SetupId.SequenceEqual(presignature.SetupId))
            throw new ArgumentException("The presignature was made for another share.", nameof(presignature));
        if (!presignature.Quorum.Equals(quorum))
            throw new ArgumentException($"The presignature was made for {presignature.Quorum}.", nameof(presignature));
        this.spent = spent;
    }

    Dkls23Online(
        SessionId id, Dkls23KeyShare share, PartySet quorum, PublicDerivation<Secp256k1> child, byte[] digest, Dkls23Presignature presignature)
        : base(
            "dkls23-online/1", id, share.Me, quorum,
            share.Package.Digest(), presignature.Id.ToArray(), presignature.R.Encode(), child.Tweak.Encode(), child.Key.Encode(), digest) =>
        (this.child, this.digest, this.presignature, spent) = (child, digest, presignature, null!);

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round1 = Round<Dkls23Sign.SignatureShare>(1);
        using var taken = presignature.Take(spent);

        // δ is a hash of all that the context holds: key, child, quorum, presignature, R, digest and session.
        using var nonce = taken.Shift(Rerandomization(Context), child.Tweak);
        Blame(Fault.FailedSignature, nonce.R.IsIdentity ? round1.Senders : []);
        round1.Broadcast(nonce.Share(digest));
        taken.Dispose();
        nonce.Dispose();
        yield return round1;

        // s = Σ wⱼ / Σ uⱼ. Nothing leaves that does not verify.
        Blame(Fault.FailedSignature, PreparedNonce.TryCombine(nonce.R, Parties.Select(j => round1[j]), child.Key, digest, out var signature) ? [] : round1.Senders);
        Finish(new(signature));
    }

    static PublicDerivation<Secp256k1> Descend(Dkls23KeyShare share, Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(share);
        return Bip32.DerivePublic(share.Package.GroupKey, share.Package.ChainCode, path);
    }

    static Scalar<Secp256k1> Rerandomization(ReadOnlySpan<byte> context)
    {
        using var transcript = new Transcript(Tags.Dkls23Rerandomization);
        return transcript.Append(context).Challenge<Secp256k1>();
    }
}
