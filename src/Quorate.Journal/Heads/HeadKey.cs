using System.Security.Cryptography;
using System.Text;

namespace Quorate.Journal.Heads;

/// <summary>
/// A co-signer's name and public key, as C2SP signed-note writes verifier keys: <c>name+hash+base64(0x04 ‖ key)</c>, hash
/// the first four bytes of SHA-256(name ‖ "\n" ‖ 0x04 ‖ key) in hexadecimal.
/// </summary>
public sealed class HeadKey : IEquatable<HeadKey>
{
    /// <summary>Characters in a name.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Bytes in an Ed25519 public key.</summary>
    public const int PublicKeySize = 32;

    /// <summary>C2SP's number for timestamped Ed25519 co-signatures.</summary>
    const byte Algorithm = 0x04;

    const int IdSize = 4;

    readonly byte[] publicKey;

    /// <summary>The key of a name.</summary>
    /// <param name="name">1 to <see cref="MaxNameLength"/> visible ASCII characters without <c>+</c>, by custom a URL without scheme.</param>
    /// <param name="publicKey">32 bytes, RFC 8032.</param>
    /// <exception cref="ArgumentException">Another name or size.</exception>
    public HeadKey(string name, ReadOnlySpan<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaxNameLength || name.Any(c => c is <= ' ' or > '~' or '+'))
            throw new ArgumentException($"A co-signer's name is 1 to {MaxNameLength} visible ASCII characters without +, not \"{name}\".", nameof(name));
        if (publicKey.Length != PublicKeySize)
            throw new ArgumentException($"A public key of {publicKey.Length} bytes; it has {PublicKeySize}.", nameof(publicKey));
        (Name, this.publicKey) = (name, publicKey.ToArray());
        Id = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(name), (byte)'\n', Algorithm, .. publicKey]).AsSpan(0, IdSize));
    }

    /// <summary>Who signs.</summary>
    public string Name { get; }

    /// <summary>The Ed25519 public key.</summary>
    public ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>The hash in a signature line, eight hexadecimal digits: tells keys of one name apart, and proves nothing.</summary>
    public string Id { get; }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is no verifier key for co-signatures.</exception>
    public static HeadKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Base64 has plus signs of its own.
        var parts = text.Split('+', 3);
        var bytes = new byte[1 + PublicKeySize];
        if (parts.Length != 3 || parts[2].Length != 44 || !Convert.TryFromBase64String(parts[2], bytes, out var length) || length != bytes.Length || bytes[0] != Algorithm)
            throw new FormatException("A co-signer's key is written name+hash+base64, with Ed25519 co-signatures as its algorithm.");
        try
        {
            var key = new HeadKey(parts[0], bytes.AsSpan(1));
            return key.ToString() == text ? key : throw new FormatException($"The key of {key.Name} does not fit its hash {parts[1]}.");
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException(wrong.Message);
        }
    }

    /// <inheritdoc/>
    public bool Equals(HeadKey? other) => other is not null && other.Name == Name && other.PublicKey.SequenceEqual(PublicKey);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HeadKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Id);

    /// <summary>The verifier key as text.</summary>
    public override string ToString() => $"{Name}+{Id}+{Convert.ToBase64String([Algorithm, .. publicKey])}";
}
