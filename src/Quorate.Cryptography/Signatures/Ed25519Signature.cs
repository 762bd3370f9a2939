using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// Verification of Ed25519 signatures (RFC 8032, section 5.1.7) by one strict rule, docs/spec/ed25519.md: what is accepted
/// here is accepted by every other verifier, cofactored or not, alone or in a batch.
/// </summary>
public static class Ed25519Signature
{
    /// <summary>Length in bytes of a signature: R ‖ s.</summary>
    public const int Size = 64;

    /// <summary>Length in bytes of a public key.</summary>
    public const int PublicKeySize = 32;

    /// <summary>
    /// Whether <paramref name="signature"/> is valid for <paramref name="message"/>, of any length, under
    /// <paramref name="publicKey"/>. False too for wrong lengths, and for a public key that is no canonical point of the
    /// prime-order group or is the identity. Variable time: everything here is public.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Point<Ed25519>.TryDecode(publicKey, out var key) && Verify(key, publicKey, message, signature);

    /// <summary>
    /// As the other <see cref="Verify(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>, for a key that has
    /// been decoded before, which is a third of the work. False for the identity.
    /// </summary>
    public static bool Verify(in Point<Ed25519> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.IsIdentity)
            return false;
        Span<byte> encoded = stackalloc byte[PublicKeySize];
        Ed25519Encoding.EncodeVarTime(publicKey, encoded);
        return Verify(publicKey, encoded, message, signature);
    }

    static bool Verify(
        in Point<Ed25519> key, ReadOnlySpan<byte> encodedKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Size || !Scalar<Ed25519>.TryDecode(signature[32..], out var s))
            return false;

        // R = s·B − k·A is in the group, so comparing its one encoding also tells that the R received is canonical and
        // in the group; and it must not be the identity.
        var k = Ed25519Hash.ToScalar(signature[..32], encodedKey, message);
        var nonce = Point<Ed25519>.MultiplyAddBaseVarTime(s, -k, key);
        if (nonce.IsIdentity)
            return false;
        Span<byte> encoded = stackalloc byte[32];
        Ed25519Encoding.EncodeVarTime(nonce, encoded);
        return encoded.SequenceEqual(signature[..32]);
    }
}
