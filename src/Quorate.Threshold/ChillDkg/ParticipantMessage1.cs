using System.Diagnostics.CodeAnalysis;
using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// pmsg1, a participant's contribution: its commitment, proof of possession, public encryption nonce and encrypted
/// shares. 33t + 32n + 97 bytes, those of the reference implementation.
/// </summary>
/// <param name="Commitment">com, t points of which any may be the identity.</param>
/// <param name="Proof">pop, 64 bytes.</param>
/// <param name="PublicNonce">pubnonce, 33 bytes, not decoded: one that is no point is its sender's fault, not the carrier's.</param>
/// <param name="EncryptedShares">enc_shares, one for every participant.</param>
sealed record ParticipantMessage1(
    PolynomialCommitment<Secp256k1> Commitment, byte[] Proof, byte[] PublicNonce, Scalar[] EncryptedShares)
{
    internal static int Size(int t, int n) => 33 * t + 32 * n + 97;

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        writer.Extended(Commitment.Coefficients);
        writer.Raw(Proof);
        writer.Raw(PublicNonce);
        writer.Scalars(EncryptedShares);
        return writer.Written.ToArray();
    }

    /// <summary>False for a wrong length, a commitment that is no point, or a share not below the group order.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> bytes, int t, int n, [NotNullWhen(true)] out ParticipantMessage1? message)
    {
        message = null;
        if (bytes.Length != Size(t, n))
            return false;
        var reader = new WireReader(bytes);
        if (!reader.TryExtended(t, out var commitment))
            return false;
        var (proof, nonce) = (reader.Take(64).ToArray(), reader.Take(33).ToArray());
        if (!reader.TryScalars(n, out var shares))
            return false;
        message = new(new(commitment), proof, nonce, shares);
        return true;
    }
}
