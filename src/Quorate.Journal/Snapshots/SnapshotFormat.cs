namespace Quorate.Journal.Snapshots;

/// <summary>How states of one kind are stored as snapshots.</summary>
/// <param name="Type">Name of the state's type.</param>
/// <param name="SchemaVersion">Version of its schema. Raise it when the state changes: older snapshots are then ignored.</param>
/// <param name="EveryEvents">How many events of a stream lie between two snapshots, from 1.</param>
/// <param name="Encode">The bytes of a state.</param>
/// <param name="Decode">The state of bytes of this schema version.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="EveryEvents"/> is below 1.</exception>
public sealed record SnapshotFormat<TState>(
    string Type, int SchemaVersion, int EveryEvents, Func<TState, byte[]> Encode, Func<ReadOnlyMemory<byte>, TState> Decode)
{
    /// <summary>How many events of a stream lie between two snapshots.</summary>
    public int EveryEvents { get; } = EveryEvents >= 1 ? EveryEvents : throw new ArgumentOutOfRangeException(nameof(EveryEvents), EveryEvents, "From 1.");
}
