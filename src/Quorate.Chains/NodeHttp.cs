using System.Net;
using System.Text;
using Quorate.Chains.Telemetry;

namespace Quorate.Chains;

/// <summary>HTTP to a node: a deadline for every request, a bound on every answer, and another try for reads only.</summary>
sealed class NodeHttp(HttpClient client, Uri url, NodeLimits limits, TimeProvider time, string? authorization = null)
{
    /// <summary>GET; repeated where the node does not answer, or answers that it can not now.</summary>
    internal Task<(HttpStatusCode Status, byte[] Body)> GetAsync(string path, CancellationToken cancellationToken) =>
        ReadAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(url, path)), $"GET {path.Split('/', 2)[0]}", cancellationToken);

    /// <summary>POST; repeated as a GET where it is a read.</summary>
    internal Task<(HttpStatusCode Status, byte[] Body)> PostAsync(
        string path, string body, string mediaType, bool isRead, CancellationToken cancellationToken, string? method = null)
    {
        HttpRequestMessage Request() => new(HttpMethod.Post, new Uri(url, path)) { Content = new StringContent(body, Encoding.UTF8, mediaType) };
        method ??= $"POST {path}";
        return isRead ? ReadAsync(Request, method, cancellationToken) : OnceAsync(Request(), method, 1, cancellationToken);
    }

    Task<(HttpStatusCode Status, byte[] Body)> ReadAsync(Func<HttpRequestMessage> request, string method, CancellationToken cancellationToken) => RetryAsync(
        () => OnceAsync(request(), method, 1, cancellationToken),
        answer => answer.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
        cancellationToken);

    /// <summary>Repeats what only reads while it fails retryably or gives an answer that is none yet, as often as the limits say.</summary>
    internal async Task<T> RetryAsync<T>(Func<Task<T>> read, Func<T, bool> isBusy, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await read().ConfigureAwait(false);
                if (attempt >= limits.MaxTries || !isBusy(answer))
                    return answer;
            }
            catch (ChainException e) when (e.IsRetryable && attempt < limits.MaxTries)
            {
            }
            await Task.Delay(limits.RetryDelay * (1 << (attempt - 1)), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request, whatever its method, exactly once.</summary>
    /// <param name="request">The request.</param>
    /// <param name="method">What it is called in traces and measures.</param>
    /// <param name="count">Calls in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<(HttpStatusCode Status, byte[] Body)> OnceAsync(HttpRequestMessage request, string method, int count, CancellationToken cancellationToken)
    {
        var call = ChainTelemetry.Begin(url, method, count);
        int? status = null;
        using var deadline = new CancellationTokenSource(limits.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using (request)
            {
                if (authorization is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", authorization);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
                var body = await ReadBodyAsync(response, both.Token).ConfigureAwait(false);
                status = (int)response.StatusCode;
                return (response.StatusCode, body);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ChainException(ChainError.Unavailable, $"The node does not answer within {limits.Timeout.TotalSeconds} s.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ChainException(ChainError.Unavailable, $"The node does not answer: {e.Message}", e);
        }
        finally
        {
            ChainTelemetry.End(call, status);
        }
    }

    async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limits.MaxAnswerBytes)
            throw TooLong();
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16_384];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            if (body.Length + read > limits.MaxAnswerBytes)
                throw TooLong();
            body.Write(buffer.AsSpan(0, read));
        }
        return body.ToArray();
    }

    ChainException TooLong() => new(ChainError.BadNode, $"The node's answer is longer than {limits.MaxAnswerBytes} bytes.");
}
