using Quorate.Chains.Ethereum.Rpc;

namespace Quorate.Chains.Ethereum;

// Nonces, and transactions that take the place of others.
public sealed partial class EthereumChain
{
    /// <summary>
    /// The same transaction at fees with which nodes let it replace <paramref name="transaction"/>: a tenth more each, or
    /// what the moment takes if that is more.
    /// </summary>
    /// <param name="transaction">The one that is stuck, signed or not.</param>
    /// <param name="context">Whose it is.</param>
    /// <param name="maxFee">What the new one may cost at most.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="FormatException">Not a transaction of this chain and signer.</exception>
    /// <exception cref="ChainException">It is mined already, the limit is too low, or the node fails.</exception>
    public Task<ReadOnlyMemory<byte>> SpeedUpAsync(
        ReadOnlyMemory<byte> transaction, DecodeContext context, Amount maxFee, CancellationToken cancellationToken) =>
        ReplaceAsync(transaction, context, maxFee, t => t, cancellationToken);

    /// <summary>
    /// A transaction that does nothing and takes the place of <paramref name="transaction"/>: no coins, to oneself, with its
    /// nonce and at fees with which nodes let it.
    /// </summary>
    /// <exception cref="FormatException">As <see cref="SpeedUpAsync"/>.</exception>
    /// <exception cref="ChainException">As <see cref="SpeedUpAsync"/>.</exception>
    public Task<ReadOnlyMemory<byte>> CancelAsync(
        ReadOnlyMemory<byte> transaction, DecodeContext context, Amount maxFee, CancellationToken cancellationToken) =>
        ReplaceAsync(transaction, context, maxFee, t => Nothing(t.Nonce, format.ToBytes(context.Signer)), cancellationToken);

    /// <summary>A transaction that does nothing but use up a nonce, so that those behind it can go on.</summary>
    /// <exception cref="ChainException">The limit is too low, or the node fails.</exception>
    public async Task<ReadOnlyMemory<byte>> FillGapAsync(Address account, ulong nonce, Amount maxFee, CancellationToken cancellationToken)
    {
        var t = Nothing(nonce, format.ToBytes(account));
        var (fees, next) = await CurrentFeesAsync(cancellationToken).ConfigureAwait(false);
        fees = Limit(fees, next, t.GasLimit, maxFee);
        return EthereumTransactionCodec.Encode(With(t, fees));
    }

    /// <summary>
    /// The nonces that keep an account's later transactions waiting. Each is ended by sending its transaction again, or by
    /// <see cref="FillGapAsync"/>.
    /// </summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<IReadOnlyList<ulong>> GetNonceGapsAsync(Address account, CancellationToken cancellationToken)
    {
        var (mined, pending) = await CountsAsync(format.ToBytes(account), cancellationToken).ConfigureAwait(false);
        return LaneOf(format.ToBytes(account)).Gaps(mined, pending);
    }

    /// <summary>
    /// How many transactions of an account are in blocks, in blocks or the node's pool without a gap, and in final blocks:
    /// for whoever keeps the account's nonces himself.
    /// </summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<(ulong Mined, ulong Pending, ulong Final)> GetNonceCountsAsync(Address account, CancellationToken cancellationToken)
    {
        var address = format.ToBytes(account);
        // First what is final: what is asked later is never less.
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var height = options.FinalityDepth is { } depth
            ? RpcJson.UInt64(await node.ReadAsync("eth_blockNumber", cancellationToken).ConfigureAwait(false)) is var head && head >= depth ? head - depth + 1 : 0
            : await FinalizedAsync(cancellationToken).ConfigureAwait(false);
        var final = RpcJson.UInt64(await node.ReadAsync(
            "eth_getTransactionCount", cancellationToken, address.ToString(), RpcJson.Quantity(height)).ConfigureAwait(false));
        var (mined, pending) = await CountsAsync(address, cancellationToken).ConfigureAwait(false);
        return (mined, pending, final);
    }

    /// <summary>Gives back the nonce of a built transaction that will never be sent: the next one built takes it.</summary>
    public void ReturnNonce(Address account, ReadOnlyMemory<byte> transaction) =>
        LaneOf(format.ToBytes(account)).Return(EthereumTransactionCodec.Decode(transaction).Transaction.Nonce);

    async Task<ReadOnlyMemory<byte>> ReplaceAsync(
        ReadOnlyMemory<byte> transaction, DecodeContext context, Amount maxFee, Func<EthereumTransaction, EthereumTransaction> change,
        CancellationToken cancellationToken)
    {
        format.Decode(transaction, context);
        var old = EthereumTransactionCodec.Decode(transaction).Transaction;
        var (current, _) = await CurrentFeesAsync(cancellationToken).ConfigureAwait(false);
        var (mined, _) = await CountsAsync(format.ToBytes(context.Signer), cancellationToken).ConfigureAwait(false);
        if (old.Nonce < mined)
            throw new ChainException(ChainError.Stale, $"Nonce {old.Nonce} is used already: there is nothing left to replace.");

        var least = new EthereumFees(old.MaxFeePerGas, old.MaxPriorityFeePerGas).ToReplace();
        var changed = change(old);
        var wanted = least.AtLeast(current);
        var affordable = maxFee / changed.GasLimit;
        if (affordable < least.MaxFeePerGas)
            throw new ChainException(
                ChainError.FeeTooHigh, $"Replacing takes {least.MaxFeePerGas * changed.GasLimit} wei for {changed.GasLimit} gas; the limit is {maxFee}.");
        if (wanted.MaxFeePerGas > affordable)
            wanted = wanted with { MaxFeePerGas = affordable };
        if (wanted.MaxPriorityFeePerGas > wanted.MaxFeePerGas)
            wanted = wanted with { MaxPriorityFeePerGas = wanted.MaxFeePerGas };
        return EthereumTransactionCodec.Encode(With(changed, wanted));
    }

    async Task<(EthereumFees Fees, Amount NextBaseFee)> CurrentFeesAsync(CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        return Suggest((await node.ReadAsync(cancellationToken, FeeHistoryCall()).ConfigureAwait(false))[0]);
    }

    EthereumTransaction Nothing(ulong nonce, EthereumAddress account) =>
        Transaction(nonce, PaymentGas, default, new(account, account, Amount.Zero, default));

    // A kind with one price has no tip of its own.
    static EthereumTransaction With(EthereumTransaction t, EthereumFees fees) => t with
    {
        MaxFeePerGas = fees.MaxFeePerGas, MaxPriorityFeePerGas = t.HasPriorityFee ? fees.MaxPriorityFeePerGas : fees.MaxFeePerGas,
    };

    async Task<ulong> TakeNonceAsync(EthereumAddress account, CancellationToken cancellationToken)
    {
        var (mined, pending) = await CountsAsync(account, cancellationToken).ConfigureAwait(false);
        return LaneOf(account).Take(mined, pending);
    }

    async Task<(ulong Mined, ulong Pending)> CountsAsync(EthereumAddress account, CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var counts = await node.ReadAsync(cancellationToken,
            EthereumNode.Call("eth_getTransactionCount", account.ToString(), EthereumNode.Latest),
            EthereumNode.Call("eth_getTransactionCount", account.ToString(), EthereumNode.Pending)).ConfigureAwait(false);
        return (RpcJson.UInt64(counts[0]), RpcJson.UInt64(counts[1]));
    }

    NonceLane LaneOf(EthereumAddress account) => lanes.GetOrAdd(account, _ => new());
}
