using System.Buffers.Binary;
using System.Text;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// ChillDKG's equality check: every participant signs the transcript with its host key, and all signatures together, the
/// success certificate, convince any honest participant at any later time.
/// </summary>
static class CertEq
{
    /// <summary>Length in bytes of one signature.</summary>
    internal const int SignatureSize = Bip340Signature.Size;

    const int PrefixSize = 33;

    /// <summary>certeq_participant_step: participant <paramref name="i"/>'s signature on the transcript.</summary>
    internal static byte[] Sign(HostKey hostKey, Tag domain, int i, ReadOnlySpan<byte> transcript, IRandom random) =>
        hostKey.Sign(Message(domain, i, transcript), random);

    /// <summary>
    /// certeq_verify, for one signature. The sign of the host public key does not matter to BIP 340 and need not: the
    /// transcript holds all keys in full.
    /// </summary>
    internal static bool Verify(
        SessionParameters parameters, Tag domain, int i, ReadOnlySpan<byte> transcript, ReadOnlySpan<byte> signature) =>
        Bip340Signature.TryDecode(signature, out var decoded)
        && decoded.Verify(Bip340PublicKey.FromPoint(parameters.Key(i)), Message(domain, i, transcript));

    /// <summary>certeq_verify: the participants, counted from 0, whose signature in the certificate is invalid.</summary>
    internal static IEnumerable<int> InvalidSignatures(SessionParameters parameters, byte[] transcript, byte[] certificate) =>
        Enumerable.Range(0, parameters.Count).Where(i => !Verify(
            parameters, Tags.ChillDkgCertificate, i, transcript, certificate.AsSpan(SignatureSize * i, SignatureSize)));

    /// <summary>BIP 340's domain separation, a prefix of 33 bytes; then the participant and the transcript.</summary>
    static byte[] Message(Tag domain, int i, ReadOnlySpan<byte> transcript)
    {
        var message = new byte[PrefixSize + 4 + transcript.Length];
        Encoding.UTF8.GetBytes(domain.Text, message.AsSpan(0, PrefixSize));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(PrefixSize), (uint)i);
        transcript.CopyTo(message.AsSpan(PrefixSize + 4));
        return message;
    }
}
