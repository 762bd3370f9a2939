using Quorate.Journal.Chain;
using Quorate.Journal.Storage;

namespace Quorate.Journal.Writing;

/// <summary>
/// The one loop that writes: takes everything that waits, plans it, has it written with one commit, tells everybody. While
/// a commit is on its way to disk the next batch gathers, so that appends share an fsync exactly when there are many.
/// </summary>
sealed class Writer : IAsyncDisposable
{
    readonly IJournalStorage storage;
    readonly TimeProvider time;
    readonly AppendQueue queue = new();
    readonly Task loop;

    internal Writer(IJournalStorage storage, Head head, TimeProvider time)
    {
        (this.storage, this.time, Head) = (storage, time, head);
        loop = Task.Run(RunAsync);
    }

    /// <summary>The last head that this process has read or written.</summary>
    internal Head Head { get; private set; }

    /// <summary>Called after every commit that wrote something.</summary>
    internal event Action? Written;

    /// <summary>Queues an append.</summary>
    /// <exception cref="JournalBusyException">The queue is full.</exception>
    internal Task<IReadOnlyList<AppendResult>> AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<IReadOnlyList<AppendResult>>(cancellation);
        queue.Add(request);
        return cancellation.CanBeCanceled ? WithCancellation(request, cancellation) : request.Task;
    }

    static async Task<IReadOnlyList<AppendResult>> WithCancellation(AppendRequest request, CancellationToken cancellation)
    {
        await using var registration = cancellation.Register(() => request.Cancel(cancellation)).ConfigureAwait(false);
        return await request.Task.ConfigureAwait(false);
    }

    async Task RunAsync()
    {
        while (await queue.TakeAsync().ConfigureAwait(false) is { Count: > 0 } batch)
        {
            try
            {
                await WriteAsync(batch).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                foreach (var request in batch)
                    request.Fail(failure);
            }
        }
    }

    async Task WriteAsync(List<AppendRequest> batch)
    {
        CommitPlan? plan = null;
        await storage.WriteAsync(batch.SelectMany(r => r.Streams).ToHashSet(StringComparer.Ordinal), state =>
        {
            RefuseThePast(state);
            plan = CommitPlan.Make(storage.Journal, state, batch, Now());
            return plan.Rows;
        }).ConfigureAwait(false);
        Head = plan!.Head;
        plan.Complete();
        if (plan.Rows.Events.Count > 0)
            Written?.Invoke();
    }

    // The database was exchanged or cut off under us. To write on would give a second history to positions that somebody knows.
    void RefuseThePast(JournalState state)
    {
        if (state.Position < Head.Position)
            throw new JournalCorruptException(new(FaultKind.Truncated, state.Position + 1,
                $"the journal ends at position {state.Position}, but this process has seen position {Head.Position}"));
        if (state.Position == Head.Position && state.Hash is { } hash && hash != Head.Hash)
            throw new JournalCorruptException(new(FaultKind.Diverged, state.Position,
                $"position {state.Position} has another hash than this process has seen"));
    }

    // A clock before 1970 is wrong, and an event with such a time would be none.
    long Now() => Math.Max(0, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Writes what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Close();
        await loop.ConfigureAwait(false);
        queue.Dispose();
    }
}
