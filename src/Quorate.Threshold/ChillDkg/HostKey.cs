using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// A participant's long-term host key: its identity in every ChillDKG session, and with a session's recovery data enough
/// to recover its share. Keep it as long as a key generated with it is in use: even a session that failed here may have
/// succeeded elsewhere.
/// </summary>
public sealed class HostKey : IDisposable
{
    /// <summary>Length in bytes of the secret key.</summary>
    public const int Size = Scalar.Size;

    readonly Bip340Key signing;

    /// <summary>Takes 32 secret bytes, big-endian; the caller's copy is the caller's to wipe.</summary>
    /// <exception cref="ArgumentException">Another length, zero, or not below the group order.</exception>
    public HostKey(ReadOnlySpan<byte> secretKey)
    {
        if (secretKey.Length != Size)
            throw new ArgumentException($"A host secret key has {Size} bytes, not {secretKey.Length}.", nameof(secretKey));
        if (!Scalar.TryDecode(secretKey, out var value) || value.IsZero)
            throw new ArgumentException("A host secret key is between 1 and the group order.", nameof(secretKey));
        Secret = new(value);
        signing = new(Secret);
        PublicKey = Secret.MultiplyBase();
    }

    HostKey(Secret<Scalar> secret)
    {
        Secret = secret;
        signing = new(secret);
        PublicKey = secret.MultiplyBase();
    }

    /// <summary>hostpubkey_gen: the public key that the other participants know this one by, compressed 33 bytes.</summary>
    public Point PublicKey { get; }

    /// <summary>The secret key, for ECDH.</summary>
    internal Secret<Scalar> Secret { get; }

    /// <summary>A fresh key.</summary>
    public static HostKey Generate(IRandom random) => new(Secret<Scalar>.Random(random));

    /// <summary>The 32 bytes that the constructor takes, for a backup. They belong to the caller.</summary>
    public SecretBytes Export()
    {
        var bytes = new SecretBytes(Size);
        Secret.Expose().Encode(bytes.Expose());
        return bytes;
    }

    /// <summary>A BIP 340 signature on a message that carries its own domain.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> message, IRandom random) => signing.Sign(message, random).Encode();

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        Secret.Dispose();
        signing.Dispose();
    }

    /// <summary>The public key.</summary>
    public override string ToString() => $"HostKey({PublicKey})";
}
