using System.Diagnostics;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// A whole Ed25519 key in one place (RFC 8032, sections 5.1.5 and 5.1.6): for tests, node identities and other keys that
/// are not money. Wallet keys are never whole; they sign by a threshold protocol.
/// </summary>
public sealed class Ed25519Key : IDisposable
{
    /// <summary>Length in bytes of the private key of RFC 8032, from which everything follows.</summary>
    public const int SeedSize = 32;

    readonly SecretBytes seed;
    readonly Secret<Scalar<Ed25519>> secret;
    readonly SecretBytes prefix;
    readonly byte[] encodedPublicKey;

    /// <summary>The key of a seed; the caller's copy is the caller's to clear.</summary>
    /// <exception cref="ArgumentException">The seed is not 32 bytes.</exception>
    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSize)
            throw new ArgumentException($"A seed of {seed.Length} bytes; it has {SeedSize}.", nameof(seed));
        this.seed = new(seed);

        Span<byte> h = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(seed, h);
        prefix = new(h[32..]);
        // Clamped, the integer is a multiple of 8 from 2²⁵⁴ up to below 2²⁵⁵ < 8·L, so never 0 modulo L; and
        // since B has order L, reducing it changes neither A nor any signature.
        h[0] &= 0b1111_1000;
        h[31] = (byte)((h[31] & 0b0111_1111) | 0b0100_0000);
        secret = new(Scalar<Ed25519>.Reduce(h[..32]));
        CryptographicOperations.ZeroMemory(h);

        PublicKey = secret.MultiplyBase();
        encodedPublicKey = PublicKey.Encode();
    }

    /// <summary>A.</summary>
    public Point<Ed25519> PublicKey { get; }

    /// <summary>A, 32 bytes.</summary>
    public ReadOnlySpan<byte> EncodedPublicKey => encodedPublicKey;

    /// <summary>A key from a uniform seed.</summary>
    public static Ed25519Key Generate(IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> seed = stackalloc byte[SeedSize];
        random.Fill(seed);
        var key = new Ed25519Key(seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    /// <summary>The seed, to be stored by the caller, who disposes of the copy.</summary>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public SecretBytes ExportSeed() => seed.Copy();

    /// <summary>
    /// The secret scalar, for a key that becomes a threshold key: signatures under it verify under this public key. The
    /// caller disposes of the copy.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public Secret<Scalar<Ed25519>> ExportScalar() => secret.Copy();

    /// <summary>
    /// The signature, 64 bytes, on a message of any length. Deterministic, as the RFC prescribes. What means something
    /// outside one application should begin with a context of its own.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        using var nonce = new Secret<Scalar<Ed25519>>(Ed25519Hash.ToScalar(prefix.Expose(), message, default));
        var signature = new byte[Ed25519Signature.Size];
        nonce.MultiplyBase().Encode(signature);
        var k = Ed25519Hash.ToScalar(signature.AsSpan(0, 32), encodedPublicKey, message);
        (nonce.Expose() + (k * secret.Expose())).Encode(signature.AsSpan(32));

        // Deterministic nonces turn a fault while signing into the key: such a signature must not leave this function.
        return Ed25519Signature.Verify(PublicKey, message, signature)
            ? signature
            : throw new UnreachableException("A new signature does not verify.");
    }

    /// <summary>Wipes the key. Harmless when repeated.</summary>
    public void Dispose()
    {
        seed.Dispose();
        secret.Dispose();
        prefix.Dispose();
    }

    /// <summary>The public key in hexadecimal.</summary>
    public override string ToString() => $"Ed25519Key({Convert.ToHexStringLower(encodedPublicKey)})";
}
