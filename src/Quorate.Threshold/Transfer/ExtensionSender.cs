using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Transfer;

/// <summary>
/// The sender of 448 extended transfers: gets both pads of every row. Whether its check passes can depend on its
/// long-lived Δ where the receiver cheats, so a failure must never be repeated with the same base transfers.
/// </summary>
sealed class ExtensionSender : IDisposable
{
    readonly byte[] label, receiverNonce;
    readonly SecretBytes rows;
    readonly SecretBytes delta;

    ExtensionSender(ReadOnlySpan<byte> label, ReadOnlySpan<byte> receiverNonce, SecretBytes rows, SecretBytes delta) =>
        (this.label, this.receiverNonce, this.rows, this.delta) = (label.ToArray(), receiverNonce.ToArray(), rows, delta);

    /// <summary>Takes the receiver's message. Null where the check fails.</summary>
    /// <param name="label">Session, sender and receiver.</param>
    /// <param name="delta">Δ: this party's 128 choices in the base transfers.</param>
    /// <param name="pads">The pads chosen by them.</param>
    /// <param name="message">The receiver's <see cref="TransferExtension.MessageSize"/> bytes.</param>
    internal static ExtensionSender? TryCreate(ReadOnlySpan<byte> label, ReadOnlySpan<byte> delta, ReadOnlySpan<byte> pads, ReadOnlySpan<byte> message)
    {
        const int Words = TransferExtension.Words;
        if (message.Length != TransferExtension.MessageSize)
            throw new ArgumentException($"{TransferExtension.MessageSize} bytes.", nameof(message));
        var nonce = TransferExtension.Nonce(message);
        var u = TransferExtension.Columns(message);
        var check = TransferExtension.Check(message);
        var key = TransferExtension.ColumnsKey(label, nonce);
        var coefficients = TransferExtension.Coefficients(label, nonce, u);

        // qⁱ = PRG(kⁱ_Δᵢ) ⊕ Δᵢ·uⁱ, which is tⁱ ⊕ Δᵢ·x;  so t̃ⁱ is q̃ⁱ ⊕ Δᵢ·x̃.
        using var columns = new SecretBytes(TransferExtension.ColumnsSize);
        var q = MemoryMarshal.Cast<byte, ulong>(columns.Expose());
        var columnChecks = new byte[BaseTransfer.Count * TransferExtension.CheckSize];
        for (var i = 0; i < BaseTransfer.Count; i++)
        {
            var column = q.Slice(i * Words, Words);
            var mask = unchecked(0UL - ((ulong)delta[i >> 3] >> (i & 7) & 1));
            TransferExtension.ExpandColumn(key, pads.Slice(i * BaseTransfer.PadSize, BaseTransfer.PadSize), i, column);
            for (var w = 0; w < Words; w++)
                column[w] ^= mask & BinaryPrimitives.ReadUInt64LittleEndian(u[(i * TransferExtension.ColumnSize + 8 * w)..]);
            var columnCheck = columnChecks.AsSpan(i * TransferExtension.CheckSize, TransferExtension.CheckSize);
            TransferExtension.HashColumn(coefficients, column, columnCheck);
            for (var k = 0; k < columnCheck.Length; k++)
                columnCheck[k] ^= (byte)(mask & check[k]);
        }
        var proof = TransferExtension.Prove(label, nonce, check, columnChecks);
        CryptographicOperations.ZeroMemory(columnChecks);
        if (!CryptographicOperations.FixedTimeEquals(proof, TransferExtension.Proof(message)))
            return null;

        var rows = new SecretBytes(TransferExtension.Count * 2 * sizeof(ulong));
        BitMatrix.Transpose(q, BaseTransfer.Count, TransferExtension.Count, Words, MemoryMarshal.Cast<byte, ulong>(rows.Expose()));
        return new(label, nonce, rows, new(delta));
    }

    /// <summary>Both pads of one row. <paramref name="rowsKey"/> is <see cref="RowsKey"/>'s.</summary>
    internal void Pads(ReadOnlySpan<byte> rowsKey, int row, Span<Scalar<Secp256k1>> pads0, Span<Scalar<Secp256k1>> pads1)
    {
        // qⱼ belongs to choice 0, qⱼ ⊕ Δ to choice 1.
        var words = MemoryMarshal.Cast<byte, ulong>(rows.Expose());
        var (low, high) = (words[2 * row], words[2 * row + 1]);
        TransferExtension.HashRow(rowsKey, low, high, row, pads0);
        TransferExtension.HashRow(
            rowsKey, low ^ BinaryPrimitives.ReadUInt64LittleEndian(delta.Expose()),
            high ^ BinaryPrimitives.ReadUInt64LittleEndian(delta.Expose()[8..]), row, pads1);
    }

    /// <summary>The key of <see cref="Pads"/>.</summary>
    internal byte[] RowsKey(ReadOnlySpan<byte> session, ReadOnlySpan<byte> senderNonce) =>
        TransferExtension.RowsKey(label, session, receiverNonce, senderNonce);

    /// <summary>Wipes rows and Δ.</summary>
    public void Dispose()
    {
        rows.Dispose();
        delta.Dispose();
    }
}
