using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;

namespace Quorate.Testing;

/// <summary>
/// A deterministic stream for tests: AES-256 in counter mode under SHA-256 of the seed and a label. As with the system's, any number of threads may
/// draw from one, and no two get the same bytes; who gets which is theirs to settle.
/// </summary>
public sealed class SeededRandom : IRandom, IDisposable
{
    readonly Lock access = new();
    readonly Aes aes = Aes.Create();
    readonly byte[] block = new byte[16];
    ulong counter;
    int used = 16;

    /// <summary>The same seed and label always give the same stream.</summary>
    public SeededRandom(ulong seed, string label = "")
    {
        var input = new byte[8 + label.Length * 3];
        BinaryPrimitives.WriteUInt64BigEndian(input, seed);
        var written = System.Text.Encoding.UTF8.GetBytes(label, input.AsSpan(8));
        aes.Key = SHA256.HashData(input.AsSpan(0, 8 + written));
    }

    public void Fill(Span<byte> destination)
    {
        using var _ = access.EnterScope();
        Span<byte> input = stackalloc byte[16];
        input.Clear();
        for (var i = 0; i < destination.Length; i++)
        {
            if (used == 16)
            {
                BinaryPrimitives.WriteUInt64BigEndian(input[8..], counter++);
                aes.EncryptEcb(input, block, PaddingMode.None);
                used = 0;
            }
            destination[i] = block[used++];
        }
    }

    /// <summary>A uniform integer below <paramref name="bound"/>, for choosing test cases.</summary>
    public int Below(int bound)
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(bytes) % (ulong)bound);
    }

    public void Dispose() => aes.Dispose();
}
