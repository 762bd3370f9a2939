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

    /// <summary>Concurrent calls on one connection.</summary>
    public int StreamsPerConnectionMax { get; init; } = 100;

    /// <summary>A connection that has been silent for so long is asked whether it lives.</summary>
    public int KeepAliveDelaySeconds { get; init; } = 30;

    /// <summary>An answer to that has so long to come.</summary>
    public int KeepAliveTimeoutSeconds { get; init; } = 10;

    /// <summary>
    /// How long a client may stall: a single-message request that does not come, or a response that it does not read, below
    /// 240 bytes a second. Then its connection is closed. At least 2. What was sent before counts in a reader's favour;
    /// <see cref="RpcOptions.WriteStall"/> is the sharper limit for streams.
    /// </summary>
    public int StallSeconds { get; init; } = 30;

    /// <summary>How long calls may go on after a stop has begun.</summary>
    public int DrainSeconds { get; init; } = 30;
}
