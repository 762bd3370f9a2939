namespace Quorate.Journal.Events;

/// <summary>
/// The journal has an event that this build cannot read: of a type it does not know, of a schema version from the future,
/// or with a payload that its own decoder refuses. Not to be skipped: a state without it would be wrong.
/// </summary>
public sealed class UnknownEventException(RecordedEvent recorded, string why, Exception? inner = null)
    : Exception($"{recorded}: {why}.", inner)
{
    /// <summary>The event.</summary>
    public RecordedEvent Event { get; } = recorded;
}
