using System.IO.Pipelines;
using System.Net;
using Google.Protobuf;
using Quorate.Rpc.Framing;
using Quorate.Rpc.Telemetry;

namespace Quorate.Rpc.Client;

/// <summary>
/// One call at the client, of any kind. It ends once, with a status: the server's, or what became of it. Whatever happens
/// after that is dropped, and the stream is reset if it is still open.
/// </summary>
sealed class ClientCall<TResponse> : IDisposable where TResponse : class, IMessage<TResponse>
{
    readonly RpcChannel channel;
    readonly CallOptions options;
    readonly CancellationTokenSource ending;
    readonly CancellationToken stop;
    readonly ITimer? timer;
    readonly RequestContent content;
    readonly MessageParser parser;
    readonly RpcTelemetry.Span span;
    readonly TaskCompletionSource<Metadata> headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<(Status Status, Metadata Trailers)> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task<FrameReader?> responding;
    HttpResponseMessage? response;
    PipeReader? body;
    int hasEnded;
    volatile bool isExpired;

    internal ClientCall(RpcChannel channel, string service, string method, MessageParser parser, IMessage? request, CallOptions options)
    {
        (this.channel, this.options, this.parser) = (channel, options, parser);
        ending = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, channel.Closed);
        stop = ending.Token;
        content = new(request, channel.Options);
        span = RpcTelemetry.BeginClient(service, method);
        headers.Task.LetFail();
        var timeout = options.Deadline is { } deadline ? deadline - channel.Options.Time.GetUtcNow().UtcDateTime : (TimeSpan?)null;
        if (timeout is { } due && due <= GrpcTimeout.TimerMax)
            timer = channel.Options.Time.CreateTimer(static call => ((ClientCall<TResponse>)call!).Expire(), this, due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        responding = SendAsync($"/{service}/{method}", timeout);
        responding.LetFail();
    }

    internal Task<Metadata> ResponseHeadersAsync => headers.Task;

    /// <summary>How the call ended; it waits for that.</summary>
    internal Task<(Status Status, Metadata Trailers)> EndAsync => end.Task;

    internal (Status Status, Metadata Trailers) End => end.Task.IsCompleted
        ? end.Task.Result : throw new InvalidOperationException("The call has not ended.");

    internal async Task WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ThrowIfEnded();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop);
        try
        {
            await content.WriteAsync(message, both.Token).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested && (end.Task.IsCompleted || stop.IsCancellationRequested))
        {
            throw Failure((await end.Task.ConfigureAwait(false)));
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException or InvalidOperationException)
        {
            // The server has ended the stream. Why, it says in its response, which whoever reads will find.
            var ended = await Task.WhenAny(end.Task, responding).ConfigureAwait(false) == end.Task ? end.Task.Result : default;
            throw ended.Trailers is not null ? Failure(ended) : RpcException.Because(StatusCode.Cancelled, "The server takes no more requests.", e);
        }
    }

    internal void CompleteRequests() => content.Complete();

    /// <summary>The next response; null at the end of a call that succeeded.</summary>
    /// <exception cref="RpcException">The call ended otherwise.</exception>
    internal async ValueTask<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reader = await responding.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (reader is not null && !end.Task.IsCompleted)
            {
                if (await ReadMessageAsync(reader, cancellationToken).ConfigureAwait(false) is { } message)
                    return (TResponse)message;
                Finish(ResponseStatus.Of(response!.TrailingHeaders) ?? new(StatusCode.Unknown, "The response ended without a status."), response.TrailingHeaders);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            // Reading was given up, not the call; but half a message may be lost, so the call is.
            Finish(Status.DefaultCancelled);
            throw;
        }
        catch (Exception e)
        {
            Fail(e);
        }
        var ended = await end.Task.ConfigureAwait(false);
        return ended.Status.StatusCode == StatusCode.OK ? null : throw Failure(ended);
    }

    /// <summary>Reads the one response of a call that has one.</summary>
    internal async Task<TResponse> ReadSingleAsync()
    {
        var message = await ReadAsync(CancellationToken.None).ConfigureAwait(false);
        if (message is null)
            throw Replace(new(StatusCode.Unimplemented, "The method answers one message; none came."));
        if (await ReadAsync(CancellationToken.None).ConfigureAwait(false) is not null)
        {
            Finish(new(StatusCode.Unimplemented, "The method answers one message; more came."));
            throw Failure(await end.Task.ConfigureAwait(false));
        }
        return message;
    }

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => Finish(Status.DefaultCancelled);

    async ValueTask<IMessage?> ReadMessageAsync(FrameReader reader, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
            return await reader.ReadAsync(stop).ConfigureAwait(false);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop);
        return await reader.ReadAsync(both.Token).ConfigureAwait(false);
    }

    // Sends the request and reads the response's headers; null when they ended the call.
    async Task<FrameReader?> SendAsync(string path, TimeSpan? timeout)
    {
        try
        {
            if (timeout <= TimeSpan.Zero)
            {
                Expire();
                return null;
            }
            using var request = Request(path, timeout);
            response = await channel.SendAsync(request, stop).ConfigureAwait(false);
            if (Volatile.Read(ref hasEnded) != 0)
            {
                // The end came between the response and the line above, and did not see it.
                response.Dispose();
                return null;
            }
            if (ResponseStatus.Of(response.Headers) is { } alone)
            {
                headers.TrySetResult([]);
                Finish(alone, response.Headers);
                return null;
            }
            if (ResponseStatus.OfHttp(response) is { } notGrpc)
            {
                Finish(notGrpc);
                return null;
            }
            headers.TrySetResult(ResponseStatus.MetadataOf(response.Headers));
            return await OpenAsync(response).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Fail(e);
            return null;
        }
    }

    HttpRequestMessage Request(string path, TimeSpan? timeout)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(channel.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var to = request.Headers;
        to.TryAddWithoutValidation("te", "trailers");
        to.TryAddWithoutValidation("user-agent", "grpc-quorate/0.1");
        to.TryAddWithoutValidation("grpc-accept-encoding", Gzip.Accepted);
        if (channel.Options.CompressRequests)
            to.TryAddWithoutValidation("grpc-encoding", Gzip.Name);
        if (timeout is { } left)
            to.TryAddWithoutValidation(GrpcTimeout.Header, GrpcTimeout.Format(left));
        RpcTelemetry.Inject(span.Activity ?? System.Diagnostics.Activity.Current, (name, value) => to.TryAddWithoutValidation(name, value));
        foreach (var entry in options.Headers ?? [])
            to.TryAddWithoutValidation(entry.Key, MetadataHeaders.Encode(entry));
        return request;
    }

    async Task<FrameReader> OpenAsync(HttpResponseMessage from)
    {
        var encoding = from.Headers.NonValidated.TryGetValues("grpc-encoding", out var values) ? values.ToString() : "identity";
        if (encoding is not ("identity" or Gzip.Name))
            throw RpcException.Because(StatusCode.Internal, $"The response's encoding {encoding} is not known.");
        body = PipeReader.Create(await from.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), new(bufferSize: 16 * 1024));
        return new(body, parser, encoding == Gzip.Name, channel.Options.MaxReceiveMessageSize);
    }

    void Expire()
    {
        isExpired = true;
        Finish(Expired);
    }

    static Status Expired => new(StatusCode.DeadlineExceeded, "The deadline has passed.");

    void Fail(Exception e)
    {
        if (isExpired || options.Deadline <= channel.Options.Time.GetUtcNow().UtcDateTime)
            Finish(Expired);
        else if (options.CancellationToken.IsCancellationRequested || channel.Closed.IsCancellationRequested || e is OperationCanceledException)
            Finish(Status.DefaultCancelled);
        else if (e is RpcException rpc)
            Finish(rpc.Status);
        else
            Finish(ResponseStatus.OfFailure(e));
    }

    // Trailers that cannot be read must not hide the status.
    void Finish(Status status, System.Net.Http.Headers.HttpResponseHeaders trailers)
    {
        try
        {
            Finish(status, ResponseStatus.MetadataOf(trailers));
        }
        catch (RpcException e)
        {
            Finish(status.StatusCode == StatusCode.OK ? e.Status : status);
        }
    }

    void Finish(Status status, Metadata? trailers = null)
    {
        if (Interlocked.Exchange(ref hasEnded, 1) != 0)
            return;
        RpcTelemetry.End(span, status.StatusCode);
        timer?.Dispose();
        end.SetResult((status, trailers ?? []));
        var failure = status.StatusCode == StatusCode.OK ? new OperationCanceledException("The call has ended.") : (Exception)Failure(end.Task.Result);
        headers.TrySetException(failure);
        content.Abandon(failure);
        // Cancels what is under way and, where the response is still coming, resets the stream.
        ending.Cancel();
        // It hangs on the channel's own, for as long as that lives.
        ending.Dispose();
        response?.Dispose();
    }

    // A status that the server could not know, of a call that had ended well for it.
    RpcException Replace(Status status)
    {
        Finish(status);
        return Failure((status, end.Task.Result.Trailers));
    }

    void ThrowIfEnded()
    {
        if (end.Task.IsCompleted)
            throw Failure(end.Task.Result);
    }

    static RpcException Failure((Status Status, Metadata Trailers) ended) => ended.Status.StatusCode == StatusCode.OK
        ? RpcException.Because(StatusCode.Cancelled, "The call has ended.")
        : new(ended.Status, ended.Trailers);
}
