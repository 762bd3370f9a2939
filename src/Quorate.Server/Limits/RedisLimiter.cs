using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Quorate.Server.Limits;

/// <summary>
/// Tallies in Redis, where several servers count together. Whatever keeps Redis from answering in time makes the outcome
/// <see cref="TakenOutcome.Unavailable"/>: then it rests for a moment, and one call at a time tries whether it is back, so that nobody waits
/// for what is not there.
/// </summary>
sealed partial class RedisLimiter : ILimiter
{
    static readonly TimeSpan rest = TimeSpan.FromMilliseconds(500);

    readonly ConnectionMultiplexer connection;
    readonly IDatabase database;
    readonly RedisSettings settings;
    readonly ILogger logger;
    readonly TimeProvider time;
    long awaySince, restUntil;
    int trying;

    RedisLimiter(ConnectionMultiplexer connection, RedisSettings settings, ILogger logger, TimeProvider time)
    {
        (this.connection, this.settings, this.logger, this.time) = (connection, settings, logger, time);
        database = connection.GetDatabase();
    }

    /// <summary>Connects, or goes on trying to where Redis is not there yet.</summary>
    internal static async Task<RedisLimiter> ConnectAsync(RedisSettings settings, ILogger logger, TimeProvider time)
    {
        var options = settings.ToOptions();
        options.AbortOnConnectFail = false;
        options.ConnectRetry = 1;
        options.ConnectTimeout = 1_000;
        options.ReconnectRetryPolicy = new LinearRetry(250);
        options.ClientName = "quorate";
        var connection = await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false);
        // Answers need not be handed on in their order: each call awaits its own.
        connection.PreserveAsyncOrder = false;
        return new(connection, settings, logger, time);
    }

    /// <inheritdoc/>
    public async ValueTask<Taken> TakeAsync(ImmutableArray<Charge> charges, CancellationToken cancellation)
    {
        var isTry = Interlocked.Read(ref awaySince) != 0;
        if (isTry && (time.GetTimestamp() < Interlocked.Read(ref restUntil) || Interlocked.Exchange(ref trying, 1) == 1))
            return Taken.Unavailable;
        try
        {
            var answer = await AskAsync(charges, cancellation).ConfigureAwait(false);
            if (isTry && Interlocked.Exchange(ref awaySince, 0) is var since && since != 0)
            {
                var away = time.GetElapsedTime(since);
                LogBack(logger, away.TotalSeconds);
            }
            return TakeScript.Read(answer);
        }
        catch (Exception problem) when (problem is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException
            || (problem is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Interlocked.Exchange(ref restUntil, time.GetTimestamp() + (long)(rest.TotalSeconds * time.TimestampFrequency));
            if (Interlocked.CompareExchange(ref awaySince, Math.Max(1, time.GetTimestamp()), 0) == 0)
                LogAway(logger, problem);
            return Taken.Unavailable;
        }
        finally
        {
            if (isTry)
                Interlocked.Exchange(ref trying, 0);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await connection.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        connection.Dispose();
    }

    async Task<long[]> AskAsync(ImmutableArray<Charge> charges, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(charges.Length, ILimiter.MaxCharges);
        var keys = new RedisKey[charges.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = TakeScript.KeyOf(settings.Prefix, charges[i]);
        var arguments = TakeScript.ArgumentsOf(charges.AsSpan());
        try
        {
            return await InTimeAsync(database.ScriptEvaluateAsync(TakeScript.Text, keys, arguments), cancellation).ConfigureAwait(false);
        }
        catch (RedisServerException lost) when (lost.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // A Redis that was started again has forgotten the script; the client has heard so now, and loads it.
            return await InTimeAsync(database.ScriptEvaluateAsync(TakeScript.Text, keys, arguments), cancellation).ConfigureAwait(false);
        }
    }

    async Task<long[]> InTimeAsync(Task<RedisResult> asked, CancellationToken cancellation)
    {
        // Whoever has stopped waiting does not want to hear how it ended.
        _ = asked.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return (long[])await asked.WaitAsync(settings.Timeout, time, cancellation).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer; calls are not counted until it does.")]
    static partial void LogAway(ILogger logger, Exception problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis answers again, after {Seconds:F1} s.")]
    static partial void LogBack(ILogger logger, double seconds);
}
