using System.Diagnostics.CodeAnalysis;
using Quorate.Threshold.Sessions;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// cmsg1, what the coordinator makes of all contributions. 162n + 33(t − 1) bytes, those of the reference implementation.
/// </summary>
/// <param name="CommitmentsToSecrets">coms_to_secrets, one for every participant, for its proof.</param>
/// <param name="SumOfOthers">sum_coms_to_nonconst_terms: the sums of the commitments to the other t − 1 coefficients.</param>
/// <param name="Proofs">pops, 64 bytes each.</param>
/// <param name="PublicNonces">pubnonces, 33 bytes each.</param>
/// <param name="EncryptedShares">enc_secshares: for every participant the sum of the encrypted shares meant for it.</param>
sealed record CoordinatorMessage1(
    Point[] CommitmentsToSecrets, Point[] SumOfOthers, byte[][] Proofs, byte[][] PublicNonces, Scalar[] EncryptedShares)
{
    internal static int Size(int t, int n) => 162 * n + 33 * (t - 1);

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        writer.Extended(CommitmentsToSecrets);
        writer.Extended(SumOfOthers);
        foreach (var proof in Proofs)
            writer.Raw(proof);
        foreach (var nonce in PublicNonces)
            writer.Raw(nonce);
        writer.Scalars(EncryptedShares);
        return writer.Written.ToArray();
    }

    /// <summary>False for a wrong length, a commitment that is no point, or a share not below the group order.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> bytes, int t, int n, [NotNullWhen(true)] out CoordinatorMessage1? message)
    {
        message = null;
        if (bytes.Length != Size(t, n))
            return false;
        var reader = new WireReader(bytes);
        if (!reader.TryExtended(n, out var secrets) || !reader.TryExtended(t - 1, out var others))
            return false;
        var (proofs, nonces) = (reader.Chunks(n, 64), reader.Chunks(n, 33));
        if (!reader.TryScalars(n, out var shares))
            return false;
        message = new(secrets, others, proofs, nonces, shares);
        return true;
    }
}
