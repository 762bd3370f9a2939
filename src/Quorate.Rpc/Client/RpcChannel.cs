using System.Net;
using Google.Protobuf;

namespace Quorate.Rpc.Client;

/// <summary>
/// A client's connections to one address. Calls share them; when one has no room for another call or is going away, the
/// next call opens another. Nothing is retried here: who calls knows what may be sent twice.
/// </summary>
public sealed class RpcChannel : IDisposable
{
    readonly HttpMessageInvoker http;
    readonly CancellationTokenSource closed = new();

    RpcChannel(Uri address, RpcChannelOptions options)
    {
        (Address, Options) = (address, options);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            // The trace context is written here, with the call's own activity.
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(options.ConnectSeconds),
            KeepAlivePingDelay = TimeSpan.FromSeconds(options.KeepAliveDelaySeconds),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(options.KeepAliveTimeoutSeconds),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (options.Tls is not null)
            handler.SslOptions = options.Tls.ForClient();
        http = new(options.Around?.Invoke(handler) ?? handler, disposeHandler: true);
    }

    /// <summary>Where the calls go.</summary>
    public Uri Address { get; }

    internal RpcChannelOptions Options { get; }

    internal CancellationToken Closed => closed.Token;

    /// <summary>A channel to http://host:port or https://host:port. Nothing connects until the first call.</summary>
    /// <exception cref="ArgumentException">The address has another scheme, a path or a query; or there are pins without TLS.</exception>
    public static RpcChannel ForAddress(Uri address, RpcChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Scheme is not ("http" or "https") || address.PathAndQuery != "/")
            throw new ArgumentException($"{address} is not an address of the form http(s)://host:port.", nameof(address));
        if (address.Scheme == "http" && options?.Tls is not null)
            throw new ArgumentException($"{address} is clear text, where pins and certificates do nothing.", nameof(address));
        return new(address, options ?? new());
    }

    /// <inheritdoc cref="ForAddress(Uri, RpcChannelOptions?)"/>
    public static RpcChannel ForAddress(string address, RpcChannelOptions? options = null) => ForAddress(new Uri(address), options);

    /// <summary>One request, one response.</summary>
    /// <exception cref="ArgumentException">The method is of another kind.</exception>
    public AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, TRequest request, CallOptions options = default)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(Start(method, MethodType.Unary, request, options));
    }

    /// <summary>One request, a stream of responses.</summary>
    /// <exception cref="ArgumentException">The method is of another kind.</exception>
    public AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, TRequest request, CallOptions options = default)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(Start(method, MethodType.ServerStreaming, request, options));
    }

    /// <summary>A stream of requests, one response.</summary>
    /// <exception cref="ArgumentException">The method is of another kind.</exception>
    public AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, CallOptions options = default)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse> =>
        new(Start(method, MethodType.ClientStreaming, null, options));

    /// <summary>A stream each way.</summary>
    /// <exception cref="ArgumentException">The method is of another kind.</exception>
    public AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, CallOptions options = default)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse> =>
        new(Start(method, MethodType.DuplexStreaming, null, options));

    /// <summary>Cancels the calls and closes the connections.</summary>
    public void Dispose()
    {
        if (closed.IsCancellationRequested)
            return;
        closed.Cancel();
        http.Dispose();
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        http.SendAsync(request, cancellationToken);

    ClientCall<TResponse> Start<TRequest, TResponse>(
        Method<TRequest, TResponse> method, MethodType type, TRequest? request, CallOptions options)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(method);
        ObjectDisposedException.ThrowIf(closed.IsCancellationRequested, this);
        if (method.Type != type)
            throw new ArgumentException($"{method.FullName} is {method.Type}, not {type}.", nameof(method));
        return new(this, method.ServiceName, method.Name, method.ResponseParser, request, options);
    }
}
