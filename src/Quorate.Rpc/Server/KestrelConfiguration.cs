using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Quorate.Rpc.Server;

/// <summary>The framework's server with our limits.</summary>
public static class KestrelConfiguration
{
    // The framework's own minimum; what changes is how long it may be missed.
    const double RequestBytesPerSecondMin = 240;

    // What the framework holds of a response when its call has ended: at most this in a second or two. It forgives a connection a
    // second for every so many bytes that it has ever sent there; at 240, a megabyte would buy more than an hour.
    const double ResponseBytesPerSecondMin = 64 * 1024;

    /// <summary>Makes Kestrel listen where, and limit what, the options say.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="RpcOptions.StallTimeout"/> is not above a second.</exception>
    public static void ListenRpc(this KestrelServerOptions kestrel, RpcServerOptions options, RpcOptions calls)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(calls);
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.ConnectionsMax;
        limits.Http2.MaxStreamsPerConnection = options.StreamsPerConnectionMax;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(options.KeepAliveDelaySeconds);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(options.KeepAliveTimeoutSeconds);
        limits.MinRequestBodyDataRate = new(RequestBytesPerSecondMin, calls.StallTimeout);
        // Behind our own watch over responses, which spares the connection where one of its streams stalls.
        limits.MinResponseDataRate = new(ResponseBytesPerSecondMin, 2 * calls.StallTimeout);
        kestrel.AddServerHeader = false;
        kestrel.Listen(options.EndPoint, listen => Configure(listen, options, HttpProtocols.Http2));
        if (options.Http1EndPoint is { } http1)
            kestrel.Listen(http1, listen => Configure(listen, options, HttpProtocols.Http1));
    }

    static void Configure(ListenOptions listen, RpcServerOptions options, HttpProtocols clearText)
    {
        // Without TLS there is nothing that tells the two protocols apart.
        listen.Protocols = options.Tls is null ? clearText : HttpProtocols.Http1AndHttp2;
        if (options.Tls is not null)
            listen.UseHttps(options.Tls.ForServer());
    }
}
