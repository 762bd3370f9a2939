using System.Collections.Immutable;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// What the wallet asks the network, over Esplora's REST API or Bitcoin Core's RPC. Every method throws
/// <see cref="ChainException"/> with <see cref="ChainError.Unavailable"/> where the node does not answer in time and
/// <see cref="ChainError.BadNode"/> where its answer can not be. Nothing it says is believed for signing: amounts are
/// proven by the transactions themselves.
/// </summary>
public interface IBitcoinNode
{
    /// <summary>The last block of the best chain.</summary>
    Task<BlockReference> GetTipAsync(CancellationToken cancellationToken);

    /// <summary>The hash of the best chain's block at a height; null above the tip.</summary>
    Task<string?> GetBlockHashAsync(ulong height, CancellationToken cancellationToken);

    /// <summary>The unspent outputs that pay one of some scripts; those that the memory pool spends are left out.</summary>
    Task<ImmutableArray<UnspentOutput>> GetUnspentAsync(IReadOnlyList<ReadOnlyMemory<byte>> scripts, CancellationToken cancellationToken);

    /// <summary>A transaction; null where the node does not know it. Its id has been checked.</summary>
    Task<BitcoinTransaction?> GetTransactionAsync(TxId id, CancellationToken cancellationToken);

    /// <summary>Where a transaction is: its block, no block (in the memory pool), or null for unknown.</summary>
    Task<TransactionPlace?> FindAsync(TxId id, CancellationToken cancellationToken);

    /// <summary>The transaction that spends an output, in a block or the memory pool; null for none the node knows of.</summary>
    Task<TxId?> GetSpenderAsync(OutPoint point, CancellationToken cancellationToken);

    /// <summary>The rate at which a transaction confirms within so many blocks; null where the node can not tell.</summary>
    Task<FeeRate?> EstimateFeeRateAsync(int blocks, CancellationToken cancellationToken);

    /// <summary>The transactions that pay or spend a script, newest first.</summary>
    Task<ImmutableArray<HistoryEntry>> GetHistoryAsync(ReadOnlyMemory<byte> script, CancellationToken cancellationToken);

    /// <summary>Hands over a transaction. Never repeated on its own.</summary>
    /// <exception cref="ChainException">The network refuses it; the error says why.</exception>
    Task SendAsync(ReadOnlyMemory<byte> transaction, CancellationToken cancellationToken);
}

/// <summary>A block of the best chain.</summary>
public sealed record BlockReference(ulong Height, string Hash);

/// <summary>An output that is not spent.</summary>
/// <param name="Point">Which output.</param>
/// <param name="Value">In satoshi, on the node's word.</param>
/// <param name="ScriptIndex">Which of the scripts that were asked for it pays.</param>
/// <param name="IsConfirmed">Whether it is in a block.</param>
public sealed record UnspentOutput(OutPoint Point, ulong Value, int ScriptIndex, bool IsConfirmed);

/// <summary>Where a transaction is.</summary>
/// <param name="Block">Its block; null in the memory pool.</param>
public sealed record TransactionPlace(BlockReference? Block);

/// <summary>A transaction of an address.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Block">Its block; null in the memory pool.</param>
public sealed record HistoryEntry(TxId Id, BlockReference? Block);
