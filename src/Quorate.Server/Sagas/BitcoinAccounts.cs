using System.Collections.Concurrent;
using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Secrets;

namespace Quorate.Server.Sagas;

/// <summary>
/// The accounts of wallets on one of Bitcoin's networks, by their first receiving address, behind one node. As a format it
/// reads a transaction with the keys of the account that signs, so that it finds the path of every input.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="node">Its node.</param>
/// <param name="random">For coin selection, and the order of inputs and outputs.</param>
/// <param name="options">Rules; null for the usual ones.</param>
sealed class BitcoinAccounts(BitcoinNetwork network, IBitcoinNode node, IRandom random, BitcoinChainOptions? options = null) : ITransactionFormat
{
    readonly ConcurrentDictionary<Address, BitcoinChain> chains = [];
    readonly BitcoinFormat anybody = new(network);

    internal BitcoinNetwork Network => network;

    internal IRandom Random => random;

    public ChainId Chain => network.Chain;

    public AssetId Coin => network.Coin;

    /// <summary>Knows a wallet's descriptor from now on. Doing it twice does nothing more.</summary>
    /// <returns>The account: whoever signs is named by it.</returns>
    internal Address Add(DescriptorWallet wallet)
    {
        var chain = new BitcoinChain(node, wallet, random, options);
        var account = chain.ScriptAt(isChange: false, 0).AddressOn(network);
        chains.TryAdd(account, chain);
        return account;
    }

    /// <summary>The account with this address among its own.</summary>
    /// <exception cref="ChainException">Unavailable: none here has it, or not yet.</exception>
    internal Address AccountOf(Address address) => chains.ContainsKey(address) ? address
        : chains.FirstOrDefault(c => c.Value.Wallet.Owns(address)).Key
            ?? throw new ChainException(ChainError.Unavailable, $"No wallet is known here that {address} belongs to.");

    /// <summary>The chain as an account sees it.</summary>
    /// <exception cref="ChainException">Unavailable: it is not known here, or not yet.</exception>
    internal BitcoinChain Of(Address account) =>
        chains.GetValueOrDefault(account) ?? throw new ChainException(ChainError.Unavailable, $"No wallet is known here that {account} belongs to.");

    public Address ParseAddress(string text) => anybody.ParseAddress(text);

    public Effects Decode(ReadOnlyMemory<byte> transaction, DecodeContext context) => FormatFor(context).Decode(transaction, context);

    public ImmutableArray<SigningInput> GetSigningInputs(ReadOnlyMemory<byte> unsigned, DecodeContext context) =>
        FormatFor(context).GetSigningInputs(unsigned, context);

    public string? WhyNotReplacing(ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> replacement, DecodeContext context) =>
        FormatFor(context).WhyNotReplacing(original, replacement, context);

    public ReadOnlyMemory<byte> Assemble(ReadOnlyMemory<byte> unsigned, DecodeContext context, IReadOnlyList<InputSignature> signatures) =>
        FormatFor(context).Assemble(unsigned, context, signatures);

    ITransactionFormat FormatFor(DecodeContext context) => chains.TryGetValue(context.Signer, out var chain) ? chain : anybody;
}
