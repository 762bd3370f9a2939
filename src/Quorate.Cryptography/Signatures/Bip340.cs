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
    /// <exception cref="ArgumentException"><paramref name="nonceX"/> is not 32 bytes.</exception>
    public static Scalar<Secp256k1> Challenge(
        ReadOnlySpan<byte> nonceX, in Bip340PublicKey publicKey, ReadOnlySpan<byte> message)
    {
        if (nonceX.Length != Secp256k1Points.XOnlySize)
            throw new ArgumentException("An x takes 32 bytes.", nameof(nonceX));
        Span<byte> key = stackalloc byte[Bip340PublicKey.Size];
        publicKey.Encode(key);
        Span<byte> digest = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.Bip340Challenge, digest, nonceX, key, message);
        return Scalar<Secp256k1>.Reduce(digest);
    }
}
