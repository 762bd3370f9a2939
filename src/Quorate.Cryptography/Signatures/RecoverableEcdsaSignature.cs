using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// An ECDSA signature with the two bits that r loses of the nonce point R, from which the public key can be computed
/// (SEC 1, section 4.1.6). Bit 0 of the id: y of R is odd. Bit 1: x of R was at least n.
/// </summary>
/// <remarks>Ethereum's v is the id plus an offset of the chain's choosing; that offset is not part of this type.</remarks>
public readonly struct RecoverableEcdsaSignature : IEquatable<RecoverableEcdsaSignature>
{
    /// <summary>Length in bytes of r ‖ s ‖ id.</summary>
    public const int Size = 65;

    /// <summary>A signature and its recovery id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not 0 to 3.</exception>
    /// <exception cref="ArgumentException">The signature is <c>default</c>.</exception>
    public RecoverableEcdsaSignature(in EcdsaSignature signature, int recoveryId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(recoveryId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recoveryId, 3);
        if (signature.R.IsZero)
            throw new ArgumentException("No signature.", nameof(signature));
        Signature = signature;
        RecoveryId = recoveryId;
    }

    /// <summary>r and s.</summary>
    public EcdsaSignature Signature { get; }

    /// <summary>0 to 3.</summary>
    public int RecoveryId { get; }

    /// <summary>
    /// The signature with nonce point <paramref name="nonce"/> and proof <paramref name="s"/>, in its low-s form: negating
    /// s stands for the negated nonce, so it flips the parity bit. False where signing must start again: r or s is zero.
    /// </summary>
    public static bool TryCreate(
        in Point<Secp256k1> nonce, in Scalar<Secp256k1> s, out RecoverableEcdsaSignature signature)
    {
        signature = default;
        if (nonce.IsIdentity || s.IsZero)
            return false;
        Span<byte> encoded = stackalloc byte[33];
        nonce.Encode(encoded);
        var isReduced = Scalar<Secp256k1>.TryDecode(encoded[1..], out var r);
        if (!isReduced)
            r = Scalar<Secp256k1>.Reduce(encoded[1..]);
        if (r.IsZero)
            return false;

        var id = (encoded[0] & 1) | (isReduced ? 0 : 2);
        var raw = new EcdsaSignature(r, s);
        signature = raw.IsLowS ? new(raw, id) : new(raw.NormalizeS(), id ^ 1);
        return true;
    }

    /// <summary>
    /// The one public key under which this signs <paramref name="digest"/> with this id. False when there is none: the id
    /// names an x that is not on the curve. Variable time.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="digest"/> is not 32 bytes.</exception>
    public bool TryRecover(ReadOnlySpan<byte> digest, out Point<Secp256k1> publicKey)
    {
        var z = EcdsaSignature.ReduceDigest(digest);
        publicKey = default;
        var (r, s) = (Signature.R, Signature.S);
        if (r.IsZero)
            return false;

        var x = r.Value;
        var carry = 0UL;
        if ((RecoveryId & 2) != 0)
            x = UInt256.Add(x, Secp256k1.Order, out carry);
        Span<byte> encoded = stackalloc byte[33];
        encoded[0] = (byte)(2 | (RecoveryId & 1));
        x.WriteBigEndian(encoded[1..]);
        if (carry != 0 || !Point<Secp256k1>.TryDecode(encoded, out var nonce))
            return false;

        // From s·R = z·G + r·P:  P = −z/r·G + s/r·R.
        var inverse = r.InvertVarTime();
        publicKey = Point<Secp256k1>.MultiplyAddBaseVarTime(-(z * inverse), s * inverse, nonce);
        return !publicKey.IsIdentity;
    }

    /// <summary>Writes r ‖ s ‖ id, 65 bytes, the id as 0 to 3.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 65 bytes.</exception>
    public void Encode(Span<byte> destination)
    {
        if (destination.Length < Size)
            throw new ArgumentException("A recoverable signature takes 65 bytes.", nameof(destination));
        Signature.EncodeCompact(destination);
        destination[EcdsaSignature.CompactSize] = (byte)RecoveryId;
    }

    /// <summary>r ‖ s ‖ id as a new array of 65 bytes.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[Size];
        Encode(encoded);
        return encoded;
    }

    /// <summary>Decodes r ‖ s ‖ id. False for a wrong length, an id above 3, or numbers outside [1, n − 1].</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out RecoverableEcdsaSignature signature)
    {
        signature = default;
        if (encoded.Length != Size
            || encoded[EcdsaSignature.CompactSize] > 3
            || !EcdsaSignature.TryDecodeCompact(encoded[..EcdsaSignature.CompactSize], out var plain))
            return false;
        signature = new(plain, encoded[EcdsaSignature.CompactSize]);
        return true;
    }

    /// <summary>Whether numbers and id are equal.</summary>
    public bool Equals(RecoverableEcdsaSignature other) =>
        Signature == other.Signature && RecoveryId == other.RecoveryId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RecoverableEcdsaSignature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Signature, RecoveryId);

    /// <summary>Whether numbers and id are equal.</summary>
    public static bool operator ==(in RecoverableEcdsaSignature a, in RecoverableEcdsaSignature b) => a.Equals(b);

    /// <summary>Whether a number or the id differs.</summary>
    public static bool operator !=(in RecoverableEcdsaSignature a, in RecoverableEcdsaSignature b) => !a.Equals(b);

    /// <summary>The encoding in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Encode());
}
