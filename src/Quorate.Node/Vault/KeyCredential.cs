using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;

namespace Quorate.Node.Vault;

/// <summary>What a KEK is made from. The numbers are part of the stored format.</summary>
[Flags]
public enum KeySources : byte
{
    /// <summary>Nothing: never stored.</summary>
    None = 0,

    /// <summary>A passphrase.</summary>
    Passphrase = 1,

    /// <summary>A file of 32 random bytes.</summary>
    KeyFile = 2,
}

/// <summary>
/// A passphrase, a key file, or both, from which the KEK of a vault or backup follows: HKDF-SHA256 over the passphrase's
/// PBKDF2 key and the file's bytes, with the stored parameters as salt and info. With both, neither alone opens anything.
/// </summary>
public sealed class KeyCredential : IDisposable
{
    const byte FormatVersion = 1;
    const int SaltSize = 32;

    /// <summary>Sources 1, format 1, iterations 4, salt 32.</summary>
    const int ParametersSize = 6 + SaltSize;

    readonly SecretBytes? passphrase, keyFile;

    /// <summary>Takes ownership of what is given, whatever the outcome.</summary>
    /// <exception cref="ArgumentException">Neither is given, the passphrase is empty, or the key file has not 32 bytes.</exception>
    public KeyCredential(SecretBytes? passphrase, SecretBytes? keyFile)
    {
        if ((passphrase ?? keyFile) is null || passphrase is { Length: 0 } || keyFile is not (null or { Length: KekFile.Size }))
        {
            passphrase?.Dispose();
            keyFile?.Dispose();
            throw new ArgumentException($"A passphrase that is not empty, a key file of {KekFile.Size} bytes, or both.", nameof(passphrase));
        }
        (this.passphrase, this.keyFile) = (passphrase, keyFile);
    }

    /// <summary>What this credential has.</summary>
    public KeySources Sources => (passphrase is null ? 0 : KeySources.Passphrase) | (keyFile is null ? 0 : KeySources.KeyFile);

    /// <summary>What the KEK of these parameters takes.</summary>
    /// <exception cref="VaultException">
    /// <see cref="VaultFault.UnknownFormat"/>: they are another adapter's, of another version, or out of bounds.
    /// </exception>
    public static KeySources Needs(ReadOnlySpan<byte> parameters) => Read(parameters).Sources;

    /// <summary>A new KEK, with a salt of its own.</summary>
    /// <param name="random">For the salt, and for the nonces of what it will wrap.</param>
    /// <param name="iterations">Of PBKDF2, where there is a passphrase.</param>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="PassphraseKey.Derive"/>.</exception>
    public IKeyEncryption Create(IRandom random, int iterations = PassphraseKey.MinIterations)
    {
        ArgumentNullException.ThrowIfNull(random);
        var parameters = new byte[ParametersSize];
        parameters[0] = (byte)Sources;
        parameters[1] = FormatVersion;
        BinaryPrimitives.WriteInt32BigEndian(parameters.AsSpan(2), passphrase is null ? 0 : iterations);
        random.Fill(parameters.AsSpan(^SaltSize..));
        return Derive(parameters, iterations, random);
    }

    /// <summary>The KEK of these parameters. Whether it is the right one shows when it unwraps.</summary>
    /// <param name="parameters">As stored.</param>
    /// <param name="random">For the nonces of what it will wrap.</param>
    /// <exception cref="VaultException">
    /// As for <see cref="Needs"/>; or <see cref="VaultFault.WrongKey"/>: it takes something else than this credential has.
    /// </exception>
    public IKeyEncryption Open(ReadOnlySpan<byte> parameters, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (needed, iterations) = Read(parameters);
        return needed == Sources
            ? Derive(parameters.ToArray(), iterations, random)
            : throw new VaultException(VaultFault.WrongKey, null, $"It opens with {Describe(needed)}, not with {Describe(Sources)}.");
    }

    /// <summary>In words.</summary>
    public static string Describe(KeySources sources) => sources switch
    {
        KeySources.Passphrase => "a passphrase",
        KeySources.KeyFile => "a key file",
        _ => "a passphrase and a key file",
    };

    /// <summary>Wipes it.</summary>
    public void Dispose()
    {
        passphrase?.Dispose();
        keyFile?.Dispose();
    }

    KeyEncryptionInMemory Derive(byte[] parameters, int iterations, IRandom random)
    {
        using var material = new SecretBytes((passphrase is null ? 0 : PassphraseKey.Size) + (keyFile?.Length ?? 0));
        if (passphrase is not null)
        {
            using var stretched = PassphraseKey.Derive(passphrase, parameters.AsSpan(^SaltSize..), iterations);
            stretched.Expose().CopyTo(material.Expose());
        }
        keyFile?.Expose().CopyTo(material.Expose()[^keyFile.Length..]);
        var key = new SecretBytes(RecordSeal.DataKeySize);
        // The parameters say which parts there are, so the concatenation is unambiguous.
        HKDF.DeriveKey(HashAlgorithmName.SHA256, material.Expose(), key.Expose(), parameters.AsSpan(^SaltSize..), parameters);
        return new(parameters, key, random);
    }

    static (KeySources Sources, int Iterations) Read(ReadOnlySpan<byte> parameters)
    {
        if (parameters.Length != ParametersSize || parameters[0] is 0 or > 3 || parameters[1] != FormatVersion)
            throw new VaultException(VaultFault.UnknownFormat, null, "The parameters of the key-encryption key are of an unknown kind.");
        var sources = (KeySources)parameters[0];
        var iterations = BinaryPrimitives.ReadInt32BigEndian(parameters[2..]);
        var isInRange = sources.HasFlag(KeySources.Passphrase)
            ? iterations is >= PassphraseKey.MinIterations and <= PassphraseKey.MaxIterations
            : iterations == 0;
        return isInRange
            ? (sources, iterations)
            : throw new VaultException(VaultFault.UnknownFormat, null, $"{iterations} iterations of PBKDF2 are out of range.");
    }
}
