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
    readonly SigningNonces<C>? nonces;
    readonly SigningCommitments<C>[]? prepared;

    /// <summary>Signs <paramref name="message"/> with fresh nonces, in two rounds.</summary>
    /// <exception cref="ArgumentException">The share is of another scheme, or the quorum is too small, no part of the committee, or without this party.</exception>
    public FrostSign(FrostSuite<C> suite, SessionId id, KeyShare<C> share, PartySet quorum, ReadOnlySpan<byte> message, IRandom random)
        : base($"frost-sign/1/{suite.ContextString}", id, share.Me, quorum, share.Package.Digest(), message.ToArray())
    {
        ArgumentNullException.ThrowIfNull(random);
        share.Package.RequireQuorum(suite.Scheme, quorum);
        (this.suite, key, this.message, this.random) = (suite, share, message.ToArray(), random);
    }

    FrostSign(
        FrostSuite<C> suite, SessionId id, KeyShare<C> share, PartySet quorum, byte[] message,
        SigningNonces<C> nonces, SigningCommitments<C>[] prepared)
        : base(
            $"frost-sign-prepared/1/{suite.ContextString}", id, share.Me, quorum,
            share.Package.Digest(), message, Rfc9591<C>.EncodeGroupCommitmentList(quorum, prepared)) =>
        (this.suite, key, this.message, this.nonces, this.prepared) = (suite, share, message, nonces, prepared);

    /// <summary>
    /// Signs with nonces prepared ahead, in one round. The session takes <paramref name="nonces"/> when it starts, and
    /// <paramref name="commitments"/> holds every signer's, this party's included. Signers who were given different
    /// commitments are in different sessions and do not hear each other.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// As above; or the nonces belong to another share or another epoch, or a signer's commitments are missing.
    /// </exception>
    public static FrostSign<C> WithPrepared(
        FrostSuite<C> suite, SessionId id, KeyShare<C> share, PartySet quorum, ReadOnlySpan<byte> message,
        SigningNonces<C> nonces, IReadOnlyDictionary<PartyId, SigningCommitments<C>> commitments)
    {
        ArgumentNullException.ThrowIfNull(nonces);
        ArgumentNullException.ThrowIfNull(commitments);
        share.Package.RequireQuorum(suite.Scheme, quorum);
        if (!quorum.Contains(share.Me))
            throw new ArgumentException($"{share.Me} is not one of {quorum}.", nameof(quorum));
        if (nonces.Owner != share.Me || !nonces.Package.Equals(share.Package))
            throw new ArgumentException("The nonces were prepared for another share.", nameof(nonces));
        if (!quorum.All(commitments.ContainsKey) || commitments[share.Me] != nonces.Commitments)
            throw new ArgumentException("Commitments of every signer are needed, this party's own among them.", nameof(commitments));
        if (quorum.Any(i => commitments[i].Hiding.IsIdentity || commitments[i].Binding.IsIdentity))
            throw new ArgumentException("The identity commits to nothing.", nameof(commitments));
        return new(suite, id, share, quorum, message.ToArray(), nonces, [.. quorum.Select(i => commitments[i])]);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round1 = prepared is null ? Round<Commitments>(1) : null;
        var round2 = Round<SignatureShare>(2, confirms: round1);
        var own = nonces ?? SigningNonces<C>.Generate(suite, key, random!);
        var (hiding, binding) = own.Take();
        using var d = hiding;
        using var e = binding;

        // Round One (5.1): send (Dᵢ, Eᵢ), unless everybody has everybody's already: then they are part of the context.
        if (round1 is not null)
        {
            round1.Broadcast(new(own.Commitments));
            yield return round1;
        }
        var B = prepared ?? [.. Parties.Select(i => round1![i].Value)];

        // Round Two (5.2): zᵢ = dᵢ + eᵢρᵢ + λᵢsᵢc. The message confirms the commitments that zᵢ is for, so that whoever
        // was told other commitments is not taken for a cheat.
        var rho = Rfc9591<C>.ComputeBindingFactors(suite, key.Package.GroupKey, Parties, B, message);
        var R = Rfc9591<C>.ComputeGroupCommitment(B, rho);
        if (R.IsIdentity)
            throw new UnreachableException("The nonces cancel: they were not random.");
        var c = Rfc9591<C>.ComputeChallenge(suite, R, key.Package.GroupKey, message);
        var lambda = Lagrange<C>.Coefficients(Parties);
        var me = Parties.IndexOf(Me);
        round2.Broadcast(new(d.Expose() + e.Expose() * rho[me] + lambda[me] * key.SigningShare.Expose() * c));
        d.Dispose();
        e.Dispose();
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
