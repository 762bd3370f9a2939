using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cryptography.Derivation;

/// <summary>A BIP 32 extended private key: a whole secret and its public side. For import, export and single keys.</summary>
public sealed class ExtendedPrivateKey : IDisposable
{
    /// <summary>Length of xprv… and tprv… in characters.</summary>
    public const int EncodedLength = ExtendedKeyFormat.TextLength;

    /// <summary>Shortest and longest seed in bytes (BIP 32, "Master key generation").</summary>
    const int MinSeedSize = 16, MaxSeedSize = 64;

    readonly Secret<Scalar<Secp256k1>> secret;

    /// <summary>Takes over <paramref name="secret"/>.</summary>
    ExtendedPrivateKey(
        Secret<Scalar<Secp256k1>> secret, ReadOnlySpan<byte> chainCode, byte depth, uint parentFingerprint, uint childNumber)
    {
        this.secret = secret;
        Public = new(secret.MultiplyBase(), chainCode, depth, parentFingerprint, childNumber);
    }

    /// <summary>The root of a tree, with a copy of <paramref name="secret"/>.</summary>
    /// <exception cref="ArgumentException">The secret is zero, or the chain code is not 32 bytes.</exception>
    public ExtendedPrivateKey(Secret<Scalar<Secp256k1>> secret, ReadOnlySpan<byte> chainCode)
    {
        ArgumentNullException.ThrowIfNull(secret);
        // The identity and a wrong chain code are refused here, before there is a copy.
        Public = new(secret.MultiplyBase(), chainCode);
        this.secret = secret.Copy();
    }

    /// <summary>N(…): the extended public key.</summary>
    public ExtendedPublicKey Public { get; }

    /// <summary>The secret, which stays this key's own: it is wiped with it.</summary>
    public Secret<Scalar<Secp256k1>> Secret => secret;

    /// <summary>The root from a seed of 16 to 64 bytes: HMAC-SHA-512 under "Bitcoin seed".</summary>
    /// <exception cref="ArgumentException">The seed is shorter or longer.</exception>
    /// <exception cref="CryptographicException">The seed gives no key, which happens once in 2¹²⁷.</exception>
    public static ExtendedPrivateKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length is < MinSeedSize or > MaxSeedSize)
            throw new ArgumentException($"A seed of {seed.Length} bytes; it has 16 to 64.", nameof(seed));
        Span<byte> chainCode = stackalloc byte[Bip32.ChainCodeSize];
        var key = Bip32.Tweak(seed, "Bitcoin seed"u8, chainCode);
        return key.IsZero ? throw Bip32.NoChild() : new(new(key), chainCode, 0, 0, 0);
    }

    /// <summary>CKDpriv: the child at <paramref name="index"/>, hardened from 2³¹ on.</summary>
    /// <exception cref="InvalidOperationException">The depth is 255.</exception>
    /// <exception cref="CryptographicException">There is no such child, which happens once in 2¹²⁷.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public ExtendedPrivateKey Derive(uint index)
    {
        var depth = ExtendedPublicKey.NextDepth(Public.Depth);
        Span<byte> childChainCode = stackalloc byte[Bip32.ChainCodeSize];
        using var tweak = new Secret<Scalar<Secp256k1>>(index < Bip32.Hardened
            ? Bip32.PublicTweak(Public.Key, Public.ChainCode, index, childChainCode)
            : HardenedTweak(index, childChainCode));
        var child = new Secret<Scalar<Secp256k1>>(secret.Expose() + tweak.Expose());
        if (!child.Expose().IsZero)
            return new(child, childChainCode, depth, Public.Fingerprint, index);
        child.Dispose();
        throw Bip32.NoChild();
    }

    /// <summary>The descendant along <paramref name="path"/>, taken from here. What lies between is wiped.</summary>
    /// <exception cref="InvalidOperationException">The depth would exceed 255.</exception>
    /// <exception cref="CryptographicException">A step has no child, which happens once in 2¹²⁷.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public ExtendedPrivateKey Derive(Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var key = new ExtendedPrivateKey(
            secret.Copy(), Public.ChainCode, Public.Depth, Public.ParentFingerprint, Public.ChildNumber);
        foreach (var index in path.Indices)
            using (var parent = key)
                key = parent.Derive(index);
        return key;
    }

    /// <summary>Writes xprv… or tprv…, 111 characters, to memory the caller can wipe. This is the whole tree's secret.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short; 128 characters always suffice.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public void Encode(Bip32Network network, Span<char> destination)
    {
        if (destination.Length < EncodedLength)
            throw new ArgumentException("An extended key takes 111 characters.", nameof(destination));
        Span<byte> payload = stackalloc byte[ExtendedKeyFormat.Size];
        Span<char> text = stackalloc char[Base58Check.GetMaxEncodedLength(ExtendedKeyFormat.Size)];
        ExtendedKeyFormat.WriteHeader(
            payload, network, isPrivate: true, Public.Depth, Public.ParentFingerprint, Public.ChildNumber);
        Public.ChainCode.CopyTo(payload[ExtendedKeyFormat.ChainCodeOffset..]);
        payload[ExtendedKeyFormat.KeyOffset] = 0;
        secret.Expose().Encode(payload[(ExtendedKeyFormat.KeyOffset + 1)..]);
        text[..Base58Check.Encode(payload, text)].CopyTo(destination);
        CryptographicOperations.ZeroMemory(payload);
        text.Clear();
    }

    /// <summary>
    /// Decodes xprv… or tprv…. False for a bad character, checksum, length or version (a public one included), for a root
    /// with a parent or an index, and for a key without its zero byte or outside [1, n − 1].
    /// </summary>
    public static bool TryDecode(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out ExtendedPrivateKey? key, out Bip32Network network)
    {
        key = null;
        Span<byte> payload = stackalloc byte[ExtendedKeyFormat.Size];
        if (ExtendedKeyFormat.TryRead(text, payload, isPrivate: true, out network)
            && payload[ExtendedKeyFormat.KeyOffset] == 0
            && Scalar<Secp256k1>.TryDecode(payload[(ExtendedKeyFormat.KeyOffset + 1)..], out var value)
            && !value.IsZero)
            key = new(
                new(value),
                payload[ExtendedKeyFormat.ChainCodeOffset..ExtendedKeyFormat.KeyOffset],
                payload[4],
                BinaryPrimitives.ReadUInt32BigEndian(payload[5..]),
                BinaryPrimitives.ReadUInt32BigEndian(payload[9..]));
        CryptographicOperations.ZeroMemory(payload);
        return key is not null;
    }

    /// <summary>Wipes the secret. Harmless when repeated.</summary>
    public void Dispose() => secret.Dispose();

    /// <summary>The public key's encoding.</summary>
    public override string ToString() => $"ExtendedPrivateKey({Public.Key})";

    Scalar<Secp256k1> HardenedTweak(uint index, Span<byte> childChainCode)
    {
        Span<byte> data = stackalloc byte[37];
        data[0] = 0;
        secret.Expose().Encode(data[1..]);
        BinaryPrimitives.WriteUInt32BigEndian(data[33..], index);
        try
        {
            return Bip32.Tweak(data, Public.ChainCode, childChainCode);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
        }
    }
}
