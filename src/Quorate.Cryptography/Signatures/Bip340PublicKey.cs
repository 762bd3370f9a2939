using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// An x-only public key (BIP 340): the point with this x and an even y. <c>default</c> is no key and verifies nothing.
/// </summary>
public readonly struct Bip340PublicKey : IEquatable<Bip340PublicKey>
{
    /// <summary>Length in bytes of an encoded key.</summary>
    public const int Size = Secp256k1Points.XOnlySize;

    readonly UInt256 x;

    Bip340PublicKey(in UInt256 x, in Point<Secp256k1> point)
    {
        this.x = x;
        Point = point;
    }

    /// <summary>The point, whose y is even.</summary>
    public Point<Secp256k1> Point { get; }

    /// <summary>Whether this is <c>default</c>.</summary>
    internal bool IsDefault => x.IsZero;

    /// <summary>The key of p, which is the key of −p.</summary>
    /// <exception cref="InvalidOperationException">This is the identity, which has no x.</exception>
    public static Bip340PublicKey FromPoint(in Point<Secp256k1> p) => FromPoint(p, out _);

    /// <summary>The key of p, and whether p itself had the odd y.</summary>
    /// <exception cref="InvalidOperationException">This is the identity, which has no x.</exception>
    public static Bip340PublicKey FromPoint(in Point<Secp256k1> p, out bool isOdd)
    {
        Span<byte> encoded = stackalloc byte[33];
        p.Encode(encoded);
        isOdd = (encoded[0] & 1) != 0;
        return new(UInt256.ReadBigEndian(encoded[1..]), isOdd ? -p : p);
    }

    /// <summary>Decodes 32 bytes (lift_x). False for a wrong length, x ≥ p, or an x that is on no point.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Bip340PublicKey key)
    {
        if (!Point<Secp256k1>.TryLiftX(encoded, out var point))
        {
            key = default;
            return false;
        }
        key = new(UInt256.ReadBigEndian(encoded), point);
        return true;
    }

    /// <summary>Decodes as <see cref="TryDecode"/> does.</summary>
    /// <exception cref="FormatException">The bytes are no x-only key.</exception>
    public static Bip340PublicKey Decode(ReadOnlySpan<byte> encoded) =>
        TryDecode(encoded, out var key) ? key : throw new FormatException("Not an x-only public key.");

    /// <summary>Writes x, 32 bytes big-endian.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public void Encode(Span<byte> destination)
    {
        if (destination.Length < Size)
            throw new ArgumentException("An x-only key takes 32 bytes.", nameof(destination));
        x.WriteBigEndian(destination);
    }

    /// <summary>x as a new array of 32 bytes.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[Size];
        x.WriteBigEndian(encoded);
        return encoded;
    }

    /// <summary>Whether both are the same key.</summary>
    public bool Equals(Bip340PublicKey other) => x.Equals(other.x);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Bip340PublicKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => x.GetHashCode();

    /// <summary>Whether both are the same key.</summary>
    public static bool operator ==(in Bip340PublicKey a, in Bip340PublicKey b) => a.Equals(b);

    /// <summary>Whether the keys differ.</summary>
    public static bool operator !=(in Bip340PublicKey a, in Bip340PublicKey b) => !a.Equals(b);

    /// <summary>The encoding in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Encode());
}
