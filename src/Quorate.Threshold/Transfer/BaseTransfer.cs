using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;

namespace Quorate.Threshold.Transfer;

/// <summary>
/// A batch of 128 one-round oblivious transfers of random pads with endemic security: Masny and Rindal, ePrint 2019/706,
/// with Diffie–Hellman as key agreement. One key of the sender's serves the batch, which is sound because every hash
/// names its transfer (McQuoid, Rosulek and Roy, ePrint 2021/682).
/// </summary>
/// <remarks>
/// With A = a·G the receiver's key, c its choice and r₁₋c random: r_c = A − H_c(r₁₋c). Both r are uniform, so the sender
/// learns nothing of c; and M_b = r_b + H_b(r₁₋b) can not both have a logarithm the receiver knows.
/// </remarks>
static class BaseTransfer
{
    /// <summary>Transfers in a batch: the computational security parameter.</summary>
    internal const int Count = 128;

    /// <summary>Length in bytes of a pad.</summary>
    internal const int PadSize = 16;

    /// <summary>Length in bytes of a batch of pads.</summary>
    internal const int PadsSize = Count * PadSize;

    /// <summary>Points in the receiver's message: r₀ and r₁ of every transfer.</summary>
    internal const int KeyCount = 2 * Count;

    internal const int PointSize = 33;

    /// <summary>H_b for one transfer: a point whose logarithm nobody knows.</summary>
    internal static Point<Secp256k1> Hash(ReadOnlySpan<byte> label, int index, int bit, ReadOnlySpan<byte> encodedOther)
    {
        Span<byte> input = stackalloc byte[32 + 3 + PointSize];
        label.CopyTo(input);
        BinaryPrimitives.WriteUInt16BigEndian(input[32..], (ushort)index);
        input[34] = (byte)bit;
        encodedOther.CopyTo(input[35..]);
        return Secp256k1Hash.ToPoint(Tags.TransferPoint, input);
    }

    /// <summary>Stands for everything both parties said.</summary>
    internal static byte[] Batch(ReadOnlySpan<byte> label, in Point<Secp256k1> senderKey, ReadOnlySpan<byte> receiverKeys)
    {
        using var transcript = new Transcript(Tags.TransferBatch);
        return transcript.Append(label).Append(senderKey).Append(receiverKeys).Digest();
    }

    /// <summary>The pad of one transfer and bit from the agreed point.</summary>
    internal static void Pad(ReadOnlySpan<byte> batch, int index, int bit, ReadOnlySpan<byte> encodedKey, Span<byte> pad)
    {
        Span<byte> digest = stackalloc byte[TaggedHash.Size];
        Span<byte> position = [(byte)(index >> 8), (byte)(index & 0xFF), (byte)bit];
        TaggedHash.HashData(Tags.TransferPad, digest, batch, position, encodedKey);
        digest[..PadSize].CopyTo(pad);
        CryptographicOperations.ZeroMemory(digest);
    }
}
