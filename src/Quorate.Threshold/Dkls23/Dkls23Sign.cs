using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// Three-round signing: DKLs23 (ePrint 2023/765), protocol 3.6. A round here is what all parties send at once; the first
/// has a broadcast and a direct part. See docs/spec/dkls23.md.
/// </summary>
public sealed class Dkls23Sign : Protocol<Dkls23Signature>
{
    readonly Dkls23KeyShare key;
    readonly byte[] digest;
    readonly IBanList bans;
    readonly IRandom random;

    /// <summary>Signs a digest of 32 bytes with exactly as many parties as the threshold says.</summary>
    /// <exception cref="ArgumentException">The quorum is not t holders of the key with this party, or the digest is not 32 bytes.</exception>
    /// <exception cref="InvalidOperationException">A member of the quorum is banned for this key.</exception>
    public Dkls23Sign(SessionId id, Dkls23KeyShare share, PartySet quorum, ReadOnlySpan<byte> digest, IBanList bans, IRandom random)
        : base(Name(share, digest), id, share.Me, quorum)
    {
        ArgumentNullException.ThrowIfNull(bans);
        ArgumentNullException.ThrowIfNull(random);
        share.Package.RequireQuorum(KeyScheme.Dkls23, quorum);
        if (quorum.Count != share.Package.Threshold)
            throw new ArgumentException($"Exactly {share.Package.Threshold} parties sign.", nameof(quorum));
        foreach (var peer in quorum.Except(share.Me))
            if (bans.IsBanned(share.KeyId, peer))
                throw new InvalidOperationException($"{peer} is banned for this key.");
        (key, this.digest, this.bans, this.random) = (share, digest.ToArray(), bans, random);
    }

    /// <summary>
    /// Key, epoch, path, set-up and digest are part of the context: parties that differ in any of them do not hear each
    /// other, instead of failing each other's checks.
    /// </summary>
    static string Name(Dkls23KeyShare share, ReadOnlySpan<byte> digest)
    {
        ArgumentNullException.ThrowIfNull(share);
        if (digest.Length != EcdsaSignature.DigestSize)
            throw new ArgumentException($"{EcdsaSignature.DigestSize} bytes are signed.", nameof(digest));
        return $"dkls23-sign/1/{Convert.ToHexStringLower(share.Package.Digest())}/{Convert.ToHexStringLower(share.SetupId)}/{Convert.ToHexStringLower(digest)}";
    }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        var round1 = Round<Commitment>(1);
        var round1Direct = Round<Transfers>(2);
        var round2 = Round<Product>(3, confirms: round1);
        var round3 = Round<SignatureShare>(4);
        var others = Parties.Except(Me).ToArray();

        // Steps 4–6: nonce rᵢ, mask φᵢ; commit to Rᵢ; open a multiplication as receiver with every Pⱼ.
        using var r = Secret<Scalar<Secp256k1>>.Random(random);
        using var phi = Secret<Scalar<Secp256k1>>.Random(random);
        var R = r.MultiplyBase();
        var (commitment, salt) = HashCommitment.Commit(Context, Me, R.Encode(), random);
        var receivers = others.ToDictionary(j => j, j => Own(new MultiplicationReceiver(
            TransferLabel.Create(Context, j, Me), key.Setup(j).Pads0, key.Setup(j).Pads1, random)));
        round1.Broadcast(new(commitment));
        round1Direct.SendEach(j => new(receivers[j].Message.ToArray()));
        yield return round1;
        yield return round1Direct;

        // This check can ban, and depends on nothing but the pair and the context that every message carries.
        var senders = others.ToDictionary(j => j, j => ExtensionSender.TryCreate(
            TransferLabel.Create(Context, Me, j), key.Setup(j).Delta, key.Setup(j).ChosenPads, round1Direct[j].Value));
        foreach (var sender in senders.Values)
            if (sender is not null)
                Own(sender);
        BlameForever(Fault.FailedTransferCheck, others.Where(j => senders[j] is null));

        // Step 7: skᵢ = λᵢ·f(i) + ζᵢ; multiply (rᵢ, skᵢ) with every Pⱼ's χⱼᵢ.
        var session = SessionOf(round1);
        using var zeta = ZeroSharing.Share<Secp256k1>(session, Me, others.Select(j => (j, key.Setup(j).ZeroSeed)));
        var lambda = Lagrange<Secp256k1>.Coefficients(Parties)[Parties.IndexOf(Me)];
        using var sk = new Secret<Scalar<Secp256k1>>(lambda * key.Share.SigningShare.Expose() + zeta.Expose());
        var pk = sk.MultiplyBase();
        var c = new Dictionary<PartyId, ProductShares>();
        foreach (var j in others)
        {
            c[j] = Own(MultiplicationSender.Run(senders[j]!, session, r, sk, random, out var message));
            round2.Send(j, new(
                R, salt, pk, c[j].U.MultiplyBase(), c[j].V.MultiplyBase(), phi.Expose() - receivers[j].Factor.Expose(), message));
        }
        yield return round2;

        // Step 8. The barrier has found that all have seen the same commitments, so a failure here is the sender's own.
        Blame(Fault.InvalidOpening, others.Where(j => !HashCommitment.Verify(round1[j].Value, Context, j, round2[j].Salt, round2[j].R.Encode())));
        var d = new Dictionary<PartyId, ProductShares?>();
        foreach (var j in others)
        {
            d[j] = receivers[j].TryFinish(session, round2[j].Multiplication);
            if (d[j] is { } shares)
                Own(shares);
        }
        BlameForever(Fault.FailedMultiplicationCheck, others.Where(j => d[j] is null || !Fits(receivers[j].Factor, d[j]!, round2[j])));

        var keySum = others.Aggregate(pk, (sum, j) => sum + round2[j].Pk);
        Blame(Fault.InconsistentKeyShares, keySum == key.Package.GroupKey ? [] : others);

        // Step 9: uᵢ, vᵢ and wᵢ = z·φᵢ + r_x·vᵢ.
        var nonce = others.Aggregate(R, (sum, j) => sum + round2[j].R);
        Blame(Fault.FailedSignature, nonce.IsIdentity ? others : []);
        var mask = phi.Expose();
        foreach (var j in others)
            mask += round2[j].Psi;
        var (u, v) = (r.Expose() * mask, sk.Expose() * mask);
        foreach (var j in others)
        {
            u += c[j].U.Expose() + d[j]!.U.Expose();
            v += c[j].V.Expose() + d[j]!.V.Expose();
        }
        var x = Scalar<Secp256k1>.Reduce(nonce.EncodeXOnly());
        round3.Broadcast(new(Scalar<Secp256k1>.Reduce(digest) * phi.Expose() + x * v, u));
        (mask, u, v) = (default, default, default);
        yield return round3;

        // Step 10: s = Σ wⱼ / Σ uⱼ. Nothing leaves that does not verify.
        var w = Parties.Select(j => round3[j].W).Aggregate((a, b) => a + b);
        var product = Parties.Select(j => round3[j].U).Aggregate((a, b) => a + b);
        Blame(Fault.FailedSignature, product.IsZero ? others : []);
        var isSignature = RecoverableEcdsaSignature.TryCreate(nonce, w * product.Invert(), out var signature)
            && signature.Signature.Verify(key.Package.GroupKey, digest);
        Blame(Fault.FailedSignature, isSignature ? [] : others);
        Finish(new(signature));
    }

    /// <summary>χ·Rⱼ = dᵘ·G + Γᵘ and χ·pkⱼ = dᵛ·G + Γᵛ: the sender put in what it announced.</summary>
    static bool Fits(Secret<Scalar<Secp256k1>> chi, ProductShares d, Product theirs) =>
        chi * theirs.R == d.U.MultiplyBase() + theirs.GammaU & chi * theirs.Pk == d.V.MultiplyBase() + theirs.GammaV;

    /// <summary>Remembers the culprits before anything else can happen, then ends the session.</summary>
    void BlameForever(Fault fault, IEnumerable<PartyId> culprits)
    {
        PartyId[] found = [.. culprits];
        foreach (var culprit in found)
            bans.Ban(key.KeyId, culprit);
        Blame(fault, found);
    }

    /// <summary>The final id of the session: fresh by everybody's salted commitment.</summary>
    byte[] SessionOf(Round<Commitment> commitments)
    {
        using var transcript = new Transcript(Tags.Dkls23Sign);
        transcript.Append(Context).List(Parties.Count);
        foreach (var j in Parties)
            transcript.Append(j.Value).Append(commitments[j].Value);
        return transcript.Digest();
    }

    /// <summary>Round 1, to all: commitment to Rᵢ.</summary>
    public sealed record Commitment(byte[] Value) : IMessage<Commitment>
    {
        /// <inheritdoc/>
        public static int MaxSize => HashCommitment.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.Raw(Value);

        /// <inheritdoc/>
        public static Commitment Read(ref WireReader reader) => new(reader.Take(HashCommitment.Size).ToArray());
    }

    /// <summary>Round 1, to each: the transfers that open a multiplication.</summary>
    public sealed record Transfers(byte[] Value) : IMessage<Transfers>
    {
        /// <inheritdoc/>
        public static int MaxSize => TransferExtension.MessageSize;

        /// <inheritdoc/>
        public void Write(WireWriter writer) => writer.Raw(Value);

        /// <inheritdoc/>
        public static Transfers Read(ref WireReader reader) => new(reader.Take(TransferExtension.MessageSize).ToArray());
    }

    /// <summary>Round 2, to each: Rᵢ with its salt, pkᵢ, Γᵘ, Γᵛ, ψ and the sender's side of the multiplication.</summary>
    public sealed record Product : IMessage<Product>
    {
        internal Product(
            Point<Secp256k1> r, byte[] salt, Point<Secp256k1> pk, Point<Secp256k1> gammaU, Point<Secp256k1> gammaV,
            Scalar<Secp256k1> psi, MultiplicationMessage multiplication) =>
            (R, Salt, Pk, GammaU, GammaV, Psi, Multiplication) = (r, salt, pk, gammaU, gammaV, psi, multiplication);

        internal Point<Secp256k1> R { get; init; }

        internal byte[] Salt { get; init; }

        internal Point<Secp256k1> Pk { get; init; }

        internal Point<Secp256k1> GammaU { get; init; }

        internal Point<Secp256k1> GammaV { get; init; }

        internal Scalar<Secp256k1> Psi { get; init; }

        internal MultiplicationMessage Multiplication { get; init; }

        /// <inheritdoc/>
        public static int MaxSize => 4 * Secp256k1.PointSize + HashCommitment.Size + Scalar<Secp256k1>.Size + MultiplicationMessage.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer)
        {
            writer.Pair(R, Pk);
            writer.Pair(GammaU, GammaV);
            writer.Raw(Salt);
            writer.Scalar(Psi);
            Multiplication.Write(writer);
        }

        /// <inheritdoc/>
        public static Product Read(ref WireReader reader)
        {
            var (r, pk) = (reader.Point<Secp256k1>(), reader.Point<Secp256k1>());
            var (gammaU, gammaV) = (reader.Point<Secp256k1>(), reader.Point<Secp256k1>());
            var salt = reader.Take(HashCommitment.Size).ToArray();
            return new(r, salt, pk, gammaU, gammaV, reader.Scalar<Secp256k1>(), MultiplicationMessage.Read(ref reader));
        }
    }

    /// <summary>Round 3: wᵢ and uᵢ.</summary>
    public sealed record SignatureShare(Scalar<Secp256k1> W, Scalar<Secp256k1> U) : IMessage<SignatureShare>
    {
        /// <inheritdoc/>
        public static int MaxSize => 2 * Scalar<Secp256k1>.Size;

        /// <inheritdoc/>
        public void Write(WireWriter writer)
        {
            writer.Scalar(W);
            writer.Scalar(U);
        }

        /// <inheritdoc/>
        public static SignatureShare Read(ref WireReader reader) => new(reader.Scalar<Secp256k1>(), reader.Scalar<Secp256k1>());
    }
}
