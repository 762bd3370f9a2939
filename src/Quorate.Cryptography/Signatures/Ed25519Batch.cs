using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// Many Ed25519 signatures through one sum of products, for which a random linear combination of their equations must hold.
/// </summary>
/// <remarks>
/// All points are in the prime-order group, so no torsion can make the sum hold where an equation does not, or the other
/// way round: a batch of signatures that are valid one by one is always valid, and one with a bad signature passes with
/// probability 2⁻¹²⁸ at most. The seed of the coefficients hashes all inputs and fresh randomness.
/// </remarks>
public static class Ed25519Batch
{
    /// <summary>
    /// Whether every signature is valid: <paramref name="signatures"/>[i], 64 bytes, on <paramref name="messages"/>[i]
    /// under <paramref name="publicKeys"/>[i]. A false does not say which one is not. The empty batch is valid. Variable time.
    /// </summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static bool Verify(
        ReadOnlySpan<Point<Ed25519>> publicKeys,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        ReadOnlySpan<ReadOnlyMemory<byte>> signatures,
        IRandom random) =>
        SignatureBatch.Verify(publicKeys, messages, signatures, random, VerifyChunk);

    /// <summary>Σ aᵢsᵢ·B − Σ aᵢ·Rᵢ − Σ aᵢkᵢ·Aᵢ is the identity.</summary>
    static bool VerifyChunk(
        ReadOnlySpan<Point<Ed25519>> publicKeys,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        ReadOnlySpan<ReadOnlyMemory<byte>> signatures,
        IRandom random)
    {
        if (signatures.Length == 1)
            return Ed25519Signature.Verify(publicKeys[0], messages[0].Span, signatures[0].Span);

        foreach (ref readonly var key in publicKeys)
            if (key.IsIdentity)
                return false;
        var encodedKeys = new byte[publicKeys.Length * Ed25519Signature.PublicKeySize];
        Ed25519.EncodeMany(publicKeys, encodedKeys);

        var coefficients = new BatchCoefficients<Ed25519>(Seed(encodedKeys, messages, signatures, random));
        var scalars = new Scalar<Ed25519>[(2 * signatures.Length) + 1];
        var points = new Point<Ed25519>[scalars.Length];
        Scalar<Ed25519> sum = default;
        for (var i = 0; i < signatures.Length; i++)
        {
            var signature = signatures[i].Span;
            if (signature.Length != Ed25519Signature.Size
                || !Scalar<Ed25519>.TryDecode(signature[32..], out var s)
                || !Point<Ed25519>.TryDecode(signature[..32], out var nonce))
                return false;
            var encodedKey = encodedKeys.AsSpan(i * Ed25519Signature.PublicKeySize, Ed25519Signature.PublicKeySize);
            var a = coefficients[i];
            sum += a * s;
            // a is half as long as −a modulo L, and so is its product.
            (scalars[2 * i], points[2 * i]) = (a, -nonce);
            (scalars[(2 * i) + 1], points[(2 * i) + 1]) =
                (-(a * Ed25519Hash.ToScalar(signature[..32], encodedKey, messages[i].Span)), publicKeys[i]);
        }
        (scalars[^1], points[^1]) = (sum, Point<Ed25519>.G);
        return Point<Ed25519>.SumOfProductsVarTime(scalars, points).IsIdentity;
    }

    static byte[] Seed(
        ReadOnlySpan<byte> encodedKeys,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        ReadOnlySpan<ReadOnlyMemory<byte>> signatures,
        IRandom random)
    {
        Span<byte> fresh = stackalloc byte[32];
        random.Fill(fresh);
        using var transcript = new Transcript(Tags.Ed25519Batch);
        transcript.Append(fresh).Append(encodedKeys).List(signatures.Length);
        for (var i = 0; i < signatures.Length; i++)
            transcript.Append(signatures[i].Span).Append(messages[i].Span);
        return transcript.Digest();
    }
}
