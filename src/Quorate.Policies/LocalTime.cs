namespace Quorate.Policies;

/// <summary>Where wall clocks and instants meet.</summary>
static class LocalTime
{
    /// <summary>
    /// The first instant, in Unix seconds, at which the wall clock shows this date. Where midnight occurs twice that is the
    /// earlier one; where clocks skip it, the instant they skip to.
    /// </summary>
    internal static long FirstInstantOf(DateTime date, TimeZoneInfo zone)
    {
        var midnight = DateTime.SpecifyKind(date, DateTimeKind.Unspecified);
        // Gaps begin and end on quarter hours.
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUnixTimeSeconds();
    }
}
