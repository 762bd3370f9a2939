using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sharing;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// The innermost layer of ChillDKG: Pedersen's key generation with proofs of possession, after SimplPedPop (Chu, Gerhart,
/// Ruffing, Schröder, CRYPTO 2023, section 4), with everything derived from a seed.
/// </summary>
static class SimplPedPop
{
    /// <summary>A proof of possession is a BIP 340 signature that means nothing elsewhere.</summary>
    static readonly Bip340Tags ProofTags =
        new(Tags.ChillDkgProofSigningAux, Tags.ChillDkgProofNonce, Tags.ChillDkgProofChallenge);

    /// <summary>VSS.generate: the polynomial with t coefficients that a seed of 32 bytes gives.</summary>
    internal static Polynomial<Secp256k1> Generate(ReadOnlySpan<byte> seed, int t)
    {
        Span<byte> input = stackalloc byte[32 + 4];
        Span<byte> hash = stackalloc byte[TaggedHash.Size];
        Span<Scalar> coefficients = stackalloc Scalar[t];
        seed.CopyTo(input);
        for (var i = 0; i < t; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(input[32..], (uint)i);
            TaggedHash.HashData(Tags.ChillDkgCoefficient, hash, input);
            if (!Scalar.TryDecode(hash, out coefficients[i]))
                throw new UnreachableException("A hash is not below the group order.");
        }
        var f = Polynomial<Secp256k1>.FromCoefficients(coefficients);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(hash);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(coefficients));
        return f;
    }

    /// <summary>pop_prove: that participant <paramref name="i"/> knows the discrete logarithm of its commitment's constant.</summary>
    internal static byte[] ProvePossession(Secret<Scalar> secret, int i, ReadOnlySpan<byte> auxiliary)
    {
        using var key = new Bip340Key(secret);
        return key.Sign(ProofMessage(i), auxiliary, ProofTags).Encode();
    }

    /// <summary>pop_verify. Nobody possesses the logarithm of the identity.</summary>
    internal static bool VerifyPossession(ReadOnlySpan<byte> proof, in Point commitment, int i) =>
        !commitment.IsIdentity
        && Bip340Signature.TryDecode(proof, out var signature)
        && signature.Verify(Bip340PublicKey.FromPoint(commitment), ProofMessage(i), ProofTags);

    /// <summary>assemble_sum_coms: the commitment to the sum of all polynomials.</summary>
    internal static PolynomialCommitment<Secp256k1> Sum(ReadOnlySpan<Point> toSecrets, ReadOnlySpan<Point> sumOfOthers) =>
        new([Point.Sum(toSecrets), .. sumOfOthers]);

    /// <summary>
    /// invalid_taproot_commit: the commitment with its constant C tweaked to C + t·G for t = hash_TapTweak(x(C)). The key
    /// then commits to no script, and no participant can have hidden one in it. Every share grows by t.
    /// </summary>
    internal static PolynomialCommitment<Secp256k1> CommitToNoScript(in PolynomialCommitment<Secp256k1> sum, out Scalar tweak)
    {
        tweak = Bip341.Tweak(Bip340PublicKey.FromPoint(sum.Constant), default);
        return new([sum.Constant + Point.MultiplyVarTime(tweak, Point.G), .. sum.Coefficients[1..]]);
    }

    static byte[] ProofMessage(int i)
    {
        var message = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)i);
        return message;
    }
}
