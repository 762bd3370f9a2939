namespace Quorate.Chains.Solana;

/// <summary>How a chain is used.</summary>
public sealed record SolanaChainOptions
{
    /// <summary>Micro-lamports for a compute unit at least.</summary>
    public ulong MinUnitPrice { get; init; } = 1_000;

    /// <summary>
    /// Micro-lamports for a compute unit at most, whatever the node says others pay: a node that lies costs no more. 5
    /// lamports a unit are 0.0004 SOL for a transfer of tokens.
    /// </summary>
    public ulong MaxUnitPrice { get; init; } = 5_000_000;

    /// <summary>Which of the recent slots' prices is taken, in percent from the lowest, slots without any left out.</summary>
    public int UnitPricePercentile { get; init; } = 50;

    /// <summary>Compute units on top of what simulation uses, in percent: accounts may have changed by then.</summary>
    public int UnitMarginPercent { get; init; } = 20;

    /// <summary>
    /// Blocks, its own included, after which a transaction counts as final; null for the cluster's own rule, the finalized
    /// commitment.
    /// </summary>
    public ulong? FinalityDepth { get; init; }

    /// <summary>How the node is talked to.</summary>
    public NodeLimits Limits { get; init; } = new();

    /// <summary>Most calls in one request; public nodes take few.</summary>
    public int MaxBatch { get; init; } = 10;
}
