using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Server.Deciding;
using Quorate.Server.Sagas;
using Quorate.Server.Wallets;

namespace Quorate.Server.Hosting;

/// <summary>One of Solana's clusters behind a node's JSON-RPC.</summary>
/// <param name="Format">The cluster, and the tokens that the server knows.</param>
/// <param name="Url">The node's endpoint.</param>
public sealed record SolanaSettings(SolanaFormat Format, Uri Url) : ChainSettings(Url)
{
    /// <inheritdoc/>
    public override ChainId Chain => Format.Chain;

    /// <summary>How the chain is used.</summary>
    public SolanaChainOptions Options { get; init; } = new();

    internal override ChainConnection Connect(ChainParts parts) => new SolanaConnection(this, parts);
}

/// <summary>The connection.</summary>
sealed class SolanaConnection : ChainConnection
{
    readonly SolanaFormat format;
    readonly SolanaChain chain;
    readonly SolanaDesk desk;

    internal SolanaConnection(SolanaSettings settings, ChainParts parts) : base(settings)
    {
        format = settings.Format;
        chain = new(format, parts.Http, settings.Url, settings.Options, parts.Time);
        desk = new(new SolanaNetwork(chain, format), parts.Log, parts.Saga);
        Assets = [format.Coin, .. settings.Assets];
    }

    internal override ChainId Chain => format.Chain;

    internal override AssetId Coin => format.Coin;

    private protected override AssetUnit CoinUnit => new(9, "SOL");

    private protected override AssetUnit TokenUnit(AssetId token) =>
        token.Namespace == SolanaFormat.TokenNamespace && SolanaAddress.TryParse(token.Reference, out var mint) && format.Known.Mint(mint) is { } known ? new(known.Decimals, "") : AssetUnit.Unknown;

    internal override ITransferDesk Desk => desk;

    internal override ImmutableArray<SignatureScheme> Schemes => [SignatureScheme.Ed25519];

    internal override ImmutableArray<AssetId> Assets { get; }

    internal override Address ParseAddress(string text) => format.ParseAddress(text);

    internal override Address AddressOf(WalletKey key, uint index) => WalletAddresses.Solana(format, key, index);

    internal override Task<Amount> BalanceAsync(Wallet wallet, AssetId asset, CancellationToken cancellation) =>
        SumAsync(wallet, address => chain.GetBalanceAsync(address, asset, cancellation));

    internal override async Task<Refusal?> AddNonceAsync(Address account, Address nonce, CancellationToken cancellation) =>
        await desk.AddNonceAsync(account, nonce, cancellation).ConfigureAwait(false) is { } why
            ? new("nonce_refused", why.Reason, IsRetryable: !why.IsFinal)
            : null;
}
