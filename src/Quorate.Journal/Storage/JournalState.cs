namespace Quorate.Journal.Storage;

/// <summary>What a planner sees of the journal, while nobody else can write.</summary>
/// <param name="Position">Position of the last event; 0 before the first.</param>
/// <param name="Hash">Its hash; null before the first.</param>
/// <param name="Versions">Version of every stream asked for; a stream that does not exist is absent.</param>
sealed record JournalState(long Position, ChainHash? Hash, IReadOnlyDictionary<string, long> Versions);

/// <summary>What a planner wants written, all or nothing. Without events, nothing is.</summary>
/// <param name="Events">In order of position, directly behind the state's.</param>
/// <param name="Snapshots">Each replaces an older one of its stream.</param>
sealed record WritePlan(IReadOnlyList<RecordedEvent> Events, IReadOnlyList<StoredSnapshot> Snapshots);
