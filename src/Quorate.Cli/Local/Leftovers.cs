using System.Diagnostics;

namespace Quorate.Cli.Local;

/// <summary>Processes of a <c>quorate up</c> that was killed. They end by themselves when it does, which takes a moment.</summary>
static class Leftovers
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until they have ended, and ends what does not.</summary>
    internal static async Task WaitAsync(LocalProfile.RunningProcess[] earlier, LocalScreen screen, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (earlier.Select(Open).OfType<Process>().ToArray() is { Length: > 0 } left)
        {
            screen.Progress.Show($"waiting for {left.Length} processes that an earlier `quorate up` has left to end");
            var isPatient = TimeProvider.System.GetElapsedTime(began) < patience;
            foreach (var process in left)
            {
                using (process)
                    if (!isPatient)
                        process.Kill(entireProcessTree: true);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }
        screen.Progress.Clear();
    }

    static Process? Open(LocalProfile.RunningProcess earlier) => EarlierProcess.Open(earlier.Id, earlier.Started);
}
