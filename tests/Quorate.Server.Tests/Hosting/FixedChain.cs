using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Server.Hosting;
using Quorate.Server.Sagas;
using Quorate.Server.Wallets;

namespace Quorate.Server.Tests.Hosting;

/// <summary>A chain on which every wallet has what a test says, and where nothing can be sent.</summary>
sealed class FixedChain(uint number) : ChainConnection(new EthereumSettings(new(number), new("http://127.0.0.1:9")))
{
    readonly EthereumFormat format = new(number);

    internal Amount Has { get; set; }

    internal bool IsAway { get; set; }

    /// <summary>How often it was asked what somebody has.</summary>
    internal int Asked { get; private set; }

    internal override ChainId Chain => format.Chain;

    internal override AssetId Coin => format.Coin;

    private protected override AssetUnit CoinUnit => AssetUnit.Unknown;

    internal override ITransferDesk Desk => throw new NotSupportedException();

    internal override ImmutableArray<SignatureScheme> Schemes => [SignatureScheme.EcdsaSecp256k1];

    internal override ImmutableArray<AssetId> Assets => [format.Coin];

    internal override Address ParseAddress(string text) => format.ParseAddress(text);

    internal override Address AddressOf(WalletKey key, uint index) => WalletAddresses.Ethereum(format, key, index);

    internal override Task<Amount> BalanceAsync(Wallet wallet, AssetId asset, CancellationToken cancellation)
    {
        Asked++;
        return IsAway ? throw new ChainException(ChainError.Unavailable, "away") : Task.FromResult(Has);
    }
}
