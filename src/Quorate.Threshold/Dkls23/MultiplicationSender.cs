using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>The sender of a multiplication: puts in two secret factors and speaks second.</summary>
static class MultiplicationSender
{
    /// <summary>Multiplies <paramref name="a0"/> and <paramref name="a1"/> with the receiver's factor.</summary>
    /// <param name="extension">The transfers, already checked.</param>
    /// <param name="session">32 bytes on which the whole session agrees.</param>
    /// <param name="a0">The first factor.</param>
    /// <param name="a1">The second factor.</param>
    /// <param name="random">For the nonce and the check's mask.</param>
    /// <param name="message">What the receiver gets.</param>
    /// <returns>The shares c of the products.</returns>
    internal static ProductShares Run(
        ExtensionSender extension, ReadOnlySpan<byte> session, Secret<Scalar<Secp256k1>> a0, Secret<Scalar<Secp256k1>> a1,
        IRandom random, out MultiplicationMessage message)
    {
        const int Width = Multiplication.Width, Size = Scalar<Secp256k1>.Size;
        var nonce = new byte[TransferExtension.NonceSize];
        random.Fill(nonce);
        var key = extension.RowsKey(session, nonce);
        using var mask = Secret<Scalar<Secp256k1>>.Random(random);

        // ãⱼ = α⁰ⱼ − α¹ⱼ + (a₀, a₁, â)
        Span<Scalar<Secp256k1>> row1 = stackalloc Scalar<Secp256k1>[Width];
        Span<Scalar<Secp256k1>> input = [a0.Expose(), a1.Expose(), mask.Expose()];
        using var pads = new SecretBytes(TransferExtension.Count * Width * Size);
        var row0 = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Scalar<Secp256k1>>(pads.Expose());
        var masked = new byte[MultiplicationMessage.MaskedSize];
        for (var j = 0; j < TransferExtension.Count; j++)
        {
            var own = row0.Slice(j * Width, Width);
            extension.Pads(key, j, own, row1);
            for (var k = 0; k < Width; k++)
                (own[k] - row1[k] + input[k]).Encode(masked.AsSpan((j * Width + k) * Size));
        }

        // η = â + Σ θₖ·aₖ;  μ = H(α⁰_check + Σ θₖ·α⁰ₖ);  cₖ = −⟨g, α⁰ₖ⟩
        var theta = Multiplication.Coefficients(key, masked);
        var eta = input[2] + theta[0] * input[0] + theta[1] * input[1];
        using var vector = new SecretBytes(TransferExtension.Count * Size);
        Scalar<Secp256k1> u = default, v = default;
        for (var j = 0; j < TransferExtension.Count; j++)
        {
            var own = row0.Slice(j * Width, Width);
            (own[2] + theta[0] * own[0] + theta[1] * own[1]).Encode(vector.Expose()[(j * Size)..]);
            u -= Gadget.Vector[j] * own[0];
            v -= Gadget.Vector[j] * own[1];
        }
        row1.Clear();
        input.Clear();
        message = new(nonce, masked, eta, Multiplication.Prove(key, vector.Expose()));
        return new(u, v);
    }
}
