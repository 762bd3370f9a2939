namespace Quorate.Server.Limits;

/// <summary>So much in so much time.</summary>
public sealed record Rate
{
    /// <summary>The largest quota.</summary>
    public const int MaxQuota = 1_000_000;

    /// <summary>The longest window.</summary>
    public static readonly TimeSpan MaxWindow = TimeSpan.FromDays(1);

    /// <summary>A rate.</summary>
    /// <param name="quota">How much, 1 to <see cref="MaxQuota"/>.</param>
    /// <param name="window">In how long: whole seconds, 1 to <see cref="MaxWindow"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not.</exception>
    public Rate(int quota, TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quota, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quota, MaxQuota);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, MaxWindow);
        if (window.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentOutOfRangeException(nameof(window), window, "A window is whole seconds: it is shown in them.");
        (Quota, Window) = (quota, window);
    }

    /// <summary>How much.</summary>
    public int Quota { get; }

    /// <summary>In how long.</summary>
    public TimeSpan Window { get; }
}
