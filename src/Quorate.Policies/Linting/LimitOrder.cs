using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>Which of a rule's limits can never matter because another one is always exceeded first.</summary>
static class LimitOrder
{
    // Clocks move by at most two hours; seven days and a month of 31 may gain as much.
    const long Slack = 2 * 3600, Day = 86_400;

    /// <summary>A limit of the same rule that is exceeded whenever <paramref name="limit"/> is.</summary>
    internal static Limit? FindTighter(PolicyRule rule, Limit limit) =>
        rule.Limits.FirstOrDefault(other => !ReferenceEquals(other, limit) && IsExceededWhenever(other, limit));

    static bool IsExceededWhenever(Limit other, Limit limit)
    {
        // Counters for everybody hold at least what a wallet's own counter holds.
        if (other.Subject != limit.Subject || (other.Scope != limit.Scope && other.Scope != CounterScope.Rule) || other.Window is null)
            return false;
        if (limit.Window is null)
            return other.AtMost <= limit.AtMost;
        var (longest, shortest) = (Longest(limit.Window), Shortest(other.Window));
        if (other.Window is CounterWindow.Rolling && longest <= shortest)
            return other.AtMost <= limit.AtMost;
        if (other.Scope != limit.Scope)
            return false;
        // How many windows of the other can lie in, or reach into, one of this.
        var windows = other.Window is CounterWindow.Rolling ? (longest + shortest - 1) / shortest : (longest / shortest) + 2;
        return other.AtMost <= Amount.MaxValue / (ulong)windows && other.AtMost * (ulong)windows <= limit.AtMost;
    }

    static long Longest(CounterWindow window) => window switch
    {
        CounterWindow.Rolling rolling => rolling.Seconds,
        CounterWindow.Fixed { Period: CalendarPeriod.Day } => Day + Slack,
        CounterWindow.Fixed { Period: CalendarPeriod.Week } => (7 * Day) + Slack,
        _ => (31 * Day) + Slack,
    };

    static long Shortest(CounterWindow window) => window switch
    {
        CounterWindow.Rolling rolling => rolling.Seconds,
        CounterWindow.Fixed { Period: CalendarPeriod.Day } => Day - Slack,
        CounterWindow.Fixed { Period: CalendarPeriod.Week } => (7 * Day) - Slack,
        _ => (28 * Day) - Slack,
    };
}
