using System.Security.Cryptography;

namespace Quorate.Cryptography.Secrets;

/// <summary>A key from a passphrase: PBKDF2-HMAC-SHA256 (RFC 8018, section 5.2), 32 bytes.</summary>
public static class PassphraseKey
{
    /// <summary>Length in bytes of the key.</summary>
    public const int Size = 32;

    /// <summary>OWASP's figure for PBKDF2-HMAC-SHA256 (2023).</summary>
    public const int MinIterations = 600_000;

    /// <summary>A file may ask for more, but not so much that opening it hangs.</summary>
    public const int MaxIterations = 20_000_000;

    /// <summary>The key of a passphrase in UTF-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The iterations are not <see cref="MinIterations"/> to <see cref="MaxIterations"/>.</exception>
    public static SecretBytes Derive(SecretBytes passphrase, ReadOnlySpan<byte> salt, int iterations)
    {
        ArgumentNullException.ThrowIfNull(passphrase);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, MinIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, MaxIterations);
        var key = new SecretBytes(Size);
        Rfc2898DeriveBytes.Pbkdf2(passphrase.Expose(), salt, key.Expose(), iterations, HashAlgorithmName.SHA256);
        return key;
    }
}
