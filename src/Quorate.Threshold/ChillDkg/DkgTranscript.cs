using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// eq_input: what all participants of a session must have in common, and sign. Everything but the secret shares follows
/// from it.
/// </summary>
sealed class DkgTranscript
{
    readonly PolynomialCommitment<Secp256k1> tweakedSum;
    readonly Point[] publicShares;

    /// <summary>Takes what the coordinator's first message says; the sum's constant is not the identity.</summary>
    internal DkgTranscript(
        SessionParameters parameters, PolynomialCommitment<Secp256k1> sum, byte[][] publicNonces, Scalar[] encryptedShares)
    {
        Parameters = parameters;
        PublicNonces = publicNonces;
        EncryptedShares = encryptedShares;
        tweakedSum = SimplPedPop.CommitToNoScript(sum, out var tweak);
        Tweak = tweak;
        publicShares = [.. parameters.Participants.Select(tweakedSum.AtVarTime)];
        Encoded = Encode(parameters, sum, publicNonces, encryptedShares);
    }

    internal SessionParameters Parameters { get; }

    internal byte[][] PublicNonces { get; }

    internal Scalar[] EncryptedShares { get; }

    /// <summary>What every share grows by, so that the key commits to no script.</summary>
    internal Scalar Tweak { get; }

    /// <summary>t ‖ sum_coms ‖ host public keys ‖ public nonces ‖ encrypted shares: 4 + 33t + 98n bytes.</summary>
    internal byte[] Encoded { get; }

    internal static int Size(int t, int n) => 4 + 33 * t + 98 * n;

    /// <summary>The tweaked share of participant <paramref name="i"/>, times G.</summary>
    internal Point PublicShare(int i) => publicShares[i];

    /// <summary>
    /// Participants, counted from 0, whose share is zero. Only one that knows what the others sent it can arrange that
    /// for itself, by choosing its own polynomial last.
    /// </summary>
    internal IEnumerable<int> ZeroShares => Enumerable.Range(0, publicShares.Length).Where(i => publicShares[i].IsIdentity);

    /// <summary>The public side of the key. No share is zero.</summary>
    internal PublicKeyPackage<Secp256k1> Package() => PublicKeyPackage<Secp256k1>.FromTrusted(
        KeyScheme.FrostBip340, KeyOrigin.Generated, epoch: 0, Parameters.Threshold, Parameters.Participants,
        tweakedSum.Constant, publicShares, ChainCode());

    /// <summary>Reads a transcript from the front of recovery data. False where it is none.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> bytes, int n, [NotNullWhen(true)] out DkgTranscript? transcript)
    {
        transcript = null;
        if (bytes.Length < 4)
            return false;
        var t = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (t is 0 or > SessionParameters.MaxCount || bytes.Length != Size((int)t, n))
            return false;
        var reader = new WireReader(bytes[4..]);
        if (!reader.TryExtended((int)t, out var sum) || sum[0].IsIdentity)
            return false;
        SessionParameters parameters;
        try
        {
            parameters = new((int)t, reader.Chunks(n, 33));
        }
        catch (ArgumentException)
        {
            return false;
        }
        var nonces = reader.Chunks(n, 33);
        if (!reader.TryScalars(n, out var shares))
            return false;
        transcript = new(parameters, new(sum), nonces, shares);
        return true;
    }

    /// <summary>
    /// Deviation: a chain code for BIP 32, which ChillDKG does not have. A hash of the transcript and not of the recovery data, whose certificate
    /// a dishonest coordinator can give in two versions, both valid.
    /// </summary>
    byte[] ChainCode()
    {
        using var transcript = new Transcript(Tags.ChillDkgChainCode);
        return transcript.Append(Encoded).Digest();
    }

    static byte[] Encode(
        SessionParameters parameters, in PolynomialCommitment<Secp256k1> sum, byte[][] publicNonces, Scalar[] encryptedShares)
    {
        using var writer = new WireWriter();
        writer.Raw(parameters.Encoded[..4]);
        writer.Extended(sum.Coefficients);
        writer.Raw(parameters.EncodedKeys);
        foreach (var nonce in publicNonces)
            writer.Raw(nonce);
        writer.Scalars(encryptedShares);
        return writer.Written.ToArray();
    }
}
