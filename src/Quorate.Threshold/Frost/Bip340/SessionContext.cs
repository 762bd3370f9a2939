using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;
using Signatures = Quorate.Cryptography.Signatures.Bip340;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// What all signers of one signature agree on (BIP 445, Session Context), with the values that GetSessionValues computes
/// from it. Public.
/// </summary>
public sealed class SessionContext
{
    /// <summary>GetSessionValues.</summary>
    /// <param name="signers">Who signs.</param>
    /// <param name="nonce">The sum of their public nonces.</param>
    /// <param name="key">The signers' key, or one it was tweaked to.</param>
    /// <param name="message">m, of any length.</param>
    /// <exception cref="ArgumentException">The key does not come from the signers' key.</exception>
    public SessionContext(SignersContext signers, in AggregateNonce nonce, TweakContext key, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(signers);
        ArgumentNullException.ThrowIfNull(key);
        if (key.Origin != signers.ThresholdKey)
            throw new ArgumentException("The key does not come from the signers' key.", nameof(key));
        Signers = signers;
        Key = key;

        // b = hash_BIP0445/noncecoef(ids ‖ aggnonce ‖ x(Q) ‖ m)
        Span<byte> head = stackalloc byte[4 * PartySet.MaxCount + AggregateNonce.Size + 32];
        head = head[..(4 * signers.Signers.Count + AggregateNonce.Size + 32)];
        signers.SerializeIds(head);
        nonce.Encode(head[(4 * signers.Signers.Count)..]);
        key.Key.EncodeXOnly(head[^32..]);
        Span<byte> hash = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.Bip445NonceCoefficient, hash, head, message);
        B = NonZero(Scalar.Reduce(hash));

        // R = R₁ + b·R₂; at infinity somebody cheats, and G in its place lets the partial signatures tell who.
        R = nonce.R1 + Point.MultiplyVarTime(B, nonce.R2);
        if (R.IsIdentity)
            R = Point.G;

        // e = hash_BIP0340/challenge(x(R) ‖ x(Q) ‖ m)
        Span<byte> rx = stackalloc byte[32];
        R.EncodeXOnly(rx);
        E = NonZero(Signatures.Challenge(rx, key.PublicKey, message));
    }

    /// <summary>Who signs.</summary>
    public SignersContext Signers { get; }

    /// <summary>The key the signature verifies under: Q, gacc and tacc.</summary>
    public TweakContext Key { get; }

    /// <summary>b, the nonce coefficient.</summary>
    internal Scalar B { get; }

    /// <summary>R, the final nonce.</summary>
    internal Point R { get; }

    /// <summary>e, the challenge.</summary>
    internal Scalar E { get; }

    /// <summary>Whether nonces change sign, so that R has an even y.</summary>
    internal bool NegatesNonces => !R.HasEvenY;

    /// <summary>Whether secret shares change sign: g·gacc = −1.</summary>
    internal bool NegatesShares => NegatesKey ^ Key.IsNegated;

    /// <summary>Whether the key changes sign, so that it has an even y: g = −1.</summary>
    internal bool NegatesKey => !Key.Key.HasEvenY;

    static Scalar NonZero(in Scalar hash) =>
        hash.IsZero ? throw new UnreachableException("A hash is zero modulo the group order.") : hash;
}
