using System.Security.Cryptography;
using Quorate.Cryptography.Signatures;

namespace Quorate.Client.Signing;

/// <summary>A caller's private key, which signs its requests, under the id that the server knows it by: <c>key_…</c>.</summary>
public abstract class RequestKey : IDisposable
{
    /// <summary>The algorithms' names in the registry of RFC 9421.</summary>
    public const string Ed25519Name = "ed25519", P256Name = "ecdsa-p256-sha256";

    private protected RequestKey(string id) => Id = id;

    /// <summary>The API key's id.</summary>
    public string Id { get; }

    /// <summary>What its signatures are called in RFC 9421.</summary>
    public abstract string Algorithm { get; }

    /// <summary>Ed25519: the signature's 64 bytes are R ‖ S.</summary>
    /// <param name="id">The API key's id.</param>
    /// <param name="seed">32 bytes; the caller's copy is the caller's to clear.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public static RequestKey Ed25519(string id, ReadOnlySpan<byte> seed)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new Ed25519RequestKey(id, new(seed));
    }

    /// <summary>ECDSA on P-256 with SHA-256: the signature's 64 bytes are r ‖ s. The key may live in a TPM or an HSM.</summary>
    /// <param name="id">The API key's id.</param>
    /// <param name="key">The key, which is disposed of with this.</param>
    /// <exception cref="ArgumentException">The key is on another curve.</exception>
    public static RequestKey P256(string id, ECDsa key)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(key);
        return key.KeySize == 256 ? new P256RequestKey(id, key) : throw new ArgumentException("The key is not on P-256.", nameof(key));
    }

    /// <summary>Signs.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> message);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Wipes the key.</summary>
    protected abstract void Dispose(bool disposing);

    sealed class Ed25519RequestKey(string id, Ed25519Key key) : RequestKey(id)
    {
        public override string Algorithm => Ed25519Name;

        public override byte[] Sign(ReadOnlySpan<byte> message) => key.Sign(message);

        protected override void Dispose(bool disposing) => key.Dispose();
    }

    sealed class P256RequestKey(string id, ECDsa key) : RequestKey(id)
    {
        public override string Algorithm => P256Name;

        public override byte[] Sign(ReadOnlySpan<byte> message) => key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

        protected override void Dispose(bool disposing) => key.Dispose();
    }
}
