using System.Security.Cryptography;

namespace Quorate.Cryptography.Hashing;

/// <summary>
/// BIP 340's tagged hash: SHA-256(T ‖ T ‖ x) with T = SHA-256(tag). For what the BIPs define; our own protocols hash
/// with a <see cref="Transcript"/>, because here x is a plain concatenation and its parts must have fixed lengths.
/// </summary>
public static class TaggedHash
{
    /// <summary>Length in bytes of a digest.</summary>
    public const int Size = 32;

    /// <summary>Inputs up to this many bytes are hashed from one buffer on the stack, without allocation.</summary>
    const int StackLimit = 512;

    /// <summary>
    /// Writes the hash of <paramref name="x"/> ‖ <paramref name="y"/> ‖ <paramref name="z"/> to the first 32 bytes of
    /// <paramref name="destination"/>, which may overlap them. What is copied is wiped: the parts may be secret.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public static void HashData(
        Tag tag, Span<byte> destination, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y = default, ReadOnlySpan<byte> z = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        if (destination.Length < Size)
            throw new ArgumentException("A digest takes 32 bytes.", nameof(destination));

        var prefix = tag.Sha256Prefix;
        var total = (long)prefix.Length + x.Length + y.Length + z.Length;
        if (total > StackLimit)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(prefix);
            hash.AppendData(x);
            hash.AppendData(y);
            hash.AppendData(z);
            hash.GetHashAndReset(destination);
            return;
        }

        Span<byte> input = stackalloc byte[StackLimit];
        input = input[..(int)total];
        prefix.CopyTo(input);
        x.CopyTo(input[prefix.Length..]);
        y.CopyTo(input[(prefix.Length + x.Length)..]);
        z.CopyTo(input[(prefix.Length + x.Length + y.Length)..]);
        SHA256.HashData(input, destination);
        CryptographicOperations.ZeroMemory(input);
    }
}
