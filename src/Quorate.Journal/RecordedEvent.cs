namespace Quorate.Journal;

/// <summary>An event as it stands in the journal.</summary>
public sealed class RecordedEvent
{
    /// <summary>Place in the whole journal, from 1, without gaps.</summary>
    public required long Position { get; init; }

    /// <summary>The stream it belongs to.</summary>
    public required string Stream { get; init; }

    /// <summary>Place in its stream, from 1, without gaps.</summary>
    public required long Version { get; init; }

    /// <summary>The event's own id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Name of its type.</summary>
    public required string Type { get; init; }

    /// <summary>Version of the type's schema that the payload is in.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>When the writer's clock said it was recorded, in microseconds since 1970-01-01 UTC. Not necessarily ascending.</summary>
    public required long RecordedMicroseconds { get; init; }

    /// <summary>The bytes that were appended.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The chain's hash after this event.</summary>
    public required ChainHash Hash { get; init; }

    /// <summary><see cref="RecordedMicroseconds"/> as a time.</summary>
    public DateTimeOffset RecordedAt => DateTimeOffset.UnixEpoch.AddMicroseconds(RecordedMicroseconds);

    /// <summary>Whether it is the journal's own bookkeeping, which no catalog knows.</summary>
    public bool IsBookkeeping => Stream[0] == EventName.Reserved;

    /// <summary>Position, stream, version and type, for people.</summary>
    public override string ToString() => $"{Position}: {Stream}@{Version} {Type}/{SchemaVersion}";
}
