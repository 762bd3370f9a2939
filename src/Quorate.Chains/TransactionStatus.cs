namespace Quorate.Chains;

/// <summary>Where a transaction stands.</summary>
public enum TransactionState
{
    /// <summary>The network does not know it: never seen, dropped, or replaced.</summary>
    Unknown = 0,

    /// <summary>Seen, in no block.</summary>
    Pending = 1,

    /// <summary>In a block of the best chain.</summary>
    Confirmed = 2,

    /// <summary>Confirmed beyond what the chain's finality rule lets go back.</summary>
    Finalized = 3,

    /// <summary>In a block, but failed there: the fee is paid and nothing else happened.</summary>
    Failed = 4,

    /// <summary>It can never confirm any more: expired, or its inputs or nonce are spent by another.</summary>
    Dead = 5,
}

/// <summary>A transaction's state.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="BlockHash">The block it is in; null when in none.</param>
/// <param name="BlockHeight">That block's height or slot; null when in none.</param>
/// <param name="Confirmations">Blocks on top of it and its own; 0 when in none.</param>
/// <param name="ReplacedBy">The transaction that took its place, where known.</param>
/// <param name="Reason">Why it failed or died, where known.</param>
public sealed record TransactionStatus(
    TransactionState State, string? BlockHash = null, ulong? BlockHeight = null, ulong Confirmations = 0,
    string? ReplacedBy = null, string? Reason = null);
