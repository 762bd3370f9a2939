using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;

namespace Quorate.Cryptography.Derivation;

/// <summary>
/// Child keys of an Ed25519 threshold key, docs/spec/ed25519-derivation.md: as in BIP 32's public derivation a child is
/// its parent plus a tweak that anyone can compute from the parent's public key and chain code, so that holders of shares
/// derive without each other. Not SLIP-0010 and not BIP32-Ed25519, neither of which is additive modulo L.
/// </summary>
/// <remarks>
/// The secret of a child, or enough shares of it, gives away the secret of its parent to whoever has the parent's chain
/// code: exporting a child is exporting the root.
/// </remarks>
public static class Ed25519Derivation
{
    /// <summary>Length in bytes of a chain code.</summary>
    public const int ChainCodeSize = Bip32.ChainCodeSize;

    const byte TweakPurpose = 1, ChainCodePurpose = 2;

    /// <summary>The child at <paramref name="index"/>: key = parent + tweak·B.</summary>
    /// <exception cref="ArgumentException">The chain code is not 32 bytes, or the parent is the identity.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is 2³¹ or above: hardened.</exception>
    /// <exception cref="CryptographicException">There is no such child, which happens once in 2²⁵².</exception>
    public static PublicDerivation<Ed25519> Derive(in Point<Ed25519> parent, ReadOnlySpan<byte> chainCode, uint index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Bip32.Hardened);
        return Derive(parent, chainCode, new Bip32Path(index));
    }

    /// <summary>The descendant along <paramref name="path"/>; the parent itself, with a tweak of zero, for the empty one.</summary>
    /// <exception cref="ArgumentException">
    /// The chain code is not 32 bytes, the parent is the identity, or the path has a hardened step.
    /// </exception>
    /// <exception cref="CryptographicException">A step has no child, which happens once in 2²⁵².</exception>
    public static PublicDerivation<Ed25519> Derive(in Point<Ed25519> parent, ReadOnlySpan<byte> chainCode, Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Bip32.CheckChainCode(chainCode);
        if (parent.IsIdentity)
            throw new ArgumentException("The identity has no children.", nameof(parent));
        if (path.IsHardened)
            throw new ArgumentException("A public key has no hardened children.", nameof(path));

        var code = chainCode.ToArray();
        var (sum, key) = (Scalar<Ed25519>.Zero, parent);
        foreach (var index in path.Indices)
        {
            var tweak = Tweak(key, code, index, code);
            sum += tweak;
            key = Child(key, tweak);
        }
        return new(sum, key, code);
    }

    /// <summary>parent + tweak·B, which must not be the identity.</summary>
    internal static Point<Ed25519> Child(in Point<Ed25519> parent, in Scalar<Ed25519> tweak)
    {
        var child = parent + Point<Ed25519>.MultiplyBase(tweak);
        return child.IsIdentity ? throw new CryptographicException("This index has no key; the next one has.") : child;
    }

    /// <summary>
    /// With T = SHA-512(tag) and HMAC-SHA-512 under the chain code: the tweak is HMAC(T ‖ T ‖ 1 ‖ A ‖ index) mod L, and
    /// the child's chain code the first half of HMAC(T ‖ T ‖ 2 ‖ A ‖ index). All parts have fixed lengths.
    /// </summary>
    static Scalar<Ed25519> Tweak(
        in Point<Ed25519> parent, ReadOnlySpan<byte> chainCode, uint index, Span<byte> childChainCode)
    {
        var prefix = Tags.Ed25519Derivation.Sha512Prefix;
        Span<byte> data = stackalloc byte[prefix.Length + 1 + 32 + 4];
        prefix.CopyTo(data);
        parent.Encode(data[(prefix.Length + 1)..]);
        BinaryPrimitives.WriteUInt32BigEndian(data[^4..], index);

        Span<byte> output = stackalloc byte[HMACSHA512.HashSizeInBytes];
        data[prefix.Length] = TweakPurpose;
        HMACSHA512.HashData(chainCode, data, output);
        var tweak = Scalar<Ed25519>.Reduce(output);
        data[prefix.Length] = ChainCodePurpose;
        HMACSHA512.HashData(chainCode, data, output);
        output[..ChainCodeSize].CopyTo(childChainCode);
        CryptographicOperations.ZeroMemory(output);
        return tweak;
    }
}
