using Quorate.Journal;
using Quorate.Journal.Events;
using Quorate.Node.Vault;

namespace Quorate.Node;

/// <summary>
/// A node's journal and the state folded from it. One decides at a time: whoever holds the turn sees the state that its
/// events are appended to. Deciding does not wait for the disk: what is queued moves the state at once and is on disk when
/// its task ends, so that many decisions share a commit (docs/spec/release.md says why that is safe).
/// </summary>
sealed class NodeJournal : IAsyncDisposable
{
    /// <summary>The stream of what concerns the node as a whole.</summary>
    internal const string NodeStream = "node";

    /// <summary>The stream of the vault's anchors.</summary>
    const string VaultStream = "vault";

    readonly EventStore store;
    readonly SemaphoreSlim turn = new(1, 1);
    readonly Lock access = new();
    readonly Dictionary<string, (SemaphoreSlim Free, int Users)> streams = new(StringComparer.Ordinal);
    readonly List<Task> queued = [];
    volatile bool isBroken;
    volatile bool isAhead;

    NodeJournal(EventStore store, NodeState state) => (this.store, State) = (store, state);

    /// <summary>The state at the journal's end.</summary>
    internal NodeState State { get; private set; }

    /// <summary>Whether an append has failed of which nobody knows whether it is there: nothing is decided any more.</summary>
    internal bool IsBroken => isBroken;

    /// <summary>
    /// Verifies the whole journal and folds it. Whoever edited the database, or only the index by which a request's past is
    /// found, is found out before anything is judged. Takes the store over, whatever the outcome.
    /// </summary>
    /// <exception cref="JournalCorruptException">The journal is not what was appended.</exception>
    /// <exception cref="UnknownEventException">An event that this build can not read.</exception>
    internal static async Task<NodeJournal> OpenAsync(EventStore store, CancellationToken cancellation)
    {
        try
        {
            return new(store, await FoldAsync(store, cancellation).ConfigureAwait(false));
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static async Task<NodeState> FoldAsync(EventStore store, CancellationToken cancellation)
    {
        var report = await store.VerifyAsync(cancellation: cancellation).ConfigureAwait(false);
        if (!report.IsIntact)
            throw new JournalCorruptException(report.Faults[0]);
        var state = NodeState.Empty;
        for (var page = await store.ReadAsync(Head.Genesis(store.Journal), cancellation: cancellation).ConfigureAwait(false);
            page.Events.Count > 0;
            page = await store.ReadAsync(page.Head, cancellation: cancellation).ConfigureAwait(false))
        {
            foreach (var recorded in page.Events.Where(e => !e.IsBookkeeping))
                state = state.Evolve(NodeEvent.Catalog.Decode(recorded));
        }
        return state;
    }

    /// <summary>The journal's head: what stands for everything recorded so far.</summary>
    internal Task<Head> HeadAsync(CancellationToken cancellation) => store.HeadAsync(cancellation);

    /// <summary>
    /// Keeps what the vault is after a commit, durably, and waits for that. It takes no turn: a vault commits while others
    /// have it.
    /// </summary>
    /// <exception cref="JournalUnavailableException">It could not be kept.</exception>
    internal void Keep(VaultAnchor anchor, DateTimeOffset now) =>
        store.AppendAsync(VaultStream, EventStore.AnyVersion, [NodeEvent.Catalog.Encode(new NodeEvent.VaultAnchored(now.ToUnixTimeSeconds(), anchor.ToString()))])
            .GetAwaiter().GetResult();

    /// <summary>The stream of one request.</summary>
    internal static string StreamOf(string request) => "request/" + request;

    /// <summary>The stream of one ceremony.</summary>
    internal static string StreamOfCeremony(string id) => "ceremony/" + id;

    /// <summary>Waits for the turn and takes it; the caller disposes of it.</summary>
    internal async Task<Turn> TakeTurnAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (isAhead && !isBroken)
                await CatchUpAsync(cancellation).ConfigureAwait(false);
            return !isBroken
                ? new(this)
                : throw new JournalUnavailableException("An append failed and nobody knows whether it is there: the node has to be started again.", isOutcomeUnknown: false);
        }
        catch
        {
            turn.Release();
            throw;
        }
    }

    /// <summary>Something that was queued is not there: the state is folded anew from what is.</summary>
    async Task CatchUpAsync(CancellationToken cancellation)
    {
        foreach (var written in queued)
            await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        queued.Clear();
        State = await FoldAsync(store, cancellation).ConfigureAwait(false);
        isAhead = false;
    }

    /// <summary>
    /// Waits until nobody else is at work on a stream. What is read then is all there is, and stays so until the caller has
    /// disposed of it: after its own append is on disk.
    /// </summary>
    internal async Task<IDisposable> TakeStreamAsync(string stream, CancellationToken cancellation)
    {
        SemaphoreSlim free;
        lock (access)
        {
            var (held, users) = streams.GetValueOrDefault(stream, (null!, 0));
            free = held ?? new(1, 1);
            streams[stream] = (free, users + 1);
        }
        var mine = new StreamHold(this, stream);
        try
        {
            await free.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            mine.Leave(isHeld: false);
            throw;
        }
        return mine;
    }

    sealed class StreamHold(NodeJournal journal, string stream) : IDisposable
    {
        public void Dispose() => Leave(isHeld: true);

        internal void Leave(bool isHeld)
        {
            lock (journal.access)
            {
                var (free, users) = journal.streams[stream];
                if (isHeld)
                    free.Release();
                if (users == 1)
                    journal.streams.Remove(stream);
                else
                    journal.streams[stream] = (free, users - 1);
            }
        }
    }

    /// <summary>A stream, folded, with its version.</summary>
    internal async Task<(T State, long Version)> FoldAsync<T>(string stream, T state, Func<T, NodeEvent, T> evolve, CancellationToken cancellation)
    {
        var version = 0L;
        await foreach (var recorded in store.ReadStreamAsync(stream, cancellation: cancellation).ConfigureAwait(false))
            (state, version) = (evolve(state, NodeEvent.Catalog.Decode(recorded)), recorded.Version);
        return (state, version);
    }

    /// <summary>The right to append.</summary>
    internal readonly struct Turn(NodeJournal journal) : IDisposable
    {
        /// <summary>Appends to a stream, durably, and moves the state.</summary>
        /// <exception cref="VersionConflictException">Somebody else writes to this journal; nothing was appended.</exception>
        internal Task AppendAsync(string stream, long expectedVersion, NodeEvent happened, CancellationToken cancellation) =>
            AppendAsync(stream, expectedVersion, [happened], cancellation);

        /// <summary>As the other one, of several events, all or none.</summary>
        /// <exception cref="VersionConflictException">Somebody else writes to this journal; nothing was appended.</exception>
        internal async Task AppendAsync(string stream, long expectedVersion, IReadOnlyList<NodeEvent> happened, CancellationToken cancellation)
        {
            // First the state: what it can not take must not be recorded, or the node never starts again.
            var next = happened.Aggregate(journal.State, (state, e) => state.Evolve(e));
            try
            {
                await journal.store.AppendAsync(stream, expectedVersion, [.. happened.Select(e => NodeEvent.Catalog.Encode(e))], cancellation)
                    .ConfigureAwait(false);
            }
            catch (JournalUnavailableException failed) when (failed.IsOutcomeUnknown)
            {
                journal.isBroken = true;
                throw;
            }
            journal.State = next;
        }

        /// <summary>
        /// Queues an append and moves the state; the turn may be given back before it is on disk. Nothing may follow from it
        /// until the task has ended: it ends when the event is on disk, or throws.
        /// </summary>
        internal Task Enqueue(string stream, long expectedVersion, NodeEvent happened)
        {
            var next = journal.State.Evolve(happened);
            // Not to be taken back: the state has it.
            var writing = journal.SettleAsync(journal.store.AppendAsync(stream, expectedVersion, [NodeEvent.Catalog.Encode(happened)], CancellationToken.None));
            journal.State = next;
            journal.queued.RemoveAll(task => task.IsCompleted);
            journal.queued.Add(writing);
            return writing;
        }

        /// <summary>Gives the turn back.</summary>
        public void Dispose() => journal.turn.Release();
    }

    async Task SettleAsync(Task appending)
    {
        try
        {
            await appending.ConfigureAwait(false);
        }
        catch (JournalUnavailableException failed) when (failed.IsOutcomeUnknown)
        {
            isBroken = true;
            throw;
        }
        catch
        {
            isAhead = true;
            throw;
        }
    }

    /// <summary>Closes the journal.</summary>
    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync().ConfigureAwait(false);
        turn.Dispose();
    }
}
