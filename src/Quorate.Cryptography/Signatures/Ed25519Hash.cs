using System.Security.Cryptography;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Signatures;

/// <summary>The hash of RFC 8032's Ed25519: SHA-512 of a plain concatenation, little-endian, modulo L.</summary>
static class Ed25519Hash
{
    /// <summary>Inputs up to this many bytes are hashed from one buffer on the stack, without allocation.</summary>
    const int StackLimit = 1024;

    /// <summary>SHA-512(x ‖ y ‖ z) mod L. What is copied is wiped: x may be secret.</summary>
    internal static Scalar<Ed25519> ToScalar(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, ReadOnlySpan<byte> z)
    {
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        var total = (long)x.Length + y.Length + z.Length;
        if (total > StackLimit)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            hash.AppendData(x);
            hash.AppendData(y);
            hash.AppendData(z);
            hash.GetHashAndReset(digest);
        }
        else
        {
            Span<byte> input = stackalloc byte[StackLimit];
            input = input[..(int)total];
            x.CopyTo(input);
            y.CopyTo(input[x.Length..]);
            z.CopyTo(input[(x.Length + y.Length)..]);
            SHA512.HashData(input, digest);
            CryptographicOperations.ZeroMemory(input);
        }
        var scalar = Scalar<Ed25519>.Reduce(digest);
        CryptographicOperations.ZeroMemory(digest);
        return scalar;
    }
}
