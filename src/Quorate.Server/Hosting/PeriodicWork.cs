using Microsoft.Extensions.Logging;
using Quorate.Server.Ids;
using Quorate.Server.Telemetry;

namespace Quorate.Server.Hosting;

/// <summary>
/// What a server does again and again beside answering calls: one piece of work, with a pause after each round. A round that
/// fails is logged and the next one comes; nothing of it may matter to what was acknowledged.
/// </summary>
/// <param name="name">What it is called in the log.</param>
/// <param name="pause">Between the end of a round and the next.</param>
/// <param name="round">One round.</param>
/// <param name="logger">Hears of failures, and of their end.</param>
/// <param name="time">The clock.</param>
sealed partial class PeriodicWork(string name, TimeSpan pause, Func<CancellationToken, Task> round, ILogger logger, TimeProvider time)
{
    /// <summary>After a failure the pause is doubled, up to so often.</summary>
    const int MaxDoublings = 5;

    /// <summary>Runs until cancelled, and then ends without an exception.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        var failures = 0;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await round(cancellation).ConfigureAwait(false);
                if (failures > 0)
                    LogRecovered(logger, name, failures);
                failures = 0;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                // Databases, chains and nodes go away and come back. What a bug throws must not stop the rounds either: the log has it.
                failures++;
                ServerTelemetry.WorkFailed(name);
                LogFailed(logger, name, failures, problem);
            }
            await Task.Delay(pause * (1 << Math.Min(failures, MaxDoublings)), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "{Work} failed, {Failures} in a row; it goes on.")]
    internal static partial void LogFailed(ILogger logger, string work, int failures, Exception problem);

    [LoggerMessage(2003, LogLevel.Warning, "{Transfer} failed; it is tried again.")]
    internal static partial void LogTransferFailed(ILogger logger, ResourceId transfer, Exception problem);

    [LoggerMessage(2002, LogLevel.Information, "{Work} works again, after {Failures} failures.")]
    static partial void LogRecovered(ILogger logger, string work, int failures);
}
