using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// A whole ECDSA key on secp256k1 in one place: for tests, and for keys that are not money. Wallet keys are never whole;
/// they sign by a threshold protocol.
/// </summary>
public sealed class EcdsaKey : IDisposable
{
    readonly Secret<Scalar<Secp256k1>> secret;

    /// <summary>Takes over <paramref name="secret"/>, which is wiped with this key.</summary>
    /// <exception cref="ArgumentException">The secret is zero; it stays the caller's.</exception>
    public EcdsaKey(Secret<Scalar<Secp256k1>> secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Expose().IsZero)
            throw new ArgumentException("The key is zero.", nameof(secret));
        this.secret = secret;
        PublicKey = secret.MultiplyBase();
    }

    /// <summary>d·G.</summary>
    public Point<Secp256k1> PublicKey { get; }

    /// <summary>A uniform key.</summary>
    public static EcdsaKey Generate(IRandom random) => new(Secret<Scalar<Secp256k1>>.Random(random));

    /// <summary>Takes a key from its 32 bytes, big-endian. False for a wrong length, zero, or a number not below n.</summary>
    public static bool TryImport(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out EcdsaKey? key)
    {
        key = Scalar<Secp256k1>.TryDecode(encoded, out var value) && !value.IsZero ? new(new(value)) : null;
        return key is not null;
    }

    /// <summary>
    /// Signs a digest of 32 bytes: nonce after RFC 6979 with SHA-256, s low, recovery id included. The same digest always
    /// gives the same signature.
    /// </summary>
    /// <remarks>
    /// The signature is verified before it is returned: a fault while signing with a deterministic nonce would tell two
    /// equations with one unknown too few.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="digest"/> is not 32 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public RecoverableEcdsaSignature Sign(ReadOnlySpan<byte> digest)
    {
        var z = EcdsaSignature.ReduceDigest(digest);
        using var nonces = new Rfc6979(secret, z);
        while (true)
        {
            using var k = nonces.Next();
            if (!TrySign(k, z, out var signature))
                continue;
            return signature.Signature.Verify(PublicKey, digest)
                ? signature
                : throw new UnreachableException("A new signature does not verify.");
        }
    }

    /// <summary>SEC 1, section 4.1.3 with a given nonce. False when r or s is zero and another nonce is needed.</summary>
    internal bool TrySign(
        Secret<Scalar<Secp256k1>> nonce, in Scalar<Secp256k1> z, out RecoverableEcdsaSignature signature)
    {
        var R = nonce.MultiplyBase();
        Span<byte> x = stackalloc byte[Secp256k1Points.XOnlySize];
        R.EncodeXOnly(x);
        var r = Scalar<Secp256k1>.Reduce(x);
        return RecoverableEcdsaSignature.TryCreate(
            R, nonce.Expose().Invert() * (z + r * secret.Expose()), out signature);
    }

    /// <summary>Wipes the key. Harmless when repeated.</summary>
    public void Dispose() => secret.Dispose();

    /// <summary>The public key.</summary>
    public override string ToString() => $"EcdsaKey({PublicKey})";
}
