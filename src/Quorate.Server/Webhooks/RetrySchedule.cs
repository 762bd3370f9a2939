using Quorate.Cryptography.Secrets;

namespace Quorate.Server.Webhooks;

/// <summary>When a delivery that failed is tried again, as Standard Webhooks recommends: later and later, for more than a day, and with chance in it.</summary>
static class RetrySchedule
{
    /// <summary>The longest that an endpoint's own Retry-After is heeded.</summary>
    static readonly TimeSpan longestAsked = TimeSpan.FromHours(12);

    /// <summary>The wait after so many tries, from 1; null where there is none: it is given up.</summary>
    internal static TimeSpan? After(int tries, Attempt failed, WebhookOptions options, IRandom random)
    {
        if (tries > options.Waits.Length)
            return null;
        Span<byte> bytes = stackalloc byte[2];
        random.Fill(bytes);
        var wait = options.Waits[tries - 1] * (1 + (bytes[0] << 8 | bytes[1]) / (5.0 * ushort.MaxValue));
        var asked = failed.RetryAfter is { } time ? time < longestAsked ? time : longestAsked : TimeSpan.Zero;
        return wait > asked ? wait : asked;
    }
}
