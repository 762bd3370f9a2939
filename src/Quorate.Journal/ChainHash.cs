using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Quorate.Journal;

/// <summary>32 bytes of SHA-256, as a value: digest of an event, or the journal's hash after it.</summary>
/// <param name="High">The first 16 bytes, big-endian.</param>
/// <param name="Low">The last 16 bytes, big-endian.</param>
public readonly record struct ChainHash(UInt128 High, UInt128 Low)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>The hash in these bytes.</summary>
    /// <exception cref="ArgumentException">They are not 32.</exception>
    public static ChainHash FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]))
        : throw new ArgumentException($"A hash of {bytes.Length} bytes; it has {Size}.", nameof(bytes));

    /// <summary>Writes the 32 bytes to the beginning of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The bytes in lower-case hexadecimal.</summary>
    public override string ToString() => $"{High:x32}{Low:x32}";
}
