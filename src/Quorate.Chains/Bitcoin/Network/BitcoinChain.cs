using System.Collections.Immutable;
using System.Text;
using Quorate.Cryptography.Secrets;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// Bitcoin with a node behind it. A transfer is paid from the wallet that its sender's address belongs to: from all of that
/// wallet's addresses that are in use, with change to a fresh one.
/// </summary>
public sealed partial class BitcoinChain : IChain
{
    readonly BitcoinFormat format;
    readonly IBitcoinNode node;
    readonly DescriptorWallet wallet;
    readonly BitcoinChainOptions options;
    readonly IRandom random;

    /// <summary>A chain for one wallet.</summary>
    /// <param name="node">The network.</param>
    /// <param name="wallet">The wallet that pays.</param>
    /// <param name="random">For coin selection, and the order of inputs and outputs.</param>
    /// <param name="options">Rules; null for the usual ones.</param>
    public BitcoinChain(IBitcoinNode node, DescriptorWallet wallet, IRandom random, BitcoinChainOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(wallet);
        ArgumentNullException.ThrowIfNull(random);
        (this.node, this.wallet, this.random, this.options) = (node, wallet, random, options ?? new());
        format = new(wallet.Network, wallet);
    }

    /// <inheritdoc/>
    public ChainId Chain => format.Chain;

    /// <inheritdoc/>
    public AssetId Coin => format.Coin;

    /// <inheritdoc/>
    public Address ParseAddress(string text) => format.ParseAddress(text);

    /// <inheritdoc/>
    public Effects Decode(ReadOnlyMemory<byte> transaction, DecodeContext context) => format.Decode(transaction, context);

    /// <inheritdoc/>
    public string? WhyNotReplacing(ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> replacement, DecodeContext context) =>
        format.WhyNotReplacing(original, replacement, context);

    /// <inheritdoc/>
    public ImmutableArray<SigningInput> GetSigningInputs(ReadOnlyMemory<byte> unsigned, DecodeContext context) => format.GetSigningInputs(unsigned, context);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Assemble(ReadOnlyMemory<byte> unsigned, DecodeContext context, IReadOnlyList<InputSignature> signatures) =>
        format.Assemble(unsigned, context, signatures);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, CancellationToken cancellationToken) =>
        (await PlanAsync(transfer, maxFee, null, cancellationToken).ConfigureAwait(false)).Psbt.Encode();

    /// <inheritdoc/>
    public async Task<Fee> EstimateFeeAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        var plan = await PlanAsync(transfer, BitcoinTransaction.MaxMoney, null, cancellationToken).ConfigureAwait(false);
        return new(transfer.From, Coin, plan.Fee);
    }

    /// <summary>As <see cref="BuildAsync"/>, with what it was made of: what a replacement needs.</summary>
    /// <param name="transfer">What somebody wants.</param>
    /// <param name="maxFee">The highest fee, in satoshi.</param>
    /// <param name="rate">The fee rate; null for the node's estimate.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChainException">As <see cref="BuildAsync"/>.</exception>
    public async Task<PlannedSpend> PlanAsync(Transfer transfer, Amount maxFee, FeeRate? rate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        if (transfer.Asset != Coin)
            throw new ChainException(ChainError.Unsupported, $"{transfer.Asset} is not this chain's coin, and there is no other asset on it.");
        if (transfer.To.Chain != Chain || transfer.From.Chain != Chain)
            throw new ChainException(ChainError.Unsupported, "The transfer's addresses are of another chain.");
        if (!wallet.Owns(transfer.From))
            throw new ChainException(ChainError.Unsupported, $"{transfer.From} is not the wallet's.");
        if (!transfer.Amount.TryToUInt64(out var value) || value > BitcoinTransaction.MaxMoney)
            throw new ChainException(ChainError.InsufficientFunds, "The amount exceeds all bitcoin there will ever be.");

        var coins = await GetCoinsAsync(cancellationToken).ConfigureAwait(false);
        return Spending.Build(wallet.Network, new()
        {
            Payments = [new(transfer.To, value)],
            Memo = transfer.Memo is null ? default : Encoding.UTF8.GetBytes(transfer.Memo),
            Available = coins,
            // Behind everything that was seen; where payments and change share a branch, its first address.
            Change = wallet.Peek(isChange: true, wallet.HasOneBranch || !wallet.HasRange(isChange: true) ? 0 : wallet.NextIndex(isChange: true)),
            FeeRate = rate ?? await GetFeeRateAsync(cancellationToken).ConfigureAwait(false),
            MaxFee = maxFee.TryToUInt64(out var limit) ? limit : BitcoinTransaction.MaxMoney,
            MaxFeeRate = options.MaxFeeRate,
        }, random);
    }

    /// <summary>The node's estimate, between what nodes relay and <see cref="BitcoinChainOptions.MaxFeeRate"/>.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<FeeRate> GetFeeRateAsync(CancellationToken cancellationToken)
    {
        var rate = await node.EstimateFeeRateAsync(options.ConfirmationTarget, cancellationToken).ConfigureAwait(false) ?? options.FallbackRate;
        return rate < FeeRate.Minimum ? FeeRate.Minimum : rate > options.MaxFeeRate ? options.MaxFeeRate : rate;
    }

    /// <summary>The wallet's coins, each with the transaction that proves it.</summary>
    /// <exception cref="ChainException">The node fails, or there are more than <see cref="BitcoinChainOptions.MaxCoins"/>.</exception>
    public async Task<ImmutableArray<Coin>> GetCoinsAsync(CancellationToken cancellationToken)
    {
        var coins = ImmutableArray.CreateBuilder<Coin>();
        var transactions = new Dictionary<TxId, BitcoinTransaction?>();
        foreach (var (script, output) in await GetUnspentAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!output.IsConfirmed && !options.SpendsUnconfirmed)
                continue;
            if (!transactions.TryGetValue(output.Point.Transaction, out var previous))
            {
                previous = await node.GetTransactionAsync(output.Point.Transaction, cancellationToken).ConfigureAwait(false);
                transactions.Add(output.Point.Transaction, previous);
            }
            coins.Add(ToCoin(output, script, previous));
        }
        return coins.ToImmutable();
    }

    /// <inheritdoc/>
    public async Task<string> BroadcastAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellationToken)
    {
        var id = BitcoinTransaction.Decode(signed.Span).Id;
        try
        {
            await node.SendAsync(signed, cancellationToken).ConfigureAwait(false);
        }
        catch (ChainException)
        {
            // Refused because it is there already, or sent without an answer: either way it is known, and that is success.
            if (await node.FindAsync(id, cancellationToken).ConfigureAwait(false) is null)
                throw;
        }
        return id.ToString();
    }

    /// <inheritdoc/>
    public async Task<TransactionStatus> GetStatusAsync(string transactionId, CancellationToken cancellationToken)
    {
        var id = TxId.Parse(transactionId);
        if (await node.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } place)
            return new(TransactionState.Unknown);
        if (place.Block is not { } block)
            return new(TransactionState.Pending);
        var tip = await node.GetTipAsync(cancellationToken).ConfigureAwait(false);
        // An explorer's index may lag behind its node: only a block that is on the best chain counts.
        if (block.Height > tip.Height
            || await node.GetBlockHashAsync(block.Height, cancellationToken).ConfigureAwait(false) != block.Hash)
            return new(TransactionState.Pending, Reason: "Its block has left the best chain.");
        var confirmations = tip.Height - block.Height + 1;
        return new(confirmations >= options.FinalityDepth ? TransactionState.Finalized : TransactionState.Confirmed, block.Hash, block.Height, confirmations);
    }

    /// <summary>
    /// As <see cref="GetStatusAsync(string, CancellationToken)"/> for a transaction that is at hand: where the network does
    /// not know it, its inputs tell whether another has taken its place.
    /// </summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<TransactionStatus> GetStatusAsync(BitcoinTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var status = await GetStatusAsync(transaction.Id.ToString(), cancellationToken).ConfigureAwait(false);
        if (status.State != TransactionState.Unknown)
            return status;
        foreach (var input in transaction.Inputs)
        {
            if (await node.GetSpenderAsync(input.Previous, cancellationToken).ConfigureAwait(false) is not { } spender || spender == transaction.Id)
                continue;
            var rival = await GetStatusAsync(spender.ToString(), cancellationToken).ConfigureAwait(false);
            // A rival in the memory pool may still lose; in a block it has won, and when that block is final, for good.
            return new(
                rival.State is TransactionState.Confirmed or TransactionState.Finalized ? TransactionState.Dead : TransactionState.Unknown,
                ReplacedBy: spender.ToString(), Reason: $"{input.Previous} is spent by another transaction.");
        }
        return status;
    }

    /// <inheritdoc/>
    public async Task<Amount> GetBalanceAsync(Address account, AssetId asset, CancellationToken cancellationToken)
    {
        if (asset != Coin)
            throw new ChainException(ChainError.Unsupported, $"{asset} is not this chain's coin.");
        var unspent = await node.GetUnspentAsync([format.ScriptOf(account)], cancellationToken).ConfigureAwait(false);
        return unspent.Where(output => output.IsConfirmed).Aggregate(Amount.Zero, (sum, output) => sum + output.Value);
    }

    /// <summary>What all of the wallet's addresses have, confirmed.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<Amount> GetBalanceAsync(CancellationToken cancellationToken)
    {
        var unspent = await GetUnspentAsync(cancellationToken).ConfigureAwait(false);
        return unspent.Where(entry => entry.Output.IsConfirmed).Aggregate(Amount.Zero, (sum, entry) => sum + entry.Output.Value);
    }

    /// <summary>The transactions of an address, newest first.</summary>
    /// <exception cref="ChainException">The node fails, or keeps no histories.</exception>
    public Task<ImmutableArray<HistoryEntry>> GetHistoryAsync(Address account, CancellationToken cancellationToken) =>
        node.GetHistoryAsync(format.ScriptOf(account), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Of one address, payments from it and to it; over Esplora alone.</remarks>
    public async Task<ImmutableArray<AccountTransaction>> GetHistoryAsync(Address account, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var entries = await GetHistoryAsync(account, cancellationToken).ConfigureAwait(false);
        return [.. entries.Take(limit).Select(entry => new AccountTransaction(entry.Id.ToString(), entry.Block?.Height))];
    }

    /// <summary>
    /// What is on the wallet's addresses: on all that were used, and on <see cref="DescriptorWallet.GapLimit"/> behind the
    /// last one used or found with something on it.
    /// </summary>
    async Task<ImmutableArray<(WalletScript Script, UnspentOutput Output)>> GetUnspentAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<OutPoint, (WalletScript, UnspentOutput)>();
        foreach (var isChange in wallet.HasOneBranch ? [false] : (bool[])[false, true])
        {
            for (uint start = 0; start < Limit(isChange); start += DescriptorWallet.GapLimit)
            {
                var scripts = Enumerable.Range(0, (int)Math.Min(DescriptorWallet.GapLimit, Limit(isChange) - start))
                    .Select(i => wallet.Peek(isChange, start + (uint)i)).ToArray();
                foreach (var output in await node.GetUnspentAsync([.. scripts.Select(s => s.Script)], cancellationToken).ConfigureAwait(false))
                {
                    if (found.Count == options.MaxCoins)
                        throw new ChainException(ChainError.Unsupported, $"The wallet has more than {options.MaxCoins} coins: consolidate them first.");
                    var index = start + (uint)output.ScriptIndex;
                    found.TryAdd(output.Point, (isChange ? wallet.Change(index) : wallet.Receive(index), output));
                }
            }
        }
        return [.. found.Values];

        uint Limit(bool isChange) => wallet.HasRange(isChange) ? wallet.NextIndex(isChange) + DescriptorWallet.GapLimit : 1;
    }

    static Coin ToCoin(UnspentOutput output, WalletScript script, BitcoinTransaction? previous)
    {
        try
        {
            return new(output.Point, output.Value, script, previous, output.IsConfirmed);
        }
        catch (ArgumentException e)
        {
            throw new ChainException(ChainError.BadNode, $"The node says of {output.Point} what its transaction does not.", e);
        }
    }
}
