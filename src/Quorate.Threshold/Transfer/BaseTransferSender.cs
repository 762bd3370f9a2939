using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Transfer;

/// <summary>The sender of a batch of base transfers: gets both pads of every pair.</summary>
sealed class BaseTransferSender : IDisposable
{
    readonly byte[] label;
    readonly Secret<Scalar<Secp256k1>> y;

    internal BaseTransferSender(ReadOnlySpan<byte> label, IRandom random)
    {
        this.label = label.ToArray();
        y = Secret<Scalar<Secp256k1>>.Random(random);
        Key = y.MultiplyBase();
    }

    /// <summary>B = y·G: what the receiver gets.</summary>
    internal Point<Secp256k1> Key { get; }

    /// <summary>
    /// Both pads of every transfer, <see cref="BaseTransfer.PadsSize"/> bytes each. False where the receiver's keys cancel
    /// against their hashes, which an honest one's do not.
    /// </summary>
    internal bool TryFinish(ReadOnlySpan<Point<Secp256k1>> receiverKeys, Span<byte> pads0, Span<byte> pads1)
    {
        const int Size = BaseTransfer.PointSize;
        if (receiverKeys.Length != BaseTransfer.KeyCount)
            throw new ArgumentException($"{BaseTransfer.KeyCount} keys.", nameof(receiverKeys));
        Span<byte> message = new byte[BaseTransfer.KeyCount * Size];
        Point<Secp256k1>.EncodeMany(receiverKeys, message);
        var batch = BaseTransfer.Batch(label, Key, message);

        // M_b = r_b + H_b(r₁₋b), all of them before the first K_b = y·M_b: a refusal leaves nothing secret behind.
        var agreed = new Point<Secp256k1>[BaseTransfer.KeyCount];
        for (var k = 0; k < agreed.Length; k++)
        {
            agreed[k] = receiverKeys[k] + BaseTransfer.Hash(label, k >> 1, k & 1, message.Slice((k ^ 1) * Size, Size));
            if (agreed[k].IsIdentity)
                return false;
        }
        foreach (ref var key in agreed.AsSpan())
            key = y * key;
        Span<byte> encoded = new byte[agreed.Length * Size];
        Point<Secp256k1>.EncodeMany(agreed, encoded);
        for (var k = 0; k < agreed.Length; k++)
            BaseTransfer.Pad(
                batch, k >> 1, k & 1, encoded.Slice(k * Size, Size),
                ((k & 1) == 0 ? pads0 : pads1).Slice((k >> 1) * BaseTransfer.PadSize, BaseTransfer.PadSize));
        CryptographicOperations.ZeroMemory(encoded);
        agreed.AsSpan().Clear();
        return true;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => y.Dispose();
}
