using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// Key generation for DKLs23 (ePrint 2023/765, section 3): Feldman's sharing by everybody, committed before anybody
/// opens, with the pairwise set-up for multiplications in the third round. See docs/spec/dkls23.md.
/// </summary>
public sealed class Dkls23Keygen : Protocol<Dkls23KeyShare>
{
    readonly int t;
    readonly IRandom random;

    /// <summary>A key shared among <paramref name="parties"/> of which <paramref name="threshold"/> sign.</summary>
    /// <exception cref="ArgumentException">The threshold is not between 2 and the number of parties, or <paramref name="me"/> is none of them.</exception>
    public Dkls23Keygen(SessionId id, PartyId me, PartySet parties, int threshold, IRandom random)
        : base($"dkls23-keygen/1/{threshold}", id, me, parties)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, parties.Count);
        (t, this.random) = (threshold, random);
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round1 = EchoRound<Commitment>(1);
        var round2 = EchoRound<Opening>(2);
        var round3 = Round<Contribution>(3);
        var round4 = Round<Confirmation>(4);

        // Round 1: commit to fᵢ's commitments and to a fresh contribution, before anything of anybody's is known.
        using var f = Polynomial<Secp256k1>.Random(t, random);
        using var constant = f.Constant;
        var fresh = new byte[SessionId.Size];
        random.Fill(fresh);
        var phi = f.Commit();
        var (commitment, salt) = HashCommitment.Commit(Context, Me, Opening.Content(phi, fresh), random);
        round1.Broadcast(new(commitment));
        yield return round1;

        // Round 2: open. A wrong number of coefficients would raise the threshold.
        round2.Broadcast(new(phi, fresh, salt));
        yield return round2;
        Blame(
        [
            .. Accuse(Fault.InvalidOpening, round2.Senders.Where(l => !HashCommitment.Verify(
                round1[l].Value, Context, l, round2[l].Salt, Opening.Content(round2[l].Phi, round2[l].Fresh)))),
            .. Accuse(Fault.InvalidCommitment, round2.Senders.Where(l => round2[l].Phi.Count != t)),
        ]);

        // All parties have echoed all openings: from here on everything is bound to an id that none of them chose.
        var id = SetupId(Context, Parties, round2);
        var sum = PolynomialCommitment<Secp256k1>.Sum(Parties.Select(l => round2[l].Phi));
        var pairs = Others.Select(l => Own(new PairInProgress(id, Me, l, random))).ToArray();

        // Round 3: prove knowledge of fᵢ(0); fᵢ(ℓ), the zero seed's half and the base transfers for each Pₗ.
        var proof = SchnorrProof<Secp256k1>.Prove(Tags.Dkls23Setup, id, Me, constant, phi.Constant, random);
        round3.SendEach(l => pairs.First(p => p.Peer == l).Announce(proof, f.At(l)));
        yield return round3;

        using var own = f.At(Me);
        using var share = Sum(own, round3);
        Blame(
        [
            .. Accuse(Fault.InvalidProof, round3.Senders.Where(l => !round3[l].Proof.Verify(Tags.Dkls23Setup, id, l, round2[l].Phi.Constant))),
            .. Accuse(Fault.InvalidShare, sum.Verify(Me, share) ? [] : round3.Senders.Where(l => !round2[l].Phi.Verify(Me, round3[l].Share))),
            .. Accuse(Fault.InvalidTransferKey, pairs.Where(p => !p.TryFinish(round3[p.Peer])).Select(p => p.Peer)),
        ]);
        if (!sum.Verify(Me, share))
            throw new UnreachableException("All shares lie on their polynomials but their sum does not.");
        var package = PublicKeyPackage<Secp256k1>.FromCommitment(KeyScheme.Dkls23, KeyOrigin.Generated, epoch: 0, Parties, sum, ChainCode(id));

        // Round 4: everybody proves knowledge of its share of this very package before anybody keeps anything.
        var digest = package.Digest();
        round4.Broadcast(new(SchnorrProof<Secp256k1>.Prove(Tags.ShareHeld, digest, Me, share, package.VerifyingShare(Me), random)));
        yield return round4;
        Blame(Fault.InvalidProof, round4.Senders.Where(l => !round4[l].Proof.Verify(Tags.ShareHeld, digest, l, package.VerifyingShare(l))));

        Finish(new(KeyShare<Secp256k1>.FromTrusted(Me, share.Copy(), package), digest, id, [.. pairs.Select(p => p.Setup.Copy())]));
    }

    IEnumerable<PartyId> Others => Parties.Except(Me);

    static Secret<Scalar<Secp256k1>> Sum(Secret<Scalar<Secp256k1>> own, Round<Contribution> shares)
    {
        var sum = own.Expose();
        foreach (var l in shares.Senders)
            sum += shares[l].Share.Expose();
        return new(sum);
    }

    /// <summary>The id that all parties have contributed to.</summary>
    internal static byte[] SetupId(ReadOnlySpan<byte> context, PartySet parties, Round<Opening> openings)
    {
        using var transcript = new Transcript(Tags.Dkls23Setup);
        transcript.Append(context).List(parties.Count);
        foreach (var l in parties)
            transcript.Append(l.Value).Append(openings[l].Fresh).Append(openings[l].Phi.Coefficients);
        return transcript.Digest();
    }

    static byte[] ChainCode(ReadOnlySpan<byte> id)
    {
        using var transcript = new Transcript(Tags.Dkls23ChainCode);
        return transcript.Append(id).Digest();
    }

    /// <summary>Round 1: a commitment to what round 2 opens.</summary>
    public sealed record Commitment(byte[] Value) : IMessage<Commitment>
    {
        /// <inheritdoc/>
        public static int MaxSize => HashCommitment.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.Raw(Value);

        /// <inheritdoc/>
        public static Commitment Read(ref WireReader reader) => new(reader.Take(HashCommitment.Size).ToArray());
    }

    /// <summary>Round 2: ϕᵢ, 32 fresh bytes, and the salt that opens the commitment.</summary>
    public sealed record Opening(PolynomialCommitment<Secp256k1> Phi, byte[] Fresh, byte[] Salt) : IMessage<Opening>
    {
        /// <inheritdoc/>
        public static int MaxSize => 2 + PartySet.MaxCount * Secp256k1.PointSize + SessionId.Size + HashCommitment.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer)
        {
            writer.Points(Phi.Coefficients);
            writer.Raw(Fresh);
            writer.Raw(Salt);
        }

        /// <inheritdoc/>
        public static Opening Read(ref WireReader reader)
        {
            var phi = reader.Points<Secp256k1>(PartySet.MaxCount);
            if (phi.Length == 0)
                throw reader.Error("no coefficients");
            return new(new(phi), reader.Take(SessionId.Size).ToArray(), reader.Take(HashCommitment.Size).ToArray());
        }

        internal static byte[] Content(PolynomialCommitment<Secp256k1> phi, ReadOnlySpan<byte> fresh)
        {
            using var writer = new WireWriter();
            writer.Points(phi.Coefficients);
            writer.Raw(fresh);
            return writer.Written.ToArray();
        }
    }

    /// <summary>
    /// Round 3, for one party only: the proof for ϕᵢ₀, fᵢ(ℓ), half of the zero seed, the key this party sends base
    /// transfers with, and the keys it receives them with.
    /// </summary>
    public sealed record Contribution(
        SchnorrProof<Secp256k1> Proof, Secret<Scalar<Secp256k1>> Share, SecretBytes ZeroSeed,
        Point<Secp256k1> SenderKey, Point<Secp256k1>[] ReceiverKeys) : IMessage<Contribution>, IDisposable
    {
        /// <inheritdoc/>
        public static int MaxSize =>
            SchnorrProof<Secp256k1>.Size + Scalar<Secp256k1>.Size + ZeroSharing.SeedSize + (1 + BaseTransfer.KeyCount) * Secp256k1.PointSize;

        /// <inheritdoc/>
        public void Write(WireWriter writer)
        {
            Proof.Write(writer);
            writer.SecretScalar(Share);
            writer.Raw(ZeroSeed.Expose());
            writer.Point(SenderKey);
            Span<byte> keys = new byte[ReceiverKeys.Length * Secp256k1.PointSize];
            Point<Secp256k1>.EncodeMany(ReceiverKeys, keys);
            writer.Raw(keys);
        }

        /// <inheritdoc/>
        public static Contribution Read(ref WireReader reader)
        {
            var proof = SchnorrProof<Secp256k1>.Read(ref reader);
            var share = reader.Scalar<Secp256k1>();
            var seed = reader.Take(ZeroSharing.SeedSize);
            var senderKey = reader.Point<Secp256k1>();
            var keys = new Point<Secp256k1>[BaseTransfer.KeyCount];
            foreach (ref var key in keys.AsSpan())
                key = reader.Point<Secp256k1>();
            return new(proof, new(share), new(seed), senderKey, keys);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Share.Dispose();
            ZeroSeed.Dispose();
        }
    }

    /// <summary>Round 4: proof of knowledge of the share, bound to the package.</summary>
    public sealed record Confirmation(SchnorrProof<Secp256k1> Proof) : IMessage<Confirmation>
    {
        /// <inheritdoc/>
        public static int MaxSize => SchnorrProof<Secp256k1>.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => Proof.Write(writer);

        /// <inheritdoc/>
        public static Confirmation Read(ref WireReader reader) => new(SchnorrProof<Secp256k1>.Read(ref reader));
    }
}
