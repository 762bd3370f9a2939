using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// Brings an existing private key in: as a sharing among one party, the importer, of epoch 0 and with
/// <see cref="KeyOrigin.Imported"/>, which every later sharing keeps. From there it is distributed by
/// <see cref="Reshare{C}"/> with the importer as its one dealer, who need not belong to the committee.
/// </summary>
public static class KeyImport
{
    /// <summary>Length in bytes of an Ed25519 private key, which RFC 8032 hashes to get the scalar.</summary>
    public const int Ed25519SeedSize = 32;

    /// <summary>
    /// The whole key as the importer's 1-of-1 share. Takes ownership of <paramref name="key"/>, whatever the outcome: it
    /// is wiped with the share, once a <see cref="KeyHolding{C}"/> has accepted the certificate.
    /// </summary>
    /// <exception cref="ArgumentException">The key is zero, or the chain code is not 32 bytes.</exception>
    public static KeyShare<C> Share<C>(KeyScheme scheme, PartyId importer, Secret<Scalar<C>> key, ReadOnlySpan<byte> chainCode)
        where C : struct, ICurve<C>
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            return KeyShare<C>.FromTrusted(importer, key, Package(scheme, importer, key.MultiplyBase(), chainCode));
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The same sharing from outside: receivers make their plan from the public key and chain code that they expect, not
    /// from what the importer tells them.
    /// </summary>
    /// <exception cref="ArgumentException">The key is the identity, or the chain code is not 32 bytes.</exception>
    public static PublicKeyPackage<C> Package<C>(KeyScheme scheme, PartyId importer, in Point<C> publicKey, ReadOnlySpan<byte> chainCode)
        where C : struct, ICurve<C> =>
        new(scheme, KeyOrigin.Imported, epoch: 0, threshold: 1, new([importer]), publicKey, [publicKey], chainCode);

    /// <summary>
    /// The secret scalar behind an Ed25519 private key (RFC 8032, section 5.1.5): signatures under it verify under that
    /// key's public key. The other half of the hash, which makes single-key nonces, is dropped.
    /// </summary>
    /// <param name="seed">The private key, 32 bytes: in Solana's 64-byte key files, the first half.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static Secret<Scalar<Ed25519>> Ed25519Scalar(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519SeedSize)
            throw new ArgumentException($"An Ed25519 private key has {Ed25519SeedSize} bytes, not {seed.Length}.", nameof(seed));
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(seed, hash);
        hash[0] &= 0b1111_1000;
        hash[31] &= 0b0111_1111;
        hash[31] |= 0b0100_0000;
        var scalar = new Secret<Scalar<Ed25519>>(Scalar<Ed25519>.Reduce(hash[..32]));
        CryptographicOperations.ZeroMemory(hash);
        return scalar;
    }
}
