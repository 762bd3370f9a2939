using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// The randomness of one signing session: HMAC-SHA-512 in counter mode under a key from 32 bytes of the host's generator,
/// the share of the key and the session's context. A generator that repeats itself, as after a restored snapshot, then
/// gives no nonce a second time unless the whole context repeats; and nobody without the share can foresee one.
/// </summary>
sealed class HedgedRandom : IRandom, IDisposable
{
    readonly SecretBytes key = new(SHA512.HashSizeInBytes);
    ulong counter;

    internal HedgedRandom(ReadOnlySpan<byte> context, Secret<Scalar<Secp256k1>> share, IRandom random)
    {
        Span<byte> input = stackalloc byte[32 + Scalar<Secp256k1>.Size];
        random.Fill(input[..32]);
        share.Expose().Encode(input[32..]);
        HKDF.DeriveKey(HashAlgorithmName.SHA512, input, key.Expose(), salt: context, info: Encoding.UTF8.GetBytes(Tags.Dkls23Randomness.Text));
        CryptographicOperations.ZeroMemory(input);
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination)
    {
        Span<byte> position = stackalloc byte[sizeof(ulong)];
        Span<byte> block = stackalloc byte[SHA512.HashSizeInBytes];
        for (; !destination.IsEmpty; destination = destination[Math.Min(block.Length, destination.Length)..])
        {
            BinaryPrimitives.WriteUInt64BigEndian(position, counter++);
            HMACSHA512.HashData(key.Expose(), position, block);
            block[..Math.Min(block.Length, destination.Length)].CopyTo(destination);
        }
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => key.Dispose();
}
