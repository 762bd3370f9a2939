using Quorate.Server.Deciding;

namespace Quorate.Server.Views;

/// <summary>How long what can be forgotten is kept at least. The journal itself is never cut.</summary>
/// <param name="MinimumDays">At least so long.</param>
sealed record Retention(int MinimumDays = Retention.SevenYears)
{
    /// <summary>Seven years with two leap days: what most supervisors ask for.</summary>
    internal const int SevenYears = 7 * 365 + 2;

    /// <summary>Why nothing of before a time may be forgotten yet; null where it may.</summary>
    internal Refusal? Check(DateTimeOffset before, DateTimeOffset now) =>
        now - before < TimeSpan.FromDays(MinimumDays)
            ? new("below_retention", $"What is younger than {MinimumDays} days is kept; that would be {(int)(now - before).TotalDays}.")
            : null;
}
