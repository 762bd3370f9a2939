using Quorate.Node.Channel;
using Quorate.Policies;

namespace Quorate.Node.Transport;

/// <summary>A packet that has come.</summary>
/// <param name="From">Who sent it, by the word of the transport; believed by nobody until the packet opens.</param>
/// <param name="Bytes">Opaque bytes.</param>
public readonly record struct Arrival(NodeId From, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Carries packets between nodes. It may lose, delay, repeat, reorder and change them: what it carries protects itself. It is
/// bounded in both directions, and makes the sender wait rather than grow.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>This node.</summary>
    NodeId Me { get; }

    /// <summary>Takes a packet over; waits while too much is under way. Returning means taken over, not arrived.</summary>
    /// <exception cref="ArgumentException">The packet is longer than any channel makes.</exception>
    ValueTask SendAsync(Packet packet, CancellationToken cancellationToken);

    /// <summary>The next packet, waiting for it. One reader at a time.</summary>
    ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken);
}
