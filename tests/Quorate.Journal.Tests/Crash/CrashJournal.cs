namespace Quorate.Journal.Tests.Crash;

/// <summary>A journal as both the test and the process it kills open it.</summary>
static class CrashJournal
{
    internal static Task<EventStore> OpenAsync(string kind, string place, Head? anchor) => kind switch
    {
        "sqlite" => EventStore.OpenSqliteAsync(place, new() { Anchor = anchor }),
        // Connection string, a bar, schema.
        "postgres" => EventStore.OpenPostgresAsync(place.Split('|')[0], new() { Anchor = anchor, Schema = place.Split('|')[1] }),
        _ => throw new ArgumentException(kind, nameof(kind)),
    };
}
