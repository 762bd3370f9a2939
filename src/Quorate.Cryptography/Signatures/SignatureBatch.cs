using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Signatures;

/// <summary>What batches of any kind of signature have in common: equally many of everything, taken in chunks.</summary>
static class SignatureBatch
{
    /// <summary>Signatures that go into one sum: beyond it a sum grows as fast as its length, and memory stays bounded.</summary>
    const int ChunkSize = 256;

    /// <summary>Whether every signature of a chunk is valid.</summary>
    internal delegate bool Chunk<TKey, TSignature>(
        ReadOnlySpan<TKey> publicKeys, ReadOnlySpan<ReadOnlyMemory<byte>> messages, ReadOnlySpan<TSignature> signatures, IRandom random);

    /// <summary>Whether <paramref name="verify"/> holds for all chunks of a batch.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    internal static bool Verify<TKey, TSignature>(
        ReadOnlySpan<TKey> publicKeys, ReadOnlySpan<ReadOnlyMemory<byte>> messages, ReadOnlySpan<TSignature> signatures,
        IRandom random, Chunk<TKey, TSignature> verify)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (publicKeys.Length != signatures.Length || messages.Length != signatures.Length)
            throw new ArgumentException(
                $"{publicKeys.Length} keys and {messages.Length} messages for {signatures.Length} signatures.",
                nameof(signatures));

        for (var i = 0; i < signatures.Length; i += ChunkSize)
        {
            var count = Math.Min(ChunkSize, signatures.Length - i);
            if (!verify(publicKeys.Slice(i, count), messages.Slice(i, count), signatures.Slice(i, count), random))
                return false;
        }
        return true;
    }
}
