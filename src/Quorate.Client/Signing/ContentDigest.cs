using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Quorate.Client.Signing;

/// <summary>The header Content-Digest (RFC 9530) with SHA-256: what binds a signature over headers to the content.</summary>
public static class ContentDigest
{
    /// <summary>The header's name.</summary>
    public const string Header = "Content-Digest";

    const string Before = "sha-256=:", After = ":";

    // Base64 of 32 bytes.
    const int EncodedSize = 44;

    /// <summary>The header's value for a content.</summary>
    public static string Of(ReadOnlySpan<byte> content) => $"{Before}{Convert.ToBase64String(SHA256.HashData(content))}{After}";

    /// <summary>Reads a value with this one algorithm, in its canonical spelling.</summary>
    /// <param name="value">The header's value.</param>
    /// <param name="sha256">32 bytes.</param>
    public static bool TryParse(string? value, [NotNullWhen(true)] out byte[]? sha256)
    {
        sha256 = null;
        if (value is null || value.Length != Before.Length + EncodedSize + After.Length
            || !value.StartsWith(Before, StringComparison.Ordinal) || !value.EndsWith(After, StringComparison.Ordinal))
            return false;
        var hash = new byte[SHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(value[Before.Length..^After.Length], hash, out var size) || size != hash.Length)
            return false;
        sha256 = hash;
        return true;
    }
}
