using System.Net;
using Quorate.Rpc.Security;

namespace Quorate.Rpc.Server;

/// <summary>Where a server listens, and how long it bears with its connections.</summary>
public sealed class RpcServerOptions
{
    /// <summary>Address and port; port 0 takes a free one.</summary>
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>A second port for HTTP/1.1, for JSON without TLS; null where there is none. With TLS one port speaks both.</summary>
    public IPEndPoint? Http1EndPoint { get; init; }

    /// <summary>TLS; null for clear text.</summary>
    public RpcTls? Tls { get; init; }

    /// <summary>Connections at a time; one more is closed before anything is read from it.</summary>
    public int ConnectionsMax { get; init; } = 1_000;

    /// <summary>Concurrent calls on one connection.</summary>
    public int StreamsPerConnectionMax { get; init; } = 100;

    /// <summary>A connection that has been silent for so long is asked whether it lives.</summary>
    public int KeepAliveDelaySeconds { get; init; } = 30;

    /// <summary>An answer to that has so long to come.</summary>
    public int KeepAliveTimeoutSeconds { get; init; } = 10;

    /// <summary>How long calls may go on after a stop has begun.</summary>
    public int DrainSeconds { get; init; } = 30;
}
