using System.Collections.Concurrent;
using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Secrets;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Server.Wallets;

namespace Quorate.Server.Hosting;

/// <summary>One of Bitcoin's networks.</summary>
/// <param name="Network">The network.</param>
/// <param name="Url">The node's endpoint: Esplora's REST API, or Bitcoin Core's RPC.</param>
public sealed record BitcoinSettings(BitcoinNetwork Network, Uri Url) : ChainSettings(Url)
{
    /// <inheritdoc/>
    public override ChainId Chain => Network.Chain;

    /// <summary>User and password of Bitcoin Core; null for Esplora.</summary>
    public (string User, string Password)? Core { get; init; }

    /// <summary>How the chain is used.</summary>
    public BitcoinChainOptions Options { get; init; } = new();

    internal override ChainConnection Connect(ChainParts parts) => new BitcoinConnection(this, parts);
}

/// <summary>
/// The connection. A wallet has an account for each kind of key, with the descriptor that nodes derive too; an account is
/// named by its first receiving address.
/// </summary>
sealed class BitcoinConnection : ChainConnection
{
    readonly BitcoinNetwork network;
    readonly BitcoinAccounts accounts;
    readonly BitcoinDesk desk;
    readonly ConcurrentDictionary<string, DescriptorWallet> wallets = new(StringComparer.Ordinal);

    internal BitcoinConnection(BitcoinSettings settings, ChainParts parts) : base(settings)
    {
        network = settings.Network;
        IBitcoinNode node = settings.Core is { } login
            ? new CoreNode(parts.Http, settings.Url, login.User, login.Password, parts.Time)
            : new EsploraNode(parts.Http, settings.Url, parts.Time);
        accounts = new(network, node, SystemRandom.Shared, settings.Options);
        desk = new(accounts, parts.Log);
    }

    internal override ChainId Chain => network.Chain;

    internal override AssetId Coin => network.Coin;

    private protected override AssetUnit CoinUnit => new(8, network.CoinType == 0 ? "BTC" : "tBTC");

    internal override ITransferDesk Desk => desk;

    internal override ImmutableArray<SignatureScheme> Schemes => [SignatureScheme.EcdsaSecp256k1, SignatureScheme.Bip340];

    internal override ImmutableArray<AssetId> Assets => [network.Coin];

    internal override Address ParseAddress(string text) => accounts.ParseAddress(text);

    internal override Address AddressOf(WalletKey key, uint index) => WalletAddresses.Bitcoin(network, key, index);

    // Who signs is the account; which of its keys sign, the coins say.
    internal override DecodeContext ContextOf(Wallet wallet, IssuedAddress address)
    {
        var (account, known) = AccountOf(wallet, address.Scheme);
        return new(account, WalletAddresses.PathOf(0), known.Owns);
    }

    internal override async Task<Amount> BalanceAsync(Wallet wallet, AssetId asset, CancellationToken cancellation)
    {
        var sum = Amount.Zero;
        foreach (var scheme in wallet.Addresses.Where(a => a.Chain == Chain).Select(a => a.Scheme).Distinct())
        {
            var (account, _) = AccountOf(wallet, scheme);
            sum += await accounts.Of(account).GetBalanceAsync(cancellation).ConfigureAwait(false);
        }
        return sum;
    }

    internal override async Task<TransferSubject.Payment?> ChildForAsync(TransferState transfer, CancellationToken cancellation) =>
        await desk.ChildForAsync(transfer, cancellation).ConfigureAwait(false);

    (Address Account, DescriptorWallet Known) AccountOf(Wallet wallet, SignatureScheme scheme)
    {
        var descriptor = WalletAddresses.Descriptor(network, wallet.Keys!.Keys.Single(k => k.Scheme == scheme));
        var known = wallets.GetOrAdd(descriptor, text => DescriptorWallet.Parse(network, text));
        foreach (var given in wallet.Addresses.Where(a => a.Chain == Chain && a.Scheme == scheme))
            known.Receive(given.Index);
        return (accounts.Add(known), known);
    }
}
