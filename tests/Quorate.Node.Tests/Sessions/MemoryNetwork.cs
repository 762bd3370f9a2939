using System.Threading.Channels;
using Quorate.Node.Channel;
using Quorate.Node.Tests.Channel;
using Quorate.Node.Transport;
using Quorate.Policies;

namespace Quorate.Node.Tests.Sessions;

/// <summary>Transports within the process, for hosts in tasks of their own. A rule may lose, repeat, change and add packets.</summary>
sealed class MemoryNetwork(Postman.Rule? rule = null)
{
    readonly Dictionary<NodeId, Channel<Arrival>> nodes = [];
    readonly Lock access = new();

    /// <summary>Packets that were sent, before the rule.</summary>
    internal int Sent { get; private set; }

    /// <summary>Whether senders have to wait, for ever.</summary>
    internal bool IsStuck { get; set; }

    internal ITransport Join(NodeId node)
    {
        // Whoever joins again has started anew, and what waited for it is gone.
        lock (access)
            nodes[node] = System.Threading.Channels.Channel.CreateUnbounded<Arrival>();
        return new End(this, node);
    }

    /// <summary>Something for a node that nobody may have sent.</summary>
    internal void Inject(NodeId from, NodeId to, byte[] bytes)
    {
        lock (access)
            if (nodes.TryGetValue(to, out var queue))
                queue.Writer.TryWrite(new(from, bytes));
    }

    sealed class End(MemoryNetwork network, NodeId me) : ITransport
    {
        readonly ChannelReader<Arrival> reader = network.ReaderOf(me);

        public NodeId Me => me;

        public async ValueTask SendAsync(Packet packet, CancellationToken cancellationToken)
        {
            if (network.IsStuck)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            lock (network.access)
            {
                network.Sent++;
                var letter = new Postman.Letter(me, packet.To, packet.Bytes.ToArray());
                foreach (var (from, to, bytes) in rule?.Invoke(letter) ?? [letter])
                    network.Inject(from, to, bytes);
            }
        }

        Postman.Rule? rule => network.Rule;

        public ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken) => reader.ReadAsync(cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    Postman.Rule? Rule => rule;

    ChannelReader<Arrival> ReaderOf(NodeId node)
    {
        lock (access)
            return nodes[node].Reader;
    }
}
