namespace Quorate.Chains;

/// <summary>How long to wait for a node, how much to take from it and how often to ask again.</summary>
public sealed record NodeLimits
{
    /// <summary>Deadline of one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest answer: the largest transaction in hexadecimal with room around it.</summary>
    public int MaxAnswerBytes { get; init; } = 10_000_000;

    /// <summary>How often a read is tried; what changes anything is tried once.</summary>
    public int MaxTries { get; init; } = 3;

    /// <summary>Wait before the second try, doubled before every other.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);
}
