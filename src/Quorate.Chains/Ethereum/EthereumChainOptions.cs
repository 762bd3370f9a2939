namespace Quorate.Chains.Ethereum;

/// <summary>How a chain is used.</summary>
public sealed record EthereumChainOptions
{
    /// <summary>Blocks whose fees are looked at.</summary>
    public int FeeHistoryBlocks { get; init; } = 20;

    /// <summary>Which of a block's tips counts, in percent from the lowest.</summary>
    public int FeeHistoryPercentile { get; init; } = 50;

    /// <summary>The tip at least, in wei.</summary>
    public Amount MinTip { get; init; } = 1_000_000UL;

    /// <summary>The tip at most, in wei: 100 gwei.</summary>
    public Amount MaxTip { get; init; } = 100_000_000_000UL;

    /// <summary>Gas on top of what the node estimates for a call, in percent: its state may have moved by then.</summary>
    public int GasMarginPercent { get; init; } = 20;

    /// <summary>
    /// Blocks, its own included, after which a transaction counts as final; null for the chain's own rule, the finalized
    /// block of proof of stake.
    /// </summary>
    public ulong? FinalityDepth { get; init; }

    /// <summary>Most blocks that one request for events spans.</summary>
    public ulong MaxLogBlocks { get; init; } = 2_000;

    /// <summary>Blocks that a history looks back over: a week of Ethereum's.</summary>
    public ulong HistoryBlocks { get; init; } = 50_400;
}
