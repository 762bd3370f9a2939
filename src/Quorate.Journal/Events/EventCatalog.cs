using System.Collections.Frozen;

namespace Quorate.Journal.Events;

/// <summary>
/// Between the events of a program and the bytes of a journal: which name and schema version a type has today, and how what
/// was written in an older version becomes today's. The journal keeps what was written; it is upcast as it is read.
/// </summary>
/// <typeparam name="TEvent">The base of a closed set of event types.</typeparam>
public sealed class EventCatalog<TEvent> where TEvent : class
{
    readonly FrozenDictionary<string, Entry> byName;
    readonly FrozenDictionary<Type, Entry> byType;

    internal EventCatalog(IReadOnlyCollection<Entry> entries)
    {
        byName = entries.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);
        byType = entries.ToFrozenDictionary(e => e.Type);
    }

    internal sealed record Entry(
        string Name, Type Type, int Version, Func<TEvent, byte[]> Encode, Func<ReadOnlyMemory<byte>, TEvent> Decode,
        IReadOnlyDictionary<int, Func<ReadOnlyMemory<byte>, byte[]>> Upcasters);

    /// <summary>The names of its types.</summary>
    public IEnumerable<string> Names => byName.Keys;

    /// <summary>The event as it is to be appended, in its type's schema of today.</summary>
    /// <exception cref="ArgumentException">Its type is not in the catalog.</exception>
    public NewEvent Encode(TEvent happened, Guid id = default)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return byType.TryGetValue(happened.GetType(), out var entry)
            ? new(entry.Name, entry.Version, entry.Encode(happened)) { Id = id }
            : throw new ArgumentException($"{happened.GetType().Name} is not in the catalog.", nameof(happened));
    }

    /// <summary>The recorded event, upcast step by step to its type's schema of today.</summary>
    /// <exception cref="UnknownEventException">The catalog has no such type or version, or the payload is none of it.</exception>
    public TEvent Decode(RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        if (!byName.TryGetValue(recorded.Type, out var entry))
            throw new UnknownEventException(recorded, "the catalog has no such type");
        if (recorded.SchemaVersion > entry.Version)
            throw new UnknownEventException(recorded, $"written by a newer build; this one knows schema version {entry.Version}");
        try
        {
            var payload = recorded.Payload;
            for (var version = recorded.SchemaVersion; version < entry.Version; version++)
                payload = entry.Upcasters[version](payload);
            return entry.Decode(payload);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or InvalidOperationException or System.Text.Json.JsonException)
        {
            throw new UnknownEventException(recorded, wrong.Message.TrimEnd('.'), wrong);
        }
    }
}
