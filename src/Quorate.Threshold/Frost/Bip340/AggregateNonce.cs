using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// The sums of the signers' public nonces (BIP 445, aggnonce). Either may be the point at infinity: one dishonest signer
/// can bring that about, and the session goes on so that its partial signature gives it away.
/// </summary>
public readonly record struct AggregateNonce(Point R1, Point R2)
{
    /// <summary>Length in bytes of the encoding, cbytes_ext(R₁) ‖ cbytes_ext(R₂).</summary>
    public const int Size = 66;

    /// <summary>
    /// Decodes 66 bytes. False for a wrong length and for what is neither a point nor 33 zero bytes: the coordinator
    /// that sent the bytes is to blame.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out AggregateNonce nonce)
    {
        nonce = default;
        if (encoded.Length != Size
            || !ExtendedEncoding.TryDecode(encoded[..33], out var r1)
            || !ExtendedEncoding.TryDecode(encoded[33..], out var r2))
            return false;
        nonce = new(r1, r2);
        return true;
    }

    /// <summary>Writes 66 bytes.</summary>
    public void Encode(Span<byte> destination)
    {
        ExtendedEncoding.Encode(R1, destination);
        ExtendedEncoding.Encode(R2, destination[33..]);
    }

    /// <summary>The encoding as a new array of 66 bytes.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[Size];
        Encode(encoded);
        return encoded;
    }
}
