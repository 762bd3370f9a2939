using System.Collections.Immutable;

namespace Quorate.Node.Signing;

/// <summary>
/// Runs the sessions of one offer some at a time, in the order of their inputs: all nodes of a quorum do the same, and so
/// meet in the same sessions.
/// </summary>
static class SessionQueue
{
    /// <summary>Runs them all; ends with the first exception, when all have ended.</summary>
    internal static async Task RunAsync(ImmutableArray<int> inputs, int atATime, Func<int, Task> run)
    {
        using var free = new SemaphoreSlim(atATime, atATime);
        var running = new List<Task>(inputs.Length);
        foreach (var input in inputs)
        {
            await free.WaitAsync().ConfigureAwait(false);
            running.Add(OneAsync(input));
        }
        await Task.WhenAll(running).ConfigureAwait(false);

        async Task OneAsync(int input)
        {
            try
            {
                await run(input).ConfigureAwait(false);
            }
            finally
            {
                free.Release();
            }
        }
    }
}
