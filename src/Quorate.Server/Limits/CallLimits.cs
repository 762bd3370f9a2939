using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Quorate.Server.Limits;

/// <summary>The limits as the API's calls meet them: what a call costs, whether it fits, and what is said where that cannot be found out.</summary>
sealed partial class CallLimits : IAsyncDisposable
{
    readonly ILimiter limiter;
    readonly Charges charges;
    readonly LimitOptions options;
    readonly RefusalWatch watch;
    readonly ILogger logger;
    readonly TimeProvider time;

    /// <summary>Limits over a limiter, which is theirs from now on.</summary>
    /// <exception cref="ArgumentException">A limit is too small for what it limits.</exception>
    internal CallLimits(ILimiter limiter, LimitOptions options, ILogger logger, TimeProvider time)
    {
        (this.limiter, this.options, this.logger, this.time) = (limiter, options, logger, time);
        charges = new(options);
        watch = new(options.Alert, time);
    }

    /// <summary>Limits as the options say: in Redis where there is one, which need not be there yet, and in memory otherwise.</summary>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    internal static async Task<CallLimits> OpenAsync(LimitOptions options, ILogger logger, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTallies, 1_000);
        ILimiter limiter = options.Redis is { } redis
            ? await RedisLimiter.ConnectAsync(redis, logger, time).ConfigureAwait(false)
            : new MemoryLimiter(time, options.MaxTallies);
        return new(limiter, options, logger, time);
    }

    /// <summary>How much of what.</summary>
    internal LimitOptions Options => options;

    /// <summary>Charges a call, and says whether it may go on. Nothing is charged where it may not.</summary>
    internal async ValueTask<Ruling> TakeAsync(LimitedCall call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        var begun = time.GetTimestamp();
        var asked = charges.Of(call);
        var ruling = Rule(call.Class, asked, await limiter.TakeAsync(asked, cancellation).ConfigureAwait(false));
        LimitMeters.Ruled(call.Class, ruling, time.GetElapsedTime(begun));
        if (ruling.Refusing is { } refusing && watch.Note(call.ApiKey))
        {
            LimitMeters.Alerted();
            LogRepeated(logger, call.ApiKey, options.Alert.Quota, options.Alert.Window.TotalSeconds, refusing.Limit.Name);
        }
        return ruling;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => limiter.DisposeAsync();

    Ruling Rule(CallClass asked, ImmutableArray<Charge> of, Taken taken) => taken.Outcome is TakenOutcome.Unavailable
        ? new(GoesOnUncounted(asked) ? RulingOutcome.Allowed : RulingOutcome.Unavailable, [])
        : new(taken.Outcome is TakenOutcome.Taken ? RulingOutcome.Allowed : RulingOutcome.Refused,
            [.. of.Zip(taken.Standings, (charge, standing) => new RuledLimit(charge.Limit, standing))]);

    bool GoesOnUncounted(CallClass asked) => options.WhenUnavailable switch
    {
        WhenUnavailable.AllowAll => true,
        WhenUnavailable.RefuseAll => false,
        _ => asked is CallClass.Read or CallClass.Write or CallClass.Replay,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Caller} was refused {Refusals} times within {Seconds} s, this time by the limit {Limit}.")]
    static partial void LogRepeated(ILogger logger, string caller, int refusals, double seconds, string limit);
}
