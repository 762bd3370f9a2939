using System.Net;
using Google.Protobuf;
using Quorate.Cryptography.Signatures;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Testing;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// A relay that lets the nodes in and then does as it likes with what they send: drops, delays, repeats, changes, gives out as
/// another's, and keeps for later. It tells every sender that all has arrived.
/// </summary>
sealed class HostileRelay(HostileRelay.Habits habits, ulong seed) : IAsyncDisposable
{
    /// <summary>What it does, of a hundred packets.</summary>
    internal sealed record Habits(int Drop = 0, int Delay = 0, int Repeat = 0, int Change = 0, int Misattribute = 0, int Replay = 0);

    readonly Lock access = new();
    readonly SeededRandom random = new(seed, "hostile relay");
    readonly Dictionary<ByteString, Action<ToNode>> nodes = [];
    readonly List<(ByteString To, ToNode Message)> kept = [];
    RpcServer? server;
    long busyUntil;

    /// <summary>Packets that it has not left alone.</summary>
    internal int Tampered { get; private set; }

    /// <summary>How many milliseconds everything takes on its way.</summary>
    internal int Latency { get; set; }

    /// <summary>What it carries in a second for all together, one packet after the other; as much as comes, where null.</summary>
    internal int? BytesPerSecond { get; set; }

    internal async Task StartAsync(int port) => server = await RpcServer.StartAsync(
        new RpcServices().Add(RelayReflection.Descriptor.Services[0], new Listener(this)), new() { EndPoint = new(IPAddress.Loopback, port), DrainSeconds = 0 });

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }

    bool Chance(int of)
    {
        var hit = random.Below(100) < of;
        Tampered += hit ? 1 : 0;
        return hit;
    }

    void Carry(ByteString from, Envelope envelope)
    {
        lock (access)
        {
            var body = envelope.Body;
            if (Chance(habits.Drop))
                return;
            if (Chance(habits.Change) && body.Length > 0)
            {
                var bytes = body.ToByteArray();
                bytes[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
                body = ByteString.CopyFrom(bytes);
            }
            if (Chance(habits.Misattribute))
                from = nodes.Keys.ElementAt(random.Below(nodes.Count));
            var message = new ToNode { Deliver = new() { Peer = from, Id = envelope.Id, Body = body } };
            kept.Add((envelope.Peer, message));
            var delay = Latency + Queue(body.Length) + (Chance(habits.Delay) ? 50 + random.Below(800) : 0);
            Deliver(envelope.Peer, message, delay);
            if (Chance(habits.Repeat))
                Deliver(envelope.Peer, message, random.Below(300));
            if (Chance(habits.Replay))
            {
                var (to, old) = kept[random.Below(kept.Count)];
                Deliver(to, old, random.Below(300));
            }
        }
    }

    // How long a packet waits for those before it, and takes itself.
    int Queue(int bytes)
    {
        if (BytesPerSecond is not { } rate)
            return 0;
        var now = Environment.TickCount64;
        busyUntil = Math.Max(busyUntil, now) + (bytes * 1_000L / rate);
        return (int)(busyUntil - now);
    }

    void Deliver(ByteString to, ToNode message, int afterMilliseconds) => _ = Task.Run(async () =>
    {
        if (afterMilliseconds > 0)
            await Task.Delay(afterMilliseconds);
        lock (access)
            if (nodes.TryGetValue(to, out var write))
                write(message);
    });

    sealed class Listener(HostileRelay relay)
    {
        public async Task Connect(IAsyncStreamReader<FromNode> requests, IServerStreamWriter<ToNode> responses, ServerCallContext context)
        {
            await responses.WriteAsync(new() { Challenge = new() { Nonce = ByteString.CopyFrom(new byte[ConnectionProof.ChallengeSize]) } }, context.CancellationToken);
            if (!await requests.MoveNext(context.CancellationToken))
                return;
            var node = requests.Current.Login.Node;
            var writes = System.Threading.Channels.Channel.CreateUnbounded<ToNode>();
            lock (relay.access)
                relay.nodes[node] = message => writes.Writer.TryWrite(message);
            writes.Writer.TryWrite(new() { Welcome = new() });
            var writing = Task.Run(async () =>
            {
                await foreach (var message in writes.Reader.ReadAllAsync(context.CancellationToken))
                    await responses.WriteAsync(message, context.CancellationToken);
            });
            while (await requests.MoveNext(context.CancellationToken))
            {
                if (requests.Current.Send is not { } envelope)
                    continue;
                writes.Writer.TryWrite(new() { Arrived = new() { Peer = envelope.Peer, Id = envelope.Id } });
                relay.Carry(node, envelope);
            }
            await writing;
        }
    }
}
