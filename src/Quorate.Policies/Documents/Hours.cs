using System.Collections.Immutable;
using System.Globalization;

namespace Quorate.Policies;

/// <summary>
/// Hours of the week on a zone's wall clock: from the first minute up to and without the last, on days that count from
/// where they begin. Hours that end before they begin reach into the next day. Every instant has exactly one wall clock
/// time, so clocks that are set forward skip minutes of a window, and clocks set back run through them twice.
/// </summary>
sealed record Hours(TimeZoneInfo Zone, ImmutableArray<DayOfWeek> Days, int FromMinute, int ToMinute)
{
    internal const int MinutesOfDay = 24 * 60;

    internal bool Contains(long now)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(now), Zone);
        var minute = (local.Hour * 60) + local.Minute;
        if (FromMinute < ToMinute)
            return minute >= FromMinute && minute < ToMinute && Days.Contains(local.DayOfWeek);
        return (minute >= FromMinute && Days.Contains(local.DayOfWeek))
            || (minute < ToMinute && Days.Contains((DayOfWeek)(((int)local.DayOfWeek + 6) % 7)));
    }

    /// <summary>Minutes of a week, from Sunday's midnight, in which these hours hold.</summary>
    internal bool[] MinutesOfWeek()
    {
        var week = new bool[7 * MinutesOfDay];
        var length = FromMinute < ToMinute ? ToMinute - FromMinute : ToMinute + MinutesOfDay - FromMinute;
        foreach (var day in Days)
            for (var i = 0; i < length; i++)
                week[(((int)day * MinutesOfDay) + FromMinute + i) % week.Length] = true;
        return week;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{FromMinute / 60:00}:{FromMinute % 60:00} to {ToMinute / 60:00}:{ToMinute % 60:00} {Zone.Id}");
}
