using Quorate.Chains.Solana.Rpc;

namespace Quorate.Chains.Solana;

// Lives for who keeps a list of them, and what takes a message's place under a durable nonce.
public sealed partial class SolanaChain
{
    /// <summary>The newest confirmed blockhash.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<MessageLife> GetRecentAsync(CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var (slot, (blockhash, lastHeight)) = await node.BlockhashAsync(cancellationToken).ConfigureAwait(false);
        return Kept(new MessageLifetime.Recent(blockhash), blockhash, new(slot, lastHeight));
    }

    /// <summary>What a durable nonce holds in a final block; null where the account is none there.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<MessageLife?> GetDurableAsync(Address nonceAccount, CancellationToken cancellationToken)
    {
        var address = format.ToBytes(nonceAccount);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var (slot, nonce) = await NonceAsync(address, SolanaNode.Finalized, cancellationToken).ConfigureAwait(false);
        return nonce is null ? null : Kept(nonce.Lifetime, nonce.Value, new(slot, null));
    }

    /// <summary>The height of the node's newest block, and of its newest final one.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<(ulong Newest, ulong Final)> GetHeightsAsync(CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var (_, final) = await node.HeightAsync(SolanaNode.Finalized, cancellationToken).ConfigureAwait(false);
        var (_, newest) = await node.HeightAsync(SolanaNode.Processed, cancellationToken).ConfigureAwait(false);
        return (newest, final);
    }

    /// <summary>
    /// In place of a message under a durable nonce that has not moved on: the same at a higher price of computation, or one
    /// that does nothing but move the nonce on.
    /// </summary>
    /// <param name="unsigned">The message.</param>
    /// <param name="maxFee">The highest fee, in lamports.</param>
    /// <param name="cancels">Whether nothing is to be done in its place.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">Not a message.</exception>
    /// <exception cref="ChainException">
    /// Unsupported where it lives by a recent blockhash, Stale where the nonce has moved on, FeeTooHigh where the limit leaves no
    /// higher price; or the node fails.
    /// </exception>
    public async Task<ReadOnlyMemory<byte>> ReplaceAsync(ReadOnlyMemory<byte> unsigned, Amount maxFee, bool cancels, CancellationToken cancellationToken)
    {
        var message = SolanaMessage.Decode(unsigned.Span);
        if (DurableNonce.Of(message) is not { } nonce)
            throw new ChainException(ChainError.Unsupported, "The message lives by a recent blockhash: nothing takes its place while it can get in, and soon it can not.");
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        if ((await NonceAsync(nonce.Account, SolanaNode.Confirmed, cancellationToken).ConfigureAwait(false)).Value?.Value != nonce.Value)
            throw new ChainException(ChainError.Stale, $"The nonce {nonce.Account} has moved on.");
        return format.Replace(unsigned, await UnitPriceAsync(message, cancellationToken).ConfigureAwait(false), maxFee, cancels);
    }

    MessageLife Kept(MessageLifetime lifetime, Blockhash value, MessageWindow window)
    {
        book.Add(value, window);
        return new(lifetime, window);
    }
}
