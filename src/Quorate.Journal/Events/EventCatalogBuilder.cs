namespace Quorate.Journal.Events;

/// <summary>Collects the event types of a catalog, and refuses one with a hole in its history.</summary>
public sealed class EventCatalogBuilder<TEvent> where TEvent : class
{
    readonly Dictionary<string, EventCatalog<TEvent>.Entry> entries = new(StringComparer.Ordinal);
    readonly Dictionary<string, Dictionary<int, Func<ReadOnlyMemory<byte>, byte[]>>> upcasters = new(StringComparer.Ordinal);

    /// <summary>Adds a type.</summary>
    /// <param name="name">Its name in the journal: for ever, whatever the class is called later.</param>
    /// <param name="version">Its schema version today, from 1.</param>
    /// <param name="encode">Its payload.</param>
    /// <param name="decode">The event of a payload of that version; throws <see cref="FormatException"/> where it is none.</param>
    /// <exception cref="ArgumentException">A bad name, or a name or type that is in the catalog already.</exception>
    public EventCatalogBuilder<TEvent> Add<T>(string name, int version, Func<T, byte[]> encode, Func<ReadOnlyMemory<byte>, T> decode) where T : class, TEvent
    {
        EventName.CheckType(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, JournalLimits.MaxSchemaVersion);
        ArgumentNullException.ThrowIfNull(encode);
        ArgumentNullException.ThrowIfNull(decode);
        if (entries.ContainsKey(name) || entries.Values.Any(e => e.Type == typeof(T)))
            throw new ArgumentException($"{name} or {typeof(T).Name} is in the catalog already.", nameof(name));
        entries.Add(name, new(name, typeof(T), version, e => encode((T)e), decode, UpcastersOf(name)));
        return this;
    }

    /// <summary>Adds how a payload of one version becomes one of the next.</summary>
    /// <exception cref="ArgumentException">There is one already.</exception>
    public EventCatalogBuilder<TEvent> Upcast(string name, int fromVersion, Func<ReadOnlyMemory<byte>, byte[]> upcast)
    {
        ArgumentNullException.ThrowIfNull(upcast);
        ArgumentOutOfRangeException.ThrowIfLessThan(fromVersion, 1);
        return UpcastersOf(name).TryAdd(fromVersion, upcast)
            ? this
            : throw new ArgumentException($"Version {fromVersion} of {name} has an upcaster already.", nameof(fromVersion));
    }

    /// <summary>The catalog.</summary>
    /// <exception cref="InvalidOperationException">
    /// A version below today's has no upcaster, or there is one for a version or type that does not exist.
    /// </exception>
    public EventCatalog<TEvent> Build()
    {
        foreach (var (name, steps) in upcasters)
        {
            if (!entries.TryGetValue(name, out var entry))
                throw new InvalidOperationException($"There are upcasters for {name}, which is not in the catalog.");
            for (var version = 1; version < entry.Version; version++)
                if (!steps.ContainsKey(version))
                    throw new InvalidOperationException($"Version {version} of {name} has no upcaster.");
            if (steps.Count > entry.Version - 1)
                throw new InvalidOperationException($"{name} has upcasters from its version {entry.Version} or above.");
        }
        return new([.. entries.Values]);
    }

    Dictionary<int, Func<ReadOnlyMemory<byte>, byte[]>> UpcastersOf(string name)
    {
        if (!upcasters.TryGetValue(name, out var steps))
            upcasters.Add(name, steps = []);
        return steps;
    }
}
