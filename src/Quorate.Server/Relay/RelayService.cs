using Google.Protobuf;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Rpc.Server;

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
    readonly Dictionary<ByteString, Mailbox> mailboxes;

    /// <summary>A relay for these nodes.</summary>
    /// <exception cref="ArgumentException">The relay has no name.</exception>
    public RelayService(RelayOptions options, TimeProvider time, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentException.ThrowIfNullOrEmpty(options.Name);
        (this.options, this.time, this.random) = (options, time, random);
        mailboxes = options.Nodes.ToDictionary(n => ByteString.CopyFrom(n.AsSpan()), _ => new Mailbox(options, time));
    }

    /// <summary>Envelopes that wait for their recipients.</summary>
    public int Waiting => mailboxes.Values.Sum(m => m.Count);

    /// <summary>Adds the relay to what a server serves.</summary>
    public RpcServices AddTo(RpcServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Add(RelayReflection.Descriptor.Services[0], new Listener(this));
    }

    /// <summary>What the nodes dial. Its method has the name that the contract gives it.</summary>
    sealed class Listener(RelayService relay)
    {
        public async Task Connect(IAsyncStreamReader<FromNode> requests, IServerStreamWriter<ToNode> responses, ServerCallContext context)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            var node = await LetInAsync(requests, responses, ending.Token).ConfigureAwait(false);
            var mailbox = relay.mailboxes[node];
            var attached = mailbox.Attach();
            await responses.WriteAsync(new() { Welcome = new() }, ending.Token).ConfigureAwait(false);
            Task[] tasks = [ReadAsync(node, requests, ending.Token), WriteAsync(mailbox, attached, responses, ending.Token)];
            var first = await Task.WhenAny(tasks).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first.ConfigureAwait(false);
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
                || !relay.mailboxes.ContainsKey(login.Node)
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
                    if (!relay.mailboxes.TryGetValue(message.Send.Peer, out var recipient) || !recipient.TryAdd(node, message.Send))
                        relay.mailboxes[node].Tell(new() { Refused = new() { Peer = message.Send.Peer, Id = message.Send.Id } });
                    break;
                case FromNode.KindOneofCase.Send:
                    throw new RpcException(new(StatusCode.ResourceExhausted, $"A body has at most {relay.options.MaxBodyBytes} bytes."));
                case FromNode.KindOneofCase.Received:
                    // Only what waits for this very node can it have received, so nobody acknowledges another's mail.
                    if (relay.mailboxes[node].Remove(message.Received.Peer, message.Received.Id)
                        && relay.mailboxes.TryGetValue(message.Received.Peer, out var sender))
                        sender.Tell(new() { Arrived = new() { Peer = node, Id = message.Received.Id } });
                    break;
                default:
                    throw new RpcException(new(StatusCode.InvalidArgument, "Not what a node sends here."));
            }
        }
    }
}
