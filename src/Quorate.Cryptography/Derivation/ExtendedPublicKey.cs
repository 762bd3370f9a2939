using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;

namespace Quorate.Cryptography.Derivation;

/// <summary>
/// A BIP 32 extended public key: a key, its chain code, and where in the tree it stands. Together with the secret of any
/// non-hardened descendant it gives away its own secret, so it is shown to few.
/// </summary>
public sealed class ExtendedPublicKey : IEquatable<ExtendedPublicKey>
{
    readonly byte[] chainCode;

    /// <summary>The root of a tree.</summary>
    /// <exception cref="ArgumentException">The key is the identity, or the chain code is not 32 bytes.</exception>
    public ExtendedPublicKey(in Point<Secp256k1> key, ReadOnlySpan<byte> chainCode) : this(key, chainCode, 0, 0, 0)
    {
    }

    internal ExtendedPublicKey(
        in Point<Secp256k1> key, ReadOnlySpan<byte> chainCode, byte depth, uint parentFingerprint, uint childNumber)
    {
        Bip32.CheckChainCode(chainCode);
        if (key.IsIdentity)
            throw new ArgumentException("The identity is no key.", nameof(key));
        Key = key;
        this.chainCode = chainCode.ToArray();
        (Depth, ParentFingerprint, ChildNumber) = (depth, parentFingerprint, childNumber);
    }

    /// <summary>K.</summary>
    public Point<Secp256k1> Key { get; }

    /// <summary>c, 32 bytes.</summary>
    public ReadOnlySpan<byte> ChainCode => chainCode;

    /// <summary>Steps from the root, 0 to 255.</summary>
    public byte Depth { get; }

    /// <summary>First four bytes of the parent's identifier, 0 for a root. Not unique: a hint, never a proof.</summary>
    public uint ParentFingerprint { get; }

    /// <summary>The last index of the path, 0 for a root.</summary>
    public uint ChildNumber { get; }

    /// <summary>First four bytes of RIPEMD-160(SHA-256(key)).</summary>
    public uint Fingerprint => FingerprintOf(Key);

    /// <summary>CKDpub: the non-hardened child at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is hardened.</exception>
    /// <exception cref="InvalidOperationException">The depth is 255.</exception>
    /// <exception cref="CryptographicException">There is no such child, which happens once in 2¹²⁷.</exception>
    public ExtendedPublicKey Derive(uint index) => DeriveTweak(index).Child;

    /// <summary>The descendant along <paramref name="path"/>, taken from here.</summary>
    /// <exception cref="ArgumentException">The path has a hardened step.</exception>
    /// <exception cref="InvalidOperationException">The depth would exceed 255.</exception>
    /// <exception cref="CryptographicException">A step has no child, which happens once in 2¹²⁷.</exception>
    public ExtendedPublicKey Derive(Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.IsHardened)
            throw new ArgumentException("A public key has no hardened children.", nameof(path));
        var key = this;
        foreach (var index in path.Indices)
            key = key.Derive(index);
        return key;
    }

    /// <summary>The child at <paramref name="index"/> and how it differs: child = key + tweak·G, in secret and in public.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is hardened.</exception>
    /// <exception cref="InvalidOperationException">The depth is 255.</exception>
    /// <exception cref="CryptographicException">There is no such child, which happens once in 2¹²⁷.</exception>
    public (Scalar<Secp256k1> Tweak, ExtendedPublicKey Child) DeriveTweak(uint index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Bip32.Hardened);
        var depth = NextDepth(Depth);
        Span<byte> childChainCode = stackalloc byte[Bip32.ChainCodeSize];
        var tweak = Bip32.PublicTweak(Key, chainCode, index, childChainCode);
        return (tweak, new(Bip32.Child(Key, tweak), childChainCode, depth, Fingerprint, index));
    }

    /// <summary>xpub… or tpub…, 111 characters.</summary>
    public string Encode(Bip32Network network)
    {
        Span<byte> payload = stackalloc byte[ExtendedKeyFormat.Size];
        ExtendedKeyFormat.WriteHeader(payload, network, isPrivate: false, Depth, ParentFingerprint, ChildNumber);
        chainCode.CopyTo(payload[ExtendedKeyFormat.ChainCodeOffset..]);
        Key.Encode(payload[ExtendedKeyFormat.KeyOffset..]);
        return Base58Check.Encode(payload);
    }

    /// <summary>
    /// Decodes xpub… or tpub…. False for a bad character, checksum, length or version (a private one included), for a
    /// root with a parent or an index, and for bytes that are no compressed point.
    /// </summary>
    public static bool TryDecode(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out ExtendedPublicKey? key, out Bip32Network network)
    {
        key = null;
        Span<byte> payload = stackalloc byte[ExtendedKeyFormat.Size];
        if (!ExtendedKeyFormat.TryRead(text, payload, isPrivate: false, out network)
            || !Point<Secp256k1>.TryDecode(payload[ExtendedKeyFormat.KeyOffset..], out var point))
            return false;
        key = new(
            point,
            payload[ExtendedKeyFormat.ChainCodeOffset..ExtendedKeyFormat.KeyOffset],
            payload[4],
            BinaryPrimitives.ReadUInt32BigEndian(payload[5..]),
            BinaryPrimitives.ReadUInt32BigEndian(payload[9..]));
        return true;
    }

    /// <summary>Whether key, chain code and place in the tree are equal.</summary>
    public bool Equals(ExtendedPublicKey? other) =>
        other is not null
        && Key == other.Key
        && chainCode.AsSpan().SequenceEqual(other.chainCode)
        && (Depth, ParentFingerprint, ChildNumber) == (other.Depth, other.ParentFingerprint, other.ChildNumber);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ExtendedPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Depth, ParentFingerprint, ChildNumber);

    /// <summary>The public key's encoding.</summary>
    public override string ToString() => $"ExtendedPublicKey({Key})";

    internal static byte NextDepth(byte depth) =>
        depth < Bip32Path.MaxDepth ? (byte)(depth + 1) : throw new InvalidOperationException("The tree is 255 deep.");

    internal static uint FingerprintOf(in Point<Secp256k1> key)
    {
        Span<byte> encoded = stackalloc byte[33];
        key.Encode(encoded);
        Span<byte> identifier = stackalloc byte[Ripemd160.Size];
        Ripemd160.HashSha256(encoded, identifier);
        return BinaryPrimitives.ReadUInt32BigEndian(identifier);
    }
}
