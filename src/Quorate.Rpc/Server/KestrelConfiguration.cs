using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Quorate.Rpc.Server;

/// <summary>The framework's server with our limits.</summary>
public static class KestrelConfiguration
{
    // The framework's own minimum; what changes is how long it may be missed.
    const double BytesPerSecondMin = 240;

    /// <summary>Makes Kestrel listen where, and limit what, the options say.</summary>
    public static void ListenRpc(this KestrelServerOptions kestrel, RpcServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(options);
        var limits = kestrel.Limits;
        limits.Http2.MaxStreamsPerConnection = options.StreamsPerConnectionMax;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(options.KeepAliveDelaySeconds);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(options.KeepAliveTimeoutSeconds);
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate = new(BytesPerSecondMin, TimeSpan.FromSeconds(options.StallSeconds));
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
