using System.Diagnostics.CodeAnalysis;
using Quorate.Threshold.Sessions;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// cinv, the single contributions behind one participant's share, for that participant to find the wrong one. 65n bytes,
/// those of the reference implementation. Holds nothing confidential.
/// </summary>
/// <param name="EncryptedShares">enc_partial_secshares: what every participant encrypted for this one.</param>
/// <param name="PublicShares">partial_pubshares: what every participant's commitment says it should be.</param>
sealed record InvestigationMessage(Scalar[] EncryptedShares, Point[] PublicShares)
{
    internal static int Size(int n) => 65 * n;

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        writer.Scalars(EncryptedShares);
        writer.Extended(PublicShares);
        return writer.Written.ToArray();
    }

    /// <summary>False for a wrong length, a share not below the group order, or a public share that is no point.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> bytes, int n, [NotNullWhen(true)] out InvestigationMessage? message)
    {
        message = null;
        if (bytes.Length != Size(n))
            return false;
        var reader = new WireReader(bytes);
        if (!reader.TryScalars(n, out var shares) || !reader.TryExtended(n, out var points))
            return false;
        message = new(shares, points);
        return true;
    }
}
