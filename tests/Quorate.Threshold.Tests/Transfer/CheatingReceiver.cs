using System.Buffers.Binary;
using Quorate.Testing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Transfer;

/// <summary>
/// A receiver of extended transfers that uses another choice vector in one column and adjusts the check as best it can:
/// the honest steps on changed input.
/// </summary>
sealed class CheatingReceiver : IDisposable
{
    internal CheatingReceiver(ReadOnlySpan<byte> label, TransferPair pair, int column)
    {
        using var random = new SeededRandom(11);
        using var honest = new ExtensionReceiver(label, pair.Pads0, pair.Pads1, random);
        Message = honest.Message.ToArray();

        // uⁱ ⊕ e: with Δᵢ = 0 the sender never uses it. The honest check is recomputed for the new coefficients.
        var u = Message.AsSpan(TransferExtension.NonceSize, TransferExtension.ColumnsSize);
        var nonce = Message.AsSpan(0, TransferExtension.NonceSize);
        var x = new ulong[TransferExtension.Words];
        var key = TransferExtension.ColumnsKey(label, nonce);
        var t = new ulong[BaseTransfer.Count][];
        for (var i = 0; i < BaseTransfer.Count; i++)
        {
            t[i] = new ulong[TransferExtension.Words];
            TransferExtension.ExpandColumn(key, pair.Pads0.AsSpan(i * BaseTransfer.PadSize, BaseTransfer.PadSize), i, t[i]);
        }
        var other = new ulong[TransferExtension.Words];
        TransferExtension.ExpandColumn(key, pair.Pads1.AsSpan(0, BaseTransfer.PadSize), 0, other);
        for (var w = 0; w < x.Length; w++)
            x[w] = BinaryPrimitives.ReadUInt64LittleEndian(u[(8 * w)..]) ^ t[0][w] ^ other[w];

        u[column * TransferExtension.ColumnSize] ^= 1;
        var coefficients = TransferExtension.Coefficients(label, nonce, u);
        var check = Message.AsSpan(TransferExtension.NonceSize + TransferExtension.ColumnsSize, TransferExtension.CheckSize);
        TransferExtension.HashColumn(coefficients, x, check);
        var columnChecks = new byte[BaseTransfer.Count * TransferExtension.CheckSize];
        for (var i = 0; i < BaseTransfer.Count; i++)
            TransferExtension.HashColumn(coefficients, t[i], columnChecks.AsSpan(i * TransferExtension.CheckSize));
        TransferExtension.Prove(label, nonce, check, columnChecks).CopyTo(Message.AsSpan(TransferExtension.MessageSize - 32));
    }

    internal byte[] Message { get; }

    public void Dispose() => Array.Clear(Message);
}
