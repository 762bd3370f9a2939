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
    /// How long a client may stall, more than a second. A response whose next message it has not taken by then is reset, and
    /// the connection goes on. A single-message request that trickles below 240 bytes a second closes the connection. What the
    /// framework holds of a response that has ended, at most 64 KiB, closes it after twice the time, and a second for
    /// every 64 KiB that the connection has been sent.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time that deadlines and silences are measured with.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
