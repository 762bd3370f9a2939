using Quorate.Chains.JsonRpc;
using Quorate.Chains.Solana.Rpc;

namespace Quorate.Chains.Solana;

// What becomes of signed transactions.
public sealed partial class SolanaChain
{
    /// <summary>Blocks on top of a block, its own included, when it is final: the last of a tower of 31 votes, and one.</summary>
    public const ulong FinalConfirmations = 32;

    /// <summary>Heights for which a blockhash is good.</summary>
    const ulong BlockhashLife = 150;

    /// <summary>How many blocks the node that gave somebody a blockhash may have been ahead of ours.</summary>
    const ulong MaxLagBlocks = 150;

    /// <summary>Transactions that are fetched at most to look whether one is the same message.</summary>
    const int MaxTwins = 200;

    /// <inheritdoc/>
    /// <remarks>
    /// Stale only where the transaction provably can not get in any more. A node that does not know the blockhash, which
    /// may as well be too new for it, is <see cref="ChainError.Unavailable"/>.
    /// </remarks>
    /// <exception cref="FormatException">Not a signed transaction of this chain.</exception>
    public async Task<string> BroadcastAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellationToken)
    {
        var transaction = ReadSigned(signed);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var id = transaction.Id;
        JsonRpcError? wrong;
        try
        {
            wrong = await node.SendAsync(signed, id, cancellationToken).ConfigureAwait(false);
        }
        catch (ChainException e) when (e.IsRetryable)
        {
            // It may have got there before the answer was lost.
            if ((await node.StatusAsync(id, cancellationToken).ConfigureAwait(false)).Value is not null)
                return id;
            throw;
        }
        // Refused because it is there already, by whatever words: that is success.
        if (wrong is null || (await node.StatusAsync(id, cancellationToken).ConfigureAwait(false)).Value is not null)
            return id;
        if (SolanaRefusal.Preflight(wrong) is not { } preflight)
            throw SolanaRefusal.Of("sendTransaction", wrong);
        throw preflight.Error!.Name switch
        {
            TransactionError.AlreadyProcessed => new(
                ChainError.Unavailable,
                $"The cluster has processed this message, and the node does not know {id}: it lags, or the message has been sent with another signature."),
            TransactionError.BlockhashNotFound when (await GetStatusAsync(signed, null, cancellationToken).ConfigureAwait(false)).State != TransactionState.Dead => new(
                ChainError.Unavailable,
                "The node does not know the transaction's blockhash: it is too new for the node, or too old for so short a time that the transaction may still be in a block."),
            _ => preflight.Refusal(transaction.Message),
        };
    }

    /// <inheritdoc/>
    /// <remarks>A node that lags behind may not know yet what it will know: by its id alone nothing is ever dead.</remarks>
    /// <exception cref="FormatException"><paramref name="transactionId"/> is not the Base58 of 64 bytes.</exception>
    public async Task<TransactionStatus> GetStatusAsync(string transactionId, CancellationToken cancellationToken)
    {
        SignatureText.Require(transactionId);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        return await ToStatusAsync((await node.StatusAsync(transactionId, cancellationToken).ConfigureAwait(false)).Value, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// As the other, and able to tell that a transaction is dead. That takes three things, in this order: a final block
    /// above the last height at which its blockhash was good, or in which its nonce has moved on; a look at the signatures
    /// that a node gives when it is well past that block; and a ledger that reaches back to where the transaction could
    /// first have got in.
    /// </summary>
    /// <param name="signed">The signed transaction.</param>
    /// <param name="window">
    /// When it can get in, as the draft said; where null, what this object remembers, and where it remembers nothing the
    /// latest that can be.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">Not a signed transaction of this chain.</exception>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<TransactionStatus> GetStatusAsync(ReadOnlyMemory<byte> signed, MessageWindow? window, CancellationToken cancellationToken) =>
        (await StandAsync(ReadSigned(signed), window, cancellationToken).ConfigureAwait(false)).Status;

    /// <summary>
    /// As the other, but what another signature of the very same message has become counts as well: who signs with a
    /// threshold key may have more than one.
    /// </summary>
    /// <exception cref="FormatException">Not a signed transaction of this chain.</exception>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<TransactionStatus> FollowAsync(ReadOnlyMemory<byte> signed, MessageWindow? window, CancellationToken cancellationToken)
    {
        var transaction = ReadSigned(signed);
        var standing = await StandAsync(transaction, window, cancellationToken).ConfigureAwait(false);
        return standing.Status.State == TransactionState.Dead && await FindTwinAsync(transaction.Message, standing, cancellationToken).ConfigureAwait(false) is { } twin
            ? await GetStatusAsync(twin, cancellationToken).ConfigureAwait(false)
            : standing.Status;
    }

    async Task<Standing> StandAsync(SolanaTransaction transaction, MessageWindow? window, CancellationToken cancellationToken)
    {
        var status = await GetStatusAsync(transaction.Id, cancellationToken).ConfigureAwait(false);
        if (status.State != TransactionState.Unknown)
            return new(status);
        var (end, reason, firstSlot) = DurableNonce.Of(transaction.Message) is { } nonce
            ? await EndOfNonceAsync(nonce.Account, nonce.Value, window, cancellationToken).ConfigureAwait(false)
            : await EndOfBlockhashAsync(transaction.Message.Blockhash, window, cancellationToken).ConfigureAwait(false);
        if (end is not { } finalSlot)
            return Unknown(reason);

        var (seen, late) = await node.StatusAsync(transaction.Id, cancellationToken).ConfigureAwait(false);
        if (late is not null)
            return new(await ToStatusAsync(late, cancellationToken).ConfigureAwait(false));
        if (seen < finalSlot + FinalConfirmations - 1)
            return Unknown($"The node has seen slot {seen} and may not know what is final in slot {finalSlot}.");
        var kept = await node.FirstSlotAsync(cancellationToken).ConfigureAwait(false);
        return kept > firstSlot
            ? Unknown($"The node keeps blocks from slot {kept} on, and the transaction may be in one from slot {firstSlot} on.")
            : new(new(TransactionState.Dead, Reason: reason), finalSlot, firstSlot);
    }

    /// <summary>A status, and for what is dead the slots between which it could have got in.</summary>
    readonly record struct Standing(TransactionStatus Status, ulong FinalSlot = 0, ulong FirstSlot = 0);

    static Standing Unknown(string reason) => new(new(TransactionState.Unknown, Reason: reason));

    /// <summary>
    /// A message for the same transfer in place of a signed one that did not get in, with a new blockhash and the price of
    /// today. Never while the old one can still get in: two messages that are both alive are two payments. Under a durable
    /// nonce that has not moved on the new message takes the same value, so that one of the two at most is executed.
    /// </summary>
    /// <param name="signed">The signed transaction to replace.</param>
    /// <param name="window">When it could get in, as in <see cref="GetStatusAsync(ReadOnlyMemory{byte}, MessageWindow?, CancellationToken)"/>.</param>
    /// <param name="transfer">The transfer that it makes.</param>
    /// <param name="maxFee">The highest fee, in lamports.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">Not a signed transaction of this chain.</exception>
    /// <exception cref="ChainException">
    /// Unavailable where the old one may still get in; Rejected where it has, under this signature or another one of the
    /// same message; else as <see cref="BuildAsync"/>.
    /// </exception>
    public async Task<SolanaDraft> RefreshAsync(
        ReadOnlyMemory<byte> signed, MessageWindow? window, Transfer transfer, Amount maxFee, CancellationToken cancellationToken)
    {
        var transaction = ReadSigned(signed);
        var message = transaction.Message;
        var standing = await StandAsync(transaction, window, cancellationToken).ConfigureAwait(false);
        var status = standing.Status;
        if (status.State is TransactionState.Confirmed or TransactionState.Finalized)
            throw new ChainException(ChainError.Rejected, $"The transaction is in slot {status.BlockHeight}: there is nothing to replace.");
        var nonce = DurableNonce.Of(message);
        var excludes = nonce is { } n && status.State is TransactionState.Unknown or TransactionState.Pending
            && (await NonceAsync(n.Account, SolanaNode.Processed, cancellationToken).ConfigureAwait(false)).Value?.Value == n.Value;
        // A failure can still become a success on another fork until its block is final.
        var isOver = status.State == TransactionState.Dead || (status.State == TransactionState.Failed && status.Confirmations >= FinalConfirmations);
        if (!isOver && !excludes)
            throw new ChainException(ChainError.Unavailable, $"The transaction may still get in. {status.Reason}");
        if (status.State == TransactionState.Dead && await FindTwinAsync(message, standing, cancellationToken).ConfigureAwait(false) is { } twin)
            throw new ChainException(ChainError.Rejected, $"The message has been executed under another signature, as {twin}: there is nothing to replace.");
        var draft = await PlanAsync(transfer, maxFee, nonce is { } at ? format.ToAddress(at.Account) : null, cancellationToken).ConfigureAwait(false);
        return isOver || message.Blockhash == SolanaMessage.Decode(draft.Message.Span).Blockhash
            ? draft
            : throw new ChainException(ChainError.Unavailable, "The nonce has moved on meanwhile, so the transaction may just have got in.");
    }

    /// <summary>
    /// The transaction that has executed a message under whatever signature: a threshold signature is another one every
    /// time, and the cluster tells transactions apart by their messages.
    /// </summary>
    async Task<string?> FindTwinAsync(SolanaMessage message, Standing standing, CancellationToken cancellationToken)
    {
        var entries = await HistoryAsync(message.Payer, null, MaxHistory, standing.FinalSlot, cancellationToken).ConfigureAwait(false);
        var candidates = entries.Where(e => e.Slot >= standing.FirstSlot).ToArray();
        if (candidates.Length > MaxTwins)
            throw new ChainException(ChainError.Unavailable, $"{candidates.Length} transactions of {message.Payer} could be this one; with the draft's window there are fewer.");
        var found = await node.TransactionsAsync([.. candidates.Select(e => e.Id)], cancellationToken).ConfigureAwait(false);
        return found.FirstOrDefault(t => t.Message.Equals(message))?.Id;
    }

    /// <summary>The final slot by which a blockhash is too old, or null and why that can not be told yet; and where its time began.</summary>
    async Task<(ulong? FinalSlot, string Reason, ulong FirstSlot)> EndOfBlockhashAsync(Blockhash blockhash, MessageWindow? window, CancellationToken cancellationToken)
    {
        var known = window ?? book.Find(blockhash);
        if (known is null)
        {
            var (_, newest) = await node.HeightAsync(SolanaNode.Processed, cancellationToken).ConfigureAwait(false);
            book.Add(blockhash, known = new(0, newest + MaxLagBlocks + BlockhashLife));
        }
        var last = known.LastHeight ?? throw new ArgumentException("A window without an end, for a transaction that lives by a blockhash.", nameof(window));
        var (slot, height) = await node.HeightAsync(SolanaNode.Finalized, cancellationToken).ConfigureAwait(false);
        return height > last
            ? (slot, $"Its blockhash was good up to height {last}, and block {height} is final.", known.FirstSlot)
            : (null, $"It can get in up to height {last}; block {height} is final.", known.FirstSlot);
    }

    /// <summary>The same for a message under a nonce, whose time ends when the nonce has moved on in a final block.</summary>
    async Task<(ulong? FinalSlot, string Reason, ulong FirstSlot)> EndOfNonceAsync(
        SolanaAddress account, Blockhash value, MessageWindow? window, CancellationToken cancellationToken)
    {
        var (slot, nonce) = await NonceAsync(account, SolanaNode.Finalized, cancellationToken).ConfigureAwait(false);
        // A node that lags says what the nonce was before it had this value. Only a slot past the draft's counts.
        window ??= book.Find(value);
        var first = window?.FirstSlot ?? 0;
        return nonce?.Value != value && window is not null && slot >= first
            ? (slot, $"The nonce {account} has moved on.", first)
            : (null, nonce?.Value == value ? $"The nonce {account} still has its value." : $"The nonce {account} has another value, before or after the transaction's.", first);
    }

    async Task<TransactionStatus> ToStatusAsync(SignatureStatus? status, CancellationToken cancellationToken)
    {
        if (status is null)
            return new(TransactionState.Unknown);
        if (status.Commitment == Commitment.Processed)
            return new(TransactionState.Pending, Reason: "In a block that the cluster has not voted for.");
        var confirmations = status.Commitment == Commitment.Finalized ? FinalConfirmations : Math.Min((status.Confirmations ?? 0) + 1, FinalConfirmations - 1);
        var isFinal = status.Commitment == Commitment.Finalized || confirmations >= options.FinalityDepth;
        var state = status.Error is not null ? TransactionState.Failed : isFinal ? TransactionState.Finalized : TransactionState.Confirmed;
        var block = await node.BlockHashAsync(status.Slot, cancellationToken).ConfigureAwait(false);
        return new(state, block, status.Slot, confirmations, Reason: status.Error?.ToString());
    }

    static SolanaTransaction ReadSigned(ReadOnlyMemory<byte> signed)
    {
        var transaction = SolanaTransaction.Decode(signed.Span);
        return transaction.IsFullySigned ? transaction : throw new FormatException("A signature of the transaction is missing or does not verify.");
    }
}
