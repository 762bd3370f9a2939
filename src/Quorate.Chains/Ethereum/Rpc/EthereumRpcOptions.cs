namespace Quorate.Chains.Ethereum.Rpc;

/// <summary>How a node is talked to.</summary>
public sealed record EthereumRpcOptions
{
    /// <summary>How long one request may take, its retries not included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a read is tried again where the node does not answer. What changes something is never repeated.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Wait before the first retry; it doubles for every further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest answer in bytes; a longer one is refused before it is read whole.</summary>
    public int MaxResponseSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most calls in one request.</summary>
    public int MaxBatch { get; init; } = 100;

    internal NodeLimits Limits => new() { Timeout = Deadline, MaxAnswerBytes = MaxResponseSize, MaxTries = Retries + 1, RetryDelay = RetryDelay };
}
