using System.Buffers.Binary;
using System.Threading.Channels;
using Google.Protobuf;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Rpc.Client;

namespace Quorate.Node.Transport;

/// <summary>
/// One outbound connection that is kept up: to a relay, or to another node. It proves who this node is, sends what is not
/// known to have arrived, and takes what comes. When it breaks it connects again, ever more slowly.
/// </summary>
sealed class Link : IAsyncDisposable
{
    static readonly Method<FromNode, ToNode> connect = new(RelayReflection.Descriptor.Services[0], "Connect");

    readonly RpcChannel channel;
    readonly string verifier;
    readonly Ed25519Key identity;
    readonly Func<Arrival, CancellationToken, ValueTask> deliver;
    readonly LinkOptions options;
    readonly TimeProvider time;
    readonly IRandom random;
    readonly Outbox outbox;
    readonly QuestionDesk questions;
    readonly CancellationTokenSource closing = new();
    readonly Task running;
    volatile bool isConnected;

    /// <summary>Begins to connect.</summary>
    /// <param name="channel">Where to; owned from now on.</param>
    /// <param name="verifier">What the other end calls itself.</param>
    /// <param name="identity">Who this node is.</param>
    /// <param name="deliver">Takes what comes; while it waits, nothing more is read.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">What waits are measured with.</param>
    /// <param name="random">Jitter, and the names of envelopes.</param>
    /// <param name="answer">Answers the other end's questions; null where it has none to ask.</param>
    internal Link(
        RpcChannel channel, string verifier, Ed25519Key identity, Func<Arrival, CancellationToken, ValueTask> deliver,
        LinkOptions options, TimeProvider time, IRandom random, AnswerQuestion? answer = null)
    {
        questions = new(answer, time);
        (this.channel, this.verifier, this.identity, this.deliver) = (channel, verifier, identity, deliver);
        (this.options, this.time, this.random) = (options, time, random);
        // A node that starts again must not use a name again under which something of its may still wait somewhere.
        Span<byte> first = stackalloc byte[8];
        random.Fill(first);
        outbox = new(options, time, BinaryPrimitives.ReadUInt64BigEndian(first));
        running = Task.Run(RunAsync);
    }

    /// <summary>Whether the other end has let this node in.</summary>
    internal bool IsConnected => isConnected;

    /// <summary>Packets that are not known to have arrived.</summary>
    internal int Unacknowledged => outbox.Count;

    /// <summary>Takes a packet over; waits while its recipient has too many under way.</summary>
    internal ValueTask SendAsync(Packet packet, CancellationToken cancellationToken) => packet.Bytes.Length <= PacketFormat.MaxPacket
        ? outbox.AddAsync(packet, cancellationToken)
        : throw new ArgumentException($"{packet.Bytes.Length} bytes; a packet has at most {PacketFormat.MaxPacket}.", nameof(packet));

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        channel.Dispose();
        await running.ConfigureAwait(false);
    }

    async Task RunAsync()
    {
        for (var failures = 0; !closing.IsCancellationRequested;)
        {
            try
            {
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
                using var call = channel.AsyncDuplexStreamingCall(connect, new(CancellationToken: ending.Token));
                await LogInAsync(call, ending.Token).ConfigureAwait(false);
                (isConnected, failures) = (true, 0);
                await ExchangeAsync(call, ending).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException or InvalidOperationException)
            {
                // The other end, the way to it or this node's end has gone: the reason is of no use, the answer is the same.
            }
            isConnected = false;
            try
            {
                await Task.Delay(Backoff(failures++), time, closing.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    async Task LogInAsync(AsyncDuplexStreamingCall<FromNode, ToNode> call, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Login, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var challenge = await ReadAsync(call, either.Token).ConfigureAwait(false);
        if (challenge.Challenge?.Nonce is not { Length: ConnectionProof.ChallengeSize } nonce)
            throw new InvalidOperationException("The other end does not begin with a challenge.");
        await call.RequestStream.WriteAsync(new()
        {
            Login = new()
            {
                Node = ByteString.CopyFrom(identity.EncodedPublicKey),
                Proof = ByteString.CopyFrom(ConnectionProof.Sign(identity, verifier, nonce.Span)),
            },
        }, either.Token).ConfigureAwait(false);
        if ((await ReadAsync(call, either.Token).ConfigureAwait(false)).Welcome is null)
            throw new InvalidOperationException("The other end does not let this node in.");
    }

    static async Task<ToNode> ReadAsync(AsyncDuplexStreamingCall<FromNode, ToNode> call, CancellationToken cancellationToken) =>
        await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false)
            ? call.ResponseStream.Current : throw new InvalidOperationException("The other end has finished.");

    /// <summary>Reads and writes until one of both ends.</summary>
    async Task ExchangeAsync(AsyncDuplexStreamingCall<FromNode, ToNode> call, CancellationTokenSource ending)
    {
        outbox.StartOver();
        // One writer at a time: receipts and packets meet here.
        var writes = System.Threading.Channels.Channel.CreateBounded<FromNode>(new BoundedChannelOptions(64) { SingleReader = true });
        Task[] tasks = [PumpAsync(writes.Writer, ending.Token), WriteAsync(call, writes.Reader, ending.Token), TakeAsync(call, writes.Writer, ending.Token)];
        await Task.WhenAny(tasks).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task PumpAsync(ChannelWriter<FromNode> writes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (id, packet) = await outbox.NextAsync(cancellationToken).ConfigureAwait(false);
            var envelope = new Envelope { Peer = Bytes(packet.To), Id = id, Body = UnsafeByteOperations.UnsafeWrap(packet.Bytes) };
            await writes.WriteAsync(new() { Send = envelope }, cancellationToken).ConfigureAwait(false);
        }
    }

    static async Task WriteAsync(AsyncDuplexStreamingCall<FromNode, ToNode> call, ChannelReader<FromNode> writes, CancellationToken cancellationToken)
    {
        await foreach (var message in writes.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            await call.RequestStream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
    }

    async Task TakeAsync(AsyncDuplexStreamingCall<FromNode, ToNode> call, ChannelWriter<FromNode> writes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await ReadAsync(call, cancellationToken).ConfigureAwait(false);
            switch (message.KindCase)
            {
                case ToNode.KindOneofCase.Deliver when message.Deliver is var envelope && TryRead(envelope.Peer, out var from):
                    if (envelope.Body.Length <= PacketFormat.MaxPacket)
                        await deliver(new(from, envelope.Body.Memory), cancellationToken).ConfigureAwait(false);
                    await writes.WriteAsync(new() { Received = new() { Peer = envelope.Peer, Id = envelope.Id } }, cancellationToken).ConfigureAwait(false);
                    break;
                case ToNode.KindOneofCase.Arrived when TryRead(message.Arrived.Peer, out var to):
                    outbox.Remove(to, message.Arrived.Id);
                    break;
                case ToNode.KindOneofCase.Question:
                    questions.Take(message.Question, writes, cancellationToken);
                    break;
                case ToNode.KindOneofCase.Refused when outbox.Postpone(message.Refused.Id):
                    _ = SendLaterAsync(message.Refused.Id, cancellationToken);
                    break;
            }
        }
    }

    async Task SendLaterAsync(ulong id, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Refused, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        outbox.Queue(id);
    }

    TimeSpan Backoff(int failures)
    {
        Span<byte> jitter = stackalloc byte[1];
        random.Fill(jitter);
        var wait = Math.Min(options.ReconnectMin.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 16)), options.ReconnectMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(wait * (1 - (jitter[0] / 512.0)));
    }

    static ByteString Bytes(NodeId node) => ByteString.CopyFrom(node.AsSpan());

    static bool TryRead(ByteString key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out NodeId? node) =>
        NodeId.TryParse(Convert.ToHexStringLower(key.Span), out node);
}
