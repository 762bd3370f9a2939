using Quorate.Policies;

namespace Quorate.Server.Relay;

/// <summary>Whom a relay serves and what it bears.</summary>
public sealed record RelayOptions
{
    /// <summary>What the relay calls itself; a node's proof of identity names it, so that it is good for no other.</summary>
    public required string Name { get; init; }

    /// <summary>The nodes. Nobody else is let in or written to.</summary>
    public required IReadOnlySet<NodeId> Nodes { get; init; }

    /// <summary>
    /// The longest body in bytes: a frame of the session kernel, sealed. Longer ones end the connection.
    /// </summary>
    public int MaxBodyBytes { get; init; } = (1 << 20) + 1024;

    /// <summary>Envelopes of one sender that wait for one recipient; further ones are refused, to be sent again.</summary>
    public int MaxQueued { get; init; } = 256;

    /// <summary>Their bytes; one of any length is always taken.</summary>
    public long MaxQueuedBytes { get; init; } = 8 << 20;

    /// <summary>After so long an envelope that nobody fetched is forgotten.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Messages of one node in a second, over any time longer than a burst; then the relay stops reading from it for a while.</summary>
    public int MessagesPerSecond { get; init; } = 2_000;

    /// <summary>Bytes of one node in a second.</summary>
    public int BytesPerSecond { get; init; } = 32 << 20;

    /// <summary>How many seconds' worth of messages and bytes may come at once.</summary>
    public int BurstSeconds { get; init; } = 2;

    /// <summary>How long a node may take to log in.</summary>
    public TimeSpan Login { get; init; } = TimeSpan.FromSeconds(10);
}
