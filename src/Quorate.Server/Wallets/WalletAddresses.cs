using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Solana;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;

namespace Quorate.Server.Wallets;

/// <summary>
/// Addresses of a wallet by derivation, the same way as nodes find them: receiving address <c>i</c> is the key's child
/// 0/i on every chain. Nothing here is believed by a node.
/// </summary>
static class WalletAddresses
{
    /// <summary>The path of a receiving address.</summary>
    internal static Bip32Path PathOf(uint index) => new(0, index);

    /// <summary>An address of Ethereum's kind.</summary>
    /// <exception cref="ArgumentException">Not a key for ECDSA.</exception>
    internal static Address Ethereum(EthereumFormat format, WalletKey key, uint index) =>
        format.ToAddress(EthereumAddress.FromPublicKey(Bip32.DerivePublic(Secp256k1Of(key, SignatureScheme.EcdsaSecp256k1), key.ChainCode.Bytes.Span, PathOf(index)).Key));

    /// <summary>An address of a Solana cluster.</summary>
    /// <exception cref="ArgumentException">Not a key for Ed25519.</exception>
    internal static Address Solana(SolanaFormat format, WalletKey key, uint index) =>
        format.ToAddress(SolanaAddress.FromPublicKey(Ed25519Derivation.Derive(Ed25519Of(key), key.ChainCode.Bytes.Span, PathOf(index)).Key));

    /// <summary>The descriptor of a wallet's addresses on a network of Bitcoin: <c>wpkh</c> for ECDSA, <c>tr</c> for BIP 340.</summary>
    /// <exception cref="ArgumentException">A key of neither kind.</exception>
    internal static string Descriptor(BitcoinNetwork network, WalletKey key)
    {
        var text = new ExtendedPublicKey(Secp256k1Of(key, key.Scheme), key.ChainCode.Bytes.Span).Encode(network.ExtendedKeys);
        return key.Scheme == SignatureScheme.Bip340 ? $"tr({text}/<0;1>/*)" : $"wpkh({text}/<0;1>/*)";
    }

    /// <summary>A receiving address on a network of Bitcoin.</summary>
    /// <exception cref="ArgumentException">A key of neither kind.</exception>
    internal static Address Bitcoin(BitcoinNetwork network, WalletKey key, uint index) =>
        new BitcoinFormat(network).AddressOf(DescriptorWallet.Parse(network, Descriptor(network, key)).Receive(index).Script.Span)!;

    static Point<Secp256k1> Secp256k1Of(WalletKey key, SignatureScheme scheme) =>
        key.Scheme == scheme && scheme != SignatureScheme.Ed25519 && Point<Secp256k1>.TryDecode(key.PublicKey.Bytes.Span, out var point)
            ? point
            : throw new ArgumentException($"No key for {scheme}.", nameof(key));

    static Point<Ed25519> Ed25519Of(WalletKey key) =>
        key.Scheme == SignatureScheme.Ed25519 && Point<Ed25519>.TryDecode(key.PublicKey.Bytes.Span, out var point)
            ? point
            : throw new ArgumentException("No key for Ed25519.", nameof(key));
}
