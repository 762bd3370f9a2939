namespace Quorate.Rpc.Server;

/// <summary>What a server allows a call.</summary>
public sealed class RpcOptions
{
    /// <summary>The default for both sizes, the one of all gRPC libraries.</summary>
    public const int DefaultMessageSizeMax = 4 * 1024 * 1024;

    /// <summary>The largest message that is read, in bytes, as sent and when decompressed; in JSON, the largest body.</summary>
    public int MaxReceiveMessageSize { get; init; } = DefaultMessageSizeMax;

    /// <summary>The largest message that is sent, in bytes before compression.</summary>
    public int MaxSendMessageSize { get; init; } = DefaultMessageSizeMax;

    /// <summary>Whether responses are compressed for clients that accept gzip. Messages below 512 bytes never are.</summary>
    public bool CompressResponses { get; init; }

    /// <summary>
    /// How long a call in JSON may take whose request has no grpc-timeout; null: as long as it likes. Streams of events are
    /// not meant.
    /// </summary>
    public TimeSpan? JsonTimeout { get; init; }

    /// <summary>
    /// A stream of events that has been silent for so long, at most twice as long, gets a comment, so that proxies between
    /// do not cut it. <see cref="Timeout.InfiniteTimeSpan"/>: never.
    /// </summary>
    public TimeSpan EventKeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a write to a stream may wait for its reader to make room; then the stream is reset, and its connection goes
    /// on. The framework's own limit counts what the connection has sent before in the client's favour, minutes and hours of
    /// it, and takes the traffic of other streams for this one's.
    /// </summary>
    public TimeSpan WriteStall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time that deadlines and silences are measured with.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
