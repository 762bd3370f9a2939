namespace Quorate.Server.Limits;

/// <summary>A limit as it is counted, in whole milliseconds and whole tokens.</summary>
/// <param name="Name">What clients and metrics call it.</param>
/// <param name="Rate">How much in how long.</param>
abstract record Limit(string Name, Rate Rate)
{
    /// <summary>The rate's window in milliseconds: a multiple of a thousand.</summary>
    internal long WindowMs { get; } = Rate.Window.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>What one call may cost at most: more never fits.</summary>
    internal abstract long Most { get; }

    /// <summary>A tally of nothing.</summary>
    internal abstract Tally NewTally();

    /// <summary>A token bucket: the quota comes back evenly over the window, and half as much again can be saved up.</summary>
    internal sealed record Bucket(string Name, Rate Rate) : Limit(Name, Rate)
    {
        internal override long Most => 3L * Rate.Quota / 2;

        internal override Tally NewTally() => new TokenBucket(this);
    }

    /// <summary>A sliding window: never more than the quota in any stretch of the window's length.</summary>
    internal sealed record Sliding(string Name, Rate Rate) : Limit(Name, Rate)
    {
        internal override long Most => Rate.Quota;

        internal override Tally NewTally() => new SlidingWindow(this);
    }
}
