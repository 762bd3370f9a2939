using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// The coefficients of a random linear combination: a₀ = 1 and then 128 bits each, the first 16 bytes of SHA-256(seed ‖ i)
/// with i in four bytes big-endian, and 1 where they are all zero. The seed, 32 bytes, hashes everything that is combined.
/// </summary>
readonly ref struct BatchCoefficients<C>(ReadOnlySpan<byte> seed) where C : struct, ICurve<C>
{
    const int Size = 16;

    readonly ReadOnlySpan<byte> seed = seed;

    /// <summary>aᵢ.</summary>
    internal Scalar<C> this[int index]
    {
        get
        {
            if (index == 0)
                return Scalar<C>.One;
            Span<byte> block = stackalloc byte[SHA256.HashSizeInBytes + sizeof(int)];
            seed.CopyTo(block);
            BinaryPrimitives.WriteInt32BigEndian(block[SHA256.HashSizeInBytes..], index);
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(block, digest);
            var coefficient = Scalar<C>.Reduce(digest[..Size]);
            return coefficient.IsZero ? Scalar<C>.One : coefficient;
        }
    }
}
