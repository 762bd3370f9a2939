using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// Deterministic ECDSA nonces (RFC 6979, section 3.2) with HMAC-SHA-256 for secp256k1, where hlen = qlen = 256 bits, so
/// that one block of output is one candidate. For one signer only: in a threshold protocol determinism gives shares away.
/// </summary>
sealed class Rfc6979 : IDisposable
{
    const int BlockSize = SHA256.HashSizeInBytes;

    // K ‖ V.
    readonly SecretBytes state = new(2 * BlockSize);
    bool isUsed;

    /// <summary>Steps a to g: seeds the generator with the key and the digest modulo n (bits2octets).</summary>
    internal Rfc6979(Secret<Scalar<Secp256k1>> key, in Scalar<Secp256k1> digest)
    {
        // b, c.
        V.Fill(1);
        K.Clear();

        // d to g.
        Span<byte> seed = stackalloc byte[2 * Scalar<Secp256k1>.Size];
        key.Expose().Encode(seed);
        digest.Encode(seed[Scalar<Secp256k1>.Size..]);
        Update(0, seed);
        Update(1, seed);
        CryptographicOperations.ZeroMemory(seed);
    }

    Span<byte> K => state.Expose()[..BlockSize];

    Span<byte> V => state.Expose()[BlockSize..];

    /// <summary>Step h: the next nonce in [1, n − 1].</summary>
    internal Secret<Scalar<Secp256k1>> Next()
    {
        while (true)
        {
            if (isUsed)
                Update(0, default);
            isUsed = true;
            HMACSHA256.HashData(K, V, V);
            if (Scalar<Secp256k1>.TryDecode(V, out var candidate) && !candidate.IsZero)
                return new(candidate);
        }
    }

    public void Dispose() => state.Dispose();

    /// <summary>K ← HMAC_K(V ‖ separator ‖ seed), V ← HMAC_K(V).</summary>
    void Update(byte separator, ReadOnlySpan<byte> seed)
    {
        Span<byte> input = stackalloc byte[BlockSize + 1 + 2 * Scalar<Secp256k1>.Size];
        input = input[..(BlockSize + 1 + seed.Length)];
        V.CopyTo(input);
        input[BlockSize] = separator;
        seed.CopyTo(input[(BlockSize + 1)..]);
        HMACSHA256.HashData(K, input, K);
        HMACSHA256.HashData(K, V, V);
        CryptographicOperations.ZeroMemory(input);
    }
}
