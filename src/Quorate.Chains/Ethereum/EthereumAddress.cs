using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Ethereum;

/// <summary>The 20 bytes of an Ethereum account, the same on every chain of this kind.</summary>
public readonly record struct EthereumAddress
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    /// <summary>Characters of the text: 0x and two for every byte.</summary>
    public const int TextLength = 2 + 2 * Size;

    internal static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    readonly ulong a, b;
    readonly uint c;

    /// <summary>An account of 20 bytes.</summary>
    /// <exception cref="ArgumentException">Not 20 bytes.</exception>
    public EthereumAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"{bytes.Length} bytes; an Ethereum address has {Size}.", nameof(bytes));
        a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        c = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>Whether all bytes are zero: where burnt coins go, and what stands for "nobody".</summary>
    public bool IsZero => (a | b | c) == 0;

    /// <summary>The account of a public key: the last 20 bytes of Keccak-256(x ‖ y).</summary>
    /// <exception cref="ArgumentException">The identity, which is no key.</exception>
    public static EthereumAddress FromPublicKey(in Point<Secp256k1> publicKey)
    {
        Span<byte> encoded = stackalloc byte[Secp256k1Points.UncompressedSize];
        publicKey.EncodeUncompressed(encoded);
        Span<byte> digest = stackalloc byte[Keccak256.Size];
        Keccak256.HashData(encoded[1..], digest);
        return new(digest[12..]);
    }

    /// <summary>Writes the 20 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
            throw new ArgumentException("An Ethereum address takes 20 bytes.", nameof(destination));
        BinaryPrimitives.WriteUInt64BigEndian(destination, a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], b);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], c);
    }

    /// <summary>Reads an address as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static EthereumAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var address) ? address : throw new FormatException(Complaint(text));
    }

    /// <summary>
    /// Reads 0x and 40 hexadecimal digits: all lower case, all upper case, or mixed with the checksum of EIP-55, which is
    /// then verified.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EthereumAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is null || text.Length != TextLength || !text.StartsWith("0x", StringComparison.Ordinal)
            || Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) != OperationStatus.Done)
            return false;
        var parsed = new EthereumAddress(bytes);
        var digits = text.AsSpan(2);
        if (digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F') && parsed.ToString() != text)
            return false;
        address = parsed;
        return true;
    }

    /// <summary>The text with the checksum of EIP-55: a letter is upper case where the digest of the lower-case text has a nibble above 7.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size], lower = stackalloc byte[2 * Size], digest = stackalloc byte[Keccak256.Size];
        CopyTo(bytes);
        for (var i = 0; i < lower.Length; i++)
            lower[i] = (byte)"0123456789abcdef"[bytes[i >> 1] >> (4 * (1 - (i & 1))) & 15];
        Keccak256.HashData(lower, digest);
        Span<char> text = stackalloc char[TextLength];
        (text[0], text[1]) = ('0', 'x');
        for (var i = 0; i < lower.Length; i++)
        {
            var isUpper = lower[i] >= 'a' && (digest[i >> 1] >> (4 * (1 - (i & 1))) & 15) >= 8;
            text[2 + i] = (char)(isUpper ? lower[i] - 32 : lower[i]);
        }
        return new(text);
    }

    static string Complaint(string text) => text switch
    {
        _ when !text.StartsWith("0x", StringComparison.Ordinal) => "Not an Ethereum address: it does not start with 0x.",
        { Length: not TextLength } => $"Not an Ethereum address: {text.Length} characters instead of {TextLength}.",
        _ when text.AsSpan(2).ContainsAnyExcept(HexDigits) => "Not an Ethereum address: not hexadecimal.",
        _ => "Not an Ethereum address: its upper and lower case letters are not the checksum of EIP-55.",
    };
}
