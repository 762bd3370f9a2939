using Quorate.Journal;

namespace Quorate.Server.Lanes;

/// <summary>
/// Streams as they stand, with what is appended here behind it in memory alone. Who works on it does exactly what it would do
/// on the journal, and nobody ever hears of it.
/// </summary>
sealed class PreviewLog(IEventLog log) : IEventLog
{
    readonly Dictionary<string, (long From, List<RecordedEvent> Events)> own = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<RecordedEvent>> ReadAsync(string stream, long afterVersion, CancellationToken cancellation)
    {
        if (!own.TryGetValue(stream, out var kept))
            return await log.ReadAsync(stream, afterVersion, cancellation).ConfigureAwait(false);
        // What others append meanwhile comes too late for this.
        var before = afterVersion >= kept.From ? [] : await log.ReadAsync(stream, afterVersion, cancellation).ConfigureAwait(false);
        return [.. before.Where(e => e.Version <= kept.From), .. kept.Events.Where(e => e.Version > afterVersion)];
    }

    public async Task<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken cancellation)
    {
        if (!own.TryGetValue(stream, out var kept))
        {
            var newer = await log.ReadAsync(stream, expectedVersion, cancellation).ConfigureAwait(false);
            if (newer.Count > 0)
                throw new VersionConflictException(stream, expectedVersion, newer[^1].Version);
            own.Add(stream, kept = (expectedVersion, []));
        }
        var version = kept.From + kept.Events.Count;
        if (version != expectedVersion)
            throw new VersionConflictException(stream, expectedVersion, version);
        kept.Events.AddRange(events.Select((e, i) => new RecordedEvent
        {
            Position = 0, Stream = stream, Version = version + i + 1, Id = e.Id, Type = e.Type, SchemaVersion = e.SchemaVersion, RecordedMicroseconds = 0,
            Payload = e.Payload, Hash = default,
        }));
        return version + events.Count;
    }
}
