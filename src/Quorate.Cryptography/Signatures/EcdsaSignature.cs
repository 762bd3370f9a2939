using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// An ECDSA signature over secp256k1 (SEC 1, section 4.1): r and s, each in [1, n − 1]. <c>default</c> is no signature and
/// verifies nothing.
/// </summary>
/// <remarks>
/// (r, −s) verifies whenever (r, s) does. <see cref="Verify"/> accepts both, as SEC 1 says; who needs one form only
/// (BIP 146, EIP-2) asks <see cref="IsLowS"/> as well.
/// </remarks>
public readonly struct EcdsaSignature : IEquatable<EcdsaSignature>
{
    /// <summary>Length in bytes of the compact form r ‖ s.</summary>
    public const int CompactSize = 64;

    /// <summary>Longest DER form in bytes: two integers of 33 bytes, their headers and the sequence's.</summary>
    public const int MaxDerSize = 72;

    /// <summary>Length in bytes of what is signed: a digest, never a message.</summary>
    public const int DigestSize = 32;

    // (n − 1) / 2
    static readonly UInt256 HalfOrder =
        new(0xDFE92F46681B20A0, 0x5D576E7357A4501D, 0xFFFFFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF);

    /// <summary>A signature from its two numbers.</summary>
    /// <exception cref="ArgumentException">One of them is zero.</exception>
    public EcdsaSignature(in Scalar<Secp256k1> r, in Scalar<Secp256k1> s)
    {
        if (r.IsZero)
            throw new ArgumentException("r is zero.", nameof(r));
        if (s.IsZero)
            throw new ArgumentException("s is zero.", nameof(s));
        R = r;
        S = s;
    }

    /// <summary>The nonce point's x, reduced modulo n.</summary>
    public Scalar<Secp256k1> R { get; }

    /// <summary>k⁻¹(z + rd).</summary>
    public Scalar<Secp256k1> S { get; }

    /// <summary>Whether s ≤ (n − 1)/2: the only form Bitcoin relays (BIP 146) and Ethereum accepts (EIP-2).</summary>
    public bool IsLowS
    {
        get
        {
            UInt256.Subtract(HalfOrder, S.Value, out var borrow);
            return borrow == 0;
        }
    }

    /// <summary>The form with low s: this, or (r, −s).</summary>
    public EcdsaSignature NormalizeS() => IsLowS ? this : new(R, -S);

    /// <summary>
    /// Whether this signs <paramref name="digest"/> under <paramref name="publicKey"/> (SEC 1, section 4.1.4). High s is
    /// accepted. False for the identity as key. Variable time: everything here is public.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="digest"/> is not 32 bytes.</exception>
    public bool Verify(in Point<Secp256k1> publicKey, ReadOnlySpan<byte> digest)
    {
        var z = ReduceDigest(digest);
        if (R.IsZero || S.IsZero || publicKey.IsIdentity)
            return false;

        // With w = s⁻¹: R′ = zw·G + rw·P, and r must be the x of R′ modulo n.
        var w = S.InvertVarTime();
        var nonce = Point<Secp256k1>.MultiplyAddBaseVarTime(z * w, R * w, publicKey);
        return !nonce.IsIdentity && Koblitz<Secp256k1>.HasXVarTime(nonce, R);
    }

    /// <summary>Writes r ‖ s, 64 bytes, both big-endian.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 64 bytes.</exception>
    public void EncodeCompact(Span<byte> destination)
    {
        if (destination.Length < CompactSize)
            throw new ArgumentException("A compact signature takes 64 bytes.", nameof(destination));
        R.Encode(destination);
        S.Encode(destination[Scalar<Secp256k1>.Size..]);
    }

    /// <summary>r ‖ s as a new array of 64 bytes.</summary>
    public byte[] EncodeCompact()
    {
        var encoded = new byte[CompactSize];
        EncodeCompact(encoded);
        return encoded;
    }

    /// <summary>Decodes r ‖ s. False for a wrong length, zero, or a number not below n.</summary>
    public static bool TryDecodeCompact(ReadOnlySpan<byte> encoded, out EcdsaSignature signature)
    {
        signature = default;
        if (encoded.Length != CompactSize
            || !Scalar<Secp256k1>.TryDecode(encoded[..32], out var r)
            || !Scalar<Secp256k1>.TryDecode(encoded[32..], out var s)
            || r.IsZero
            || s.IsZero)
            return false;
        signature = new(r, s);
        return true;
    }

    /// <summary>Writes the DER form and returns its length, 8 to 72 bytes.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which is no signature.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short; 72 bytes always suffice.</exception>
    public int EncodeDer(Span<byte> destination)
    {
        if (R.IsZero || S.IsZero)
            throw new InvalidOperationException("No signature.");
        return EcdsaDer.Encode(this, destination);
    }

    /// <summary>The DER form as a new array.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which is no signature.</exception>
    public byte[] EncodeDer()
    {
        Span<byte> encoded = stackalloc byte[MaxDerSize];
        return encoded[..EncodeDer(encoded)].ToArray();
    }

    /// <summary>
    /// Decodes strict DER (BIP 66): one encoding per signature, no negative or padded integer, nothing left over. False
    /// for anything else, and for a number outside [1, n − 1].
    /// </summary>
    public static bool TryDecodeDer(ReadOnlySpan<byte> encoded, out EcdsaSignature signature) =>
        EcdsaDer.TryDecode(encoded, out signature);

    /// <summary>Whether both numbers are equal.</summary>
    public bool Equals(EcdsaSignature other) => R == other.R & S == other.S;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EcdsaSignature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(R, S);

    /// <summary>Whether both numbers are equal.</summary>
    public static bool operator ==(in EcdsaSignature a, in EcdsaSignature b) => a.Equals(b);

    /// <summary>Whether a number differs.</summary>
    public static bool operator !=(in EcdsaSignature a, in EcdsaSignature b) => !a.Equals(b);

    /// <summary>The compact form in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(EncodeCompact());

    /// <summary>z: the digest as an integer modulo n (SEC 1, section 4.1.3, step 5; n has as many bits as the digest).</summary>
    internal static Scalar<Secp256k1> ReduceDigest(ReadOnlySpan<byte> digest) =>
        digest.Length == DigestSize
            ? Scalar<Secp256k1>.Reduce(digest)
            : throw new ArgumentException($"A digest of {digest.Length} bytes; 32 are signed.", nameof(digest));
}
