using Quorate.Journal;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Testing;

namespace Quorate.Server.Tests.Sagas;

/// <summary>The database that two servers share: streams and the queue of work. Every call can end in a kill before it is done, and after.</summary>
sealed class SimDatabase(Turns turns, ManualTime time)
{
    sealed class Item
    {
        internal DateTimeOffset Due, Until;
        internal string? Owner, FullLane;
    }

    readonly Dictionary<string, List<RecordedEvent>> streams = [];
    readonly Dictionary<string, Item> items = [];
    long position;

    internal IEventLog Log(Turns.Life life) => new LogOf(this, life);

    internal IWorkQueue Queue(Turns.Life life) => new QueueOf(this, life);

    /// <summary>What a user's request does, which is no server's affair here.</summary>
    internal IEventLog Direct => new LogOf(this, null);

    internal IEnumerable<string> Streams => streams.Keys;

    internal int Open => items.Count;

    internal DateTimeOffset? NextDue => items.Count == 0 ? null : items.Values.Min(i => i.Owner is null ? i.Due : i.Until);

    Task Turn(Turns.Life? life) => life is null ? Task.CompletedTask : turns.WaitAsync(life);

    sealed class LogOf(SimDatabase database, Turns.Life? life) : IEventLog
    {
        public async Task<IReadOnlyList<RecordedEvent>> ReadAsync(string stream, long afterVersion, CancellationToken cancellation)
        {
            await database.Turn(life);
            return database.streams.TryGetValue(stream, out var events) ? [.. events.Skip((int)afterVersion)] : [];
        }

        public async Task<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken cancellation)
        {
            await database.Turn(life);
            if (!database.streams.TryGetValue(stream, out var recorded))
                database.streams.Add(stream, recorded = []);
            if (recorded.Count != expectedVersion)
                throw new VersionConflictException(stream, expectedVersion, recorded.Count);
            foreach (var e in events)
                recorded.Add(new()
                {
                    Position = ++database.position, Stream = stream, Version = recorded.Count + 1, Id = Guid.Empty, Type = e.Type, SchemaVersion = e.SchemaVersion,
                    RecordedMicroseconds = 0, Payload = e.Payload, Hash = default,
                });
            if (stream.StartsWith("transfer/", StringComparison.Ordinal))
                database.Wake(stream["transfer/".Length..]);
            if (recorded[^events.Count..].Exists(NonceEvent.MayMakeRoom))
                database.MakeRoom(stream);
            var version = recorded.Count;
            await database.Turn(life);
            return version;
        }
    }

    // As the projection of the journal does.
    void Wake(string id)
    {
        if (!items.TryGetValue(id, out var item))
            items.Add(id, item = new());
        item.Due = time.GetUtcNow();
    }

    void MakeRoom(string lane)
    {
        foreach (var (_, item) in items.Where(i => i.Value.FullLane == lane).OrderBy(i => i.Key, StringComparer.Ordinal).Take(NonceLane.MaxInFlight))
            (item.Due, item.FullLane) = (time.GetUtcNow(), null);
    }

    sealed class QueueOf(SimDatabase database, Turns.Life life) : IWorkQueue
    {
        public async Task<IReadOnlyList<string>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellation)
        {
            await database.Turn(life);
            var due = database.items.Where(i => i.Value.Due <= now && (i.Value.Owner is null || i.Value.Until <= now))
                .OrderBy(i => i.Value.Due).ThenBy(i => i.Key, StringComparer.Ordinal).Take(limit).ToArray();
            foreach (var (_, item) in due)
                (item.Owner, item.Until, item.FullLane) = (owner, now + lease, null);
            await database.Turn(life);
            return [.. due.Select(d => d.Key)];
        }

        public async Task ReturnAsync(string item, string owner, DateTimeOffset due, string? fullLane, CancellationToken cancellation)
        {
            await database.Turn(life);
            // Its own steps wake a transfer as well; what this server has seen it need not see again.
            if (database.items.TryGetValue(item, out var found) && found.Owner == owner)
                (found.Owner, found.Due, found.FullLane) = (null, due, fullLane);
        }

        public async Task CompleteAsync(string item, string owner, CancellationToken cancellation)
        {
            await database.Turn(life);
            if (database.items.TryGetValue(item, out var found) && found.Owner == owner)
                database.items.Remove(item);
        }
    }
}
