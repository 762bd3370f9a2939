using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Server.Sagas;
using Quorate.Server.Wallets;

namespace Quorate.Server.Hosting;

/// <summary>A chain of Ethereum's kind behind a node's JSON-RPC.</summary>
/// <param name="Format">The chain, and the contracts that the server knows.</param>
/// <param name="Url">The node's endpoint.</param>
public sealed record EthereumSettings(EthereumFormat Format, Uri Url) : ChainSettings(Url)
{
    /// <inheritdoc/>
    public override ChainId Chain => Format.Chain;

    /// <summary>How the chain is used.</summary>
    public EthereumChainOptions Options { get; init; } = new();

    internal override ChainConnection Connect(ChainParts parts) => new EthereumConnection(this, parts);
}

/// <summary>The connection.</summary>
sealed class EthereumConnection : ChainConnection
{
    // Main chain, Optimism, Base, Arbitrum One, Linea, Scroll; Sepolia, Holesky, Hoodi; and what developers run.
    static readonly ulong[] etherChains = [1, 10, 8_453, 42_161, 59_144, 534_352, 11_155_111, 17_000, 560_048, 1_337, 31_337];

    readonly EthereumFormat format;
    readonly EthereumChain chain;

    internal EthereumConnection(EthereumSettings settings, ChainParts parts) : base(settings)
    {
        format = settings.Format;
        chain = new(format, parts.Http, settings.Url, settings.Options, time: parts.Time);
        Desk = new EthereumDesk(new EthereumNetwork(chain), parts.Log, parts.Saga, parts.Time);
        Assets = [format.Coin, .. settings.Assets];
    }

    internal override ChainId Chain => format.Chain;

    internal override AssetId Coin => format.Coin;

    // Wei of every such chain; what the coin is called is known of those whose coin is ether.
    private protected override AssetUnit CoinUnit => new(18, etherChains.Contains(format.Number) ? "ETH" : "");

    internal override ITransferDesk Desk { get; }

    internal override ImmutableArray<SignatureScheme> Schemes => [SignatureScheme.EcdsaSecp256k1];

    internal override ImmutableArray<AssetId> Assets { get; }

    internal override Address ParseAddress(string text) => format.ParseAddress(text);

    internal override Address AddressOf(WalletKey key, uint index) => WalletAddresses.Ethereum(format, key, index);

    internal override Task<Amount> BalanceAsync(Wallet wallet, AssetId asset, CancellationToken cancellation) =>
        SumAsync(wallet, address => chain.GetBalanceAsync(address, asset, cancellation));
}
