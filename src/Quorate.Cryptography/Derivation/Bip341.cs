using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;

namespace Quorate.Cryptography.Derivation;

/// <summary>Taproot's key tweak (BIP 341, "Constructing and spending Taproot outputs"): Q = P + hash_TapTweak(P ‖ root)·G.</summary>
public static class Bip341
{
    /// <summary>Length in bytes of the root of a script tree.</summary>
    public const int MerkleRootSize = 32;

    /// <summary>
    /// t = int(hash_TapTweak(bytes(P) ‖ merkle root)). An empty root commits to there being no script path at all.
    /// </summary>
    /// <exception cref="ArgumentException">The root is neither empty nor 32 bytes, or the key is <c>default</c>.</exception>
    /// <exception cref="CryptographicException">The hash is not below n, which happens once in 2¹²⁷.</exception>
    public static Scalar<Secp256k1> Tweak(in Bip340PublicKey internalKey, ReadOnlySpan<byte> merkleRoot)
    {
        if (!merkleRoot.IsEmpty && merkleRoot.Length != MerkleRootSize)
            throw new ArgumentException($"A root of {merkleRoot.Length} bytes; it has 32, or none.", nameof(merkleRoot));
        if (internalKey.IsDefault)
            throw new ArgumentException("No key.", nameof(internalKey));
        Span<byte> key = stackalloc byte[Bip340PublicKey.Size];
        internalKey.Encode(key);
        Span<byte> digest = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.TapTweak, digest, key, merkleRoot);
        return Scalar<Secp256k1>.TryDecode(digest, out var tweak) ? tweak : throw NoOutput();
    }

    /// <summary>The output key of <paramref name="internalKey"/>.</summary>
    /// <exception cref="ArgumentException">The root is neither empty nor 32 bytes, or the key is <c>default</c>.</exception>
    /// <exception cref="CryptographicException">There is no output key, which happens once in 2¹²⁷.</exception>
    public static TaprootOutput TweakPublicKey(in Bip340PublicKey internalKey, ReadOnlySpan<byte> merkleRoot)
    {
        var tweak = Tweak(internalKey, merkleRoot);
        var point = internalKey.Point + Point<Secp256k1>.MultiplyBase(tweak);
        if (point.IsIdentity)
            throw NoOutput();
        return new(Bip340PublicKey.FromPoint(point, out var isOdd), isOdd, tweak);
    }

    /// <summary>The secret of the output key: d + t, with d negated first where d·G has an odd y.</summary>
    /// <exception cref="ArgumentException">The root is neither empty nor 32 bytes, or the secret is zero.</exception>
    /// <exception cref="CryptographicException">There is no output key, which happens once in 2¹²⁷.</exception>
    public static Secret<Scalar<Secp256k1>> TweakSecret(
        Secret<Scalar<Secp256k1>> internalSecret, ReadOnlySpan<byte> merkleRoot)
    {
        ArgumentNullException.ThrowIfNull(internalSecret);
        ref readonly var d = ref internalSecret.Expose();
        if (d.IsZero)
            throw new ArgumentException("The key is zero.", nameof(internalSecret));
        var tweak = Tweak(Bip340PublicKey.FromPoint(internalSecret.MultiplyBase(), out var isOdd), merkleRoot);
        var secret = new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.Select(d, -d, isOdd) + tweak);
        if (!secret.Expose().IsZero)
            return secret;
        secret.Dispose();
        throw NoOutput();
    }

    static CryptographicException NoOutput() => new("BIP 341: this internal key and root have no output key.");
}

/// <summary>A tweaked key.</summary>
/// <param name="Key">The output key, as in the witness program.</param>
/// <param name="IsOdd">Whether the tweaked point has the odd y: the parity bit of a control block.</param>
/// <param name="Tweak">t.</param>
public readonly record struct TaprootOutput(Bip340PublicKey Key, bool IsOdd, Scalar<Secp256k1> Tweak);
