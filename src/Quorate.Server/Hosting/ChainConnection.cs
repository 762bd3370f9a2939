using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Server.Deciding;
using Quorate.Server.Features;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Server.Wallets;

namespace Quorate.Server.Hosting;

/// <summary>What an operator says about a chain: where its node is, and which of its assets matter. It decides nothing: nodes have their own word on what a transaction means.</summary>
/// <param name="Url">The node's endpoint.</param>
public abstract record ChainSettings(Uri Url)
{
    /// <summary>The chain.</summary>
    public abstract ChainId Chain { get; }

    /// <summary>Assets besides the chain's coin whose balances are followed.</summary>
    public ImmutableArray<AssetId> Assets { get; init; } = [];

    /// <summary>Decimals and symbols of assets, which come before what the chain says of itself. Nothing is asked of a chain's node for them.</summary>
    public ImmutableDictionary<AssetId, AssetUnit> Units { get; init; } = ImmutableDictionary<AssetId, AssetUnit>.Empty;

    /// <summary>The feature without which the chain is not offered to a vault; null where it is offered to all.</summary>
    public string? Flag { get; init; }

    /// <summary>Whether a text can be a feature's name: 1 to 50 lower-case letters, digits and hyphens, a letter first.</summary>
    public static bool IsFlag(string text) => Feature.IsName(text);

    internal abstract ChainConnection Connect(ChainParts parts);
}

/// <summary>What connections to chains are made with.</summary>
/// <param name="Http">How their nodes are reached; stays the caller's.</param>
/// <param name="Log">The lanes' streams.</param>
/// <param name="Saga">How long things may take.</param>
/// <param name="Time">The clock.</param>
sealed record ChainParts(HttpClient Http, IEventLog Log, SagaOptions Saga, TimeProvider Time);

/// <summary>A chain as the server has it: its desk, its addresses, and what wallets have there.</summary>
/// <param name="settings">What the operator says of it.</param>
abstract class ChainConnection(ChainSettings settings)
{
    /// <summary>The chain.</summary>
    internal abstract ChainId Chain { get; }

    /// <summary>The coin that fees are paid in.</summary>
    internal abstract AssetId Coin { get; }

    /// <summary>The saga's side of it.</summary>
    internal abstract ITransferDesk Desk { get; }

    /// <summary>Schemes whose keys have addresses here; the usual one first.</summary>
    internal abstract ImmutableArray<SignatureScheme> Schemes { get; }

    /// <summary>The assets whose balances are followed, the coin first.</summary>
    internal abstract ImmutableArray<AssetId> Assets { get; }

    /// <summary>How amounts of an asset are written, as far as is known without asking anybody.</summary>
    internal AssetUnit UnitOf(AssetId asset)
    {
        var own = asset == Coin ? CoinUnit : TokenUnit(asset);
        return settings.Units.TryGetValue(asset, out var said) ? new(said.Decimals ?? own.Decimals, said.Symbol.Length > 0 ? said.Symbol : own.Symbol) : own;
    }

    /// <summary>What the chain says of its coin.</summary>
    private protected abstract AssetUnit CoinUnit { get; }

    /// <summary>What is known of a token.</summary>
    private protected virtual AssetUnit TokenUnit(AssetId token) => AssetUnit.Unknown;

    /// <summary>Reads an address in any form that its users write.</summary>
    /// <exception cref="FormatException">It is no address of this chain.</exception>
    internal abstract Address ParseAddress(string text);

    /// <summary>A receiving address of a key.</summary>
    /// <exception cref="ArgumentException">The key is of none of <see cref="Schemes"/>.</exception>
    internal abstract Address AddressOf(WalletKey key, uint index);

    /// <summary>What decoding needs to know of an address that was given out.</summary>
    internal virtual DecodeContext ContextOf(Wallet wallet, IssuedAddress address)
    {
        var own = wallet.Addresses.Where(a => a.Chain == Chain).Select(a => a.Address).ToHashSet(StringComparer.Ordinal);
        return new(ParseAddress(address.Address), WalletAddresses.PathOf(address.Index), a => own.Contains(a.Text));
    }

    /// <summary>What all addresses of a wallet have of an asset.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    internal abstract Task<Amount> BalanceAsync(Wallet wallet, AssetId asset, CancellationToken cancellation);

    /// <summary>Lets transfers of an account live by a durable nonce.</summary>
    /// <returns>Why not; null where they may.</returns>
    /// <exception cref="ChainException">The node fails.</exception>
    internal virtual Task<Refusal?> AddNonceAsync(Address account, Address nonce, CancellationToken cancellation) =>
        Task.FromResult<Refusal?>(new("unsupported", $"{Chain} has no durable nonces."));

    /// <summary>The payment that would pay for a stuck transfer too, because it stands on it; null where there is none.</summary>
    internal virtual Task<TransferSubject.Payment?> ChildForAsync(TransferState transfer, CancellationToken cancellation) =>
        Task.FromResult<TransferSubject.Payment?>(null);

    /// <summary>The sum over addresses, where each has a balance of its own.</summary>
    private protected async Task<Amount> SumAsync(Wallet wallet, Func<Address, Task<Amount>> ask)
    {
        var sum = Amount.Zero;
        foreach (var address in wallet.Addresses.Where(a => a.Chain == Chain))
            sum += await ask(ParseAddress(address.Address)).ConfigureAwait(false);
        return sum;
    }
}
