using System.Globalization;

namespace Quorate.Policies;

/// <summary>The stretch of time over which a counter adds up. Closed: rolling or fixed.</summary>
public abstract record CounterWindow
{
    CounterWindow()
    {
    }

    /// <summary>The first instant, in Unix seconds, that counts at <paramref name="now"/>.</summary>
    internal abstract long StartAt(long now);

    /// <summary>The last so many seconds, at every instant anew: (now − seconds, now].</summary>
    public sealed record Rolling(long Seconds) : CounterWindow
    {
        internal override long StartAt(long now) => now - Seconds + 1;

        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rolling:{Seconds}");
    }

    /// <summary>The calendar's day, week (from Monday) or month in a time zone.</summary>
    public sealed record Fixed(CalendarPeriod Period, TimeZoneInfo Zone) : CounterWindow
    {
        internal override long StartAt(long now)
        {
            var today = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(now), Zone).Date;
            return LocalTime.FirstInstantOf(Period switch
            {
                CalendarPeriod.Day => today,
                CalendarPeriod.Week => today.AddDays(-(((int)today.DayOfWeek + 6) % 7)),
                _ => new DateTime(today.Year, today.Month, 1),
            }, Zone);
        }

        /// <inheritdoc/>
        public override string ToString() => $"{Period.ToString().ToLowerInvariant()}:{Zone.Id}";
    }
}

/// <summary>A period of the calendar.</summary>
public enum CalendarPeriod
{
    /// <summary>From midnight; 23 or 25 hours when clocks change.</summary>
    Day = 1,

    /// <summary>From Monday's midnight.</summary>
    Week = 2,

    /// <summary>From the first day's midnight.</summary>
    Month = 3,
}
