using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;

namespace Quorate.Threshold.Transfer;

/// <summary>
/// What both sides of the transfer extension share: 448 transfers from 128 base ones, after Keller, Orsini and Scholl
/// (ePrint 2015/546, figure 10, the corrected form), which is SoftSpokenOT (Roy, ePrint 2022/192) over the field of two
/// elements, with the check made non-interactive. See docs/spec/dkls23.md for the parameters.
/// </summary>
static class TransferExtension
{
    /// <summary>Transfers: κ + 2σ for a group of 256 bits and σ = 96.</summary>
    internal const int Count = 448;

    /// <summary>Length in bytes of the choice bits.</summary>
    internal const int ChoicesSize = Count / 8;

    /// <summary>Length in bytes of a nonce.</summary>
    internal const int NonceSize = 32;

    /// <summary>Length in bytes of the check: two elements of the binary field.</summary>
    internal const int CheckSize = 32;

    /// <summary>Words of a column: the transfers, then 256 bits that mask the check.</summary>
    internal const int Words = (Count + 8 * CheckSize) / 64;

    internal const int ColumnSize = 8 * Words;

    internal const int ColumnsSize = BaseTransfer.Count * ColumnSize;

    /// <summary>Length in bytes of the receiver's message: nonce, columns, check, proof.</summary>
    internal const int MessageSize = NonceSize + ColumnsSize + CheckSize + SHA256.HashSizeInBytes;

    internal static ReadOnlySpan<byte> Nonce(ReadOnlySpan<byte> message) => message[..NonceSize];

    internal static ReadOnlySpan<byte> Columns(ReadOnlySpan<byte> message) => message.Slice(NonceSize, ColumnsSize);

    internal static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> message) => message.Slice(NonceSize + ColumnsSize, CheckSize);

    internal static ReadOnlySpan<byte> Proof(ReadOnlySpan<byte> message) => message[(NonceSize + ColumnsSize + CheckSize)..];

    /// <summary>The key that expands base pads in one run; the receiver's nonce makes it new even in a repeated session.</summary>
    internal static byte[] ColumnsKey(ReadOnlySpan<byte> label, ReadOnlySpan<byte> nonce)
    {
        using var transcript = new Transcript(Tags.ExtensionColumns);
        return transcript.Append(label).Append(nonce).Digest();
    }

    /// <summary>The key that hashes rows to pads in one run: with a nonce of each side, so that neither can force a repeat.</summary>
    internal static byte[] RowsKey(
        ReadOnlySpan<byte> label, ReadOnlySpan<byte> session, ReadOnlySpan<byte> receiverNonce, ReadOnlySpan<byte> senderNonce)
    {
        using var transcript = new Transcript(Tags.ExtensionRows);
        return transcript.Append(label).Append(session).Append(receiverNonce).Append(senderNonce).Digest();
    }

    /// <summary>One base pad as a column of <see cref="Words"/> words: SHA-256 of key, pad, column and counter, one block each.</summary>
    internal static void ExpandColumn(ReadOnlySpan<byte> key, ReadOnlySpan<byte> pad, int column, Span<ulong> words)
    {
        Span<byte> input = stackalloc byte[SHA256.HashSizeInBytes + BaseTransfer.PadSize + 3];
        Span<byte> output = stackalloc byte[3 * SHA256.HashSizeInBytes];
        key.CopyTo(input);
        pad.CopyTo(input[SHA256.HashSizeInBytes..]);
        input[^3] = (byte)(column >> 8);
        input[^2] = (byte)(column & 0xFF);
        for (byte counter = 0; counter < 3; counter++)
        {
            input[^1] = counter;
            SHA256.HashData(input, output[(counter * SHA256.HashSizeInBytes)..]);
        }
        for (var w = 0; w < Words; w++)
            words[w] = BinaryPrimitives.ReadUInt64LittleEndian(output[(8 * w)..]);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>The coefficients of the check: a hash of everything the receiver is bound to.</summary>
    internal static BinaryField128[] Coefficients(ReadOnlySpan<byte> label, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> columns)
    {
        using var transcript = new Transcript(Tags.ExtensionCheck);
        var seed = transcript.Append(label).Append(nonce).Append(columns).Digest();
        var coefficients = new BinaryField128[8];
        Span<byte> digest = stackalloc byte[TaggedHash.Size];
        for (byte i = 0; i < coefficients.Length / 2; i++)
        {
            TaggedHash.HashData(Tags.ExtensionCheck, digest, seed, [i]);
            coefficients[2 * i] = ToField(digest);
            coefficients[2 * i + 1] = ToField(digest[16..]);
        }
        return coefficients;
    }

    /// <summary>
    /// A universal hash of a column: two inner products with the coefficients, each masked by 128 of the column's last
    /// bits.
    /// </summary>
    internal static void HashColumn(ReadOnlySpan<BinaryField128> coefficients, ReadOnlySpan<ulong> column, Span<byte> check)
    {
        for (var s = 0; s < 2; s++)
        {
            var sum = new BinaryField128(column[7 + 2 * s], column[8 + 2 * s]);
            for (var k = 0; k < 4; k++)
                sum ^= coefficients[4 * s + k] * new BinaryField128(column[2 * k], k < 3 ? column[2 * k + 1] : 0);
            BinaryPrimitives.WriteUInt64LittleEndian(check[(16 * s)..], sum.Low);
            BinaryPrimitives.WriteUInt64LittleEndian(check[(16 * s + 8)..], sum.High);
        }
    }

    /// <summary>A digest of all checked columns, which the sender can compute as well.</summary>
    internal static byte[] Prove(ReadOnlySpan<byte> label, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> check, ReadOnlySpan<byte> columnChecks)
    {
        using var transcript = new Transcript(Tags.ExtensionProof);
        return transcript.Append(label).Append(nonce).Append(check).Append(columnChecks).Digest();
    }

    /// <summary>
    /// The pads of one row: as many scalars as <paramref name="pads"/> holds. SHA-256 of key, row, position and counter;
    /// the order of secp256k1 is so near to 2²⁵⁶ that the residue is uniform to within 2⁻¹²⁷.
    /// </summary>
    internal static void HashRow(ReadOnlySpan<byte> key, ulong low, ulong high, int row, Span<Scalar<Secp256k1>> pads)
    {
        Span<byte> input = stackalloc byte[SHA256.HashSizeInBytes + 16 + 3];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        key.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[32..], low);
        BinaryPrimitives.WriteUInt64LittleEndian(input[40..], high);
        input[^3] = (byte)(row >> 8);
        input[^2] = (byte)(row & 0xFF);
        for (var k = 0; k < pads.Length; k++)
        {
            input[^1] = (byte)k;
            SHA256.HashData(input, digest);
            pads[k] = Scalar<Secp256k1>.Reduce(digest);
        }
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(digest);
    }

    static BinaryField128 ToField(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
}
