using Quorate.Journal;
using Quorate.Server.Lanes;

namespace Quorate.Server.Tests.Lanes;

/// <summary>What is written into a preview is read there behind what was there, and nowhere else.</summary>
public sealed class PreviewLogTests
{
    readonly Log journal = new();

    [Fact]
    public async Task What_is_appended_comes_behind_what_was_there_and_the_journal_never_hears_of_it()
    {
        await journal.AppendAsync("s", 0, [Event("a"), Event("b")], default);
        var preview = new PreviewLog(journal);
        Assert.Equal(3, await preview.AppendAsync("s", 2, [Event("c")], default));
        Assert.Equal(4, await preview.AppendAsync("s", 3, [Event("d")], default));
        // Others go on; what comes later is not mixed in.
        await journal.AppendAsync("s", 2, [Event("x")], default);
        Assert.Equal(["a1", "b2", "c3", "d4"], await NamesAsync(preview, 0));
        Assert.Equal(["b2", "c3", "d4"], await NamesAsync(preview, 1));
        Assert.Equal(["c3", "d4"], await NamesAsync(preview, 2));
        Assert.Equal(["d4"], await NamesAsync(preview, 3));
        Assert.Equal(["a1", "b2", "x3"], await NamesAsync(journal, 0));
        Assert.Equal(["a1", "b2", "x3"], await NamesAsync(new PreviewLog(journal), 0));
    }

    [Fact]
    public async Task A_version_that_is_not_the_last_is_a_conflict_as_it_would_be()
    {
        await journal.AppendAsync("s", 0, [Event("a")], default);
        var preview = new PreviewLog(journal);
        await Assert.ThrowsAsync<VersionConflictException>(() => preview.AppendAsync("s", 0, [Event("b")], default));
        await preview.AppendAsync("s", 1, [Event("b")], default);
        await Assert.ThrowsAsync<VersionConflictException>(() => preview.AppendAsync("s", 1, [Event("c")], default));
    }

    static NewEvent Event(string type) => new(type, 1, new byte[1]);

    static async Task<string[]> NamesAsync(IEventLog log, long after) => [.. (await log.ReadAsync("s", after, default)).Select(e => $"{e.Type}{e.Version}")];

    sealed class Log : IEventLog
    {
        readonly List<RecordedEvent> events = [];

        public Task<IReadOnlyList<RecordedEvent>> ReadAsync(string stream, long afterVersion, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<RecordedEvent>>([.. events.Where(e => e.Version > afterVersion)]);

        public Task<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> added, CancellationToken cancellation)
        {
            foreach (var e in added)
                events.Add(new()
                {
                    Position = 0, Stream = stream, Version = events.Count + 1, Id = Guid.Empty, Type = e.Type, SchemaVersion = 1, RecordedMicroseconds = 0, Payload = e.Payload, Hash = default,
                });
            return Task.FromResult((long)events.Count);
        }
    }
}
