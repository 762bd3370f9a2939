using System.Security.Cryptography;

namespace Quorate.Chains.Bitcoin;

/// <summary>SHA-256 twice: Bitcoin's hash of transactions and of what signatures sign.</summary>
static class Hash256
{
    internal const int Size = 32;

    internal static void HashData(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        SHA256.HashData(source, destination);
        SHA256.HashData(destination[..Size], destination);
    }

    internal static byte[] HashData(ReadOnlySpan<byte> source)
    {
        var digest = new byte[Size];
        HashData(source, digest);
        return digest;
    }
}
