using Quorate.Journal.Snapshots;

namespace Quorate.Journal.Writing;

/// <summary>One caller's append on its way through the queue.</summary>
/// <param name="parts">What goes into which stream: all of it or nothing.</param>
/// <param name="snapshot">The snapshot that the only event attests, if it is one.</param>
sealed class AppendRequest(IReadOnlyList<StreamAppend> parts, Snapshot? snapshot)
{
    // Continuations run elsewhere: the writer must not execute its callers' code.
    readonly TaskCompletionSource<IReadOnlyList<AppendResult>> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    int state = Waiting;

    const int Waiting = 0, Taken = 1, Cancelled = 2;

    internal IReadOnlyList<StreamAppend> Parts { get; } = parts;

    /// <summary>The snapshot that the only event attests, if it is one.</summary>
    internal Snapshot? Snapshot { get; } = snapshot;

    internal int Count { get; } = parts.Sum(p => p.Events.Count);

    internal int Bytes { get; } = parts.Sum(p => p.Events.Sum(e => e.Payload.Length)) + (snapshot?.State.Length ?? 0);

    internal Task<IReadOnlyList<AppendResult>> Task => completion.Task;

    /// <summary>Streams whose version the planner needs.</summary>
    internal IEnumerable<string> Streams => Snapshot is null ? Parts.Select(p => p.Stream) : [Parts[0].Stream, Snapshot.Stream];

    /// <summary>Takes the request for writing, after which it can not be cancelled. False if it has been.</summary>
    internal bool TryTake() => Interlocked.CompareExchange(ref state, Taken, Waiting) == Waiting;

    /// <summary>Ends the request because its caller has lost interest, unless the writer has it already.</summary>
    internal void Cancel(CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref state, Cancelled, Waiting) == Waiting)
            completion.TrySetCanceled(cancellation);
    }

    /// <summary>Ends the request that was taken.</summary>
    internal void Complete(IReadOnlyList<AppendResult> results) => completion.TrySetResult(results);

    /// <summary>Ends the request with a failure.</summary>
    internal void Fail(Exception failure) => completion.TrySetException(failure);
}
