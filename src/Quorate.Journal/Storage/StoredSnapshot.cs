namespace Quorate.Journal.Storage;

/// <summary>A snapshot's row. What it says is worth nothing until the event that attests it has been compared.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Version">The stream's version that the state is of.</param>
/// <param name="Type">Name of the state's type.</param>
/// <param name="SchemaVersion">Version of its schema.</param>
/// <param name="Attested">Position of the event that holds the snapshot's digest.</param>
/// <param name="State">The state.</param>
sealed record StoredSnapshot(string Stream, long Version, string Type, int SchemaVersion, long Attested, byte[] State);
