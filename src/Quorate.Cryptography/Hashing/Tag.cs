using System.Security.Cryptography;
using System.Text;

namespace Quorate.Cryptography.Hashing;

/// <summary>
/// A domain-separation tag. Every hash computed by Quorate starts with one, and all of them stand in <see cref="Tags"/>,
/// where a test proves that no two are equal.
/// </summary>
public sealed class Tag
{
    // T ‖ T with T the hash of the tag: exactly one block of the hash that follows (BIP 340, "Tagged Hashes").
    readonly byte[] utf8;
    readonly byte[] sha256Prefix = new byte[2 * SHA256.HashSizeInBytes];
    readonly byte[] sha512Prefix = new byte[2 * SHA512.HashSizeInBytes];

    internal Tag(string text)
    {
        Text = text;
        utf8 = Encoding.UTF8.GetBytes(text);
        SHA256.HashData(utf8, sha256Prefix);
        sha256Prefix.AsSpan(0, SHA256.HashSizeInBytes).CopyTo(sha256Prefix.AsSpan(SHA256.HashSizeInBytes));
        SHA512.HashData(utf8, sha512Prefix);
        sha512Prefix.AsSpan(0, SHA512.HashSizeInBytes).CopyTo(sha512Prefix.AsSpan(SHA512.HashSizeInBytes));
    }

    /// <summary>The tag as it is hashed, in UTF-8.</summary>
    public string Text { get; }

    /// <summary>The tag's bytes, where a standard takes a domain as it is (RFC 9380).</summary>
    internal ReadOnlySpan<byte> Utf8 => utf8;

    /// <summary>SHA-256(tag) ‖ SHA-256(tag), 64 bytes: how a <see cref="TaggedHash"/> begins.</summary>
    internal ReadOnlySpan<byte> Sha256Prefix => sha256Prefix;

    /// <summary>SHA-512(tag) ‖ SHA-512(tag), 128 bytes: how a <see cref="Transcript"/> begins.</summary>
    internal ReadOnlySpan<byte> Sha512Prefix => sha512Prefix;

    /// <inheritdoc/>
    public override string ToString() => Text;
}
