using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// What a signer publishes of its secret nonce: R₁ = k₁·G and R₂ = k₂·G (BIP 445, pubnonce). Neither is the identity,
/// unless somebody uses <c>default</c>.
/// </summary>
public readonly record struct PublicNonce(Point R1, Point R2)
{
    /// <summary>Length in bytes of the encoding, cbytes(R₁) ‖ cbytes(R₂).</summary>
    public const int Size = 66;

    /// <summary>
    /// Decodes 66 bytes. False for a wrong length and for anything but two points other than infinity: whoever sent the
    /// bytes is to blame.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out PublicNonce nonce)
    {
        nonce = default;
        if (encoded.Length != Size || !Point.TryDecode(encoded[..33], out var r1) || !Point.TryDecode(encoded[33..], out var r2))
            return false;
        nonce = new(r1, r2);
        return true;
    }

    /// <summary>The encoding as a new array of 66 bytes.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[Size];
        R1.Encode(encoded);
        R2.Encode(encoded.AsSpan(33));
        return encoded;
    }

    /// <summary>The encoding in hexadecimal.</summary>
    public override string ToString() => $"{R1}{R2}";
}
