using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>The receiver of a multiplication: its factor b is random and known to it from the start.</summary>
sealed class MultiplicationReceiver : IDisposable
{
    readonly ExtensionReceiver extension;

    internal MultiplicationReceiver(ReadOnlySpan<byte> label, ReadOnlySpan<byte> pads0, ReadOnlySpan<byte> pads1, IRandom random)
    {
        extension = new(label, pads0, pads1, random);

        // b = ⟨g, β⟩
        Scalar<Secp256k1> b = default;
        for (var j = 0; j < TransferExtension.Count; j++)
            b = Scalar<Secp256k1>.Select(b, b + Gadget.Vector[j], extension.Choice(j));
        Factor = new(b);
    }

    internal ExtensionReceiver Extension => extension;

    /// <summary>b.</summary>
    internal Secret<Scalar<Secp256k1>> Factor { get; }

    /// <summary>What the sender gets.</summary>
    internal ReadOnlySpan<byte> Message => extension.Message;

    /// <summary>The shares d of the products, or null where the sender's check fails.</summary>
    internal ProductShares? TryFinish(ReadOnlySpan<byte> session, MultiplicationMessage message)
    {
        const int Size = Scalar<Secp256k1>.Size;
        var key = extension.RowsKey(session, message.Nonce);
        var theta = Multiplication.Coefficients(key, message.Masked);
        using var vector = new SecretBytes(TransferExtension.Count * Size);
        Span<Scalar<Secp256k1>> row = stackalloc Scalar<Secp256k1>[Multiplication.Width];
        Scalar<Secp256k1> u = default, v = default;
        for (var j = 0; j < TransferExtension.Count; j++)
        {
            // ḋⱼ = γⱼ + βⱼ·ãⱼ for the inputs and the check alike.
            var choice = extension.Choice(j);
            extension.Pads(key, j, row);
            for (var k = 0; k < row.Length; k++)
            {
                var masked = Scalar<Secp256k1>.Decode(message.Masked.AsSpan((j * Multiplication.Width + k) * Size, Size));
                row[k] = Scalar<Secp256k1>.Select(row[k], row[k] + masked, choice);
            }

            // The checked vector is α⁰ again, whatever βⱼ, exactly if the sender used one input in all rows.
            var combined = row[2] + theta[0] * row[0] + theta[1] * row[1];
            combined = Scalar<Secp256k1>.Select(combined, combined - message.Eta, choice);
            combined.Encode(vector.Expose()[(j * Size)..]);
            u += Gadget.Vector[j] * row[0];
            v += Gadget.Vector[j] * row[1];
        }
        row.Clear();
        return CryptographicOperations.FixedTimeEquals(Multiplication.Prove(key, vector.Expose()), message.Mu) ? new(u, v) : null;
    }

    /// <summary>Wipes b and the transfers.</summary>
    public void Dispose()
    {
        Factor.Dispose();
        extension.Dispose();
    }
}
