using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// Three-round signing: DKLs23 (ePrint 2023/765), protocol 3.6. A round here is what all parties send at once; the first
/// has a broadcast and a direct part. See docs/spec/dkls23.md.
/// </summary>
public sealed class Dkls23Sign : Dkls23Preparation<Dkls23Signature>
{
    readonly byte[] digest;

    /// <summary>Signs a digest of 32 bytes with exactly as many parties as the threshold says.</summary>
    /// <exception cref="ArgumentException">The quorum is not t holders of the key with this party, or the digest is not 32 bytes.</exception>
    /// <exception cref="InvalidOperationException">A member of the quorum is banned for this key.</exception>
    public Dkls23Sign(SessionId id, Dkls23KeyShare share, PartySet quorum, ReadOnlySpan<byte> digest, IBanList bans, IRandom random)
        : base("dkls23-sign/1", id, share, quorum, bans, random, RequireDigest(digest)) => this.digest = RequireDigest(digest);

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        // Rounds 1 and 2. The digest is part of the context, so R is the nonce of this message alone.
        var round3 = Round<SignatureShare>(4);
        foreach (var round in Prepare())
            yield return round;
        using var nonce = Prepared;

        // Steps 9 and 10: wᵢ and uᵢ; s = Σ wⱼ / Σ uⱼ. Nothing leaves that does not verify.
        round3.Broadcast(nonce.Share(digest));
        nonce.Dispose();
        yield return round3;
        Blame(Fault.FailedSignature, PreparedNonce.TryCombine(nonce.R, Parties.Select(j => round3[j]), Package.GroupKey, digest, out var signature) ? [] : round3.Senders);
        Finish(new(signature));
    }

    /// <exception cref="ArgumentException">Another length than a digest's.</exception>
    internal static byte[] RequireDigest(ReadOnlySpan<byte> digest) => digest.Length == EcdsaSignature.DigestSize
        ? digest.ToArray()
        : throw new ArgumentException($"{EcdsaSignature.DigestSize} bytes are signed.", nameof(digest));

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

    /// <summary>The last round: wᵢ and uᵢ.</summary>
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
