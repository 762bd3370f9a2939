using System.Collections.Immutable;

namespace Quorate.Chains.Ethereum;

/// <summary>Collects the effects of one transaction or message and the reasons why there may be more.</summary>
sealed class EffectsBuilder(EthereumFormat format, DecodeContext context, EthereumAddress signer)
{
    readonly ImmutableArray<Effect>.Builder items = ImmutableArray.CreateBuilder<Effect>();
    readonly ImmutableArray<string>.Builder notUnderstood = ImmutableArray.CreateBuilder<string>();

    internal EthereumAddress Signer { get; } = signer;

    internal KnownContracts Contracts => format.Contracts;

    internal AssetId Coin => format.Coin;

    internal Address ToAddress(EthereumAddress address) => address == Signer ? context.Signer : format.ToAddress(address);

    /// <summary>
    /// A token that an argument or a message names. Where the contract is registered as another kind its number means
    /// something else: Permit2's amount of a collection is the number of a token.
    /// </summary>
    internal AssetId Token(TokenKind kind, EthereumAddress contract, Amount? id = null)
    {
        if (Contracts.KindOf(contract) is { } known && known != kind)
            Add($"A permission or transfer for {kind} at {contract}, which is registered as {known}.");
        return format.Token(kind, contract, id);
    }

    internal void Add(Effect effect) => items.Add(effect);

    internal void Add(string reason) => notUnderstood.Add(reason);

    /// <summary>An amount changes hands; the zero address is nobody.</summary>
    internal void AddTransfer(EthereumAddress payer, EthereumAddress recipient, AssetId asset, Amount amount)
    {
        var to = recipient.IsZero ? null : ToAddress(recipient);
        var isOwn = to is not null && (recipient == payer || context.IsOwn?.Invoke(to) == true);
        items.Add(new Effect.Transfer(ToAddress(payer), to, asset, amount, isOwn));
    }

    /// <summary>An approval; the largest number its field can hold means no limit.</summary>
    internal void AddApproval(
        EthereumAddress owner, EthereumAddress spender, AssetId asset, Amount limit, Amount noLimit, ulong? expiresAt = null) =>
        items.Add(new Effect.Approval(ToAddress(owner), ToAddress(spender), asset, limit == noLimit ? null : limit, expiresAt));

    internal Effects Build(Fee? fee) => new(format.Chain, items.DrainToImmutable(), fee, notUnderstood.DrainToImmutable());
}
