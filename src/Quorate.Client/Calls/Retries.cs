using System.Security.Cryptography;
using Quorate.Rpc;

namespace Quorate.Client.Calls;

/// <summary>Whether a request is sent again, and when: exponential pauses, of which a random part is waited.</summary>
static class Retries
{
    /// <summary>The pause before the next try; null where there is none.</summary>
    /// <param name="problem">How the last try ended.</param>
    /// <param name="attempt">How many there have been.</param>
    /// <param name="options">How often, how long.</param>
    internal static TimeSpan? PauseAfter(QuorateException problem, int attempt, QuorateClientOptions options)
    {
        if (attempt >= options.Attempts || !MayPass(problem) || problem.RetryAfter > options.MaxPause)
            return null;
        var longest = Math.Min(options.Pause.Ticks * (1L << Math.Min(attempt - 1, 30)), options.MaxPause.Ticks);
        var part = TimeSpan.FromTicks(longest / 1000 * RandomNumberGenerator.GetInt32(1, 1001));
        return problem.RetryAfter is { } least && least > part ? least : part;
    }

    // What passes by itself: the way to the server, its load, a limit, a twin of the request that is not done. A wrong state may pass
    // too, when somebody does something; that is for the caller to wait for.
    static bool MayPass(QuorateException problem) => problem.IsUnanswered || problem.IsRetryable
        && (problem.RetryAfter is not null || problem.Status is StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.Unauthenticated);
}
