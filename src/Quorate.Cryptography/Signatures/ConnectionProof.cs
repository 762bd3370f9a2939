using Quorate.Cryptography.Hashing;

namespace Quorate.Cryptography.Signatures;

/// <summary>
/// Proof, by an Ed25519 key, of who is at the other end of a new connection: a signature on a challenge that the verifier
/// drew for it, and on the verifier's name, so that a proof given to one verifier is none to another.
/// </summary>
public static class ConnectionProof
{
    /// <summary>Length in bytes of a challenge; the verifier draws a fresh one for every connection.</summary>
    public const int ChallengeSize = 32;

    /// <summary>The proof, 64 bytes.</summary>
    /// <param name="key">Who one is.</param>
    /// <param name="verifier">Whom one means to talk to, as it calls itself.</param>
    /// <param name="challenge">What it sent.</param>
    /// <exception cref="ArgumentException">The challenge does not have 32 bytes.</exception>
    public static byte[] Sign(Ed25519Key key, string verifier, ReadOnlySpan<byte> challenge)
    {
        ArgumentNullException.ThrowIfNull(key);
        return challenge.Length == ChallengeSize
            ? key.Sign(Message(key.EncodedPublicKey, verifier, challenge))
            : throw new ArgumentException($"A challenge has {ChallengeSize} bytes.", nameof(challenge));
    }

    /// <summary>Whether the holder of the key made this proof for this challenge and verifier.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, string verifier, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> proof) =>
        challenge.Length == ChallengeSize && Ed25519Signature.Verify(publicKey, Message(publicKey, verifier, challenge), proof);

    static byte[] Message(ReadOnlySpan<byte> publicKey, string verifier, ReadOnlySpan<byte> challenge)
    {
        using var transcript = new Transcript(Tags.ConnectionProof);
        return transcript.Append(verifier).Append(challenge).Append(publicKey).Digest();
    }
}
