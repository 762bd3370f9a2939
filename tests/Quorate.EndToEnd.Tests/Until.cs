using System.Diagnostics;
using Quorate.Client;

namespace Quorate.EndToEnd.Tests;

/// <summary>Waiting for what processes say later.</summary>
static class Until
{
    /// <summary>What processes have said meanwhile: shown where something does not come.</summary>
    internal static AsyncLocal<Func<string>?> Log { get; } = new();

    static readonly TimeSpan usual = TimeSpan.FromMinutes(1.5);

    /// <summary>Asks until the answer is as it should be.</summary>
    internal static async Task<T> Async<T>(Func<Task<T>> ask, Func<T, bool> isSo, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            object? last;
            try
            {
                var answer = await ask();
                if (isSo(answer))
                    return answer;
                last = answer;
            }
            catch (QuorateException away) when (away.IsRetryable)
            {
                last = away.Message;
            }
            Assert.True(clock.Elapsed < (patience ?? usual), $"{last}\n{Log.Value?.Invoke()}");
            await Task.Delay(100);
        }
    }
}
