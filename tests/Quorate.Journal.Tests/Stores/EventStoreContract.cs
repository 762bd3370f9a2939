using Quorate.Journal.Chain;

namespace Quorate.Journal.Tests.Stores;

/// <summary>What every store does, whatever the database.</summary>
public abstract class EventStoreContract<THarness> : IAsyncLifetime where THarness : Harness, new()
{
    readonly THarness harness = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await harness.DisposeAsync();

    [Fact]
    public async Task What_is_appended_is_read_again_with_place_time_and_bytes()
    {
        await using var store = await harness.OpenAsync(new() { Time = Harness.Noon });
        var id = Guid.NewGuid();

        var result = await store.AppendAsync("wallet/1", 0, [new("opened", 3, new byte[] { 0, 255, 10 }) { Id = id }, Sample.Event("second")]);

        Assert.Equal(("wallet/1", 2L, 1L, 2L), (result.Stream, result.Version, result.FirstPosition, result.Head.Position));
        Assert.Equal(result.Head, await store.HeadAsync());
        var events = await Sample.StreamAsync(store, "wallet/1");
        Assert.Equal([1L, 2L], events.Select(e => e.Position));
        Assert.Equal([1L, 2L], events.Select(e => e.Version));
        Assert.Equal((id, "opened", 3, "wallet/1"), (events[0].Id, events[0].Type, events[0].SchemaVersion, events[0].Stream));
        Assert.Equal([0, 255, 10], events[0].Payload.ToArray());
        Assert.Equal(Harness.Noon.GetUtcNow(), events[0].RecordedAt);
        Assert.NotEqual(Guid.Empty, events[1].Id);
        Assert.Equal(result.Head.Hash, events[1].Hash);
    }

    [Fact]
    public async Task Several_streams_are_appended_to_together_or_not_at_all()
    {
        await using var store = await harness.OpenAsync();
        await store.AppendAsync("b", 0, Sample.Events(2));

        var results = await store.AppendAsync([new("a", 0, Sample.Events(2)), new("b", 2, Sample.Events(1)), new("c", EventStore.AnyVersion, Sample.Events(1))]);

        Assert.Equal([("a", 2L, 3L), ("b", 3L, 5L), ("c", 1L, 6L)], results.Select(r => (r.Stream, r.Version, r.FirstPosition)));
        var head = await store.HeadAsync();
        var conflict = await Assert.ThrowsAsync<VersionConflictException>(() => store.AppendAsync([new("d", 0, Sample.Events(1)), new("b", 2, Sample.Events(1))]));
        Assert.Equal(("b", 2L, 3L), (conflict.Stream, conflict.ExpectedVersion, conflict.ActualVersion));
        Assert.Equal(head, await store.HeadAsync());
        Assert.Empty(await Sample.StreamAsync(store, "d"));
        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync([new("e", 0, Sample.Events(1)), new("e", 1, Sample.Events(1))]));
        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync([]));
        Assert.True((await store.VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task An_empty_payload_and_the_largest_are_kept()
    {
        await using var store = await harness.OpenAsync();
        var largest = new byte[JournalLimits.MaxPayloadBytes];
        Random.Shared.NextBytes(largest);

        await store.AppendAsync("a", 0, [new("empty", 1, default), new("largest", JournalLimits.MaxSchemaVersion, largest)]);

        var events = await Sample.StreamAsync(store, "a");
        Assert.Equal(0, events[0].Payload.Length);
        Assert.Equal(largest, events[1].Payload.ToArray());
        Assert.True((await store.VerifyAsync()).IsIntact);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(7, 1)]
    [InlineData(1, 0)]
    public async Task An_append_at_another_version_is_refused_and_changes_nothing(long expected, int existing)
    {
        await using var store = await harness.OpenAsync();
        if (existing > 0)
            await store.AppendAsync("a", 0, Sample.Events(existing));
        var before = await store.HeadAsync();

        var conflict = await Assert.ThrowsAsync<VersionConflictException>(() => store.AppendAsync("a", expected, Sample.Events(2)));

        Assert.Equal(("a", expected, (long)existing), (conflict.Stream, conflict.ExpectedVersion, conflict.ActualVersion));
        Assert.Equal(before, await store.HeadAsync());
    }

    [Fact]
    public async Task Two_stores_on_one_journal_see_each_other_and_one_of_two_writers_wins()
    {
        await using var first = await harness.OpenAsync();
        await using var second = await harness.OpenAsync();
        Assert.Equal(first.Journal, second.Journal);

        for (var version = 0L; version < 25; version++)
        {
            var outcomes = await Task.WhenAll(new[] { first, second, first, second }.Select(async (store, i) =>
            {
                try
                {
                    await Task.Yield();
                    await store.AppendAsync("contended", version, [Sample.Event($"writer {i}")]);
                    return true;
                }
                catch (VersionConflictException conflict)
                {
                    Assert.Equal(version + 1, conflict.ActualVersion);
                    return false;
                }
            }));
            Assert.Single(outcomes, won => won);
        }
        Assert.Equal(25, (await Sample.StreamAsync(second, "contended")).Count);
        Assert.True((await first.VerifyAsync([await second.HeadAsync()])).IsIntact);
    }

    [Fact]
    public async Task Many_appends_at_once_share_commits_and_each_gets_its_own_answer()
    {
        await using var store = await harness.OpenAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => store.AppendAsync($"s{i % 40}", EventStore.AnyVersion, [Sample.Event($"{i}")])));

        Assert.Equal(Enumerable.Range(1, 2_000).Select(i => (long)i), results.Select(r => r.FirstPosition).Order());
        var all = await Sample.AllAsync(store);
        foreach (var (result, i) in results.Select((r, i) => (r, i)))
        {
            var recorded = all[(int)result.FirstPosition - 1];
            Assert.Equal(($"{i}", result.Version, result.Head.Hash), (Sample.Text(recorded), recorded.Version, recorded.Hash));
        }
        Assert.True((await store.VerifyAsync(results.Select(r => r.Head).ToArray())).IsIntact);
    }

    [Fact]
    public async Task A_conflict_within_a_shared_commit_leaves_the_others_alone()
    {
        await using var store = await harness.OpenAsync();
        await store.AppendAsync("warm", 0, Sample.Events(1));

        var appends = Enumerable.Range(0, 60).Select(i => store.AppendAsync("same", i / 2, [Sample.Event($"{i}")])).ToArray();
        await Task.WhenAll(appends.Select(a => a.ContinueWith(_ => { }, TaskScheduler.Default)));

        // In the queue's order, every second one is too late.
        Assert.Equal(30, appends.Count(a => a.IsCompletedSuccessfully));
        Assert.All(appends.Where(a => a.IsFaulted), a => Assert.IsType<VersionConflictException>(a.Exception!.InnerException));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{2 * i}"), (await Sample.StreamAsync(store, "same")).Select(Sample.Text));
    }

    [Fact]
    public async Task A_stream_is_read_from_any_version_and_across_pages()
    {
        await using var store = await harness.OpenAsync();
        for (var i = 0; i < 3; i++)
            await store.AppendAsync("long", i * 700, Sample.Events(700, $"{i}-"));

        var all = await Sample.StreamAsync(store, "long");
        Assert.Equal(Enumerable.Range(1, 2_100).Select(i => (long)i), all.Select(e => e.Version));
        Assert.Equal(all.Skip(1_234).Select(e => e.Hash), (await Sample.StreamAsync(store, "long", after: 1_234)).Select(e => e.Hash));
        Assert.Empty(await Sample.StreamAsync(store, "long", after: 2_100));
        Assert.Empty(await Sample.StreamAsync(store, "other"));
    }

    [Fact]
    public async Task A_page_of_large_events_ends_early_and_nothing_is_left_out()
    {
        await using var store = await harness.OpenAsync();
        for (var i = 0; i < 7; i++)
            await store.AppendAsync("large", i * 4, [.. Enumerable.Range(0, 4).Select(_ => new NewEvent("t", 1, new byte[JournalLimits.MaxPayloadBytes - 100]))]);

        var page = await store.ReadAsync(Head.Genesis(store.Journal));
        Assert.InRange(page.Events.Count, 1, 9);
        Assert.Equal(28, (await Sample.AllAsync(store)).Count);
        Assert.Equal(28, (await Sample.StreamAsync(store, "large")).Count);
        Assert.True((await store.VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task A_follower_sees_what_is_there_and_what_comes_from_this_and_from_another_store()
    {
        await using var store = await harness.OpenAsync();
        await using var other = await harness.OpenAsync();
        await store.AppendAsync("a", 0, Sample.Events(3));
        var seen = new List<long>();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        var following = Task.Run(async () =>
        {
            await foreach (var page in store.FollowAsync(Head.Genesis(store.Journal), stop.Token))
            {
                Assert.NotEmpty(page.Events);
                seen.AddRange(page.Events.Select(e => e.Position));
                if (seen.Count >= 43)
                    break;
            }
        });
        for (var i = 0; i < 20; i++)
        {
            await store.AppendAsync("b", EventStore.AnyVersion, Sample.Events(1));
            await other.AppendAsync("b", EventStore.AnyVersion, Sample.Events(1));
        }
        await following;

        Assert.Equal(Enumerable.Range(1, 43).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task A_follower_never_skips_a_position_while_several_stores_write()
    {
        await using var reader = await harness.OpenAsync(new() { PollMilliseconds = 1 });
        await using var first = await harness.OpenAsync();
        await using var second = await harness.OpenAsync();
        const int Each = 150;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var next = 1L;
        var following = Task.Run(async () =>
        {
            await foreach (var page in reader.FollowAsync(Head.Genesis(reader.Journal), stop.Token))
            {
                foreach (var recorded in page.Events)
                    Assert.Equal(next++, recorded.Position);
                if (next > 4 * Each)
                    break;
            }
        });

        await Task.WhenAll(new[] { first, second, first, second }.Select((store, w) => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await store.AppendAsync($"w{w}", i, [Sample.Event("x")]);
        })));
        await following;

        Assert.Equal(4 * Each + 1, next);
    }

    [Fact]
    public async Task A_reopened_journal_goes_on_where_it_was()
    {
        Head head;
        await using (var store = await harness.OpenAsync())
            head = (await store.AppendAsync("a", 0, Sample.Events(5))).Head;

        await using var again = await harness.OpenAsync(new() { Anchor = head });
        Assert.Equal(head, await again.HeadAsync());
        Assert.Equal(6, (await again.AppendAsync("a", 5, Sample.Events(1))).Head.Position);
        Assert.True((await again.VerifyAsync([head])).IsIntact);
    }

    [Fact]
    public async Task A_cancelled_append_is_not_appended()
    {
        await using var store = await harness.OpenAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.AppendAsync("a", 0, Sample.Events(1), cancelled.Token));

        Assert.Equal(0, (await store.HeadAsync()).Position);
    }

    [Fact]
    public async Task What_was_queued_when_the_store_is_closed_is_still_written()
    {
        var store = await harness.OpenAsync();
        var appends = Enumerable.Range(0, 500).Select(i => store.AppendAsync($"s{i}", 0, Sample.Events(1))).ToArray();
        await store.DisposeAsync();

        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.AppendAsync("late", 0, Sample.Events(1)));
        await using var again = await harness.OpenAsync();
        Assert.Equal(500, (await again.HeadAsync()).Position);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_goes_on_when_there_is_room()
    {
        await using var store = await harness.OpenAsync();
        var payload = new byte[JournalLimits.MaxPayloadBytes];
        var accepted = new List<Task>();
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            try
            {
                accepted.Add(store.AppendAsync("a", EventStore.AnyVersion, [new("t", 1, payload)]));
            }
            catch (JournalBusyException)
            {
                refused++;
            }
            if (refused > 0)
                break;
        }

        Assert.InRange(accepted.Count, JournalLimits.MaxQueuedBytes / payload.Length, 400);
        Assert.Equal(1, refused);
        await Task.WhenAll(accepted);
        await store.AppendAsync("a", accepted.Count, Sample.Events(1));
    }

    [Fact]
    public async Task A_buffer_that_is_used_again_at_once_changes_nothing()
    {
        await using var store = await harness.OpenAsync();
        var appends = new List<Task>();
        for (var i = 0; i < 100; i++)
        {
            var buffer = Enumerable.Repeat((byte)i, 20_000).ToArray();
            appends.Add(store.AppendAsync("a", EventStore.AnyVersion, [new("t", 1, buffer)]));
            appends.Add(store.SaveSnapshotAsync(new("b", 1, "state", 1, buffer)).ContinueWith(_ => { }, TaskScheduler.Default));
            buffer.AsSpan().Fill(0xff);
        }
        await Task.WhenAll(appends);

        Assert.True((await store.VerifyAsync()).IsIntact);
        Assert.All(await Sample.StreamAsync(store, "a"), e => Assert.True(!e.Payload.Span.ContainsAnyExcept((byte)(e.Version - 1))));
    }

    [Fact]
    public async Task A_clock_before_1970_does_not_spoil_the_journal()
    {
        await using var store = await harness.OpenAsync(new() { Time = new Dawn() });

        await store.AppendAsync("a", 0, Sample.Events(1));

        Assert.Equal(DateTimeOffset.UnixEpoch, Assert.Single(await Sample.StreamAsync(store, "a")).RecordedAt);
    }

    sealed class Dawn : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(1969, 12, 31, 23, 59, 59, TimeSpan.Zero);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    [InlineData(1, -1)]
    public Task Options_with_which_nobody_would_wait_or_everybody_for_ever_are_refused(int poll, int locked) =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => harness.OpenAsync(new() { PollMilliseconds = poll, LockTimeoutMilliseconds = locked }));

    [Theory]
    [InlineData("")]
    [InlineData("$snapshots")]
    [InlineData("with space")]
    [InlineData("naïve")]
    [InlineData("line\nbreak")]
    public async Task A_bad_name_is_refused_before_anything_happens(string name)
    {
        await using var store = await harness.OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync(name, 0, Sample.Events(1)));
        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync("a", 0, [Sample.Event("x", type: name)]));
        Assert.Equal(0, (await store.HeadAsync()).Position);
    }

    [Fact]
    public async Task Sizes_and_numbers_beyond_the_limits_are_refused()
    {
        await using var store = await harness.OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync("a", 0, []));
        await Assert.ThrowsAsync<ArgumentNullException>(() => store.AppendAsync("a", 0, [null!]));
        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync("a", 0, Sample.Events(JournalLimits.MaxEventsPerAppend + 1)));
        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync(new('a', JournalLimits.MaxStreamNameLength + 1), 0, Sample.Events(1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.AppendAsync("a", -2, Sample.Events(1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.AppendAsync("a", 0, [Sample.Event("x", schema: 0)]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.AppendAsync("a", 0, [Sample.Event("x", schema: 65_536)]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.AppendAsync("a", 0, [new("t", 1, new byte[JournalLimits.MaxPayloadBytes + 1])]));
        var much = Enumerable.Repeat(new NewEvent("t", 1, new byte[JournalLimits.MaxPayloadBytes]), 5).ToArray();
        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync("a", 0, much));
        await store.AppendAsync(new('a', JournalLimits.MaxStreamNameLength), 0, [Sample.Event("x", type: new('t', JournalLimits.MaxTypeNameLength))]);
        Assert.True((await store.VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task Two_journals_have_different_histories_and_refuse_each_others_heads()
    {
        await using var other = new THarness();
        await using var first = await harness.OpenAsync(new() { Time = Harness.Noon });
        await using var second = await other.OpenAsync(new() { Time = Harness.Noon });
        var id = Guid.NewGuid();
        var mine = (await first.AppendAsync("a", 0, [Sample.Event("same") with { Id = id }])).Head;
        var theirs = (await second.AppendAsync("a", 0, [Sample.Event("same") with { Id = id }])).Head;

        Assert.NotEqual(mine.Hash, theirs.Hash);
        Assert.Equal(FaultKind.WrongJournal, (await Assert.ThrowsAsync<JournalCorruptException>(() => first.ReadAsync(theirs))).Fault.Kind);
        Assert.Equal(FaultKind.WrongJournal, Assert.Single((await first.VerifyAsync([theirs])).Faults).Kind);
        Assert.Equal(FaultKind.WrongJournal, (await Assert.ThrowsAsync<JournalCorruptException>(() => harness.OpenAsync(new() { Anchor = theirs }))).Fault.Kind);
    }
}

public sealed class SqliteEventStoreTests : EventStoreContract<SqliteHarness>;

public sealed class PostgresEventStoreTests : EventStoreContract<PostgresHarness>;
