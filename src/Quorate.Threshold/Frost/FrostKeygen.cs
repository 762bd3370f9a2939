using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Frost;

/// <summary>
/// Distributed key generation: Komlo and Goldberg, ePrint 2020/852, figure 1, with the first round echo-checked and a
/// third round in which every party proves that it holds its share. See docs/spec/frost.md.
/// </summary>
public sealed class FrostKeygen<C> : Protocol<KeyShare<C>> where C : struct, ICurve<C>
{
    readonly FrostSuite<C> suite;
    readonly KeyScheme scheme;
    readonly int t;
    readonly IRandom random;

    /// <summary>A key shared among <paramref name="parties"/> of which <paramref name="threshold"/> sign.</summary>
    /// <exception cref="ArgumentException">The threshold is not between 1 and the number of parties, or <paramref name="me"/> is none of them.</exception>
    public FrostKeygen(FrostSuite<C> suite, SessionId id, PartyId me, PartySet parties, int threshold, IRandom random)
        : this(suite, suite.Scheme, $"frost-keygen/1/{suite.ContextString}/{threshold}", id, me, parties, threshold, random) { }

    /// <summary>
    /// A key for another scheme of the suite's curve: one for BIP 340, which wallets always tweak as BIP 341 wants before
    /// it becomes an output. See docs/spec/ceremonies.md for why that is needed and enough.
    /// </summary>
    /// <exception cref="ArgumentException">The scheme is neither the suite's nor BIP 340 on secp256k1; or as for the other one.</exception>
    public FrostKeygen(FrostSuite<C> suite, KeyScheme scheme, SessionId id, PartyId me, PartySet parties, int threshold, IRandom random)
        : this(suite, scheme, $"frost-keygen/1/{suite.ContextString}/{scheme}/{threshold}", id, me, parties, threshold, random)
    {
        if (scheme != suite.Scheme && (suite.Scheme, scheme) != (KeyScheme.FrostSecp256k1, KeyScheme.FrostBip340))
            throw new ArgumentException($"{suite.ContextString} makes no keys for {scheme}.", nameof(scheme));
    }

    FrostKeygen(
        FrostSuite<C> suite, KeyScheme scheme, string protocol, SessionId id, PartyId me, PartySet parties, int threshold, IRandom random)
        : base(protocol, id, me, parties)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, parties.Count);
        (this.suite, this.scheme, t, this.random) = (suite, scheme, threshold, random);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round1 = EchoRound<Commitment>(1);
        var round2 = Round<Share>(2);
        var round3 = Round<Confirmation>(3);

        // Round 1.1–4: sample fᵢ of degree t − 1; broadcast ϕᵢ and a proof σᵢ of knowledge of aᵢ₀.
        using var f = Polynomial<C>.Random(t, random);
        using var a0 = f.Constant;
        var phi = f.Commit();
        round1.Broadcast(new(phi, ProofOfPossession<C>.Prove(suite, Context, Me, a0, phi.Constant, random)));
        yield return round1;

        // Round 1.5: check every σₗ. A wrong number of coefficients would raise the threshold.
        Blame(
        [
            .. Accuse(Fault.InvalidCommitment, round1.Senders.Where(l => round1[l].Phi.Count != t)),
            .. Accuse(Fault.InvalidProof, round1.Senders.Where(l => !round1[l].Sigma.Verify(suite, Context, l, round1[l].Phi.Constant))),
        ]);

        // Round 2.1: send fᵢ(ℓ) to each Pₗ.
        round2.SendEach(l => new(f.At(l)));
        yield return round2;

        // Round 2.2, on the sum first: shares that add up to the right one do no harm. Single ones only to find culprits.
        using var own = f.At(Me);
        using var dealt = Sum(own, round2);
        var sum = PolynomialCommitment<C>.Sum(Parties.Select(l => round1[l].Phi));
        if (!sum.Verify(Me, dealt))
        {
            Blame(Fault.InvalidShare, round2.Senders.Where(l => !round1[l].Phi.Verify(Me, round2[l].Value)));
            throw new UnreachableException("All shares lie on their polynomials but their sum does not.");
        }

        // Round 2.3–4: sᵢ = Σ fₗ(i);  Y = Σ ϕₗ₀;  Yⱼ = Σ ϕₗ(j).
        // Deviation: plus h·iᵗ⁻¹ with h a hash of all commitments, so that nobody can lower the degree.
        var shift = LeadingShift<C>.From(Agreed(Tags.FrostKeygenShift, round1), t);
        using var share = new Secret<Scalar<C>>(dealt.Expose() + shift.At(Me));
        var package = PublicKeyPackage<C>.FromCommitment(
            scheme, KeyOrigin.Generated, epoch: 0, Parties, shift.Apply(sum), Agreed(Tags.FrostChainCode, round1).Digest());

        // Deviation: everybody proves knowledge of its share of this very package before anybody keeps anything.
        var digest = package.Digest();
        round3.Broadcast(new(SchnorrProof<C>.Prove(Tags.ShareHeld, digest, Me, share, package.VerifyingShare(Me), random)));
        yield return round3;
        Blame(Fault.InvalidProof, round3.Senders.Where(l => !round3[l].Proof.Verify(Tags.ShareHeld, digest, l, package.VerifyingShare(l))));

        Finish(KeyShare<C>.FromTrusted(Me, share.Copy(), package));
    }

    static Secret<Scalar<C>> Sum(Secret<Scalar<C>> own, Round<Share> shares)
    {
        var sum = own.Expose();
        foreach (var l in shares.Senders)
            sum += shares[l].Value.Expose();
        return new(sum);
    }

    /// <summary>A transcript of what all parties have echoed, so that nobody derives anything else from it.</summary>
    Transcript Agreed(Tag tag, Round<Commitment> round1)
    {
        var transcript = new Transcript(tag);
        transcript.Append(Context).List(Parties.Count);
        foreach (var l in Parties)
            transcript.Append(l.Value).Append(round1[l].Phi.Coefficients).Append(round1[l].Sigma.R);
        return transcript;
    }

    /// <summary>Round 1: ϕᵢ and σᵢ.</summary>
    public sealed record Commitment(PolynomialCommitment<C> Phi, ProofOfPossession<C> Sigma) : IMessage<Commitment>
    {
        /// <inheritdoc/>
        public static int MaxSize => 2 + PartySet.MaxCount * C.PointSize + ProofOfPossession<C>.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer)
        {
            writer.Points(Phi.Coefficients);
            writer.Point(Sigma.R);
            writer.Scalar(Sigma.Mu);
        }

        /// <inheritdoc/>
        public static Commitment Read(ref WireReader reader)
        {
            var phi = reader.Points<C>(PartySet.MaxCount);
            if (phi.Length == 0)
                throw reader.Error("no coefficients");
            return new(new(phi), new(reader.Point<C>(), reader.Scalar<C>()));
        }
    }

    /// <summary>Round 2: fᵢ(ℓ), for Pₗ only.</summary>
    public sealed record Share(Secret<Scalar<C>> Value) : IMessage<Share>, IDisposable
    {
        /// <inheritdoc/>
        public static int MaxSize => Scalar<C>.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.SecretScalar(Value);

        /// <inheritdoc/>
        public static Share Read(ref WireReader reader) => new(reader.SecretScalar<C>());

        /// <inheritdoc/>
        public void Dispose() => Value.Dispose();
    }

    /// <summary>Round 3: proof of knowledge of sᵢ, bound to the package.</summary>
    public sealed record Confirmation(SchnorrProof<C> Proof) : IMessage<Confirmation>
    {
        /// <inheritdoc/>
        public static int MaxSize => SchnorrProof<C>.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => Proof.Write(writer);

        /// <inheritdoc/>
        public static Confirmation Read(ref WireReader reader) => new(SchnorrProof<C>.Read(ref reader));
    }
}
