using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Transfer;

/// <summary>The receiver of a batch of base transfers: chooses one pad of each pair, and the sender does not learn which.</summary>
sealed class BaseTransferReceiver : IDisposable
{
    readonly byte[] label;
    readonly SecretBytes choices;
    readonly SecretBytes keys = new(BaseTransfer.Count * Scalar<Secp256k1>.Size);
    readonly byte[] message = new byte[BaseTransfer.KeyCount * BaseTransfer.PointSize];

    /// <summary>Draws the keys. <paramref name="choices"/>, 16 bytes, are copied; bit i of byte i / 8 chooses in transfer i.</summary>
    internal BaseTransferReceiver(ReadOnlySpan<byte> label, ReadOnlySpan<byte> choices, IRandom random)
    {
        if (choices.Length != BaseTransfer.Count / 8)
            throw new ArgumentException($"{BaseTransfer.Count} choice bits.", nameof(choices));
        this.label = label.ToArray();
        this.choices = new(choices);

        var others = new Point<Secp256k1>[BaseTransfer.Count];
        foreach (ref var other in others.AsSpan())
        {
            using var scalar = Secret<Scalar<Secp256k1>>.Random(random);
            other = scalar.MultiplyBase();
        }
        Span<byte> encodedOthers = new byte[BaseTransfer.Count * BaseTransfer.PointSize];
        Point<Secp256k1>.EncodeMany(others, encodedOthers);

        var own = new Point<Secp256k1>[BaseTransfer.Count];
        for (var i = 0; i < own.Length; i++)
        {
            // r_c = A − H_c(r₁₋c)
            using var a = Secret<Scalar<Secp256k1>>.Random(random);
            Scalars[i] = a.Expose();
            own[i] = a.MultiplyBase() - BaseTransfer.Hash(label, i, Choice(i), encodedOthers.Slice(i * BaseTransfer.PointSize, BaseTransfer.PointSize));
        }
        Span<byte> encodedOwn = new byte[encodedOthers.Length];
        Point<Secp256k1>.EncodeMany(own, encodedOwn);
        Interleave(encodedOwn, encodedOthers);
        // Which of the two is which tells the choices.
        CryptographicOperations.ZeroMemory(encodedOwn);
        CryptographicOperations.ZeroMemory(encodedOthers);
        own.AsSpan().Clear();
        others.AsSpan().Clear();
    }

    /// <summary>r₀ and r₁ of every transfer, encoded back to back: what the sender gets.</summary>
    internal ReadOnlySpan<byte> Message => message;

    Span<Scalar<Secp256k1>> Scalars => MemoryMarshal.Cast<byte, Scalar<Secp256k1>>(keys.Expose());

    /// <summary>The chosen pads, <see cref="BaseTransfer.PadsSize"/> bytes.</summary>
    internal void Finish(in Point<Secp256k1> senderKey, Span<byte> pads)
    {
        var batch = BaseTransfer.Batch(label, senderKey, message);
        var agreed = new Point<Secp256k1>[BaseTransfer.Count];
        for (var i = 0; i < agreed.Length; i++)
            agreed[i] = Scalars[i] * senderKey;
        Span<byte> encoded = new byte[BaseTransfer.Count * BaseTransfer.PointSize];
        Point<Secp256k1>.EncodeMany(agreed, encoded);
        for (var i = 0; i < agreed.Length; i++)
            BaseTransfer.Pad(
                batch, i, Choice(i), encoded.Slice(i * BaseTransfer.PointSize, BaseTransfer.PointSize),
                pads.Slice(i * BaseTransfer.PadSize, BaseTransfer.PadSize));
        CryptographicOperations.ZeroMemory(encoded);
        agreed.AsSpan().Clear();
    }

    /// <summary>Wipes choices and keys.</summary>
    public void Dispose()
    {
        choices.Dispose();
        keys.Dispose();
    }

    int Choice(int i) => choices.Expose()[i >> 3] >> (i & 7) & 1;

    /// <summary>Own and other key of each transfer in the order r₀, r₁: swapped under a mask, not by a branch.</summary>
    void Interleave(ReadOnlySpan<byte> own, ReadOnlySpan<byte> others)
    {
        for (var i = 0; i < BaseTransfer.Count; i++)
        {
            var mask = (byte)(0 - Choice(i) & 0xFF);
            var first = message.AsSpan(2 * i * BaseTransfer.PointSize, BaseTransfer.PointSize);
            var second = message.AsSpan((2 * i + 1) * BaseTransfer.PointSize, BaseTransfer.PointSize);
            for (var k = 0; k < BaseTransfer.PointSize; k++)
            {
                var (a, b) = (own[i * BaseTransfer.PointSize + k], others[i * BaseTransfer.PointSize + k]);
                first[k] = (byte)(a ^ (mask & (a ^ b)));
                second[k] = (byte)(b ^ (mask & (a ^ b)));
            }
        }
    }
}
