using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Frost;

/// <summary>
/// Two-round signing: RFC 9591, section 5, without a coordinator: everybody aggregates, and checks the result before it
/// leaves the session. With nonces prepared ahead only the second round is left. See docs/spec/frost.md.
/// </summary>
public sealed class FrostSign<C> : Protocol<SchnorrSignature<C>> where C : struct, ICurve<C>
{
    readonly FrostSuite<C> suite;
    readonly KeyShare<C> key;
    readonly byte[] message;
    readonly IRandom? random;
    SigningNonces<C>? nonces;
    IReadOnlyDictionary<PartyId, SigningCommitments<C>>? prepared;

    /// <summary>Signs <paramref name="message"/> with fresh nonces, in two rounds.</summary>
    /// <exception cref="ArgumentException">The share is of another scheme, or the quorum is too small, no part of the committee, or without this party.</exception>
    public FrostSign(FrostSuite<C> suite, SessionId id, KeyShare<C> share, PartySet quorum, ReadOnlySpan<byte> message, IRandom random)
        : this(suite, id, share, quorum, message)
    {
        ArgumentNullException.ThrowIfNull(random);
        this.random = random;
    }

    /// <summary>
    /// Signs with nonces prepared ahead, in one round. The session owns <paramref name="nonces"/> from here on, and
    /// <paramref name="commitments"/> holds every signer's, this party's included.
    /// </summary>
    /// <exception cref="ArgumentException">As above; or the nonces belong to another share, or a signer's commitments are missing.</exception>
    public static FrostSign<C> WithPrepared(
        FrostSuite<C> suite, SessionId id, KeyShare<C> share, PartySet quorum, ReadOnlySpan<byte> message,
        SigningNonces<C> nonces, IReadOnlyDictionary<PartyId, SigningCommitments<C>> commitments)
    {
        ArgumentNullException.ThrowIfNull(nonces);
        ArgumentNullException.ThrowIfNull(commitments);
        if (nonces.Owner != share.Me || nonces.GroupKey != share.Package.GroupKey)
            throw new ArgumentException("The nonces were prepared for another share.", nameof(nonces));
        if (!quorum.All(commitments.ContainsKey) || commitments[share.Me] != nonces.Commitments)
            throw new ArgumentException("Commitments of every signer are needed, this party's own among them.", nameof(commitments));
        if (quorum.Any(i => commitments[i].Hiding.IsIdentity || commitments[i].Binding.IsIdentity))
            throw new ArgumentException("The identity commits to nothing.", nameof(commitments));
        return new(suite, id, share, quorum, message) { nonces = nonces, prepared = commitments };
    }

    FrostSign(FrostSuite<C> suite, SessionId id, KeyShare<C> share, PartySet quorum, ReadOnlySpan<byte> message)
        : base($"frost-sign/1/{suite.ContextString}", id, share.Me, quorum)
    {
        share.Package.RequireQuorum(suite.Scheme, quorum);
        (this.suite, key) = (suite, share);
        this.message = message.ToArray();
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        using var own = nonces ?? SigningNonces<C>.Generate(suite, key, random!);
        var (d, e) = own.Take();
        var round1 = Round<Commitments>(1);
        var round2 = Round<SignatureShare>(2, confirms: round1);

        // Round One (5.1): send (Dᵢ, Eᵢ), unless everybody has everybody's already.
        if (prepared is null)
        {
            round1.Broadcast(new(own.Commitments));
            yield return round1;
        }
        else
        {
            foreach (var i in Parties)
                round1.Provide(i, new(prepared[i]));
        }

        // Round Two (5.2): zᵢ = dᵢ + eᵢρᵢ + λᵢsᵢc. The message confirms the commitments that zᵢ is for, so that whoever
        // was told other commitments is not taken for a cheat.
        var B = Parties.Select(i => round1[i].Value).ToArray();
        var rho = Rfc9591<C>.ComputeBindingFactors(suite, key.Package.GroupKey, Parties, B, message);
        var R = Rfc9591<C>.ComputeGroupCommitment(B, rho);
        if (R.IsIdentity)
            throw new UnreachableException("The nonces cancel: they were not random.");
        var c = Rfc9591<C>.ComputeChallenge(suite, R, key.Package.GroupKey, message);
        var lambda = Lagrange<C>.Coefficients(Parties);
        var me = Parties.IndexOf(Me);
        round2.Broadcast(new(d.Expose() + e.Expose() * rho[me] + lambda[me] * key.SigningShare.Expose() * c));
        own.Dispose();
        yield return round2;

        // Aggregate (5.3): look for culprits only if the sum does not verify.
        var signature = new SchnorrSignature<C>(R, Parties.Select(i => round2[i].Z).Aggregate((sum, z) => sum + z));
        if (!signature.Verify(key.Package.GroupKey, c))
        {
            Blame(Fault.InvalidSignatureShare, Parties.Where((j, i) => !Rfc9591<C>.VerifySignatureShare(
                round2[j].Z, B[i], rho[i], c, lambda[i], key.Package.VerifyingShare(j))));
            throw new UnreachableException("All signature shares verify but their sum does not.");
        }
        Finish(signature);
    }

    /// <summary>Round 1: Dᵢ and Eᵢ.</summary>
    public sealed record Commitments(SigningCommitments<C> Value) : IMessage<Commitments>
    {
        /// <inheritdoc/>
        public static int MaxSize => 2 * C.PointSize;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.Pair(Value.Hiding, Value.Binding);

        /// <inheritdoc/>
        public static Commitments Read(ref WireReader reader) => new(new SigningCommitments<C>(reader.Point<C>(), reader.Point<C>()));
    }

    /// <summary>Round 2: zᵢ.</summary>
    public sealed record SignatureShare(Scalar<C> Z) : IMessage<SignatureShare>
    {
        /// <inheritdoc/>
        public static int MaxSize => Scalar<C>.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.Scalar(Z);

        /// <inheritdoc/>
        public static SignatureShare Read(ref WireReader reader) => new(reader.Scalar<C>());
    }
}
