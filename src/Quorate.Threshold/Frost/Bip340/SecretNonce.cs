using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sharing;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// A signer's secret nonce (k₁, k₂) (BIP 445, secnonce). It signs once: two partial signatures with one nonce give away
/// the secret share. There is no way to copy or store it, so a crash loses it, which is the safe outcome.
/// </summary>
public sealed class SecretNonce : IDisposable
{
    readonly Secret<Scalar> k1, k2;
    int taken;

    /// <summary>Takes two scalars other than zero, and the public share of the one share they may meet, if that is known.</summary>
    /// <exception cref="ArgumentException">One of the scalars is zero.</exception>
    internal SecretNonce(in Scalar k1, in Scalar k2, Point? publicShare = null)
    {
        if (k1.IsZero || k2.IsZero)
            throw new ArgumentException("Neither half of a secret nonce is zero.", k1.IsZero ? nameof(k1) : nameof(k2));
        this.k1 = new(k1);
        this.k2 = new(k2);
        Public = new(Point.MultiplyBase(k1), Point.MultiplyBase(k2));
        PublicShare = publicShare;
    }

    /// <summary>R₁ = k₁·G and R₂ = k₂·G.</summary>
    public PublicNonce Public { get; }

    /// <summary>
    /// The public share of the share that this nonce was made for, or null. It changes with every epoch of a key, so a
    /// nonce from before a refresh fits no share.
    /// </summary>
    internal Point? PublicShare { get; }

    /// <summary>
    /// One nonce prepared ahead for <paramref name="share"/>, before message and signers are known (BIP 445, "Nonce
    /// Generation").
    /// </summary>
    public static SecretNonce Prepare(KeyShare<Secp256k1> share, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(share);
        return Bip445.NonceGen(random, new()
        {
            SecretShare = share.SigningShare,
            PublicShare = share.Package.VerifyingShare(share.Me),
        });
    }

    /// <summary>Hands out the secrets, once; they belong to the caller from then on.</summary>
    /// <exception cref="InvalidOperationException">The nonce has been used before.</exception>
    /// <exception cref="ObjectDisposedException">The nonce has been wiped.</exception>
    internal (Secret<Scalar> K1, Secret<Scalar> K2) Take()
    {
        if (Interlocked.Exchange(ref taken, 1) != 0)
            throw new InvalidOperationException("A nonce signs once: a second signature with it would give away the secret share.");
        ObjectDisposedException.ThrowIf(k1.IsDisposed, this);
        return (k1, k2);
    }

    /// <summary>Wipes the nonce.</summary>
    public void Dispose()
    {
        k1.Dispose();
        k2.Dispose();
    }
}
