using Quorate.Journal.Snapshots;

namespace Quorate.Journal.Writing;

/// <summary>One caller's append on its way through the queue.</summary>
sealed class AppendRequest(string stream, long expectedVersion, IReadOnlyList<NewEvent> events, Snapshot? snapshot)
{
    // Continuations run elsewhere: the writer must not execute its callers' code.
    readonly TaskCompletionSource<AppendResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    int state = Waiting;

    const int Waiting = 0, Taken = 1, Cancelled = 2;

    internal string Stream { get; } = stream;

    /// <summary>The version the caller has seen, or <see cref="EventStore.AnyVersion"/>.</summary>
    internal long ExpectedVersion { get; } = expectedVersion;

    internal IReadOnlyList<NewEvent> Events { get; } = events;

    /// <summary>The snapshot that the only event attests, if it is one.</summary>
    internal Snapshot? Snapshot { get; } = snapshot;

    internal int Bytes { get; } = events.Sum(e => e.Payload.Length) + (snapshot?.State.Length ?? 0);

    internal Task<AppendResult> Task => completion.Task;

    /// <summary>Streams whose version the planner needs.</summary>
    internal IEnumerable<string> Streams => Snapshot is null ? [Stream] : [Stream, Snapshot.Stream];

    /// <summary>Takes the request for writing, after which it can not be cancelled. False if it has been.</summary>
    internal bool TryTake() => Interlocked.CompareExchange(ref state, Taken, Waiting) == Waiting;

    /// <summary>Ends the request because its caller has lost interest, unless the writer has it already.</summary>
    internal void Cancel(CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref state, Cancelled, Waiting) == Waiting)
            completion.TrySetCanceled(cancellation);
    }

    /// <summary>Ends the request that was taken.</summary>
    internal void Complete(AppendResult result) => completion.TrySetResult(result);

    /// <summary>Ends the request with a failure.</summary>
    internal void Fail(Exception failure) => completion.TrySetException(failure);
}
