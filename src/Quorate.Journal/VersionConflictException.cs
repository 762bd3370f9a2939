namespace Quorate.Journal;

/// <summary>
/// Somebody else has written to the stream: nothing of this append is in the journal. Read the stream again and decide
/// anew. An exception and not a value, because an event lost to a result that nobody looked at is worse.
/// </summary>
public sealed class VersionConflictException(string stream, long expectedVersion, long actualVersion)
    : Exception($"Stream {stream} is at version {actualVersion}, not {expectedVersion}.")
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>The version that the caller had seen.</summary>
    public long ExpectedVersion { get; } = expectedVersion;

    /// <summary>The version the stream was at.</summary>
    public long ActualVersion { get; } = actualVersion;
}
