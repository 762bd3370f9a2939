using Quorate.Journal.Snapshots;

namespace Quorate.Journal.Events;

/// <summary>
/// A stream as a state: its events folded from an initial one. With a snapshot format, folding begins at the latest
/// snapshot, and a new one is stored as the stream grows.
/// </summary>
/// <param name="store">The journal.</param>
/// <param name="catalog">Its events.</param>
/// <param name="initial">The state of a stream that does not exist.</param>
/// <param name="evolve">The next state. Pure.</param>
/// <param name="snapshots">How states are stored; null for never.</param>
public sealed class StreamFold<TState, TEvent>(
    EventStore store, EventCatalog<TEvent> catalog, TState initial, Func<TState, TEvent, TState> evolve, SnapshotFormat<TState>? snapshots = null)
    where TEvent : class
{
    /// <summary>A state and the version it is of: what the next append expects.</summary>
    public readonly record struct Folded(TState State, long Version);

    /// <summary>The state of a stream now.</summary>
    /// <exception cref="JournalCorruptException">An event or the snapshot is not what was stored.</exception>
    /// <exception cref="UnknownEventException">An event that this build cannot read.</exception>
    public async Task<Folded> ReadAsync(string stream, CancellationToken cancellation = default)
    {
        var (state, version) = await BeginAsync(stream, cancellation).ConfigureAwait(false);
        await foreach (var recorded in store.ReadStreamAsync(stream, version, cancellation).ConfigureAwait(false))
            (state, version) = (evolve(state, catalog.Decode(recorded)), recorded.Version);
        return new(state, version);
    }

    /// <summary>
    /// Appends what was decided on a state, and stores a snapshot when enough has come together since the last. The events
    /// are on disk whatever becomes of the snapshot.
    /// </summary>
    /// <exception cref="VersionConflictException">The stream is no longer at that state's version; decide anew.</exception>
    public async Task<Folded> AppendAsync(string stream, Folded decidedOn, IReadOnlyList<TEvent> events, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        var result = await store.AppendAsync(stream, decidedOn.Version, [.. events.Select(e => catalog.Encode(e))], cancellation).ConfigureAwait(false);
        var next = new Folded(events.Aggregate(decidedOn.State, evolve), result.Version);
        if (snapshots is not null && next.Version / snapshots.EveryEvents > decidedOn.Version / snapshots.EveryEvents)
            await SaveAsync(stream, next, snapshots, cancellation).ConfigureAwait(false);
        return next;
    }

    // Whoever heard of this as a failure would take the append for one.
    async Task SaveAsync(string stream, Folded at, SnapshotFormat<TState> format, CancellationToken cancellation)
    {
        try
        {
            await store.SaveSnapshotAsync(new(stream, at.Version, format.Type, format.SchemaVersion, format.Encode(at.State)), cancellation).ConfigureAwait(false);
        }
        catch (Exception missed) when (missed is OperationCanceledException or JournalBusyException or JournalUnavailableException)
        {
            // The next one is as good; until then a few more events are read.
        }
    }

    async Task<Folded> BeginAsync(string stream, CancellationToken cancellation)
    {
        // A snapshot of another schema is as good as none: the events are there.
        var snapshot = snapshots is null ? null : await store.ReadSnapshotAsync(stream, cancellation).ConfigureAwait(false);
        return snapshot is not null && snapshot.Type == snapshots!.Type && snapshot.SchemaVersion == snapshots.SchemaVersion
            ? new(snapshots.Decode(snapshot.State), snapshot.Version)
            : new(initial, 0);
    }
}
