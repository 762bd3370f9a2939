using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Lifecycle;

/// <summary>
/// Child keys by additive derivation: every holder adds the same public tweak to its share, without a session, and a
/// quorum signs under the child. Only non-hardened steps: a hardened one hashes the whole secret, which nobody has.
/// </summary>
/// <remarks>
/// A child share and the package of its parent give the parent share away. Keep child shares as short as a signature
/// takes, and guard them like the parent.
/// </remarks>
public static class ChildKeys
{
    extension(PublicKeyPackage<Secp256k1> package)
    {
        /// <summary>The package of the key's BIP 32 descendant along <paramref name="path"/>, with that key's chain code.</summary>
        /// <exception cref="ArgumentException">The path has a hardened step.</exception>
        /// <exception cref="CryptographicException">A step has no child, which happens once in 2¹²⁷.</exception>
        public PublicKeyPackage<Secp256k1> DeriveChild(Bip32Path path) => Add(package, Derive(package, path));
    }

    extension(KeyShare<Secp256k1> share)
    {
        /// <summary>The share of the key's BIP 32 descendant along <paramref name="path"/>, with a life of its own.</summary>
        /// <exception cref="ArgumentException">The path has a hardened step.</exception>
        /// <exception cref="CryptographicException">A step has no child, which happens once in 2¹²⁷.</exception>
        public KeyShare<Secp256k1> DeriveChild(Bip32Path path) => Add(share, Derive(share.Package, path));
    }

    extension(PublicKeyPackage<Ed25519> package)
    {
        /// <summary>
        /// The package of the key's descendant along <paramref name="path"/> after docs/spec/ed25519-derivation.md.
        /// </summary>
        /// <exception cref="ArgumentException">The path has a hardened step.</exception>
        /// <exception cref="CryptographicException">A step has no child, which happens once in 2²⁵².</exception>
        public PublicKeyPackage<Ed25519> DeriveChild(Bip32Path path) => Add(package, Derive(package, path));
    }

    extension(KeyShare<Ed25519> share)
    {
        /// <summary>
        /// The share of the key's descendant along <paramref name="path"/> after docs/spec/ed25519-derivation.md, with a
        /// life of its own.
        /// </summary>
        /// <exception cref="ArgumentException">The path has a hardened step.</exception>
        /// <exception cref="CryptographicException">A step has no child, which happens once in 2²⁵².</exception>
        public KeyShare<Ed25519> DeriveChild(Bip32Path path) => Add(share, Derive(share.Package, path));
    }

    static PublicDerivation<Secp256k1> Derive(PublicKeyPackage<Secp256k1> parent, Bip32Path path) =>
        Bip32.DerivePublic(parent.GroupKey, parent.ChainCode, NonHardened(path));

    static PublicDerivation<Ed25519> Derive(PublicKeyPackage<Ed25519> parent, Bip32Path path) =>
        Ed25519Derivation.Derive(parent.GroupKey, parent.ChainCode, NonHardened(path));

    static PublicKeyPackage<C> Add<C>(PublicKeyPackage<C> parent, PublicDerivation<C> child) where C : struct, ICurve<C> =>
        parent.Add(child.Tweak, child.ChainCode);

    static KeyShare<C> Add<C>(KeyShare<C> parent, PublicDerivation<C> child) where C : struct, ICurve<C> =>
        parent.Add(child.Tweak, child.ChainCode);

    static Bip32Path NonHardened(Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.IsHardened
            ? throw new ArgumentException($"{path} has a hardened step: shares derive non-hardened children only.", nameof(path))
            : path;
    }
}
