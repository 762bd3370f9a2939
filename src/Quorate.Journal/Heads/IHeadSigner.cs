namespace Quorate.Journal.Heads;

/// <summary>
/// Signs heads with an Ed25519 key that the journal never sees: a node's identity, an auditor's token, an HSM. A port
/// because the framework has no Ed25519 and the journal references nothing of ours.
/// </summary>
public interface IHeadSigner
{
    /// <summary>The name and public key.</summary>
    HeadKey Key { get; }

    /// <summary>An Ed25519 signature (RFC 8032, pure), 64 bytes, on a message of some hundred bytes.</summary>
    byte[] Sign(ReadOnlySpan<byte> message);
}

/// <summary>Verifies an Ed25519 signature (RFC 8032, pure).</summary>
/// <param name="publicKey">32 bytes.</param>
/// <param name="message">What was signed.</param>
/// <param name="signature">64 bytes.</param>
public delegate bool Ed25519Verification(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
