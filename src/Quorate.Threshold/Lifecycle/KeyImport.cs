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
    /// <summary>
    /// The whole key as the importer's 1-of-1 share. Takes ownership of <paramref name="key"/>, whatever the outcome: it
    /// is wiped with the share, once a <see cref="KeyHolding{C}"/> has accepted the certificate.
    /// </summary>
    /// <remarks>
    /// For Ed25519 the scalar is <see cref="Cryptography.Signatures.Ed25519Key.ExportScalar"/> of the private key, which
    /// is a seed: the first half of a 64-byte key file of Solana's.
    /// </remarks>
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
}
