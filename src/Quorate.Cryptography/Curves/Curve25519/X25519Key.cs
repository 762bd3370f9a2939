using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Curves;

/// <summary>One side's secret of a key agreement by X25519 (RFC 7748, section 6.1), and its public key.</summary>
public sealed class X25519Key : IDisposable
{
    readonly SecretBytes scalar;
    readonly byte[] publicKey = new byte[X25519.Size];

    /// <summary>The key of 32 secret bytes; the caller's copy is the caller's to clear.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public X25519Key(ReadOnlySpan<byte> secret)
    {
        X25519.MultiplyBase(publicKey, secret);
        scalar = new(secret);
    }

    /// <summary>The public key, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>A key from uniform bytes.</summary>
    public static X25519Key Generate(IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> secret = stackalloc byte[X25519.Size];
        random.Fill(secret);
        var key = new X25519Key(secret);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>
    /// The 32 bytes that both sides compute; they are no key yet, but what a key is derived from. Null where
    /// <paramref name="peer"/> is of small order, so that anybody could compute them.
    /// </summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public SecretBytes? Agree(ReadOnlySpan<byte> peer)
    {
        var shared = new SecretBytes(X25519.Size);
        try
        {
            if (X25519.TryMultiply(shared.Expose(), scalar.Expose(), peer))
                return shared;
        }
        catch
        {
            shared.Dispose();
            throw;
        }
        shared.Dispose();
        return null;
    }

    /// <summary>Wipes the secret. Harmless when repeated.</summary>
    public void Dispose() => scalar.Dispose();

    /// <summary>The public key in hexadecimal.</summary>
    public override string ToString() => $"X25519Key({Convert.ToHexStringLower(publicKey)})";
}
