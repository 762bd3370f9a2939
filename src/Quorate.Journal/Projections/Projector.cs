using System.Data.Common;

namespace Quorate.Journal.Projections;

/// <summary>
/// Keeps one projection up with the journal. Several processes may run the same one: each page of events is applied by
/// whichever moves the checkpoint first.
/// </summary>
/// <param name="store">The journal.</param>
/// <param name="readModels">The database of the read models.</param>
/// <param name="projection">The projection.</param>
/// <param name="time">The clock for the lag.</param>
/// <param name="moved">Told after events were applied, by this process or by another that was faster; null for nobody.</param>
public sealed class Projector(EventStore store, DbDataSource readModels, IProjection projection, TimeProvider time, Action? moved = null)
{
    /// <summary>Events after which a transaction ends while a projection catches up.</summary>
    const int MaxEventsAtOnce = 16_000;

    // By this process or by another, since this one has emptied the tables.
    bool isIndexed;

    /// <summary>The projection's name.</summary>
    public string Name => projection.Name;

    /// <summary>Follows the journal until cancelled. A failure of the projection ends it, with the checkpoint before the events that failed.</summary>
    /// <exception cref="JournalCorruptException">The journal is not the one that the checkpoint is of, or does not verify.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var at = await CatchUpAsync(cancellation).ConfigureAwait(false);
            await foreach (var page in store.FollowAsync(at, cancellation).ConfigureAwait(false))
            {
                // Somebody else was faster: begin again where they are.
                if (!await ApplyAsync(at, page, cancellation).ConfigureAwait(false))
                    break;
                at = page.Head;
            }
        }
    }

    /// <summary>Applies what there is, and ends at the journal's end.</summary>
    /// <returns>The head behind the last event applied.</returns>
    public async Task<Head> CatchUpAsync(CancellationToken cancellation = default)
    {
        var at = await PrepareAsync(cancellation).ConfigureAwait(false);
        while (true)
        {
            while (await GatherAsync(at, cancellation).ConfigureAwait(false) is { Events.Count: > 0 } pages)
                at = await ApplyAsync(at, pages, cancellation).ConfigureAwait(false)
                    ? pages.Head
                    : await PrepareAsync(cancellation).ConfigureAwait(false);
            if (await IndexAsync(at, cancellation).ConfigureAwait(false))
                return at;
            at = await PrepareAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the indexes that are not there. False if the checkpoint is no longer where it was: the tables may be being filled anew.</summary>
    async Task<bool> IndexAsync(Head at, CancellationToken cancellation)
    {
        if (isIndexed)
            return true;
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        foreach (var index in projection.Indexes)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            // Others wait at the row of the checkpoint.
            if (!await CheckpointTable.MoveAsync(transaction, projection, at, at, cancellation).ConfigureAwait(false))
                return false;
            await CheckpointTable.RunAsync(connection, transaction, index, cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        }
        return isIndexed = true;
    }

    // Several pages as one: what is far behind is applied in large transactions, in which a page of an index is written once for many rows.
    async Task<JournalPage> GatherAsync(Head after, CancellationToken cancellation)
    {
        var (events, bytes) = (new List<RecordedEvent>(), 0L);
        while (events.Count < MaxEventsAtOnce && bytes < JournalLimits.MaxPageBytes
            && await store.ReadAsync(after, JournalLimits.MaxPageEvents, cancellation).ConfigureAwait(false) is { Events.Count: > 0 } page)
        {
            events.AddRange(page.Events);
            bytes += page.Events.Sum(e => (long)e.Payload.Length);
            after = page.Head;
        }
        return new(events, after);
    }

    /// <summary>Empties the projection and applies the journal from its first event.</summary>
    public async Task<Head> RebuildAsync(CancellationToken cancellation = default)
    {
        await using (var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false))
        {
            await CheckpointTable.CreateAsync(connection, cancellation).ConfigureAwait(false);
            await ResetAsync(connection, cancellation).ConfigureAwait(false);
        }
        return await CatchUpAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>How far the projection is behind, measured against the journal and the clock now.</summary>
    public async Task<ProjectionLag> LagAsync(CancellationToken cancellation = default)
    {
        var at = await CheckpointAsync(cancellation).ConfigureAwait(false);
        var head = await store.HeadAsync(cancellation).ConfigureAwait(false);
        var next = await store.ReadAsync(at, 1, cancellation).ConfigureAwait(false);
        var age = next.Events.Count == 0 ? TimeSpan.Zero : time.GetUtcNow() - next.Events[0].RecordedAt;
        return new(Math.Max(0, head.Position - at.Position), age < TimeSpan.Zero ? TimeSpan.Zero : age);
    }

    async Task<Head> CheckpointAsync(CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await CheckpointTable.CreateAsync(connection, cancellation).ConfigureAwait(false);
        return await CheckpointTable.ReadAsync(connection, projection.Name, cancellation).ConfigureAwait(false) is { } found && found.Version == projection.Version
            ? found.Head
            : Head.Genesis(store.Journal);
    }

    /// <summary>Where to go on: the checkpoint, or the beginning where there is none of this version.</summary>
    async Task<Head> PrepareAsync(CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await CheckpointTable.CreateAsync(connection, cancellation).ConfigureAwait(false);
        return await CheckpointTable.ReadAsync(connection, projection.Name, cancellation).ConfigureAwait(false) is { } found && found.Version == projection.Version
            ? found.Head
            : await ResetAsync(connection, cancellation).ConfigureAwait(false);
    }

    async Task<Head> ResetAsync(DbConnection connection, CancellationToken cancellation)
    {
        var genesis = Head.Genesis(store.Journal);
        isIndexed = false;
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        // First the row, whose lock makes others wait, then the tables.
        await CheckpointTable.SetAsync(transaction, projection, genesis, cancellation).ConfigureAwait(false);
        await projection.ResetAsync(transaction, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return genesis;
    }

    async Task<bool> ApplyAsync(Head from, JournalPage page, CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        if (!await CheckpointTable.MoveAsync(transaction, projection, from, page.Head, cancellation).ConfigureAwait(false))
        {
            moved?.Invoke();
            return false;
        }
        RecordedEvent[] events = [.. page.Events.Where(e => !e.IsBookkeeping)];
        if (events.Length > 0)
            await projection.ApplyAsync(transaction, events, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        moved?.Invoke();
        return true;
    }
}
