using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;

namespace Quorate.Node.Vault;

/// <summary>
/// A KEK in memory: AES-256-GCM. Nonces of 12 random bytes allow 2³² keys to be wrapped under one KEK (NIST SP 800-38D,
/// section 8.3): a thousand commits a second for seven weeks without a pause.
/// </summary>
sealed class KeyEncryptionInMemory(byte[] parameters, SecretBytes key, IRandom random) : IKeyEncryption
{
    const int NonceSize = 12, TagSize = 16;

    /// <summary>Length in bytes of a wrapped key: nonce, key, tag.</summary>
    internal const int WrappedSize = NonceSize + RecordSeal.DataKeySize + TagSize;

    public ReadOnlySpan<byte> Parameters => parameters;

    public byte[] Wrap(ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> associatedData)
    {
        var wrapped = new byte[NonceSize + dataKey.Length + TagSize];
        random.Fill(wrapped.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key.Expose(), TagSize);
        aes.Encrypt(wrapped.AsSpan(0, NonceSize), dataKey, wrapped.AsSpan(NonceSize, dataKey.Length), wrapped.AsSpan(^TagSize..), associatedData);
        return wrapped;
    }

    public bool TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, Span<byte> dataKey)
    {
        dataKey.Clear();
        if (wrapped.Length != NonceSize + dataKey.Length + TagSize)
            return false;
        try
        {
            using var aes = new AesGcm(key.Expose(), TagSize);
            aes.Decrypt(wrapped[..NonceSize], wrapped[NonceSize..^TagSize], wrapped[^TagSize..], dataKey, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => key.Dispose();
}
