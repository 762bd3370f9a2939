using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Solana;

/// <summary>The 32 bytes that name an account on Solana: a public key of Ed25519, or an address that belongs to a program.</summary>
public readonly record struct SolanaAddress
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    /// <summary>Characters of the longest text.</summary>
    public const int MaxTextLength = 44;

    readonly ulong a, b, c, d;

    /// <summary>An account of 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public SolanaAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"{bytes.Length} bytes; a Solana address has {Size}.", nameof(bytes));
        a = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        b = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        c = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        d = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
    }

    /// <summary>
    /// Whether a key can exist for it. Wallets are on the curve; token accounts and other accounts that programs have
    /// derived are not.
    /// </summary>
    public bool IsOnCurve
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            CopyTo(bytes);
            return Ed25519Points.IsOnCurveVarTime(bytes);
        }
    }

    /// <summary>The account of a public key: its encoding.</summary>
    /// <exception cref="InvalidOperationException">The identity, which is no key.</exception>
    public static SolanaAddress FromPublicKey(in Point<Ed25519> publicKey)
    {
        Span<byte> encoded = stackalloc byte[Size];
        publicKey.Encode(encoded);
        return new(encoded);
    }

    /// <summary>Writes the 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
            throw new ArgumentException("A Solana address takes 32 bytes.", nameof(destination));
        BinaryPrimitives.WriteUInt64LittleEndian(destination, a);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], b);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], c);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], d);
    }

    /// <summary>The 32 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Reads an address as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static SolanaAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var address) ? address : throw new FormatException("Not a Solana address: Base58 of 32 bytes, 32 to 44 characters.");
    }

    /// <summary>Reads the Base58 of exactly 32 bytes. There is no checksum, so a mistyped address may be read as another.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SolanaAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is null || text.Length is < Size or > MaxTextLength || !Base58.TryDecode(text, bytes, out var written) || written != Size)
            return false;
        address = new(bytes);
        return true;
    }

    /// <summary>The Base58 text.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        Span<char> text = stackalloc char[MaxTextLength + 1];
        return new(text[..Base58.Encode(bytes, text)]);
    }
}
