using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// The random vector multiplication of DKLs23 (ePrint 2023/765, protocol 5.2): the sender puts in a₀ and a₁, the receiver
/// gets a random b, and they share both products: cₖ + dₖ = aₖ·b.
/// </summary>
static class Multiplication
{
    /// <summary>ℓ: the sender's inputs.</summary>
    internal const int Inputs = 2;

    /// <summary>ℓ + ρ: a pad for each input and ρ = 1 for the check.</summary>
    internal const int Width = Inputs + 1;

    /// <summary>The coefficients θ of the check, bound to all that the sender has said.</summary>
    internal static Scalar<Secp256k1>[] Coefficients(ReadOnlySpan<byte> key, ReadOnlySpan<byte> masked)
    {
        using var transcript = new Transcript(Tags.MultiplicationCheck);
        var seed = transcript.Append(key).Append(masked).Digest();
        var theta = new Scalar<Secp256k1>[Inputs];
        for (var k = 0; k < theta.Length; k++)
        {
            using var expansion = new Transcript(Tags.MultiplicationCheck);
            theta[k] = expansion.Append(seed).Append((ulong)k).Challenge<Secp256k1>();
        }
        return theta;
    }

    /// <summary>μ: digest of the checked vector, 32 bytes for each row. The vector is secret.</summary>
    internal static byte[] Prove(ReadOnlySpan<byte> key, ReadOnlySpan<byte> vector)
    {
        var digest = new byte[TaggedHash.Size];
        TaggedHash.HashData(Tags.MultiplicationProof, digest, key, vector);
        return digest;
    }
}

/// <summary>What the sender of a multiplication says: its nonce, ã, η and μ.</summary>
/// <param name="Nonce">32 fresh bytes.</param>
/// <param name="Masked">ã, row by row, encoded: <see cref="Size"/> says how long.</param>
/// <param name="Eta">η.</param>
/// <param name="Mu">μ, 32 bytes.</param>
sealed record MultiplicationMessage(byte[] Nonce, byte[] Masked, Scalar<Secp256k1> Eta, byte[] Mu)
{
    internal const int MaskedSize = TransferExtension.Count * Multiplication.Width * Scalar<Secp256k1>.Size;

    /// <summary>Length in bytes of the encoding.</summary>
    internal const int Size = TransferExtension.NonceSize + MaskedSize + Scalar<Secp256k1>.Size + SHA256.HashSizeInBytes;

    internal void Write(WireWriter writer)
    {
        writer.Raw(Nonce);
        writer.Raw(Masked);
        writer.Scalar(Eta);
        writer.Raw(Mu);
    }

    internal static MultiplicationMessage Read(ref WireReader reader)
    {
        var nonce = reader.Take(TransferExtension.NonceSize).ToArray();
        var masked = reader.Take(MaskedSize).ToArray();
        for (var at = 0; at < MaskedSize; at += Scalar<Secp256k1>.Size)
            if (!Scalar<Secp256k1>.TryDecode(masked.AsSpan(at, Scalar<Secp256k1>.Size), out _))
                throw reader.Error("not a canonical scalar");
        return new(nonce, masked, reader.Scalar<Secp256k1>(), reader.Take(SHA256.HashSizeInBytes).ToArray());
    }
}
