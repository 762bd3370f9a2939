using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// What a successful session leaves behind: its transcript with the success certificate. It is the same for everybody, holds
/// secrets only in encrypted form and proves itself, so anybody may keep it; yet it shows who has which key. With it, a
/// participant's host key is a full backup of its share.
/// </summary>
public sealed class RecoveryData
{
    readonly DkgTranscript transcript;
    readonly byte[] certificate;

    /// <summary>Takes a transcript that gives nobody a share of zero, with a certificate that has been verified.</summary>
    internal RecoveryData(DkgTranscript transcript, byte[] certificate)
    {
        this.transcript = transcript;
        this.certificate = certificate;
        Package = transcript.Package();
    }

    /// <summary>Who took part, and how many of them sign.</summary>
    public SessionParameters Parameters => transcript.Parameters;

    /// <summary>The public side of the key, its chain code included.</summary>
    public PublicKeyPackage<Secp256k1> Package { get; }

    /// <summary>The encoding: 4 + 33t + 162n bytes, those of the reference implementation.</summary>
    public byte[] Encode() => [.. transcript.Encoded, .. certificate];

    /// <summary>
    /// Reads recovery data from wherever it was kept, and checks the certificate (coordinator_recover). Valid data still
    /// says nothing about which session it is from: look at <see cref="Parameters"/> and <see cref="Package"/>.
    /// </summary>
    /// <exception cref="FormatException">No recovery data of a successful session.</exception>
    public static RecoveryData Decode(ReadOnlySpan<byte> bytes)
    {
        // 4 + 33t bytes, then for every participant 33 + 33 + 32 of the transcript and 64 of the certificate.
        if (bytes.Length < 4)
            throw new FormatException("Not recovery data: too short.");
        var t = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var (n, rest) = Math.DivRem(bytes.Length - 4 - 33L * t, 162);
        if (rest != 0 || n is < 1 or > SessionParameters.MaxCount)
            throw new FormatException("Not recovery data: the length fits no number of participants.");
        var certificate = bytes[^((int)n * CertEq.SignatureSize)..].ToArray();
        if (!DkgTranscript.TryDecode(bytes[..^certificate.Length], (int)n, out var transcript) || transcript.ZeroShares.Any())
            throw new FormatException("Not recovery data: the transcript is invalid.");
        if (CertEq.InvalidSignatures(transcript.Parameters, transcript.Encoded, certificate).Any())
            throw new FormatException("Not recovery data: the certificate is invalid.");
        return new(transcript, certificate);
    }

    /// <summary>participant_recover: the share of the participant with this host key. It belongs to the caller.</summary>
    /// <exception cref="ArgumentException">The host key belongs to none of the participants.</exception>
    /// <exception cref="FormatException">
    /// The data do not hold this participant's share, though it signed them: it never does that in a session.
    /// </exception>
    public KeyShare<Secp256k1> Recover(HostKey hostKey)
    {
        var me = Parameters.PartyOf(hostKey);
        var i = me.Value - 1;
        var isDecrypted = MultiRecipientEncryption.TryDecryptSum(
            transcript.EncryptedShares[i], transcript.PublicNonces, hostKey, Parameters, i, out var sum, out _);
        using (sum)
        {
            var share = new Secret<Scalar<Secp256k1>>(sum.Expose() + transcript.Tweak);
            if (isDecrypted && share.MultiplyBase() == transcript.PublicShare(i))
                return KeyShare<Secp256k1>.FromTrusted(me, share, Package);
            share.Dispose();
            throw new FormatException($"The recovery data do not hold the share of {me}.");
        }
    }

    /// <summary>
    /// participant_recovery_ack_sign: 64 bytes by which a participant says that it keeps these recovery data. Collect all
    /// acknowledgments before the key receives funds.
    /// </summary>
    /// <exception cref="ArgumentException">The host key belongs to none of the participants.</exception>
    public byte[] Acknowledge(HostKey hostKey, IRandom random) =>
        CertEq.Sign(hostKey, Tags.ChillDkgAcknowledgment, Parameters.PartyOf(hostKey).Value - 1, Encode(), random);

    /// <summary>participant_recovery_acks_verify, for one participant.</summary>
    public bool IsAcknowledged(PartyId participant, ReadOnlySpan<byte> acknowledgment) =>
        Parameters.Participants.Contains(participant)
        && CertEq.Verify(Parameters, Tags.ChillDkgAcknowledgment, participant.Value - 1, Encode(), acknowledgment);
}
