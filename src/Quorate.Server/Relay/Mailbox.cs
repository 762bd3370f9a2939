using Google.Protobuf;
using Quorate.Relay.V1;
using Quorate.Server.Telemetry;

namespace Quorate.Server.Relay;

/// <summary>
/// What waits for one node: envelopes, until it says that it has them, and receipts for what it sent. Bounded for each
/// sender, so that one of them can not take the others' room. Opaque: nothing in it is looked into.
/// </summary>
sealed class Mailbox(RelayOptions options, TimeProvider time)
{
    /// <summary>Receipts that wait for a node that does not read. Beyond it they are dropped: the node sends again and gets another.</summary>
    const int MaxReceipts = 4_096;

    sealed record Item(ToNode Message, long Added);

    readonly Lock access = new();
    readonly Dictionary<(ByteString Sender, ulong Id), Item> envelopes = [];
    readonly Dictionary<ByteString, (int Count, long Bytes)> held = [];
    readonly Queue<(ByteString Sender, ulong Id)> undelivered = [];
    readonly Queue<ToNode> receipts = [];
    readonly Queue<ToNode> questions = [];
    TaskCompletionSource changed = NewSignal();
    TaskCompletionSource? replaced;

    /// <summary>Envelopes that wait, for anybody to see how much the relay holds.</summary>
    internal int Count
    {
        get
        {
            lock (access)
                return envelopes.Count;
        }
    }

    /// <summary>Whether the node is connected.</summary>
    internal bool IsConnected
    {
        get
        {
            lock (access)
                return replaced is not null;
        }
    }

    /// <summary>Takes an envelope in. False where there is no room for its sender; one that waits already is not taken twice.</summary>
    internal bool TryAdd(ByteString sender, Envelope envelope)
    {
        lock (access)
        {
            DropExpired();
            var key = (sender, envelope.Id);
            if (envelopes.ContainsKey(key))
                return true;
            var (count, bytes) = held.GetValueOrDefault(sender);
            if (count == options.MaxQueued || (count > 0 && bytes + envelope.Body.Length > options.MaxQueuedBytes))
                return false;
            held[sender] = (count + 1, bytes + envelope.Body.Length);
            envelopes.Add(key, new(new() { Deliver = new() { Peer = sender, Id = envelope.Id, Body = envelope.Body } }, time.GetTimestamp()));
            undelivered.Enqueue(key);
            Signal();
            return true;
        }
    }

    /// <summary>The node has it. True where it was waiting.</summary>
    internal bool Remove(ByteString sender, ulong id)
    {
        lock (access)
            return Drop((sender, id));
    }

    /// <summary>A receipt for the node.</summary>
    internal void Tell(ToNode receipt)
    {
        lock (access)
        {
            if (receipts.Count == MaxReceipts)
            {
                ServerTelemetry.Dropped();
                return;
            }
            receipts.Enqueue(receipt);
            Signal();
        }
    }

    /// <summary>A question for the node; false where it is not connected.</summary>
    internal bool TryAsk(ToNode question)
    {
        lock (access)
        {
            if (replaced is null)
                return false;
            questions.Enqueue(question);
            Signal();
            return true;
        }
    }

    /// <summary>A connection has ended; nothing changes where a newer one has come.</summary>
    internal bool Detach(Task attached)
    {
        lock (access)
        {
            if (replaced?.Task != attached)
                return false;
            replaced = null;
            questions.Clear();
            return true;
        }
    }

    /// <summary>
    /// A new connection of the node: its older one ends, and everything that waits is delivered on this one. The task ends
    /// when a newer one has come.
    /// </summary>
    internal Task Attach()
    {
        lock (access)
        {
            replaced?.TrySetResult();
            replaced = NewSignal();
            DropExpired();
            questions.Clear();
            undelivered.Clear();
            foreach (var (key, _) in envelopes.OrderBy(e => e.Value.Added))
                undelivered.Enqueue(key);
            Signal();
            return replaced.Task;
        }
    }

    /// <summary>What to write to the node next on a connection, waiting for it; null when a newer one has come.</summary>
    internal async ValueTask<ToNode?> NextAsync(Task attached, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (access)
            {
                // Under the lock, so that an older connection takes nothing that belongs to the newer.
                if (attached.IsCompleted)
                    return null;
                if (receipts.TryDequeue(out var receipt) || questions.TryDequeue(out receipt))
                    return receipt;
                while (undelivered.TryDequeue(out var key))
                    if (envelopes.TryGetValue(key, out var item))
                        return item.Message;
                more = changed.Task;
            }
            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    void DropExpired()
    {
        foreach (var (key, _) in envelopes.Where(e => time.GetElapsedTime(e.Value.Added) > options.Lifetime).ToArray())
            if (Drop(key))
                ServerTelemetry.Expired();
    }

    bool Drop((ByteString Sender, ulong Id) key)
    {
        if (!envelopes.Remove(key, out var item))
            return false;
        var (count, bytes) = held[key.Sender];
        if (count == 1)
            held.Remove(key.Sender);
        else
            held[key.Sender] = (count - 1, bytes - item.Message.Deliver.Body.Length);
        return true;
    }

    void Signal()
    {
        var before = changed;
        changed = NewSignal();
        before.TrySetResult();
    }
}
