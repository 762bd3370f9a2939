using System.Threading.Channels;
using Quorate.Node.Channel;
using Quorate.Node.Transport;
using Quorate.Policies;

namespace Quorate.Node.Sessions;

/// <summary>
/// Hands what a transport brings to the session whose attempt it names. A peer may have heard of an attempt before this node
/// has, so what comes early waits, within bounds: for each peer the newest packets only.
/// </summary>
public sealed class Switchboard : IAsyncDisposable
{
    /// <summary>Packets of one peer that wait for attempts that this node has not opened.</summary>
    public const int MaxEarly = 64;

    /// <summary>The longest that waits in bytes: handshakes and contributions are shorter.</summary>
    public const int MaxEarlySize = 512;

    /// <summary>Packets that wait for one session to take them; beyond it the transport waits.</summary>
    public const int MaxWaiting = 256;

    readonly ITransport transport;
    readonly IReadOnlySet<NodeId> members;
    readonly int maxSessions;
    readonly CancellationTokenSource closing = new();
    readonly Lock access = new();
    readonly Dictionary<string, Line> open = [];
    readonly Dictionary<NodeId, Queue<(string Attempt, Arrival Arrival)>> early = [];
    readonly Task reading;
    Action<Arrival>? letters;

    /// <summary>Begins to read the transport, which it owns from now on.</summary>
    /// <param name="transport">Where packets come from and go to.</param>
    /// <param name="members">The nodes of the organisation; packets of others are dropped.</param>
    /// <param name="maxSessions">Sessions that may be open at a time.</param>
    public Switchboard(ITransport transport, IReadOnlySet<NodeId> members, int maxSessions = 64)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSessions, 1);
        (this.transport, this.members, this.maxSessions) = (transport, members, maxSessions);
        reading = Task.Run(ReadAsync);
    }

    /// <summary>Sessions that are open.</summary>
    public int Open
    {
        get
        {
            lock (access)
                return open.Count;
        }
    }

    /// <summary>Opens the line of one attempt.</summary>
    /// <exception cref="InvalidOperationException">The attempt is open already, or too many are.</exception>
    internal Line Connect(ReadOnlySpan<byte> attempt)
    {
        var name = Convert.ToHexString(attempt);
        lock (access)
        {
            ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, this);
            if (open.Count == maxSessions)
                throw new InvalidOperationException($"{maxSessions} sessions are open.");
            var line = new Line(this, name);
            if (!open.TryAdd(name, line))
                throw new InvalidOperationException($"Attempt {name} is open.");
            foreach (var (node, kept) in early.ToArray())
            {
                foreach (var (_, arrival) in kept.Where(e => e.Attempt == name))
                    line.Waiting.Writer.TryWrite(arrival);
                early[node] = new(kept.Where(e => e.Attempt != name));
            }
            return line;
        }
    }

    /// <summary>Says who takes letters, the packets that belong to no session. It takes or drops them at once.</summary>
    internal void TakeLetters(Action<Arrival> take) => letters = take;

    /// <summary>Hands a letter to the transport.</summary>
    internal ValueTask SendAsync(Packet letter, CancellationToken cancellationToken) => transport.SendAsync(letter, cancellationToken);

    /// <summary>Stops, and closes the transport. Sessions that are still open end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (closing.IsCancellationRequested)
            return;
        await closing.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        await transport.DisposeAsync().ConfigureAwait(false);
    }

    async Task ReadAsync()
    {
        Exception? cause = null;
        try
        {
            while (true)
            {
                var arrival = await transport.ReceiveAsync(closing.Token).ConfigureAwait(false);
                if (Find(arrival) is { } line)
                    await line.OfferAsync(arrival, closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            cause = e;
        }
        lock (access)
            foreach (var line in open.Values)
                line.Waiting.Writer.TryComplete(cause ?? new OperationCanceledException("The node is closing."));
    }

    Line? Find(Arrival arrival)
    {
        if (!members.Contains(arrival.From) || !PacketFormat.TryReadAttempt(arrival.Bytes.Span, out var attempt))
            return null;
        if (PacketFormat.KindOf(arrival.Bytes.Span) == PacketKind.Letter)
        {
            letters?.Invoke(arrival);
            return null;
        }
        var name = Convert.ToHexString(attempt);
        lock (access)
        {
            if (open.TryGetValue(name, out var line))
                return line;
            if (arrival.Bytes.Length > MaxEarlySize)
                return null;
            if (!early.TryGetValue(arrival.From, out var kept))
                early.Add(arrival.From, kept = []);
            kept.Enqueue((name, arrival));
            if (kept.Count > MaxEarly)
                kept.Dequeue();
            return null;
        }
    }

    /// <summary>One session's end of the transport.</summary>
    internal sealed class Line(Switchboard board, string name) : IDisposable
    {
        readonly CancellationTokenSource closed = new();

        internal Channel<Arrival> Waiting { get; } = System.Threading.Channels.Channel.CreateBounded<Arrival>(
            new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

        internal ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken) => Waiting.Reader.ReadAsync(cancellationToken);

        internal ValueTask SendAsync(Packet packet, CancellationToken cancellationToken) => board.transport.SendAsync(packet, cancellationToken);

        /// <summary>Waits while the session has not taken what came before; what comes for one that has closed is dropped.</summary>
        internal async ValueTask OfferAsync(Arrival arrival, CancellationToken cancellationToken)
        {
            if (Waiting.Writer.TryWrite(arrival))
                return;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closed.Token);
            try
            {
                await Waiting.Writer.WriteAsync(arrival, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
            }
        }

        public void Dispose()
        {
            lock (board.access)
                board.open.Remove(name);
            closed.Cancel();
        }
    }
}
