using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// BIP 340, "Batch Verification": many signatures through one sum of products, for which a random linear combination of
/// their equations must hold.
/// </summary>
/// <remarks>
/// Deviation: the coefficients are of 128 bits where the BIP draws them from the whole range. A batch with a bad signature
/// then passes with probability 2⁻¹²⁸ at most, and the terms of the nonce points cost half. Their seed hashes all inputs,
/// as the BIP demands, and fresh randomness too.
/// </remarks>
public static class Bip340Batch
{
    /// <summary>
    /// Whether every signature is valid: <paramref name="signatures"/>[i] on <paramref name="messages"/>[i] under
    /// <paramref name="publicKeys"/>[i]. A false does not say which one is not. The empty batch is valid. Variable time.
    /// </summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static bool Verify(
        ReadOnlySpan<Bip340PublicKey> publicKeys,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        ReadOnlySpan<Bip340Signature> signatures,
        IRandom random) =>
        SignatureBatch.Verify(publicKeys, messages, signatures, random, VerifyChunk);

    /// <summary>Σ aᵢsᵢ·G − Σ aᵢ·Rᵢ − Σ aᵢeᵢ·Pᵢ is the identity, with a₀ = 1.</summary>
    static bool VerifyChunk(
        ReadOnlySpan<Bip340PublicKey> publicKeys,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        ReadOnlySpan<Bip340Signature> signatures,
        IRandom random)
    {
        if (signatures.Length == 1)
            return signatures[0].Verify(publicKeys[0], messages[0].Span);

        var coefficients = new BatchCoefficients<Secp256k1>(Seed(publicKeys, messages, signatures, random));
        Span<byte> x = stackalloc byte[Secp256k1Points.XOnlySize];
        var scalars = new Scalar<Secp256k1>[2 * signatures.Length + 1];
        var points = new Point<Secp256k1>[scalars.Length];
        Scalar<Secp256k1> sum = default;
        for (var i = 0; i < signatures.Length; i++)
        {
            ref readonly var signature = ref signatures[i];
            signature.NonceX.WriteBigEndian(x);
            if (publicKeys[i].IsDefault || !Point<Secp256k1>.TryLiftX(x, out var nonce))
                return false;
            var a = coefficients[i];
            sum += a * signature.S;
            (scalars[2 * i], points[2 * i]) = (a, -nonce);
            scalars[2 * i + 1] = -(a * Bip340.Challenge(x, publicKeys[i], messages[i].Span));
            points[2 * i + 1] = publicKeys[i].Point;
        }
        (scalars[^1], points[^1]) = (sum, Point<Secp256k1>.G);
        return Point<Secp256k1>.SumOfProductsVarTime(scalars, points).IsIdentity;
    }

    static byte[] Seed(
        ReadOnlySpan<Bip340PublicKey> publicKeys,
        ReadOnlySpan<ReadOnlyMemory<byte>> messages,
        ReadOnlySpan<Bip340Signature> signatures,
        IRandom random)
    {
        Span<byte> bytes = stackalloc byte[Bip340PublicKey.Size + Bip340Signature.Size];
        using var transcript = new Transcript(Tags.Bip340Batch);
        random.Fill(bytes[..32]);
        transcript.Append(bytes[..32]).List(signatures.Length);
        for (var i = 0; i < signatures.Length; i++)
        {
            publicKeys[i].Encode(bytes);
            signatures[i].Encode(bytes[Bip340PublicKey.Size..]);
            transcript.Append(bytes).Append(messages[i].Span);
        }
        return transcript.Digest();
    }
}
