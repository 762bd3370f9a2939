using System.Collections.Concurrent;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Gate;

/// <summary>
/// One of Bitcoin's networks. A wallet receives at <c>wpkh(ECDSA key/0/*)</c> or <c>tr(BIP 340 key/0/*)</c> and takes its
/// change at <c>/1/*</c>; a transaction spends from one of the two. Safe for several threads.
/// </summary>
public sealed class BitcoinJudge(BitcoinNetwork network) : ChainJudge
{
    // The first receiving address: where a wallet's account begins.
    static readonly Bip32Path first = new(0, 0);

    readonly BitcoinFormat anybody = new(network);
    readonly ConcurrentDictionary<string, (BitcoinFormat Format, DecodeContext Context)> accounts = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override ChainId Chain => network.Chain;

    /// <summary>The descriptor of a wallet's addresses, with <c>&lt;0;1&gt;</c> for receiving and change.</summary>
    /// <exception cref="FormatException">The wallet has no such key.</exception>
    public string DescriptorOf(WalletKeys wallet, SignatureScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(wallet);
        var package = PackageOf(wallet, scheme);
        var key = new ExtendedPublicKey(package.GroupKey, package.ChainCode).Encode(network.ExtendedKeys);
        return scheme == SignatureScheme.Bip340 ? $"tr({key}/<0;1>/*)" : $"wpkh({key}/<0;1>/*)";
    }

    /// <inheritdoc/>
    /// <remarks>The path plays no part: a PSBT names its keys, and what it says of them is followed and compared.</remarks>
    public override Finding Judge(SigningPayload payload, WalletKeys wallet, Bip32Path path)
    {
        if (payload.Kind != PayloadKind.Transaction)
            throw NotThisKind(payload, Chain);
        var (format, context) = AccountOf(payload, wallet, path);
        var inputs = format.GetSigningInputs(payload.Bytes, context);
        foreach (var input in inputs)
            if (input.Path is null || input.Scheme != inputs[0].Scheme)
                throw new FormatException($"Input {input.Index} spends from {input.Signer.Text}, which is not among the wallet's addresses for {inputs[0].Scheme}.");
        return new(format.Decode(payload.Bytes, context), inputs);
    }

    private protected override (ITransactionFormat Format, DecodeContext Context) AccountOf(SigningPayload transaction, WalletKeys wallet, Bip32Path path)
    {
        // Which of the two accounts it is, the coins tell, whichever is asked.
        var (format, context) = AccountOf(wallet, wallet.Has(SignatureScheme.EcdsaSecp256k1) ? SignatureScheme.EcdsaSecp256k1 : SignatureScheme.Bip340);
        return AccountOf(wallet, format.GetSigningInputs(transaction.Bytes, context)[0].Scheme);
    }

    (BitcoinFormat Format, DecodeContext Context) AccountOf(WalletKeys wallet, SignatureScheme scheme) =>
        accounts.GetOrAdd(DescriptorOf(wallet, scheme), descriptor =>
        {
            var account = DescriptorWallet.Parse(network, descriptor);
            return (new(network, account), new(anybody.AddressOf(account.Receive(0).Script.Span)!, first, account.Owns));
        });

    static PublicKeyPackage<Secp256k1> PackageOf(WalletKeys wallet, SignatureScheme scheme) =>
        (scheme == SignatureScheme.Bip340 ? wallet.Bip340 : wallet.Ecdsa) ?? throw NoKey(wallet, scheme);
}
