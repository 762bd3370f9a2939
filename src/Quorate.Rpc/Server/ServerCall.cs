using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Quorate.Rpc.Framing;
using Quorate.Rpc.Telemetry;

namespace Quorate.Rpc.Server;

/// <summary>
/// One call at the server, whatever its wire: runs the method, enforces the deadline, and sees to it that the call is
/// finished exactly once. How messages, headers and the end look on the wire is the derived class'.
/// </summary>
abstract class ServerCall
{
    const int Http2Cancel = 8, Http2InternalError = 2;

    // The output is in one of these; every change is a compare-and-swap, so that a deadline, a write and the end cannot meet.
    const int Idle = 0, Writing = 1, Finished = 2;

    readonly RpcServices services;
    readonly CancellationTokenSource? deadlineSource;
    readonly TimeSpan? timeout;
    int output;
    bool headersSent;
    volatile bool isExpired;
    Task expiry = Task.CompletedTask;

    protected ServerCall(HttpContext http, BoundMethod method, RpcServices services, Metadata requestHeaders, TimeSpan? timeout)
    {
        (Http, Method, this.services, this.timeout) = (http, method, services, timeout);
        var now = Options.Time.GetUtcNow().UtcDateTime;
        var deadline = timeout is { } t && t < DateTime.MaxValue - now ? now + t : DateTime.MaxValue;
        if (timeout is not null)
            deadlineSource = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        CancellationToken = deadlineSource?.Token ?? http.RequestAborted;
        Context = new(this, requestHeaders, deadline);
    }

    internal HttpContext Http { get; }

    internal BoundMethod Method { get; }

    internal ServerCallContext Context { get; }

    internal CancellationToken CancellationToken { get; }

    protected RpcOptions Options => services.Options;

    /// <summary>What OpenTelemetry calls the wire.</summary>
    protected abstract string System { get; }

    /// <summary>What the client did wrong in its messages, if anything. It decides the status, whatever the method made of it.</summary>
    protected abstract RpcException? RequestFault { get; }

    /// <summary>The content, where it was read before its messages; else null.</summary>
    protected ReadOnlyMemory<byte>? Held { get; private set; }

    /// <summary>Reads the content whole.</summary>
    internal async Task<ReadOnlyMemory<byte>> HoldContentAsync() =>
        Held ??= await RequestBody.ReadAsync(Http.Request.BodyReader, Options.MaxReceiveMessageSize + Frame.HeaderSize, CancellationToken).ConfigureAwait(false);

    /// <summary>The next request; null at the end.</summary>
    internal abstract ValueTask<IMessage?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The next request of a stream; either token ends the wait.</summary>
    internal async ValueTask<T?> NextAsync<T>(CancellationToken cancellationToken) where T : class
    {
        CancellationToken.ThrowIfCancellationRequested();
        using var both = cancellationToken.CanBeCanceled && cancellationToken != CancellationToken
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CancellationToken) : null;
        return (T?)await ReadAsync(both?.Token ?? CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the call to its end. Throws nothing.</summary>
    internal async Task RunAsync()
    {
        var headers = Http.Request.Headers;
        var span = RpcTelemetry.BeginServer(
            System, Method.Descriptor.Service.FullName, Method.Descriptor.Name, headers.TraceParent, headers.TraceState);
        services.CallStarted();
        var status = new Status(StatusCode.Internal, "");
        try
        {
            var timer = StartTimer();
            var (ended, trailers) = await InvokeAsync().ConfigureAwait(false);
            if (timer is not null)
                await timer.DisposeAsync().ConfigureAwait(false);
            // From here on the deadline cannot pass any more; if it has, its answer goes out first.
            await expiry.ConfigureAwait(false);
            status = await FinishOnceAsync(ended, trailers).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The connection went away under the last bytes, or the framework refused them.
            if (!Http.RequestAborted.IsCancellationRequested)
                services.ReportFailure(Method.Path, e);
            Http.Abort();
        }
        finally
        {
            deadlineSource?.Dispose();
            services.CallEnded();
            RpcTelemetry.End(span, status.StatusCode);
        }
    }

    internal async Task WriteHeadersAsync(Metadata headers)
    {
        Begin();
        try
        {
            if (headersSent)
                throw new InvalidOperationException("The headers have been sent.");
            await EnsureHeadersAsync(headers).ConfigureAwait(false);
            await FlushHeadersAsync().ConfigureAwait(false);
        }
        finally
        {
            Interlocked.CompareExchange(ref output, Idle, Writing);
        }
    }

    /// <summary>Sends one response; of a stream, also waits until the transport has room again.</summary>
    internal async Task WriteAsync(IMessage message, bool flush, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        CancellationToken.ThrowIfCancellationRequested();
        Begin();
        try
        {
            await EnsureHeadersAsync([]).ConfigureAwait(false);
            if (cancellationToken.CanBeCanceled && cancellationToken != CancellationToken)
            {
                using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CancellationToken);
                await WatchAsync(WriteMessageAsync(message, flush, both.Token)).ConfigureAwait(false);
            }
            else
            {
                await WatchAsync(WriteMessageAsync(message, flush, CancellationToken)).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.CompareExchange(ref output, Idle, Writing);
        }
    }

    /// <summary>Starts the response with the headers that every response has, and the given ones.</summary>
    protected abstract ValueTask SendHeadersAsync(Metadata headers);

    protected abstract ValueTask FlushHeadersAsync();

    protected abstract ValueTask WriteMessageAsync(IMessage message, bool flush, CancellationToken cancellationToken);

    /// <summary>Sends the end of the response.</summary>
    /// <param name="ended">How the call ended.</param>
    /// <param name="trailers">What goes with it.</param>
    /// <param name="isStarted">Whether headers have been sent.</param>
    /// <param name="cause">The exception behind the status, if it came from one.</param>
    protected abstract ValueTask SendEndAsync(Status ended, Metadata trailers, bool isStarted, RpcException? cause);

    RpcException? cause;

    async Task<(Status, Metadata)> InvokeAsync()
    {
        try
        {
            if (Method.Guard is { } guard)
                await guard.EnterAsync(Context).ConfigureAwait(false);
            await Method.Invoke(this).ConfigureAwait(false);
            if (RequestFault is null)
                return (Context.Status, Context.ResponseTrailers);
            return Failed(RequestFault);
        }
        catch (RpcException e)
        {
            return Failed(RequestFault ?? e);
        }
        catch (Exception) when (isExpired)
        {
            return (Expired, []);
        }
        catch (Exception e) when (Http.RequestAborted.IsCancellationRequested || e is ClientGoneException)
        {
            return (new(StatusCode.Cancelled, "The client has gone."), []);
        }
        catch (Exception e)
        {
            services.ReportFailure(Method.Path, e);
            // What an exception says is for our log: it may name things that the client has no business knowing.
            return (new(StatusCode.Unknown, "The method failed."), []);
        }
    }

    static Status Expired => new(StatusCode.DeadlineExceeded, "The deadline has passed.");

    (Status, Metadata) Failed(RpcException e)
    {
        cause = e;
        var trailers = new Metadata();
        foreach (var entry in Context.ResponseTrailers.Concat(e.Trailers))
            trailers.Add(entry);
        return (e.Status, trailers);
    }

    ITimer? StartTimer()
    {
        if (timeout is not { } due || due > GrpcTimeout.TimerMax)
            return null;
        return Options.Time.CreateTimer(static call => ((ServerCall)call!).Expire(), this, due, Timeout.InfiniteTimeSpan);
    }

    void Expire()
    {
        isExpired = true;
        expiry = ExpireAsync();
    }

    // The client hears of its deadline now, even when the method takes no notice of the token. Where a write is stuck in the
    // transport the status cannot pass it, so the stream is reset; the client keeps its own time.
    async Task ExpireAsync()
    {
        var before = Interlocked.CompareExchange(ref output, Finished, Idle);
        if (before == Idle)
        {
            await SendEndAsync(Expired, [], headersSent, null).ConfigureAwait(false);
            await Http.Response.CompleteAsync().ConfigureAwait(false);
        }
        else if (before == Writing)
        {
            Interlocked.Exchange(ref output, Finished);
            Reset(Http2Cancel);
        }
        await deadlineSource!.CancelAsync().ConfigureAwait(false);
    }

    async Task<Status> FinishOnceAsync(Status ended, Metadata trailers)
    {
        var before = Interlocked.CompareExchange(ref output, Finished, Idle);
        if (before == Finished)
            return Expired;
        if (before == Writing)
        {
            // The method returned and left a write behind, which the status cannot overtake.
            Interlocked.Exchange(ref output, Finished);
            Reset(Http2InternalError);
            return new(StatusCode.Internal, "A write was left unfinished.");
        }
        if (!Http.RequestAborted.IsCancellationRequested)
            await SendEndAsync(ended, trailers, headersSent, cause).ConfigureAwait(false);
        return ended;
    }

    // Resets the stream when a write waits for too long.
    async ValueTask WatchAsync(ValueTask write)
    {
        if (write.IsCompleted)
        {
            await write.ConfigureAwait(false);
            return;
        }
        var stall = Options.Time.CreateTimer(static call => ((ServerCall)call!).Reset(Http2Cancel), this, Options.StallTimeout, Timeout.InfiniteTimeSpan);
        await using (stall.ConfigureAwait(false))
            await write.ConfigureAwait(false);
    }

    void Begin()
    {
        switch (Interlocked.CompareExchange(ref output, Writing, Idle))
        {
            case Writing: throw new InvalidOperationException("Another write is under way; await it first.");
            case Finished: throw new OperationCanceledException("The call has ended.", CancellationToken);
        }
    }

    async ValueTask EnsureHeadersAsync(Metadata headers)
    {
        if (headersSent)
            return;
        headersSent = true;
        await SendHeadersAsync(headers).ConfigureAwait(false);
    }

    void Reset(int errorCode)
    {
        if (Http.Features.Get<IHttpResetFeature>() is { } reset)
            reset.Reset(errorCode);
        else
            Http.Abort();
    }
}
