namespace Quorate.Node.Vault;

/// <summary>
/// The key-encryption key of a vault or backup, as a port: it wraps the data keys of records and is never seen. In
/// memory (<see cref="KeyCredential"/>), or inside a token that encrypts with AES-GCM (PKCS#11 C_Encrypt, CKM_AES_GCM).
/// </summary>
public interface IKeyEncryption : IDisposable
{
    /// <summary>
    /// What is stored beside the wrapped keys so that the KEK can be found again, at most 1,024 bytes, not secret. The
    /// first byte says which kind of adapter reads the others: 1 to 3 are <see cref="KeyCredential"/>'s.
    /// </summary>
    ReadOnlySpan<byte> Parameters { get; }

    /// <summary>Encrypts a data key of 32 bytes, bound to <paramref name="associatedData"/>. At most 1,024 bytes.</summary>
    byte[] Wrap(ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> associatedData);

    /// <summary>
    /// Decrypts what <see cref="Wrap"/> made into <paramref name="dataKey"/>, 32 bytes. False, and zeros, where the KEK,
    /// the wrapped key or the associated data is another.
    /// </summary>
    bool TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, Span<byte> dataKey);
}

/// <summary>Finds the KEK that <see cref="IKeyEncryption.Parameters"/> describe.</summary>
/// <exception cref="VaultException"><see cref="VaultFault.WrongKey"/>: they describe another than the one at hand.</exception>
public delegate IKeyEncryption OpenKeyEncryption(ReadOnlySpan<byte> parameters);
