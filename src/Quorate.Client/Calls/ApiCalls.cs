using System.Globalization;
using Google.Protobuf;
using Quorate.Cryptography.Secrets;
using Quorate.Rpc;
using Quorate.Rpc.Client;

namespace Quorate.Client.Calls;

/// <summary>
/// Requests on their way: signed by the channel, with a key that makes a repetition known for one where they change something, and sent
/// again where that may help.
/// </summary>
sealed class ApiCalls(RpcChannel channel, QuorateClientOptions options)
{
    internal QuorateClientOptions Options => options;

    /// <exception cref="QuorateException">It was refused, or not answered.</exception>
    internal async Task<TResponse> SendAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method, bool isChange, TRequest request, RequestOptions? said, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        var headers = HeadersOf(isChange, said);
        for (var attempt = 1; ; attempt++)
        {
            var call = new CallOptions(headers, (options.Time.GetUtcNow() + options.Timeout + (said?.Wait ?? TimeSpan.Zero)).UtcDateTime, cancellation);
            TimeSpan pause;
            try
            {
                return await channel.AsyncUnaryCall(method, request, call).ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException failure)
            {
                cancellation.ThrowIfCancellationRequested();
                var problem = new QuorateException(failure);
                pause = Retries.PauseAfter(problem, attempt, options) ?? throw problem;
            }
            await Task.Delay(pause, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Begins to read a stream. It is not begun again here: its reader knows how far it was.</summary>
    internal AsyncServerStreamingCall<TResponse> Read<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse> =>
        channel.AsyncServerStreamingCall(method, request, new(null, null, cancellation));

    static Metadata HeadersOf(bool isChange, RequestOptions? said)
    {
        var headers = new Metadata();
        if (isChange)
            headers.Add("idempotency-key", said?.IdempotencyKey ?? NewKey());
        if (said?.IfVersion is { } version)
            headers.Add("if-match", string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
        if (said?.Wait is { } wait)
            headers.Add("prefer", string.Create(CultureInfo.InvariantCulture, $"wait={wait.TotalSeconds:0}"));
        return headers;
    }

    static string NewKey()
    {
        Span<byte> bytes = stackalloc byte[16];
        SystemRandom.Shared.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
