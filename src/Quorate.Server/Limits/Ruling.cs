using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc;
using Quorate.Rpc.V1;

namespace Quorate.Server.Limits;

/// <summary>What is said to a call.</summary>
enum RulingOutcome
{
    /// <summary>It may go on.</summary>
    Allowed,

    /// <summary>Too much was asked for.</summary>
    Refused,

    /// <summary>How much was asked for could not be found out, and a call of its class does not go on then.</summary>
    Unavailable,
}

/// <summary>One limit in a ruling.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Standing">How it stands after the call, or where it was refused, before it.</param>
readonly record struct RuledLimit(Limit Limit, Standing Standing)
{
    /// <summary>Whether the call was too much for it.</summary>
    internal bool IsViolated => Standing.WaitMs > 0;
}

/// <summary>
/// A ruling, with the limits that the call falls under: none where they could not be asked. It also writes what clients are told, the fields
/// of draft-ietf-httpapi-ratelimit-headers-11 (the current one in November 2026) and the problem document.
/// </summary>
/// <param name="Outcome">What.</param>
/// <param name="Limits">Under which limits.</param>
sealed record Ruling(RulingOutcome Outcome, ImmutableArray<RuledLimit> Limits)
{
    const int UnavailableSeconds = 1;

    /// <summary>Whether the call may go on.</summary>
    internal bool IsAllowed => Outcome is RulingOutcome.Allowed;

    /// <summary>Where refused: the limit that keeps the call waiting longest; otherwise null.</summary>
    internal RuledLimit? Refusing => Outcome is RulingOutcome.Refused ? Limits.MaxBy(l => l.Standing.WaitMs) : null;

    /// <summary>Whole seconds after which the same call can be let through, if nothing else is asked meanwhile; 0 where it was.</summary>
    internal long RetryAfterSeconds => Outcome switch
    {
        RulingOutcome.Allowed => 0,
        RulingOutcome.Refused => Seconds(Limits.Max(l => l.Standing.WaitMs)),
        _ => UnavailableSeconds,
    };

    /// <summary>The fields of a response, in lower case as metadata has them: ratelimit-policy, ratelimit, and where it may not go on, retry-after. Allowed or not.</summary>
    internal Metadata Headers()
    {
        var headers = new Metadata();
        if (!Limits.IsEmpty)
        {
            headers.Add("ratelimit-policy", PolicyField());
            headers.Add("ratelimit", LimitField());
        }
        if (!IsAllowed)
            headers.Add("retry-after", RetryAfterSeconds.ToString(CultureInfo.InvariantCulture));
        return headers;
    }

    /// <summary>RateLimit-Policy: every limit with quota and window; of a bucket, what it can save up besides.</summary>
    internal string PolicyField() => Field((text, ruled) =>
    {
        var limit = ruled.Limit;
        text.Append(CultureInfo.InvariantCulture, $"\"{limit.Name}\";q={limit.Rate.Quota};w={limit.WindowMs / 1_000}");
        if (limit.Most != limit.Rate.Quota)
            text.Append(CultureInfo.InvariantCulture, $";quorate-burst={limit.Most}");
    });

    /// <summary>
    /// RateLimit: of every limit what is left, and the seconds in which it will not be more. Where nothing is used up there is no such time.
    /// A wait is never shorter than that of the limits it is for, as the draft wants it of Retry-After.
    /// </summary>
    internal string LimitField() => Field((text, ruled) =>
    {
        text.Append(CultureInfo.InvariantCulture, $"\"{ruled.Limit.Name}\";r={ruled.Standing.Remaining}");
        if (ruled.Standing.MoreMs > 0)
            text.Append(CultureInfo.InvariantCulture, $";t={Seconds(ruled.Standing.MoreMs)}");
    });

    /// <summary>The answer to a call that may not go on: 429 with the limits that refuse it, or 503.</summary>
    /// <exception cref="InvalidOperationException">It may go on.</exception>
    internal RpcException ToException()
    {
        if (Outcome is RulingOutcome.Allowed)
            throw new InvalidOperationException("The call may go on.");
        var problem = new Problem
        {
            Code = Outcome is RulingOutcome.Refused ? "limit_exceeded" : "limiter_unavailable", Retryable = true, RetryAfter = new() { Seconds = RetryAfterSeconds },
        };
        if (Refusing is not { } refusing)
            return problem.ToRpcException(StatusCode.Unavailable, "How much has been signed cannot be counted at the moment, so nothing is signed and no keys are made. It may be sent again.");
        problem.Members = new()
        {
            Fields =
            {
                ["limit"] = Value.ForString(refusing.Limit.Name), ["quota"] = Value.ForNumber(refusing.Limit.Rate.Quota),
                ["windowSeconds"] = Value.ForNumber(refusing.Limit.WindowMs / 1_000), ["remaining"] = Value.ForNumber(refusing.Standing.Remaining),
                ["violated-policies"] = Value.ForList([.. Limits.Where(l => l.IsViolated).Select(l => Value.ForString(l.Limit.Name))]),
            },
        };
        return problem.ToRpcException(StatusCode.ResourceExhausted, refusing.Limit.Name switch
        {
            "same-message" => $"The wallet was asked to sign this message {refusing.Limit.Rate.Quota} times in {Length(refusing.Limit)}.",
            "wallet-velocity" => $"The wallet has had {refusing.Limit.Rate.Quota} signatures in {Length(refusing.Limit)}.",
            var name => $"The limit {name} is {refusing.Limit.Rate.Quota} in {Length(refusing.Limit)}.",
        });
    }

    string Field(Action<StringBuilder, RuledLimit> write)
    {
        var text = new StringBuilder(48 * Limits.Length);
        foreach (var ruled in Limits)
        {
            if (text.Length > 0)
                text.Append(", ");
            write(text, ruled);
        }
        return text.ToString();
    }

    static string Length(Limit limit) => limit.Rate.Window switch
    {
        { TotalDays: 1 } => "a day",
        { TotalHours: 1 } => "an hour",
        var window => string.Create(CultureInfo.InvariantCulture, $"{window.TotalSeconds:0} s"),
    };

    static long Seconds(long milliseconds) => (milliseconds + 999) / 1_000;
}
