using Quorate.Rpc.Security;
using Quorate.Rpc.Server;

namespace Quorate.Rpc.Client;

/// <summary>What a client allows its calls, and how it keeps its connections.</summary>
public sealed class RpcChannelOptions
{
    /// <summary>The largest message that is read, in bytes, as sent and when decompressed.</summary>
    public int MaxReceiveMessageSize { get; init; } = RpcOptions.DefaultMessageSizeMax;

    /// <summary>The largest message that is sent, in bytes before compression.</summary>
    public int MaxSendMessageSize { get; init; } = RpcOptions.DefaultMessageSizeMax;

    /// <summary>Whether requests are compressed with gzip. Messages below 512 bytes never are. Compressed responses are always understood.</summary>
    public bool CompressRequests { get; init; }

    /// <summary>Pins and our certificate, for addresses with https; null: the system's authorities, and no certificate.</summary>
    public RpcTls? Tls { get; init; }

    /// <summary>
    /// What stands between calls and their connections, where something does: a signer of requests. What holds content until
    /// it is whole suits calls with one request.
    /// </summary>
    public Func<HttpMessageHandler, HttpMessageHandler>? Around { get; init; }

    /// <summary>How long a connection may take to come up.</summary>
    public int ConnectSeconds { get; init; } = 10;

    /// <summary>A connection with calls that has been silent for so long is asked whether it lives.</summary>
    public int KeepAliveDelaySeconds { get; init; } = 30;

    /// <summary>An answer to that has so long to come.</summary>
    public int KeepAliveTimeoutSeconds { get; init; } = 10;

    /// <summary>The time that deadlines are measured with.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
