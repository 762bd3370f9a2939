using Quorate.Journal;

namespace Quorate.Server.Lanes;

/// <summary>
/// Streams of events as lanes and sagas use them. The journal is one adapter, and the tests' simulated one the other, in
/// which two servers take turns by a seed.
/// </summary>
interface IEventLog
{
    /// <summary>The events of a stream behind a version.</summary>
    Task<IReadOnlyList<RecordedEvent>> ReadAsync(string stream, long afterVersion, CancellationToken cancellation);

    /// <summary>Appends all events or none.</summary>
    /// <returns>The stream's version now.</returns>
    /// <exception cref="VersionConflictException">The stream is at another version than was expected.</exception>
    Task<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken cancellation);
}

/// <summary>The journal.</summary>
sealed class JournalLog(EventStore store) : IEventLog
{
    public async Task<IReadOnlyList<RecordedEvent>> ReadAsync(string stream, long afterVersion, CancellationToken cancellation)
    {
        var events = new List<RecordedEvent>();
        await foreach (var next in store.ReadStreamAsync(stream, afterVersion, cancellation).ConfigureAwait(false))
            events.Add(next);
        return events;
    }

    public async Task<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken cancellation) =>
        (await store.AppendAsync(stream, expectedVersion, events, cancellation).ConfigureAwait(false)).Version;
}
