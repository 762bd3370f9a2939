using Quorate.Rpc.Security;

namespace Quorate.Client;

/// <summary>How a client connects, waits and tries again.</summary>
public sealed record QuorateClientOptions
{
    /// <summary>Pins and our certificate, for https; null: the system's authorities.</summary>
    public RpcTls? Tls { get; init; }

    /// <summary>How long one try may take, beside what <see cref="RequestOptions.Wait"/> adds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request is sent at most, 1 or more.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The longest first pause between two tries; it doubles with each, and a random part of it is waited.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause. A server that asks for a longer one is not asked again.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
