using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sessions;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// The algorithms of BIP 445, named as it names them: FROST3 signing with signatures that verify under BIP 340. docs/spec/bip445.md
/// has the revision.
/// </summary>
public static partial class Bip445
{
    /// <summary>NonceGen: a fresh nonce from 32 random bytes, hedged with whatever else is known.</summary>
    public static SecretNonce NonceGen(IRandom random, NonceInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(inputs);
        var message = inputs.Message ?? [];
        var length = 32 + 34 + 33 + 9 + message.Length + 4 + inputs.Extra.Length + 1;
        using var buffer = new SecretBytes(length);
        var all = buffer.Expose();

        // rand = rand' or, with a share, secshare ⊕ hash_BIP0445/aux(rand').
        random.Fill(all[..32]);
        if (inputs.SecretShare is { } share)
            Mask(share, all[..32], all[..32]);

        // len(pubshare) ‖ pubshare ‖ len(thresh_pk) ‖ thresh_pk ‖ m_prefixed ‖ len(extra_in) ‖ extra_in ‖ i − 1
        var rest = all[32..];
        if (inputs.PublicShare is { } publicShare)
        {
            rest[0] = 33;
            publicShare.Encode(rest[1..]);
        }
        rest = rest[(1 + rest[0])..];
        if (inputs.Key is { } key)
        {
            rest[0] = 32;
            key.EncodeXOnly(rest[1..]);
        }
        rest = rest[(1 + rest[0])..];
        if (inputs.Message is not null)
        {
            rest[0] = 1;
            BinaryPrimitives.WriteUInt64BigEndian(rest[1..], (ulong)message.Length);
            message.CopyTo(rest[9..]);
            rest = rest[(8 + message.Length)..];
        }
        rest = rest[1..];
        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)inputs.Extra.Length);
        inputs.Extra.CopyTo(rest[4..]);
        rest = rest[(4 + inputs.Extra.Length + 1)..];
        return Nonce(Tags.Bip445Nonce, all[..^rest.Length], inputs.PublicShare);
    }

    /// <summary>
    /// NonceAgg: the sums of the public nonces. It cannot fail on nonces that decoded; for one that does not, whoever
    /// sent it is to blame.
    /// </summary>
    public static AggregateNonce NonceAgg(params ReadOnlySpan<PublicNonce> nonces)
    {
        var (r1, r2) = (Point.Identity, Point.Identity);
        foreach (ref readonly var nonce in nonces)
            (r1, r2) = (r1 + nonce.R1, r2 + nonce.R2);
        return new(r1, r2);
    }

    /// <summary>
    /// Sign: a partial signature. The nonce is used up and wiped; the result has been verified before it is returned, so
    /// that a computation gone wrong, or made to, publishes nothing about the share.
    /// </summary>
    /// <exception cref="ArgumentException">This party is not among the signers, or the share is not the one of its public share.</exception>
    /// <exception cref="InvalidOperationException">The nonce has been used before.</exception>
    public static Scalar Sign(SecretNonce nonce, Secret<Scalar> share, PartyId me, SessionContext session)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        ArgumentNullException.ThrowIfNull(share);
        ArgumentNullException.ThrowIfNull(session);
        session.Signers.Require(me);
        if (share.Expose().IsZero)
            throw new ArgumentException("A secret share is not zero.", nameof(share));
        // Deviation: it must be this party's, where the BIP looks for it among all public shares.
        if (share.MultiplyBase() != session.Signers.PublicShare(me))
            throw new ArgumentException($"The secret share is not that of {me}.", nameof(share));

        var (k1, k2) = nonce.Take();
        using (k1)
        using (k2)
        {
            // s = ±(k₁ + b·k₂) + e·λ·g·gacc·d
            var k = k1.Expose() + session.B * k2.Expose();
            var coefficient = ShareCoefficient(me, session);
            var s = (session.NegatesNonces ? -k : k) + coefficient * share.Expose();
            return PartialSigVerify(s, nonce.Public, me, session)
                ? s
                : throw new UnreachableException("The partial signature just made does not verify.");
        }
    }

    /// <summary>
    /// PartialSigVerify: whether <paramref name="signature"/> is what <paramref name="signer"/> owes the session after
    /// publishing <paramref name="nonce"/>. To find who spoiled a signature, and for nothing else: a partial signature is
    /// no signature, and can be forged.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="signer"/> is not among the signers.</exception>
    public static bool PartialSigVerify(in Scalar signature, in PublicNonce nonce, PartyId signer, SessionContext session)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Signers.Require(signer);

        // s·G = ±(R₁ + b·R₂) + e·λ·g·gacc·P
        var effective = nonce.R1 + Point.MultiplyVarTime(session.B, nonce.R2);
        return Point.MultiplyAddBaseVarTime(signature, -ShareCoefficient(signer, session), session.Signers.PublicShare(signer))
            == (session.NegatesNonces ? -effective : effective);
    }

    /// <summary>
    /// PartialSigAgg: the signature x(R) ‖ s. It is one only if every partial signature was right: verify it
    /// before it leaves.
    /// </summary>
    /// <param name="signatures">One for every signer, in any order.</param>
    /// <param name="session">What was signed.</param>
    /// <exception cref="ArgumentException">Not one for every signer.</exception>
    public static Bip340Signature PartialSigAgg(ReadOnlySpan<Scalar> signatures, SessionContext session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (signatures.Length != session.Signers.Signers.Count)
            throw new ArgumentException("One partial signature for every signer.", nameof(signatures));

        // s = Σ sᵢ + e·g·tacc
        var tweak = session.E * session.Key.Accumulated;
        var s = session.NegatesKey ? -tweak : tweak;
        foreach (ref readonly var signature in signatures)
            s += signature;
        return new(session.R, s);
    }

    /// <summary>e·λ·g·gacc, by which a signer's share enters s.</summary>
    static Scalar ShareCoefficient(PartyId signer, SessionContext session)
    {
        var coefficient = session.E * session.Signers.Lambda(signer);
        return session.NegatesShares ? -coefficient : coefficient;
    }

    /// <summary>secshare ⊕ hash_BIP0445/aux(randomness): the share's bits never meet the hash of the nonce unmasked.</summary>
    static void Mask(Secret<Scalar> share, ReadOnlySpan<byte> randomness, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.Bip445Aux, hash, randomness);
        share.Expose().Encode(destination);
        for (var i = 0; i < hash.Length; i++)
            destination[i] ^= hash[i];
        CryptographicOperations.ZeroMemory(hash);
    }

    /// <summary>kᵢ = hash(input with i − 1 in its last byte) for i = 1, 2, reduced.</summary>
    static SecretNonce Nonce(Tag tag, Span<byte> input, Point? publicShare = null)
    {
        Span<byte> hash = stackalloc byte[TaggedHash.Size];
        input[^1] = 0;
        TaggedHash.HashData(tag, hash, input);
        var k1 = Scalar.Reduce(hash);
        input[^1] = 1;
        TaggedHash.HashData(tag, hash, input);
        var k2 = Scalar.Reduce(hash);
        CryptographicOperations.ZeroMemory(hash);
        return new(k1, k2, publicShare);
    }
}
