using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;

namespace Quorate.Cryptography.Signatures;

/// <summary>What signers and verifiers of BIP 340 share.</summary>
public static class Bip340
{
    /// <summary>
    /// e = int(hash_BIP0340/challenge(bytes(R) ‖ bytes(P) ‖ m)) mod n.
    /// </summary>
    /// <param name="nonceX">The nonce point's x, 32 bytes.</param>
    /// <param name="publicKey">P.</param>
    /// <param name="message">m, of any length.</param>
    /// <param name="tags">Tags in place of the BIP's.</param>
    /// <exception cref="ArgumentException"><paramref name="nonceX"/> is not 32 bytes.</exception>
    public static Scalar<Secp256k1> Challenge(
        ReadOnlySpan<byte> nonceX, in Bip340PublicKey publicKey, ReadOnlySpan<byte> message, Bip340Tags? tags = null)
    {
        if (nonceX.Length != Secp256k1Points.XOnlySize)
            throw new ArgumentException("An x takes 32 bytes.", nameof(nonceX));
        Span<byte> key = stackalloc byte[Bip340PublicKey.Size];
        publicKey.Encode(key);
        Span<byte> digest = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData((tags ?? Bip340Tags.Standard).Challenge, digest, nonceX, key, message);
        return Scalar<Secp256k1>.Reduce(digest);
    }
}

/// <summary>
/// The three tags of a domain of signatures: BIP 340's own, or those of a protocol whose signatures are proofs inside it
/// and mean nothing outside.
/// </summary>
/// <param name="Auxiliary">Masks the secret key.</param>
/// <param name="Nonce">Derives the nonce.</param>
/// <param name="Challenge">Derives the challenge.</param>
public sealed record Bip340Tags(Tag Auxiliary, Tag Nonce, Tag Challenge)
{
    /// <summary>BIP 340's.</summary>
    public static Bip340Tags Standard { get; } = new(Tags.Bip340Aux, Tags.Bip340Nonce, Tags.Bip340Challenge);
}
