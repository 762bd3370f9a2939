using System.Security.Cryptography;

namespace Quorate.Cryptography.Derivation;

/// <summary>
/// Base58 of a payload and the first four bytes of its double SHA-256: Bitcoin's legacy addresses, WIF keys and BIP 32's
/// extended keys. The payload begins with whatever version bytes its kind has.
/// </summary>
public static class Base58Check
{
    const int ChecksumSize = 4;

    /// <summary>Longest payload: an extended key has 78 bytes, everything else less.</summary>
    public const int MaxSize = 124;

    /// <summary>Longest text of a payload of <paramref name="size"/> bytes.</summary>
    public static int GetMaxEncodedLength(int size) => Base58.GetMaxEncodedLength(size + ChecksumSize);

    /// <summary>The text of <paramref name="payload"/>.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxSize"/> bytes.</exception>
    public static string Encode(ReadOnlySpan<byte> payload)
    {
        Span<char> text = stackalloc char[GetMaxEncodedLength(MaxSize)];
        return new string(text[..Encode(payload, text)]);
    }

    /// <summary>Writes the text of <paramref name="payload"/> and returns its length. Intermediate copies are wiped.</summary>
    /// <exception cref="ArgumentException">
    /// More than <see cref="MaxSize"/> bytes, or <paramref name="destination"/> is shorter than
    /// <see cref="GetMaxEncodedLength"/>.
    /// </exception>
    public static int Encode(ReadOnlySpan<byte> payload, Span<char> destination)
    {
        if (payload.Length > MaxSize)
            throw new ArgumentException($"{payload.Length} bytes; at most {MaxSize}.", nameof(payload));
        Span<byte> bytes = stackalloc byte[MaxSize + ChecksumSize];
        bytes = bytes[..(payload.Length + ChecksumSize)];
        payload.CopyTo(bytes);
        Checksum(payload, bytes[payload.Length..]);
        var length = Base58.Encode(bytes, destination);
        CryptographicOperations.ZeroMemory(bytes);
        return length;
    }

    /// <summary>
    /// Decodes <paramref name="text"/> to its payload. False for a character outside the alphabet, a wrong checksum, or a
    /// payload longer than <paramref name="destination"/> or <see cref="MaxSize"/>.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        Span<byte> bytes = stackalloc byte[MaxSize + ChecksumSize];
        Span<byte> expected = stackalloc byte[ChecksumSize];
        if (!Base58.TryDecode(text, bytes, out var size) || size < ChecksumSize)
            return false;
        var payload = bytes[..(size - ChecksumSize)];
        Checksum(payload, expected);
        var isValid = expected.SequenceEqual(bytes[payload.Length..size]) && payload.TryCopyTo(destination);
        written = isValid ? payload.Length : 0;
        CryptographicOperations.ZeroMemory(bytes);
        return isValid;
    }

    static void Checksum(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload, digest);
        SHA256.HashData(digest, digest);
        digest[..ChecksumSize].CopyTo(destination);
    }
}
