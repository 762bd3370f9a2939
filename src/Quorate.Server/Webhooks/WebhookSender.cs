using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;

namespace Quorate.Server.Webhooks;

/// <summary>What came of a try.</summary>
/// <param name="At">When it began.</param>
/// <param name="Latency">How long it took.</param>
/// <param name="Status">The HTTP status; null where there was no answer.</param>
/// <param name="Error">Why it does not count, in snake_case; null for a success.</param>
/// <param name="Excerpt">The beginning of the answer's body.</param>
/// <param name="RetryAfter">What the endpoint asks to wait; null where it does not.</param>
sealed record Attempt(DateTimeOffset At, TimeSpan Latency, int? Status, string? Error, string Excerpt, TimeSpan? RetryAfter)
{
    /// <summary>Whether the endpoint has it.</summary>
    internal bool IsDelivered => Error is null;

    /// <summary>Whether it says that it wants nothing any more.</summary>
    internal bool IsGone => Status == (int)HttpStatusCode.Gone;
}

/// <summary>One try of one delivery: a signed POST, and a look at the beginning of the answer.</summary>
/// <param name="client">From <see cref="WebhookConnector"/>.</param>
/// <param name="options">How long it may take.</param>
/// <param name="time">The clock.</param>
sealed class WebhookSender(HttpClient client, WebhookOptions options, TimeProvider time)
{
    /// <summary>Bytes of an answer that are read and kept.</summary>
    internal const int MaxExcerpt = 512;

    /// <summary>Sends a body.</summary>
    /// <param name="hook">Where to.</param>
    /// <param name="secret">Signs.</param>
    /// <param name="id">The delivery's id: the event's.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellation">Interrupts it: nothing is said then about whether the endpoint has it.</param>
    /// <returns>What came of it; null where this server cannot sign for the endpoint.</returns>
    internal async Task<Attempt?> SendAsync(Webhook hook, WebhookSecret secret, string id, byte[] body, CancellationToken cancellation)
    {
        var (at, begun) = (time.GetUtcNow(), time.GetTimestamp());
        if (WebhookSignature.Of(hook, secret, id, at, body) is not { } signature)
            return null;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var late = limit.Token.UnsafeRegister(_ => over.Cancel(), null);
        int? status = null;
        Attempt Ended(string? error, string excerpt = "", TimeSpan? retryAfter = null) => new(at, time.GetElapsedTime(begun), status, error, excerpt, retryAfter);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Quorate-Webhooks", "1"));
            request.Headers.Add(WebhookSignature.IdHeader, id);
            request.Headers.Add(WebhookSignature.TimestampHeader, WebhookSignature.Seconds(at));
            request.Headers.Add(WebhookSignature.SignatureHeader, signature);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over.Token).ConfigureAwait(false);
            status = (int)response.StatusCode;
            // What counts is the status, which is there; of a body that trickles or breaks as much is kept as came.
            var excerpt = await ExcerptAsync(response, over.Token).ConfigureAwait(false);
            return Ended(status switch { >= 200 and <= 299 => null, >= 300 and <= 399 => "redirected", _ => "refused" }, excerpt, RetryAfterOf(response, at));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Ended("timed_out");
        }
        catch (HttpRequestException problem)
        {
            return Ended(CodeOf(problem));
        }
        catch (IOException)
        {
            return Ended("connection_lost");
        }
        catch (Exception wrong) when (wrong is UriFormatException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            // What the decider's reading of an address let through, and the client's does not.
            return Ended("invalid_url");
        }
    }

    static string CodeOf(HttpRequestException problem) => problem switch
    {
        { InnerException: EndpointRefusedException } => "address_refused",
        { InnerException: AuthenticationException } => "tls_failed",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls_failed",
        { HttpRequestError: HttpRequestError.NameResolutionError } => "name_not_resolved",
        { HttpRequestError: HttpRequestError.ConnectionError } => "not_connected",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse } => "invalid_answer",
        _ => "connection_lost",
    };

    static async Task<string> ExcerptAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var (bytes, length) = (new byte[MaxExcerpt], 0);
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            int read;
            while (length < bytes.Length && (read = await body.ReadAsync(bytes.AsMemory(length), cancellation).ConfigureAwait(false)) > 0)
                length += read;
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
        }
        // For a list and a database's text column: no control characters, which one of them does not take.
        return string.Concat(Encoding.UTF8.GetString(bytes, 0, length).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)).Trim();
    }

    static TimeSpan? RetryAfterOf(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => null,
        };
}
