using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Node.Ceremonies;
using Quorate.Policies;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Gate;

/// <summary>
/// The public half of a wallet: one shared key for each kind of signature that it can give. All are of one epoch, which
/// intents name.
/// </summary>
public sealed class WalletKeys
{
    /// <summary>A wallet of these keys.</summary>
    /// <exception cref="ArgumentException">No key, a key of another scheme than its place says, or keys of different epochs.</exception>
    public WalletKeys(
        string name, PublicKeyPackage<Secp256k1>? ecdsa, PublicKeyPackage<Secp256k1>? bip340, PublicKeyPackage<Ed25519>? ed25519)
    {
        Name = Naming.Require(name, nameof(name));
        Require(ecdsa?.Scheme, KeyScheme.Dkls23, nameof(ecdsa));
        Require(bip340?.Scheme, KeyScheme.FrostBip340, nameof(bip340));
        Require(ed25519?.Scheme, KeyScheme.FrostEd25519, nameof(ed25519));
        uint[] epochs = [.. new[] { ecdsa?.Epoch, bip340?.Epoch, ed25519?.Epoch }.OfType<uint>().Distinct()];
        if (epochs.Length != 1)
            throw new ArgumentException("A wallet has a key, and all its keys are of one epoch.", nameof(name));
        (Ecdsa, Bip340, Ed25519, Epoch) = (ecdsa, bip340, ed25519, epochs[0]);
    }

    /// <summary>A wallet of keys in their stored format; null for a key that it does not have.</summary>
    /// <exception cref="FormatException">One of them is none.</exception>
    /// <exception cref="ArgumentException">As the constructor.</exception>
    internal static WalletKeys Read(string name, byte[]? ecdsa, byte[]? bip340, byte[]? ed25519) => new(
        name, ecdsa is null ? null : KeyView.ReadPackage<Secp256k1>(ecdsa), bip340 is null ? null : KeyView.ReadPackage<Secp256k1>(bip340),
        ed25519 is null ? null : KeyView.ReadPackage<Ed25519>(ed25519));

    /// <summary>The wallet.</summary>
    public string Name { get; }

    /// <summary>Which sharing of the keys is in use.</summary>
    public uint Epoch { get; }

    /// <summary>The key for ECDSA; null where the wallet has none.</summary>
    public PublicKeyPackage<Secp256k1>? Ecdsa { get; }

    /// <summary>The key for BIP 340; null where the wallet has none.</summary>
    public PublicKeyPackage<Secp256k1>? Bip340 { get; }

    /// <summary>The key for Ed25519; null where the wallet has none.</summary>
    public PublicKeyPackage<Ed25519>? Ed25519 { get; }

    /// <summary>Whether the wallet signs under a scheme.</summary>
    public bool Has(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSecp256k1 => Ecdsa is not null,
        SignatureScheme.Bip340 => Bip340 is not null,
        SignatureScheme.Ed25519 => Ed25519 is not null,
        _ => false,
    };

    static void Require(KeyScheme? actual, KeyScheme expected, string parameter)
    {
        if (actual is { } scheme && scheme != expected)
            throw new ArgumentException($"A key of {scheme} where one of {expected} belongs.", parameter);
    }
}
