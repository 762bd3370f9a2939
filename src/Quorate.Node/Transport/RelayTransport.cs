using System.Threading.Channels;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Rpc.Client;

namespace Quorate.Node.Transport;

/// <summary>
/// Packets by way of a relay, over one outbound connection: this node needs no open port. What has not arrived when the
/// connection or the relay breaks is sent again.
/// </summary>
public sealed class RelayTransport : ITransport
{
    readonly Channel<Arrival> arrived;
    readonly Link link;

    /// <summary>Begins to connect.</summary>
    /// <param name="relay">The relay's address, with its pins; owned from now on.</param>
    /// <param name="name">What the relay calls itself.</param>
    /// <param name="identity">This node's identity key; it stays the caller's, and must outlive this.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">What waits are measured with.</param>
    /// <param name="random">Jitter, and the names of envelopes.</param>
    /// <param name="answer">Answers what the server behind the relay asks this node; null where it answers nothing.</param>
    public RelayTransport(
        RpcChannel relay, string name, Ed25519Key identity, LinkOptions options, TimeProvider time, IRandom random, AnswerQuestion? answer = null)
    {
        ArgumentNullException.ThrowIfNull(relay);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(options);
        Me = NodeId.FromPublicKey(identity.EncodedPublicKey);
        arrived = System.Threading.Channels.Channel.CreateBounded<Arrival>(options.MaxArrived);
        link = new(relay, name, identity, arrived.Writer.WriteAsync, options, time, random, answer);
    }

    /// <inheritdoc/>
    public NodeId Me { get; }

    /// <summary>Whether the relay has let this node in.</summary>
    public bool IsConnected => link.IsConnected;

    /// <summary>Packets that are not known to have arrived.</summary>
    public int Unacknowledged => link.Unacknowledged;

    /// <inheritdoc/>
    public ValueTask SendAsync(Packet packet, CancellationToken cancellationToken) => link.SendAsync(packet, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken) => arrived.Reader.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => link.DisposeAsync();
}
