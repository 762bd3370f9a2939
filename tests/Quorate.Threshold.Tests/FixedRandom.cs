using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Tests;

/// <summary>Hands out exactly the given bytes, once: the randomness of a test vector.</summary>
sealed class FixedRandom(byte[] bytes) : IRandom
{
    int used;

    public void Fill(Span<byte> destination)
    {
        bytes.AsSpan(used, destination.Length).CopyTo(destination);
        used += destination.Length;
    }
}
