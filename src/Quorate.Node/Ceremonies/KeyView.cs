using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Node.Gate;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Ceremonies;

/// <summary>What a ceremony has to know of a public package, whatever its curve.</summary>
sealed record KeyView(
    SignatureScheme Scheme, Digest Id, KeyOrigin Origin, uint Epoch, int Threshold, PartySet Parties, byte[] Stored)
{
    /// <summary>Reads a package in its stored format.</summary>
    /// <exception cref="FormatException">No package, or one of a scheme that wallets have no use for.</exception>
    internal static KeyView Read(byte[] stored) => stored.Length > 1 && stored[1] == (byte)KeyScheme.FrostEd25519
        ? Of(ReadPackage<Ed25519>(stored))
        : Of(ReadPackage<Secp256k1>(stored));

    /// <summary>The keys of a wallet, in the order of their schemes.</summary>
    internal static KeyView[] Of(WalletKeys wallet) =>
    [
        .. wallet.Ecdsa is { } ecdsa ? [Of(ecdsa)] : Array.Empty<KeyView>(),
        .. wallet.Bip340 is { } bip340 ? [Of(bip340)] : Array.Empty<KeyView>(),
        .. wallet.Ed25519 is { } ed25519 ? [Of(ed25519)] : Array.Empty<KeyView>(),
    ];

    internal static KeyView Of<C>(PublicKeyPackage<C> package) where C : struct, ICurve<C> =>
        new(SchemeOf(package.Scheme), KeyId.Of(package), package.Origin, package.Epoch, package.Threshold, package.Parties, Store(package));

    internal static PublicKeyPackage<C> ReadPackage<C>(byte[] stored) where C : struct, ICurve<C>
    {
        var reader = new WireReader(stored);
        var package = PublicKeyPackage<C>.Read(ref reader);
        reader.End();
        return package;
    }

    internal static byte[] Store<C>(PublicKeyPackage<C> package) where C : struct, ICurve<C>
    {
        using var writer = new WireWriter();
        package.Write(writer);
        return writer.Written.ToArray();
    }

    internal static KeyScheme KeySchemeOf(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSecp256k1 => KeyScheme.Dkls23,
        SignatureScheme.Bip340 => KeyScheme.FrostBip340,
        SignatureScheme.Ed25519 => KeyScheme.FrostEd25519,
        _ => throw new ArgumentOutOfRangeException(nameof(scheme)),
    };

    static SignatureScheme SchemeOf(KeyScheme scheme) => scheme switch
    {
        KeyScheme.Dkls23 => SignatureScheme.EcdsaSecp256k1,
        KeyScheme.FrostBip340 => SignatureScheme.Bip340,
        KeyScheme.FrostEd25519 => SignatureScheme.Ed25519,
        _ => throw new FormatException($"No wallet has a key of {scheme}."),
    };
}
