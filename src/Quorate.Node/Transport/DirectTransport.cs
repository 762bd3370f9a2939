using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.Rpc.Server;

namespace Quorate.Node.Transport;

/// <summary>
/// Packets straight from node to node: each dials every other to send, and listens to receive. It speaks the relay's
/// contract, where the recipient is its own relay.
/// </summary>
public sealed class DirectTransport : ITransport
{
    readonly Dictionary<NodeId, Link> links;
    readonly Channel<Arrival> arrived;
    readonly IRandom random;
    readonly LinkOptions options;
    readonly TimeProvider time;
    readonly CancellationTokenSource closing = new();
    readonly ConcurrentDictionary<NodeId, TaskCompletionSource> inbound = new();

    /// <summary>Begins to connect to all peers.</summary>
    /// <param name="identity">This node's identity key; it stays the caller's, and must outlive this.</param>
    /// <param name="peers">Where the others are, with their pins; owned from now on.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">What waits are measured with.</param>
    /// <param name="random">Challenges, jitter, and the names of envelopes.</param>
    public DirectTransport(
        Ed25519Key identity, IReadOnlyDictionary<NodeId, RpcChannel> peers, LinkOptions options, TimeProvider time, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(peers);
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.time, this.random) = (options, time, random);
        Me = NodeId.FromPublicKey(identity.EncodedPublicKey);
        arrived = System.Threading.Channels.Channel.CreateBounded<Arrival>(options.MaxArrived);
        // Nothing is delivered over a connection that this node has dialled.
        links = peers.ToDictionary(p => p.Key, p => new Link(
            p.Value, p.Key.ToString(), identity, static (_, _) => ValueTask.CompletedTask, options, time, random));
    }

    /// <inheritdoc/>
    public NodeId Me { get; }

    /// <summary>Adds the service that the peers dial to what this node serves.</summary>
    public RpcServices AddTo(RpcServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Add(RelayReflection.Descriptor.Services[0], new Listener(this));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The recipient is no peer, or the packet is too long.</exception>
    public ValueTask SendAsync(Packet packet, CancellationToken cancellationToken) => links.TryGetValue(packet.To, out var link)
        ? link.SendAsync(packet, cancellationToken)
        : throw new ArgumentException($"{packet.To} is no peer.", nameof(packet));

    /// <inheritdoc/>
    public ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken) => arrived.Reader.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        foreach (var link in links.Values)
            await link.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What the peers dial. Its method has the name that the contract gives it.</summary>
    sealed class Listener(DirectTransport transport)
    {
        public async Task Connect(IAsyncStreamReader<FromNode> requests, IServerStreamWriter<ToNode> responses, ServerCallContext context)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, transport.closing.Token);
            var peer = await LetInAsync(requests, responses, ending.Token).ConfigureAwait(false);
            var replaced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            transport.inbound.AddOrUpdate(peer, replaced, (_, older) =>
            {
                older.TrySetResult();
                return replaced;
            });
            var taking = TakeAsync(peer, requests, responses, ending.Token);
            await Task.WhenAny(taking, replaced.Task).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            await taking.ConfigureAwait(false);
        }

        async Task<NodeId> LetInAsync(IAsyncStreamReader<FromNode> requests, IServerStreamWriter<ToNode> responses, CancellationToken cancellationToken)
        {
            using var late = new CancellationTokenSource(transport.options.Login, transport.time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
            var nonce = new byte[ConnectionProof.ChallengeSize];
            transport.random.Fill(nonce);
            await responses.WriteAsync(new() { Challenge = new() { Nonce = ByteString.CopyFrom(nonce) } }, either.Token).ConfigureAwait(false);
            if (!await requests.MoveNext(either.Token).ConfigureAwait(false) || requests.Current.Login is not { } login
                || transport.links.Keys.FirstOrDefault(p => login.Node.Span.SequenceEqual(p.AsSpan())) is not { } peer
                || !ConnectionProof.Verify(peer.AsSpan(), transport.Me.ToString(), nonce, login.Proof.Span))
                throw new RpcException(new(StatusCode.Unauthenticated, "Not a peer."));
            await responses.WriteAsync(new() { Welcome = new() }, either.Token).ConfigureAwait(false);
            return peer;
        }

        async Task TakeAsync(NodeId peer, IAsyncStreamReader<FromNode> requests, IServerStreamWriter<ToNode> responses, CancellationToken cancellationToken)
        {
            while (await requests.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                if (requests.Current.Send is not { } envelope || envelope.Body.Length > PacketFormat.MaxPacket
                    || !envelope.Peer.Span.SequenceEqual(transport.Me.AsSpan()))
                    throw new RpcException(new(StatusCode.InvalidArgument, "Not a packet for this node."));
                // The peer waits while nobody takes what it sent.
                await transport.arrived.Writer.WriteAsync(new(peer, envelope.Body.Memory), cancellationToken).ConfigureAwait(false);
                await responses.WriteAsync(new() { Arrived = new() { Peer = envelope.Peer, Id = envelope.Id } }, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
