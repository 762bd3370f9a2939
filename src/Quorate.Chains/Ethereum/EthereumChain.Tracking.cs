using Quorate.Chains.Ethereum.Rpc;
using Quorate.Chains.JsonRpc;

namespace Quorate.Chains.Ethereum;

// What becomes of signed transactions.
public sealed partial class EthereumChain
{
    /// <summary>How far back the transaction is looked for that used up a nonce: nodes keep the state of so many blocks.</summary>
    const ulong ReplacementBlocks = 127;

    /// <inheritdoc/>
    /// <exception cref="FormatException">Not a signed transaction of this chain.</exception>
    public async Task<string> BroadcastAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellationToken)
    {
        var (transaction, _, signer) = EthereumTransactionCodec.Decode(signed);
        if (signer is not { } account || transaction.ChainId != format.Number)
            throw new FormatException($"Not a signed transaction of {Chain}.");
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var id = EthereumFormat.TransactionId(signed.Span);
        if (await node.SendAsync(signed, cancellationToken).ConfigureAwait(false) is not { } wrong || IsKnown(wrong))
            return id;
        var refusal = EthereumNode.Refusal("eth_sendRawTransaction", wrong);
        // A used nonce may have been used by this very transaction.
        if (refusal.Error == ChainError.Stale)
        {
            if (!RpcJson.IsNull(await node.ReadAsync("eth_getTransactionByHash", cancellationToken, id).ConfigureAwait(false)))
                return id;
            LaneOf(account).Return(transaction.Nonce);
        }
        throw refusal;
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException"><paramref name="transactionId"/> is not 0x and 64 hexadecimal digits.</exception>
    public async Task<TransactionStatus> GetStatusAsync(string transactionId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transactionId);
        if (transactionId.Length != 66 || !transactionId.StartsWith("0x", StringComparison.Ordinal)
            || transactionId.AsSpan(2).ContainsAnyExcept(EthereumAddress.HexDigits))
            throw new FormatException("Not a transaction's id: 0x and 64 hexadecimal digits.");
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var results = await node.ReadAsync(cancellationToken,
            EthereumNode.Call("eth_getTransactionByHash", transactionId),
            EthereumNode.Call("eth_getTransactionReceipt", transactionId),
            EthereumNode.Call("eth_blockNumber")).ConfigureAwait(false);
        if (RpcJson.IsNull(results[1]))
            return new(RpcJson.IsNull(results[0]) ? TransactionState.Unknown : TransactionState.Pending);

        var (height, hash) = (RpcJson.UInt64(RpcJson.Member(results[1], "blockNumber")), RpcJson.Hash(RpcJson.Member(results[1], "blockHash")));
        // The answers are of one request and not of one moment: only what is in the best chain's block counts.
        var block = await node.ReadAsync("eth_getBlockByNumber", cancellationToken, RpcJson.Quantity(height), false).ConfigureAwait(false);
        if (RpcJson.IsNull(block) || RpcJson.Hash(RpcJson.Member(block, "hash")) != hash)
            return new(TransactionState.Pending);
        var head = RpcJson.UInt64(results[2]);
        var confirmations = head < height ? 1 : head - height + 1;
        if (RpcJson.UInt64(RpcJson.Member(results[1], "status")) == 0)
            return new(TransactionState.Failed, hash, height, confirmations, Reason: "The call was reverted, or ran out of gas.");
        var isFinal = options.FinalityDepth is { } depth
            ? confirmations >= depth
            : height <= await FinalizedAsync(cancellationToken).ConfigureAwait(false);
        return new(isFinal ? TransactionState.Finalized : TransactionState.Confirmed, hash, height, confirmations);
    }

    /// <summary>
    /// As the other, and able to tell that a transaction is dead because another has used its nonce, and often which one.
    /// </summary>
    /// <exception cref="FormatException">Not a signed transaction of this chain.</exception>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<TransactionStatus> GetStatusAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellationToken)
    {
        var (transaction, _, signer) = EthereumTransactionCodec.Decode(signed);
        if (signer is not { } account)
            throw new FormatException($"Not a signed transaction of {Chain}.");
        var id = EthereumFormat.TransactionId(signed.Span);
        var status = await GetStatusAsync(id, cancellationToken).ConfigureAwait(false);
        if (status.State is not (TransactionState.Unknown or TransactionState.Pending))
            return status;
        var (mined, _) = await CountsAsync(account, cancellationToken).ConfigureAwait(false);
        if (mined <= transaction.Nonce)
            return status;
        // It may have been mined between the two questions.
        status = await GetStatusAsync(id, cancellationToken).ConfigureAwait(false);
        return status.State is TransactionState.Unknown or TransactionState.Pending
            ? new(TransactionState.Dead, ReplacedBy: await FindReplacementAsync(account, transaction.Nonce, cancellationToken).ConfigureAwait(false),
                Reason: $"Another transaction of {account} has used nonce {transaction.Nonce}.")
            : status;
    }

    /// <summary>The last block that proof of stake will not take back; 0 where the node knows none.</summary>
    async Task<ulong> FinalizedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var block = await node.ReadAsync("eth_getBlockByNumber", cancellationToken, EthereumNode.Finalized, false).ConfigureAwait(false);
            return RpcJson.IsNull(block) ? 0 : RpcJson.UInt64(RpcJson.Member(block, "number"));
        }
        catch (ChainException e) when (e.Error == ChainError.Rejected)
        {
            // Nodes say so with an error while nothing is final yet.
            return 0;
        }
    }

    /// <summary>The transaction that used a nonce, by halving the recent blocks; null where it is too long ago.</summary>
    async Task<string?> FindReplacementAsync(EthereumAddress account, ulong nonce, CancellationToken cancellationToken)
    {
        try
        {
            var high = RpcJson.UInt64(await node.ReadAsync("eth_blockNumber", cancellationToken).ConfigureAwait(false));
            var low = high > ReplacementBlocks ? high - ReplacementBlocks : 0;
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                var count = RpcJson.UInt64(await node.ReadAsync(
                    "eth_getTransactionCount", cancellationToken, account.ToString(), RpcJson.Quantity(middle)).ConfigureAwait(false));
                (low, high) = count > nonce ? (low, middle) : (middle + 1, high);
            }
            var block = await node.ReadAsync("eth_getBlockByNumber", cancellationToken, RpcJson.Quantity(high), true).ConfigureAwait(false);
            foreach (var t in RpcJson.Items(RpcJson.Member(block, "transactions")))
                if (RpcJson.Address(RpcJson.Member(t, "from")) == account && RpcJson.UInt64(RpcJson.Member(t, "nonce")) == nonce)
                    return RpcJson.Hash(RpcJson.Member(t, "hash"));
        }
        catch (ChainException e) when (e.Error == ChainError.Rejected)
        {
            // The node does not keep the state of these blocks.
        }
        return null;
    }

    static bool IsKnown(JsonRpcError wrong)
    {
        foreach (var words in (ReadOnlySpan<string>)["already known", "already imported", "alreadyknown", "already in mempool"])
            if (wrong.Message.Contains(words, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
