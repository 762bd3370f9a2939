using System.Collections.Immutable;

namespace Quorate.Chains;

/// <summary>
/// A chain with a node behind it: from a wish to an unsigned transaction, from signatures to a confirmed one. It knows
/// nothing of who signs. Nothing it says about the network is to be trusted for signing: that is what
/// <see cref="ITransactionFormat.Decode"/> is for.
/// </summary>
public interface IChain : ITransactionFormat
{
    /// <summary>An unsigned transaction that does what <paramref name="transfer"/> says and costs at most <paramref name="maxFee"/>.</summary>
    /// <exception cref="ChainException">Not enough funds, an amount below dust, a fee above the limit, or the node fails.</exception>
    Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, CancellationToken cancellationToken);

    /// <summary>What the transfer would cost now, at most.</summary>
    /// <exception cref="ChainException">As <see cref="BuildAsync"/>.</exception>
    Task<Fee> EstimateFeeAsync(Transfer transfer, CancellationToken cancellationToken);

    /// <summary>Hands a signed transaction to the network and returns its id. Already known or already mined is success.</summary>
    /// <exception cref="ChainException">The network refuses it; the code says whether trying again can help.</exception>
    Task<string> BroadcastAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellationToken);

    /// <summary>
    /// Where a transaction stands now. A reorganisation shows as a status that has gone back or changed its block.
    /// </summary>
    /// <exception cref="ChainException">The node fails.</exception>
    Task<TransactionStatus> GetStatusAsync(string transactionId, CancellationToken cancellationToken);

    /// <summary>How much of an asset an account has, confirmed.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    Task<Amount> GetBalanceAsync(Address account, AssetId asset, CancellationToken cancellationToken);

    /// <summary>
    /// The latest transactions of an account, newest first and at most <paramref name="limit"/>, as far as the node keeps an
    /// index of them. Each chain says what its nodes know; what a node leaves out can not be noticed.
    /// </summary>
    /// <exception cref="ChainException">The node fails, or keeps no such index.</exception>
    Task<ImmutableArray<AccountTransaction>> GetHistoryAsync(Address account, int limit, CancellationToken cancellationToken);
}
