using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Derivation;

/// <summary>
/// BIP 32's child key derivation on secp256k1. A non-hardened child differs from its parent by a tweak that anyone can
/// compute from public values, so threshold keys derive by adding it; hardened children need the whole secret.
/// </summary>
public static class Bip32
{
    /// <summary>Indices from here on are hardened: 2³¹.</summary>
    public const uint Hardened = 0x80000000;

    /// <summary>Length in bytes of a chain code.</summary>
    public const int ChainCodeSize = 32;

    /// <summary>
    /// The non-hardened descendant of a public key along <paramref name="path"/>, and the sum of the tweaks on the way:
    /// child = parent + tweak·G. Who holds a share of the parent's secret adds the tweak once to the joint secret.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The chain code is not 32 bytes, the parent is the identity, or the path has a hardened step.
    /// </exception>
    /// <exception cref="CryptographicException">A step has no child, which happens once in 2¹²⁷.</exception>
    public static PublicDerivation<Secp256k1> DerivePublic(
        in Point<Secp256k1> parent, ReadOnlySpan<byte> chainCode, Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(path);
        CheckChainCode(chainCode);
        if (parent.IsIdentity)
            throw new ArgumentException("The identity has no children.", nameof(parent));
        if (path.IsHardened)
            throw new ArgumentException("A public key has no hardened children.", nameof(path));

        var code = chainCode.ToArray();
        var (sum, key) = (Scalar<Secp256k1>.Zero, parent);
        foreach (var index in path.Indices)
        {
            var tweak = PublicTweak(key, code, index, code);
            sum += tweak;
            key = Child(key, tweak);
        }
        return new(sum, key, code);
    }

    /// <summary>I of CKDpub: its left half as the tweak, its right half as the child's chain code.</summary>
    internal static Scalar<Secp256k1> PublicTweak(
        in Point<Secp256k1> parent, ReadOnlySpan<byte> chainCode, uint index, Span<byte> childChainCode)
    {
        Span<byte> data = stackalloc byte[37];
        parent.Encode(data);
        BinaryPrimitives.WriteUInt32BigEndian(data[33..], index);
        return Tweak(data, chainCode, childChainCode);
    }

    /// <summary>parse256(I_L) for I = HMAC-SHA-512(chain code, data); I_R goes to <paramref name="childChainCode"/>.</summary>
    internal static Scalar<Secp256k1> Tweak(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> chainCode, Span<byte> childChainCode)
    {
        Span<byte> output = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData(chainCode, data, output);
        output[32..].CopyTo(childChainCode);
        var isKey = Scalar<Secp256k1>.TryDecode(output[..32], out var tweak);
        CryptographicOperations.ZeroMemory(output);
        return isKey ? tweak : throw NoChild();
    }

    /// <summary>parent + tweak·G.</summary>
    internal static Point<Secp256k1> Child(in Point<Secp256k1> parent, in Scalar<Secp256k1> tweak)
    {
        var child = parent + Point<Secp256k1>.MultiplyBase(tweak);
        return child.IsIdentity ? throw NoChild() : child;
    }

    internal static void CheckChainCode(ReadOnlySpan<byte> chainCode)
    {
        if (chainCode.Length != ChainCodeSize)
            throw new ArgumentException($"A chain code of {chainCode.Length} bytes; it has 32.", nameof(chainCode));
    }

    internal static CryptographicException NoChild() => new("BIP 32: this index has no key; the next one has.");
}
