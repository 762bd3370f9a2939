namespace Quorate.Node.Transport;

/// <summary>How a node keeps a connection up, and what it holds for it.</summary>
public sealed record LinkOptions
{
    /// <summary>Packets for one peer that may be on their way; a session sends some tens.</summary>
    public int MaxHeldPerPeer { get; init; } = 256;

    /// <summary>Their bytes; one packet of any length is always taken.</summary>
    public long MaxHeldBytesPerPeer { get; init; } = 8 << 20;

    /// <summary>Packets that have come and that nobody has taken yet.</summary>
    public int MaxArrived { get; init; } = 256;

    /// <summary>After so long a packet that has not arrived is dropped; its session is over.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The first wait before connecting again; it doubles with every failure, and up to half of it is left out at random.</summary>
    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait before connecting again.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the other end may take to let this node in.</summary>
    public TimeSpan Login { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a packet rests that the other end had no room for.</summary>
    public TimeSpan Refused { get; init; } = TimeSpan.FromMilliseconds(250);
}
