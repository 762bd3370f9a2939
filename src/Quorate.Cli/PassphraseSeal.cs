using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cli;

/// <summary>
/// What a passphrase seals in a JSON file: AES-256-GCM under PBKDF2-HMAC-SHA256. The file's other fields are bound to it as
/// associated data, so that files can not be mixed up unnoticed.
/// </summary>
/// <param name="Salt">Of PBKDF2, 16 bytes in hexadecimal.</param>
/// <param name="Iterations">Of PBKDF2.</param>
/// <param name="Nonce">Of AES-GCM, 12 bytes in hexadecimal.</param>
sealed record PassphraseSeal(string Salt, int Iterations, string Nonce)
{
    const int TagSize = 16;

    internal static PassphraseSeal Create(IRandom random)
    {
        var salt = new byte[16];
        var nonce = new byte[AesGcm.NonceByteSizes.MaxSize];
        random.Fill(salt);
        random.Fill(nonce);
        return new(Convert.ToHexStringLower(salt), PassphraseKey.MinIterations, Convert.ToHexStringLower(nonce));
    }

    /// <summary>The seal as a file has it.</summary>
    /// <exception cref="FormatException">A part is missing or out of range.</exception>
    internal static PassphraseSeal Of(string? salt, int? iterations, string? nonce) =>
        salt is null || nonce is not { Length: 24 } || iterations is not (>= PassphraseKey.MinIterations and <= PassphraseKey.MaxIterations)
            ? throw new FormatException("the sealing parameters are missing or out of range")
            : new(salt, iterations.Value, nonce);

    internal string Close(ReadOnlySpan<byte> plain, SecretBytes passphrase, ReadOnlySpan<byte> associated)
    {
        var closed = new byte[plain.Length + TagSize];
        using var key = PassphraseKey.Derive(passphrase, Convert.FromHexString(Salt), Iterations);
        using var aes = new AesGcm(key.Expose(), TagSize);
        aes.Encrypt(Convert.FromHexString(Nonce), plain, closed.AsSpan(..^TagSize), closed.AsSpan(^TagSize..), associated);
        return Convert.ToHexStringLower(closed);
    }

    /// <exception cref="AuthenticationTagMismatchException">Another passphrase, or a file that was changed.</exception>
    /// <exception cref="FormatException">Nothing that was sealed.</exception>
    internal SecretBytes Open(string text, SecretBytes passphrase, ReadOnlySpan<byte> associated)
    {
        var closed = Convert.FromHexString(text);
        if (closed.Length <= TagSize)
            throw new FormatException("it is too short");
        var plain = new SecretBytes(closed.Length - TagSize);
        try
        {
            using var key = PassphraseKey.Derive(passphrase, Convert.FromHexString(Salt), Iterations);
            using var aes = new AesGcm(key.Expose(), TagSize);
            aes.Decrypt(Convert.FromHexString(Nonce), closed.AsSpan(..^TagSize), closed.AsSpan(^TagSize..), plain.Expose(), associated);
            return plain;
        }
        catch
        {
            plain.Dispose();
            throw;
        }
    }
}
