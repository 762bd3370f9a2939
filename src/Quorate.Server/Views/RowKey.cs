namespace Quorate.Server.Views;

/// <summary>
/// The key of a row of the history, by which all of its lists are sorted: the second in which it was requested in 32 bits,
/// below it the 31 lowest bits of the position of its first event. So rows of a time are a range of keys, and rows of one
/// second are in the order in which they were recorded. Two of one second would have to be two thousand million events apart to have one key.
/// </summary>
static class RowKey
{
    const int PositionBits = 31;

    /// <summary>The key of what was requested then, and recorded there.</summary>
    internal static long Of(DateTimeOffset requested, long position) => First(requested) | (position & ((1L << PositionBits) - 1));

    /// <summary>The lowest key of that second. The time from 1970 to 2106 is told apart; what is beyond counts as its end.</summary>
    internal static long First(DateTimeOffset time) => Math.Clamp(time.ToUnixTimeSeconds(), 0, uint.MaxValue) << PositionBits;

    /// <summary>The lowest key that is of no second up to this one.</summary>
    internal static long Beyond(DateTimeOffset time) =>
        time.ToUnixTimeSeconds() >= uint.MaxValue ? long.MaxValue : (Math.Max(time.ToUnixTimeSeconds(), -1) + 1) << PositionBits;
}
