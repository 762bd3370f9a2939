using System.Buffers.Binary;
using System.Globalization;

namespace Quorate.Policies;

/// <summary>A hash of 32 bytes: of an intent, a policy, a transaction. Public, so nothing here is constant time.</summary>
public readonly record struct Digest
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    readonly UInt128 high, low;

    /// <summary>The digest of these 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"{bytes.Length} bytes; a digest has {Size}.", nameof(bytes));
        (high, low) = (BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), low);
        return bytes;
    }

    /// <summary>Reads 64 lower-case hexadecimal digits, nothing around them.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        if (text is not { Length: 2 * Size } || text.AsSpan().ContainsAnyExcept(Naming.HexDigits))
            return false;
        digest = new(Convert.FromHexString(text));
        return true;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{high:x32}{low:x32}");
}
