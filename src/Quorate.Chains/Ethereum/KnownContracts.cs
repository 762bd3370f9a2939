using System.Collections.Immutable;
using Quorate.Chains.Ethereum.Abi;

namespace Quorate.Chains.Ethereum;

/// <summary>The standard a token contract follows.</summary>
public enum TokenKind
{
    /// <summary>EIP-20: amounts.</summary>
    Erc20,

    /// <summary>EIP-721: one of each.</summary>
    Erc721,

    /// <summary>EIP-1155: amounts of each.</summary>
    Erc1155,
}

/// <summary>
/// What whoever judges transactions knows about contracts, because call data does not tell it: which standard a token
/// follows, and what the functions of other contracts are called. Nothing of this may come from who asks for a signature.
/// </summary>
public sealed class KnownContracts
{
    readonly ImmutableDictionary<EthereumAddress, TokenKind> tokens;
    readonly ImmutableDictionary<(EthereumAddress? Contract, uint Selector), AbiFunction> functions;

    KnownContracts(
        ImmutableDictionary<EthereumAddress, TokenKind> tokens,
        ImmutableDictionary<(EthereumAddress?, uint), AbiFunction> functions) =>
        (this.tokens, this.functions) = (tokens, functions);

    /// <summary>Nothing known.</summary>
    public static KnownContracts None { get; } = new(
        ImmutableDictionary<EthereumAddress, TokenKind>.Empty, ImmutableDictionary<(EthereumAddress?, uint), AbiFunction>.Empty);

    /// <summary>The same, and a token.</summary>
    public KnownContracts WithToken(EthereumAddress contract, TokenKind kind) => new(tokens.SetItem(contract, kind), functions);

    /// <summary>
    /// The same, and a function: of one contract, or of every contract that has nothing else under that selector. A call of
    /// it counts as understood, so register what may be called and not everything there is. A standard's function keeps its
    /// meaning.
    /// </summary>
    public KnownContracts WithFunction(AbiFunction function, EthereumAddress? contract = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(tokens, functions.SetItem((contract, function.Selector), function));
    }

    /// <summary>The standard a contract follows, where known.</summary>
    public TokenKind? KindOf(EthereumAddress contract) => tokens.TryGetValue(contract, out var kind) ? kind : null;

    /// <summary>The contract's own function under a selector, else the one registered for all contracts, else null.</summary>
    public AbiFunction? FunctionOf(EthereumAddress contract, uint selector) =>
        functions.GetValueOrDefault((contract, selector)) ?? functions.GetValueOrDefault((null, selector));

    /// <summary>Whether a function is registered for this contract by name.</summary>
    internal bool IsOwn(EthereumAddress contract, AbiFunction function) => functions.GetValueOrDefault((contract, function.Selector)) == function;
}
