using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Quorate.Rpc.Security;

/// <summary>
/// Who a peer is: the SHA-256 of its certificate's SubjectPublicKeyInfo (RFC 7469, section 2.4). A renewed certificate with
/// the same key is the same peer; names, dates and issuers say nothing.
/// </summary>
public readonly struct SpkiPin : IEquatable<SpkiPin>
{
    const string Prefix = "sha256/";

    readonly byte[]? hash;

    SpkiPin(byte[] hash) => this.hash = hash;

    /// <summary>The pin of a certificate's key.</summary>
    public static SpkiPin Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Reads "sha256/" and 32 bytes in base 64.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    public static SpkiPin Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[SHA256.HashSizeInBytes];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var size) && size == bytes.Length
            ? new(bytes) : throw new FormatException("A pin is sha256/ and 32 bytes in base 64.");
    }

    /// <summary>"sha256/" and the hash in base 64. The default value, which no certificate has, is empty.</summary>
    public override string ToString() => hash is null ? "" : Prefix + Convert.ToBase64String(hash);

    /// <inheritdoc/>
    public bool Equals(SpkiPin other) => hash.AsSpan().SequenceEqual(other.hash);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is SpkiPin other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => hash is null ? 0 : BitConverter.ToInt32(hash);

    /// <summary>Whether both are of one key.</summary>
    public static bool operator ==(SpkiPin left, SpkiPin right) => left.Equals(right);

    /// <summary>Whether they are of two keys.</summary>
    public static bool operator !=(SpkiPin left, SpkiPin right) => !left.Equals(right);
}
