using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Transfer;

/// <summary>The receiver of 448 extended transfers: draws its choices, and gets the chosen pad of every row.</summary>
sealed class ExtensionReceiver : IDisposable
{
    readonly byte[] label;
    readonly SecretBytes choices = new(TransferExtension.ChoicesSize);
    readonly SecretBytes rows = new(TransferExtension.Count * 2 * sizeof(ulong));
    readonly byte[] message = new byte[TransferExtension.MessageSize];

    /// <summary>Runs the receiver's only step with both pads of every base transfer.</summary>
    internal ExtensionReceiver(ReadOnlySpan<byte> label, ReadOnlySpan<byte> pads0, ReadOnlySpan<byte> pads1, IRandom random)
    {
        const int Words = TransferExtension.Words;
        this.label = label.ToArray();
        random.Fill(choices.Expose());
        var nonce = message.AsSpan(0, TransferExtension.NonceSize);
        random.Fill(nonce);
        var key = TransferExtension.ColumnsKey(label, nonce);

        // x: the choices, then 256 random bits that mask what the check tells about them.
        using var x = new SecretBytes(TransferExtension.ColumnSize);
        choices.Expose().CopyTo(x.Expose());
        random.Fill(x.Expose()[TransferExtension.ChoicesSize..]);
        Span<ulong> choiceWords = stackalloc ulong[Words];
        for (var w = 0; w < Words; w++)
            choiceWords[w] = BinaryPrimitives.ReadUInt64LittleEndian(x.Expose()[(8 * w)..]);

        // tⁱ = PRG(kⁱ₀);  uⁱ = tⁱ ⊕ PRG(kⁱ₁) ⊕ x
        using var columns = new SecretBytes(TransferExtension.ColumnsSize);
        var t = MemoryMarshal.Cast<byte, ulong>(columns.Expose());
        Span<ulong> other = stackalloc ulong[Words];
        var u = message.AsSpan(TransferExtension.NonceSize, TransferExtension.ColumnsSize);
        for (var i = 0; i < BaseTransfer.Count; i++)
        {
            var own = t.Slice(i * Words, Words);
            TransferExtension.ExpandColumn(key, pads0.Slice(i * BaseTransfer.PadSize, BaseTransfer.PadSize), i, own);
            TransferExtension.ExpandColumn(key, pads1.Slice(i * BaseTransfer.PadSize, BaseTransfer.PadSize), i, other);
            for (var w = 0; w < Words; w++)
                BinaryPrimitives.WriteUInt64LittleEndian(u[(i * TransferExtension.ColumnSize + 8 * w)..], own[w] ^ other[w] ^ choiceWords[w]);
        }

        // x̃ and t̃ⁱ: the universal hash of x and of every column.
        var coefficients = TransferExtension.Coefficients(label, nonce, u);
        var check = message.AsSpan(TransferExtension.NonceSize + TransferExtension.ColumnsSize, TransferExtension.CheckSize);
        TransferExtension.HashColumn(coefficients, choiceWords, check);
        var columnChecks = new byte[BaseTransfer.Count * TransferExtension.CheckSize];
        for (var i = 0; i < BaseTransfer.Count; i++)
            TransferExtension.HashColumn(coefficients, t.Slice(i * Words, Words), columnChecks.AsSpan(i * TransferExtension.CheckSize));
        TransferExtension.Prove(label, nonce, check, columnChecks).CopyTo(message.AsSpan(TransferExtension.MessageSize - 32));

        BitMatrix.Transpose(t, BaseTransfer.Count, TransferExtension.Count, Words, MemoryMarshal.Cast<byte, ulong>(rows.Expose()));
        choiceWords.Clear();
        other.Clear();
    }

    /// <summary>What the sender gets: <see cref="TransferExtension.MessageSize"/> bytes.</summary>
    internal ReadOnlySpan<byte> Message => message;

    /// <summary>The choice in one transfer, 0 or 1. Secret.</summary>
    internal bool Choice(int row) => (choices.Expose()[row >> 3] >> (row & 7) & 1) != 0;

    /// <summary>The chosen pads of one row. <paramref name="rowsKey"/> is <see cref="RowsKey"/>'s.</summary>
    internal void Pads(ReadOnlySpan<byte> rowsKey, int row, Span<Scalar<Secp256k1>> pads)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(rows.Expose());
        TransferExtension.HashRow(rowsKey, words[2 * row], words[2 * row + 1], row, pads);
    }

    /// <summary>The key of <see cref="Pads"/>, once the session and the sender's nonce are known.</summary>
    internal byte[] RowsKey(ReadOnlySpan<byte> session, ReadOnlySpan<byte> senderNonce) =>
        TransferExtension.RowsKey(label, session, TransferExtension.Nonce(message), senderNonce);

    /// <summary>Wipes choices and rows.</summary>
    public void Dispose()
    {
        choices.Dispose();
        rows.Dispose();
    }
}
