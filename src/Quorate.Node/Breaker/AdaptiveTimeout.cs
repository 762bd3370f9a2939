namespace Quorate.Node.Breaker;

/// <summary>Between what times a round's timeout adapts itself.</summary>
public sealed record TimeoutLimits
{
    /// <summary>The shortest: a link that reconnects rests up to 10 s, and is no sign of a fault. The field's figure.</summary>
    public TimeSpan Shortest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest, and what holds while nothing has been measured. The field's figure.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentException">Not positive, or the shortest is longer.</exception>
    internal void Validate()
    {
        if (Shortest <= TimeSpan.Zero || Longest < Shortest)
            throw new ArgumentException($"Timeouts from {Shortest} to {Longest}.");
    }
}

/// <summary>How long to wait for a round: 2.5 times the median of what rounds have lately taken, within limits.</summary>
sealed class AdaptiveTimeout(TimeoutLimits limits)
{
    /// <summary>How many medians. The field's figure.</summary>
    internal const double Multiple = 2.5;

    /// <summary>How much more a half-open node gets: as much again, within the limits.</summary>
    internal const double HalfOpenMultiple = 2;

    /// <summary>Latencies that are remembered: some ten rounds of five nodes, so that yesterday's weather is forgotten soon.</summary>
    internal const int Remembered = 64;

    readonly Queue<TimeSpan> latencies = [];

    /// <summary>The timeout of a round.</summary>
    internal TimeSpan Current
    {
        get
        {
            if (latencies.Count == 0)
                return limits.Longest;
            TimeSpan[] sorted = [.. latencies.Order()];
            return Within(Multiple * sorted[sorted.Length / 2]);
        }
    }

    /// <summary>The timeout for a node whose breaker is in this state.</summary>
    internal TimeSpan For(BreakerState state) => state == BreakerState.Closed ? Current : Within(HalfOpenMultiple * Current);

    /// <summary>
    /// A message took so long; or it had not come after so long, which counts too: without those that were cut off, a network
    /// that has become slow for most would never be given more time.
    /// </summary>
    internal void Observe(TimeSpan latency)
    {
        latencies.Enqueue(latency);
        if (latencies.Count > Remembered)
            latencies.Dequeue();
    }

    TimeSpan Within(TimeSpan timeout) => timeout < limits.Shortest ? limits.Shortest : timeout > limits.Longest ? limits.Longest : timeout;
}
