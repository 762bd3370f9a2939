namespace Quorate.Journal.Writing;

/// <summary>
/// Appends that wait for the writer, bounded by number and bytes. A full queue refuses: callers that wait hold their
/// payloads all the same, so waiting would bound nothing.
/// </summary>
sealed class AppendQueue : IDisposable
{
    readonly Lock gate = new();
    readonly Queue<AppendRequest> waiting = new();
    readonly SemaphoreSlim signal = new(0);
    bool isSignalled;
    bool isClosed;
    long bytes;

    /// <summary>Adds a request to the end.</summary>
    /// <exception cref="JournalBusyException">The queue is full.</exception>
    /// <exception cref="ObjectDisposedException">The journal has been closed.</exception>
    internal void Add(AppendRequest request)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, typeof(EventStore));
            if (waiting.Count >= JournalLimits.MaxQueuedAppends || bytes + request.Bytes > JournalLimits.MaxQueuedBytes)
                throw new JournalBusyException();
            waiting.Enqueue(request);
            bytes += request.Bytes;
            Signal();
        }
    }

    /// <summary>Waits until there is something, then takes as much as one commit may carry. Empty only when closed and drained.</summary>
    internal async Task<List<AppendRequest>> TakeAsync()
    {
        while (true)
        {
            await signal.WaitAsync().ConfigureAwait(false);
            lock (gate)
            {
                isSignalled = false;
                var taken = TakeWhatFits();
                if (waiting.Count > 0 || isClosed)
                    Signal();
                if (taken.Count > 0 || isClosed)
                    return taken;
            }
        }
    }

    /// <summary>Takes nothing new; what waits is still to be taken.</summary>
    internal void Close()
    {
        lock (gate)
        {
            isClosed = true;
            Signal();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => signal.Dispose();

    void Signal()
    {
        if (isSignalled)
            return;
        isSignalled = true;
        signal.Release();
    }

    List<AppendRequest> TakeWhatFits()
    {
        var taken = new List<AppendRequest>();
        var (events, size) = (0, 0);
        while (waiting.TryPeek(out var next))
        {
            if (taken.Count > 0
                && (events + next.Count > JournalLimits.MaxEventsPerCommit || size + next.Bytes > JournalLimits.MaxBytesPerCommit))
                break;
            waiting.Dequeue();
            bytes -= next.Bytes;
            if (!next.TryTake())
                continue;
            events += next.Count;
            size += next.Bytes;
            taken.Add(next);
        }
        return taken;
    }
}
