namespace Quorate.Rpc.Tests.Services;

/// <summary>Waiting for what has to happen, for as long as a machine without a free moment may take.</summary>
static class Patience
{
    /// <summary>Nothing that is asked for here takes so long, whatever else the machine does.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    internal static async Task Until(Func<bool> condition, string otherwise = "It does not happen.")
    {
        for (var begun = TimeProvider.System.GetTimestamp(); !condition(); await Task.Delay(10))
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Limit, otherwise);
    }

    /// <summary>Tries something that has to come in time with twice the time, until it does.</summary>
    /// <param name="milliseconds">The first time.</param>
    /// <param name="attempt">Whether it came in time.</param>
    internal static async Task Doubling(int milliseconds, Func<int, Task<bool>> attempt)
    {
        while (!await attempt(milliseconds))
            Assert.True((milliseconds *= 2) < Limit.TotalMilliseconds, "It never comes in time.");
    }
}
