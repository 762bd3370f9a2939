namespace Quorate.Journal;

/// <summary>What is to be appended to one stream.</summary>
/// <param name="Stream">The stream, <see cref="EventName"/>.</param>
/// <param name="ExpectedVersion">The version seen: 0 for a stream that must not exist, or <see cref="EventStore.AnyVersion"/>.</param>
/// <param name="Events">At least one.</param>
public sealed record StreamAppend(string Stream, long ExpectedVersion, IReadOnlyList<NewEvent> Events)
{
    internal void Check()
    {
        EventName.CheckStream(Stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(ExpectedVersion, EventStore.AnyVersion);
        ArgumentNullException.ThrowIfNull(Events);
        if (Events.Count == 0)
            throw new ArgumentException("No events.", nameof(Events));
        foreach (var next in Events)
        {
            ArgumentNullException.ThrowIfNull(next, nameof(Events));
            next.Check();
        }
    }
}
