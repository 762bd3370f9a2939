namespace Quorate.Chains.Bitcoin;

/// <summary>Rules of the wallet towards the network.</summary>
public sealed record BitcoinChainOptions
{
    /// <summary>Blocks within which transfers ought to confirm.</summary>
    public int ConfirmationTarget { get; init; } = 6;

    /// <summary>The rate where the node can not tell one.</summary>
    public FeeRate FallbackRate { get; init; } = new(10_000);

    /// <summary>Estimates above it are cut to it: a node that lies costs no more.</summary>
    public FeeRate MaxFeeRate { get; init; } = new(500_000);

    /// <summary>Confirmations from which a transaction counts as final.</summary>
    public ulong FinalityDepth { get; init; } = 6;

    /// <summary>Whether outputs that are in no block yet are spent.</summary>
    public bool SpendsUnconfirmed { get; init; }

    /// <summary>Unspent outputs that are looked at, at most: their transactions are fetched one by one.</summary>
    public int MaxCoins { get; init; } = 500;
}
