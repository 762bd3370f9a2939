using Quorate.Server.Deciding;

namespace Quorate.Server.Views;

/// <summary>How long what can be forgotten is kept at least. The journal itself is never cut.</summary>
sealed record Retention
{
    /// <summary>Seven years with two leap days: what most supervisors ask for, and the least that can be configured.</summary>
    internal const int SevenYears = 7 * 365 + 2;

    /// <summary>A retention of at least so many days.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than <see cref="SevenYears"/>: what a supervisor asks for is no setting.</exception>
    internal Retention(int minimumDays = SevenYears)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumDays, SevenYears);
        MinimumDays = minimumDays;
    }

    /// <summary>At least so long.</summary>
    internal int MinimumDays { get; }

    /// <summary>Why nothing of before a time may be forgotten yet; null where it may.</summary>
    internal Refusal? Check(DateTimeOffset before, DateTimeOffset now) =>
        now - before < TimeSpan.FromDays(MinimumDays)
            ? new("below_retention", $"What is younger than {MinimumDays} days is kept; that would be {(int)(now - before).TotalDays}.")
            : null;
}
