using Quorate.Journal.Snapshots;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Stores;

/// <summary>Random commands under a seed, against a store and against a few dictionaries: they have to agree all along.</summary>
public abstract class ModelContract<THarness> where THarness : Harness, new()
{
    /// <summary>The journal as it is meant, in memory.</summary>
    sealed class Model
    {
        internal List<(string Stream, long Version, string Type, byte[] Payload)> Events { get; } = [];

        internal List<Head> Heads { get; } = [];

        internal Dictionary<string, (long Version, byte[] State)> Snapshots { get; } = [];

        internal long VersionOf(string stream) => Events.Count(e => e.Stream == stream);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task A_store_does_what_the_model_does(ulong seed) => RunAsync(seed, steps: 150);

    [Fact, Trait("Category", "Slow")]
    public async Task A_store_does_what_the_model_does_for_long()
    {
        for (var seed = 100UL; seed < 130; seed++)
            await RunAsync(seed, steps: 400);
    }

    static async Task RunAsync(ulong seed, int steps)
    {
        await using var harness = new THarness();
        using var random = new SeededRandom(seed, "model");
        var store = await harness.OpenAsync();
        var model = new Model();
        model.Heads.Add(Head.Genesis(store.Journal));
        try
        {
            for (var step = 0; step < steps; step++)
            {
                if (random.Below(25) == 0)
                {
                    await store.DisposeAsync();
                    store = await harness.OpenAsync(new() { Anchor = model.Heads[random.Below(model.Heads.Count)] });
                }
                await StepAsync(store, model, random);
                Assert.Equal(model.Heads[^1], await store.HeadAsync());
            }
            var report = await store.VerifyAsync(model.Heads);
            Assert.True(report.IsIntact, string.Join('\n', report.Faults));
            Assert.Equal((long)model.Events.Count, report.Events);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    static async Task StepAsync(EventStore store, Model model, SeededRandom random)
    {
        var stream = $"s{random.Below(5)}";
        var version = model.VersionOf(stream);
        switch (random.Below(10))
        {
            case < 4:
                var expected = random.Below(4) switch { 0 => EventStore.AnyVersion, 1 => Math.Max(0, version + random.Below(3) - 1), _ => version };
                var events = Enumerable.Range(0, 1 + random.Below(5)).Select(_ => Event(random)).ToArray();
                if (expected != EventStore.AnyVersion && expected != version)
                {
                    var conflict = await Assert.ThrowsAsync<VersionConflictException>(() => store.AppendAsync(stream, expected, events));
                    Assert.Equal(version, conflict.ActualVersion);
                    return;
                }
                var result = await store.AppendAsync(stream, expected, events);
                Assert.Equal((version + events.Length, model.Events.Count + 1L), (result.Version, result.FirstPosition));
                foreach (var next in events)
                    model.Events.Add((stream, ++version, next.Type, next.Payload.ToArray()));
                model.Heads.Add(result.Head);
                return;
            case < 6:
                var after = random.Below((int)version + 2);
                var read = await Sample.StreamAsync(store, stream, after);
                Assert.Equal(
                    model.Events.Where(e => e.Stream == stream && e.Version > after).Select(e => (e.Version, e.Type, Convert.ToHexString(e.Payload))),
                    read.Select(e => (e.Version, e.Type, Convert.ToHexString(e.Payload.Span))));
                return;
            case < 8:
                var from = model.Heads[random.Below(model.Heads.Count)];
                var page = await store.ReadAsync(from, 1 + random.Below(20));
                Assert.Equal(
                    model.Events.Skip((int)from.Position).Take(page.Events.Count).Select(e => (e.Stream, e.Version)), page.Events.Select(e => (e.Stream, e.Version)));
                Assert.Equal(page.Events.Count == 0, from.Position == model.Events.Count);
                return;
            case 8 when version > 0:
                var state = Event(random).Payload;
                var at = 1 + random.Below((int)version);
                var saved = await store.SaveSnapshotAsync(new(stream, at, "state", 1, state));
                model.Events.Add((Snapshot.AttestationStream, saved.Version, Snapshot.AttestationType, []));
                model.Heads.Add(saved.Head);
                if (!model.Snapshots.TryGetValue(stream, out var older) || at >= older.Version)
                    model.Snapshots[stream] = (at, state.ToArray());
                return;
            default:
                var snapshot = await store.ReadSnapshotAsync(stream);
                Assert.Equal(model.Snapshots.TryGetValue(stream, out var kept) ? kept.Version : null, snapshot?.Version);
                Assert.Equal(kept.State ?? [], snapshot?.State.ToArray() ?? []);
                return;
        }
    }

    static NewEvent Event(SeededRandom random)
    {
        var payload = new byte[random.Below(6) == 0 ? 5_000 : random.Below(60)];
        random.Fill(payload);
        return new($"type{random.Below(3)}", 1 + random.Below(3), payload);
    }
}

public sealed class SqliteModelTests : ModelContract<SqliteHarness>;

public sealed class PostgresModelTests : ModelContract<PostgresHarness>;
