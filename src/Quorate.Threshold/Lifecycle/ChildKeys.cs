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
        /// <exception cref="System.Security.Cryptography.CryptographicException">A step has no child, which happens once in 2¹²⁷.</exception>
        public PublicKeyPackage<Secp256k1> DeriveChild(Bip32Path path)
        {
            var child = Bip32.DerivePublic(package.GroupKey, package.ChainCode, NonHardened(path));
            return package.Add(child.Tweak, child.ChainCode);
        }
    }

    extension(KeyShare<Secp256k1> share)
    {
        /// <summary>The share of the key's BIP 32 descendant along <paramref name="path"/>, with a life of its own.</summary>
        /// <exception cref="ArgumentException">The path has a hardened step.</exception>
        /// <exception cref="System.Security.Cryptography.CryptographicException">A step has no child, which happens once in 2¹²⁷.</exception>
        public KeyShare<Secp256k1> DeriveChild(Bip32Path path)
        {
            var child = Bip32.DerivePublic(share.Package.GroupKey, share.Package.ChainCode, NonHardened(path));
            return share.Add(child.Tweak, child.ChainCode);
        }
    }

    static Bip32Path NonHardened(Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.IsHardened
            ? throw new ArgumentException($"{path} has a hardened step: shares derive non-hardened children only.", nameof(path))
            : path;
    }
}
