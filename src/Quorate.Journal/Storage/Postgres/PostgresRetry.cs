using System.Net.Sockets;
using Npgsql;

namespace Quorate.Journal.Storage.Postgres;

/// <summary>A server that restarts is waited for; one that does not come back is reported.</summary>
static class PostgresRetry
{
    /// <summary>How long a server that does not answer is tried again before the caller hears of it.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(15);

    static readonly TimeSpan delay = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs something that may be run again after a failure.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="isWorthIt">Whether trying again can help.</param>
    /// <param name="attempt">What is run.</param>
    /// <param name="isOutcomeUnknown">Whether the last attempt may have written something.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="JournalUnavailableException">It failed for too long, or in a way that another attempt does not mend.</exception>
    internal static async Task<T> RunAsync<T>(
        TimeProvider time, Func<NpgsqlException, bool> isWorthIt, Func<Task<T>> attempt, Func<bool> isOutcomeUnknown, CancellationToken cancellation)
    {
        for (var begun = time.GetTimestamp(); ;)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (NpgsqlException problem) when (isWorthIt(problem) && time.GetElapsedTime(begun) < patience)
            {
                await Task.Delay(delay, time, cancellation).ConfigureAwait(false);
            }
            catch (NpgsqlException problem)
            {
                throw new JournalUnavailableException($"PostgreSQL: {problem.Message}", isOutcomeUnknown(), problem);
            }
        }
    }

    /// <summary>A broken connection, or a server that is going down, starting, or recovering (class 57P), or full of clients (53300).</summary>
    internal static bool IsWorthIt(NpgsqlException problem) => problem is not PostgresException said
        || said.SqlState.StartsWith("57P", StringComparison.Ordinal) || said.SqlState.StartsWith("08", StringComparison.Ordinal)
        || said.SqlState == PostgresErrorCodes.TooManyConnections;

    /// <summary>The same, but not where nobody answers: whoever has mistyped an address is to hear of it at once.</summary>
    internal static bool IsRestarting(NpgsqlException problem) =>
        IsWorthIt(problem) && problem.InnerException is not (SocketException or TimeoutException);
}
