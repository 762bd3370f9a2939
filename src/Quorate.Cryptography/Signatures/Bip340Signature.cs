using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// A BIP 340 signature: the x of the nonce point R, whose y is even, and s. <c>default</c> verifies nothing.
/// </summary>
public readonly struct Bip340Signature : IEquatable<Bip340Signature>
{
    /// <summary>Length in bytes of bytes(R) ‖ bytes(s).</summary>
    public const int Size = 64;

    Bip340Signature(in UInt256 nonceX, in Scalar<Secp256k1> s)
    {
        NonceX = nonceX;
        S = s;
    }

    /// <summary>The signature with nonce point <paramref name="nonce"/>, or its negative, and proof <paramref name="s"/>.</summary>
    /// <exception cref="InvalidOperationException"><paramref name="nonce"/> is the identity.</exception>
    public Bip340Signature(in Point<Secp256k1> nonce, in Scalar<Secp256k1> s)
    {
        Span<byte> x = stackalloc byte[Secp256k1Points.XOnlySize];
        nonce.EncodeXOnly(x);
        NonceX = UInt256.ReadBigEndian(x);
        S = s;
    }

    /// <summary>x of R, below p but not necessarily of a point.</summary>
    internal UInt256 NonceX { get; }

    /// <summary>k + ed.</summary>
    public Scalar<Secp256k1> S { get; }

    /// <summary>
    /// Whether this signs <paramref name="message"/>, of any length, under <paramref name="publicKey"/> (BIP 340,
    /// "Verification"), with tags in place of the BIP's where <paramref name="tags"/> are given. Variable time:
    /// everything here is public.
    /// </summary>
    public bool Verify(in Bip340PublicKey publicKey, ReadOnlySpan<byte> message, Bip340Tags? tags = null)
    {
        if (publicKey.IsDefault)
            return false;
        Span<byte> x = stackalloc byte[Secp256k1Points.XOnlySize];
        NonceX.WriteBigEndian(x);
        var e = Bip340.Challenge(x, publicKey, message, tags);

        // R = s·G − e·P must be a point with even y and this x.
        var nonce = Point<Secp256k1>.MultiplyAddBaseVarTime(S, -e, publicKey.Point);
        if (nonce.IsIdentity)
            return false;
        Span<byte> encoded = stackalloc byte[33];
        Koblitz<Secp256k1>.EncodeVarTime(nonce, encoded);
        return encoded[0] == 2 && encoded[1..].SequenceEqual(x);
    }

    /// <summary>Decodes 64 bytes. False for a wrong length, an x not below p, or an s not below n.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Bip340Signature signature)
    {
        signature = default;
        if (encoded.Length != Size
            || !Secp256k1Field.TryRead(encoded, out _)
            || !Scalar<Secp256k1>.TryDecode(encoded[32..], out var s))
            return false;
        signature = new(UInt256.ReadBigEndian(encoded), s);
        return true;
    }

    /// <summary>Writes 64 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 64 bytes.</exception>
    public void Encode(Span<byte> destination)
    {
        if (destination.Length < Size)
            throw new ArgumentException("A signature takes 64 bytes.", nameof(destination));
        NonceX.WriteBigEndian(destination);
        S.Encode(destination[32..]);
    }

    /// <summary>The encoding as a new array of 64 bytes.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[Size];
        Encode(encoded);
        return encoded;
    }

    /// <summary>Whether both are equal.</summary>
    public bool Equals(Bip340Signature other) => NonceX == other.NonceX & S == other.S;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Bip340Signature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(NonceX, S);

    /// <summary>Whether both are equal.</summary>
    public static bool operator ==(in Bip340Signature a, in Bip340Signature b) => a.Equals(b);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(in Bip340Signature a, in Bip340Signature b) => !a.Equals(b);

    /// <summary>The encoding in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Encode());
}
