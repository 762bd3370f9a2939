using Google.Protobuf;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Server.Telemetry;

namespace Quorate.Server.Relay;

/// <summary>
/// Carries envelopes between nodes that dial it. It lets in whoever proves to be one of them, sets the sender itself, and
/// keeps in memory what its recipient has not taken; after a restart the senders send that again. It sees who talks to whom,
/// when and how much, and nothing of what.
/// </summary>
public sealed class RelayService
{
    readonly RelayOptions options;
    readonly TimeProvider time;
    readonly IRandom random;
    readonly Dictionary<ByteString, (Mailbox Mail, NodeCalls Calls)> nodes;

    /// <summary>A relay for these nodes.</summary>
    /// <exception cref="ArgumentException">The relay has no name.</exception>
    public RelayService(RelayOptions options, TimeProvider time, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentException.ThrowIfNullOrEmpty(options.Name);
        (this.options, this.time, this.random) = (options, time, random);
        nodes = options.Nodes.ToDictionary(n => ByteString.CopyFrom(n.AsSpan()), _ => (new Mailbox(options, time), new NodeCalls(time, random)));
    }

    /// <summary>Envelopes that wait for their recipients.</summary>
    public int Waiting => nodes.Values.Sum(n => n.Mail.Count);

    internal IEnumerable<(NodeId Node, bool IsConnected, int Waiting, int Questions)> Mailboxes =>
        nodes.Select(n => (NodeId.FromPublicKey(n.Key.Span), n.Value.Mail.IsConnected, n.Value.Mail.Count, n.Value.Calls.Open));

    /// <summary>Whether a node has a connection here that stands.</summary>
    internal bool IsConnected(NodeId node) => nodes.TryGetValue(ByteString.CopyFrom(node.AsSpan()), out var found) && found.Mail.IsConnected;

    /// <summary>Shows who is connected and what waits for whom to whoever listens to the meter Quorate.Server.</summary>
    /// <param name="names">What nodes are called there.</param>
    /// <returns>To be disposed of with the relay.</returns>
    public IDisposable Measure(IReadOnlyDictionary<NodeId, string> names) => new RelayMeasures(this, names);

    /// <summary>Adds the relay to what a server serves.</summary>
    public RpcServices AddTo(RpcServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Add(RelayReflection.Descriptor.Services[0], new Listener(this));
    }

    /// <summary>Calls a unary method of a node over the connection that the node has dialled.</summary>
    /// <param name="node">Which.</param>
    /// <param name="method">The method's own name, of quorate.node.v1.Node.</param>
    /// <param name="request">The method's request.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellation">Stops waiting; the node may have done it all the same.</param>
    /// <returns>The method's response, encoded.</returns>
    /// <exception cref="ArgumentException">The relay serves no such node.</exception>
    /// <exception cref="RpcException">The status that the node answers, or Unavailable where it is not connected.</exception>
    public Task<ByteString> AskAsync(NodeId node, string method, IMessage request, TimeSpan timeout, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(node);
        return nodes.TryGetValue(ByteString.CopyFrom(node.AsSpan()), out var asked)
            ? asked.Calls.AskAsync(asked.Mail, method, request.ToByteString(), timeout, cancellation)
            : throw new ArgumentException($"{node} is no node of this relay.", nameof(node));
    }

    /// <summary>What the nodes dial. Its method has the name that the contract gives it.</summary>
    sealed class Listener(RelayService relay)
    {
        public async Task Connect(IAsyncStreamReader<FromNode> requests, IServerStreamWriter<ToNode> responses, ServerCallContext context)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            var node = await LetInAsync(requests, responses, ending.Token).ConfigureAwait(false);
            var (mailbox, calls) = relay.nodes[node];
            calls.Disconnect();
            var attached = mailbox.Attach();
            try
            {
                await responses.WriteAsync(new() { Welcome = new() }, ending.Token).ConfigureAwait(false);
                Task[] tasks = [ReadAsync(node, requests, ending.Token), WriteAsync(mailbox, attached, responses, ending.Token)];
                var first = await Task.WhenAny(tasks).ConfigureAwait(false);
                await ending.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await first.ConfigureAwait(false);
            }
            finally
            {
                if (mailbox.Detach(attached))
                    calls.Disconnect();
            }
        }

        /// <summary>Who has connected.</summary>
        /// <exception cref="RpcException">Nobody that the relay serves.</exception>
        async Task<ByteString> LetInAsync(IAsyncStreamReader<FromNode> requests, IServerStreamWriter<ToNode> responses, CancellationToken cancellationToken)
        {
            using var late = new CancellationTokenSource(relay.options.Login, relay.time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
            var nonce = new byte[ConnectionProof.ChallengeSize];
            relay.random.Fill(nonce);
            await responses.WriteAsync(new() { Challenge = new() { Nonce = ByteString.CopyFrom(nonce) } }, either.Token).ConfigureAwait(false);
            if (!await requests.MoveNext(either.Token).ConfigureAwait(false) || requests.Current.Login is not { } login
                || !relay.nodes.ContainsKey(login.Node)
                || !ConnectionProof.Verify(login.Node.Span, relay.options.Name, nonce, login.Proof.Span))
                throw new RpcException(new(StatusCode.Unauthenticated, "Not a node of this relay."));
            return login.Node;
        }

        async Task ReadAsync(ByteString node, IAsyncStreamReader<FromNode> requests, CancellationToken cancellationToken)
        {
            var messages = new Pace(relay.options.MessagesPerSecond, (double)relay.options.MessagesPerSecond * relay.options.BurstSeconds, relay.time);
            var bytes = new Pace(relay.options.BytesPerSecond, (double)relay.options.BytesPerSecond * relay.options.BurstSeconds, relay.time);
            while (await requests.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                var message = requests.Current;
                var wait = messages.Take(1);
                if (bytes.Take(message.CalculateSize()) is var other && other > wait)
                    wait = other;
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, relay.time, cancellationToken).ConfigureAwait(false);
                Take(node, message);
            }
        }

        static async Task WriteAsync(Mailbox mailbox, Task attached, IServerStreamWriter<ToNode> responses, CancellationToken cancellationToken)
        {
            while (await mailbox.NextAsync(attached, cancellationToken).ConfigureAwait(false) is { } message)
                await responses.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }

        /// <exception cref="RpcException">Nothing that a node sends.</exception>
        void Take(ByteString node, FromNode message)
        {
            switch (message.KindCase)
            {
                case FromNode.KindOneofCase.Send when message.Send.Body.Length <= relay.options.MaxBodyBytes:
                    if (!relay.nodes.TryGetValue(message.Send.Peer, out var recipient) || !recipient.Mail.TryAdd(node, message.Send))
                    {
                        ServerTelemetry.Refused();
                        relay.nodes[node].Mail.Tell(new() { Refused = new() { Peer = message.Send.Peer, Id = message.Send.Id } });
                    }
                    break;
                case FromNode.KindOneofCase.Send:
                    throw new RpcException(new(StatusCode.ResourceExhausted, $"A body has at most {relay.options.MaxBodyBytes} bytes."));
                case FromNode.KindOneofCase.Received:
                    // Only what waits for this very node can it have received, so nobody acknowledges another's mail.
                    if (relay.nodes[node].Mail.Remove(message.Received.Peer, message.Received.Id)
                        && relay.nodes.TryGetValue(message.Received.Peer, out var sender))
                        sender.Mail.Tell(new() { Arrived = new() { Peer = node, Id = message.Received.Id } });
                    break;
                case FromNode.KindOneofCase.Answer when message.Answer.Body.Length <= relay.options.MaxBodyBytes:
                    relay.nodes[node].Calls.Take(message.Answer);
                    break;
                default:
                    throw new RpcException(new(StatusCode.InvalidArgument, "Not what a node sends here."));
            }
        }
    }
}
