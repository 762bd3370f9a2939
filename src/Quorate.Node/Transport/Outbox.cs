using Quorate.Node.Channel;
using Quorate.Policies;

namespace Quorate.Node.Transport;

/// <summary>
/// Packets that have been taken over and are not known to have arrived. They are sent again on every new connection. Bounded
/// for each recipient, so that one who is away costs the others nothing; what nobody took in time is dropped.
/// </summary>
sealed class Outbox(LinkOptions options, TimeProvider time, ulong firstId)
{
    sealed record Entry(Packet Packet, long Added)
    {
        internal bool IsQueued { get; set; } = true;
    }

    readonly Lock access = new();
    readonly SortedDictionary<ulong, Entry> entries = [];
    readonly Queue<ulong> unsent = [];
    readonly Dictionary<NodeId, (int Count, long Bytes)> held = [];
    TaskCompletionSource changed = NewSignal();
    ulong nextId = firstId;

    /// <summary>Packets that are not known to have arrived.</summary>
    internal int Count
    {
        get
        {
            lock (access)
                return entries.Count;
        }
    }

    /// <summary>Takes a packet over, as soon as there is room for its recipient.</summary>
    internal async ValueTask AddAsync(Packet packet, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (access)
            {
                DropExpired();
                var (count, bytes) = held.GetValueOrDefault(packet.To);
                if (count < options.MaxHeldPerPeer && (count == 0 || bytes + packet.Bytes.Length <= options.MaxHeldBytesPerPeer))
                {
                    held[packet.To] = (count + 1, bytes + packet.Bytes.Length);
                    entries.Add(nextId, new(packet, time.GetTimestamp()));
                    unsent.Enqueue(nextId);
                    nextId = unchecked(nextId + 1);
                    Signal();
                    return;
                }
                room = changed.Task;
            }
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next packet to send on the present connection, waiting for one.</summary>
    internal async ValueTask<(ulong Id, Packet Packet)> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (access)
            {
                while (unsent.TryDequeue(out var id))
                    if (entries.TryGetValue(id, out var entry))
                    {
                        entry.IsQueued = false;
                        return (id, entry.Packet);
                    }
                more = changed.Task;
            }
            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A new connection: everything that is not known to have arrived is sent on it, in order.</summary>
    internal void StartOver()
    {
        lock (access)
        {
            DropExpired();
            unsent.Clear();
            foreach (var (id, entry) in entries)
            {
                entry.IsQueued = true;
                unsent.Enqueue(id);
            }
            Signal();
        }
    }

    /// <summary>It has arrived.</summary>
    internal void Remove(NodeId to, ulong id)
    {
        lock (access)
            if (entries.TryGetValue(id, out var entry) && entry.Packet.To.Equals(to))
            {
                Drop(id, entry);
                Signal();
            }
    }

    /// <summary>It has not been taken. True where it is to be queued again after a rest; once for each time it was sent.</summary>
    internal bool Postpone(ulong id)
    {
        lock (access)
            return entries.TryGetValue(id, out var entry) && !entry.IsQueued && (entry.IsQueued = true);
    }

    /// <summary>Its rest is over.</summary>
    internal void Queue(ulong id)
    {
        lock (access)
        {
            unsent.Enqueue(id);
            Signal();
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    void DropExpired()
    {
        foreach (var (id, entry) in entries.Where(e => time.GetElapsedTime(e.Value.Added) > options.Lifetime).ToArray())
            Drop(id, entry);
    }

    void Drop(ulong id, Entry entry)
    {
        entries.Remove(id);
        var (count, bytes) = held[entry.Packet.To];
        if (count == 1)
            held.Remove(entry.Packet.To);
        else
            held[entry.Packet.To] = (count - 1, bytes - entry.Packet.Bytes.Length);
    }

    void Signal()
    {
        var before = changed;
        changed = NewSignal();
        before.TrySetResult();
    }
}
