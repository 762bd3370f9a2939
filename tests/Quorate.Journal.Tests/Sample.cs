using System.Text;

namespace Quorate.Journal.Tests;

/// <summary>Events to fill a journal with.</summary>
static class Sample
{
    internal static NewEvent Event(string payload, string type = "thing.happened", int schema = 1) => new(type, schema, Encoding.UTF8.GetBytes(payload));

    internal static NewEvent[] Events(int count, string prefix = "e") => [.. Enumerable.Range(1, count).Select(i => Event($"{prefix}{i}"))];

    internal static string Text(RecordedEvent recorded) => Encoding.UTF8.GetString(recorded.Payload.Span);

    /// <summary>Twelve events in three streams.</summary>
    internal static async Task<Head[]> FillAsync(EventStore store)
    {
        var heads = new List<Head> { Head.Genesis(store.Journal) };
        foreach (var (stream, count) in ((string, int)[])[("a", 1), ("b", 2), ("a", 3), ("c", 1), ("b", 4), ("a", 1)])
            foreach (var next in Events(count, $"{stream}{heads.Count}-"))
                heads.Add((await store.AppendAsync(stream, EventStore.AnyVersion, [next])).Head);
        return [.. heads];
    }

    internal static async Task<List<RecordedEvent>> StreamAsync(EventStore store, string stream, long after = 0)
    {
        var events = new List<RecordedEvent>();
        await foreach (var next in store.ReadStreamAsync(stream, after))
            events.Add(next);
        return events;
    }

    internal static async Task<List<RecordedEvent>> AllAsync(EventStore store, int limit = JournalLimits.MaxPageEvents)
    {
        var events = new List<RecordedEvent>();
        var at = Head.Genesis(store.Journal);
        while (await store.ReadAsync(at, limit) is { Events.Count: > 0 } page)
        {
            events.AddRange(page.Events);
            at = page.Head;
        }
        return events;
    }
}
