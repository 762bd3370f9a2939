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

    /// <summary>Reads what <see cref="object.ToString"/> has written, for a ledger that is folded out of a journal.</summary>
    /// <exception cref="FormatException">Not a window, or of a time zone that this machine does not know.</exception>
    public static CounterWindow Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        if (kind == "rolling" && long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return new Rolling(seconds);
        return kind is "day" or "week" or "month" && TimeZoneInfo.TryFindSystemTimeZoneById(rest, out var zone)
            ? new Fixed(Enum.Parse<CalendarPeriod>(kind, ignoreCase: true), zone)
            : throw new FormatException($"\"{text}\" is no window of a counter.");
    }

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
