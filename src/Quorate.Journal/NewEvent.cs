namespace Quorate.Journal;

/// <summary>An event to be appended. The journal never looks into the payload.</summary>
/// <param name="Type">Name of its type, <see cref="EventName"/>.</param>
/// <param name="SchemaVersion">Version of the type's schema, from 1.</param>
/// <param name="Payload">At most <see cref="JournalLimits.MaxPayloadBytes"/>; copied when it is appended.</param>
public sealed record NewEvent(string Type, int SchemaVersion, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The event's own id. Empty lets the journal draw one; give it where a retry has to recognise its event.</summary>
    public Guid Id { get; init; }

    internal void Check()
    {
        EventName.CheckType(Type);
        ArgumentOutOfRangeException.ThrowIfLessThan(SchemaVersion, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SchemaVersion, JournalLimits.MaxSchemaVersion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Payload.Length, JournalLimits.MaxPayloadBytes);
    }
}
