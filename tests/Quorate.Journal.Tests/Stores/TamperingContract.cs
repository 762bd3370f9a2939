using Quorate.Journal.Chain;
using Quorate.Journal.Snapshots;

namespace Quorate.Journal.Tests.Stores;

/// <summary>Somebody with the database's password changes rows. Each change is found and located.</summary>
public abstract class TamperingContract<THarness> : IAsyncLifetime where THarness : Harness, new()
{
    const int Count = 12;
    readonly THarness harness = new();
    EventStore store = null!;

    protected EventStore Store => store;

    Head[] heads = null!;

    public async Task InitializeAsync()
    {
        store = await harness.OpenAsync();
        heads = await Sample.FillAsync(store);
        Assert.Equal(Count + 1, heads.Length);
        await harness.ExecuteAsync("CREATE TABLE {prefix}honest AS SELECT * FROM {events}");
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await harness.DisposeAsync();
    }

    public static TheoryData<string, string> Edits => new()
    {
        { "stream", "'b2'" },
        { "version", "version + 7" },
        { "type", "'thing.happenee'" },
        { "schema_version", "2" },
        { "recorded", "recorded + 1" },
        { "payload", "BLOB" },
        { "id", "ID" },
        { "hash", "HASH" },
    };

    [Theory, MemberData(nameof(Edits))]
    public async Task An_edited_field_is_located_in_every_row(string column, string value)
    {
        for (var at = 1; at <= Count; at++)
        {
            await TamperAsync($"UPDATE {{events}} SET {column} = {Literal(value)} WHERE position = {at}");

            var faults = (await store.VerifyAsync()).Faults;

            // Whoever changes a hash breaks the link to it and the link from it.
            Assert.Equal(column == "hash" && at < Count ? [at, at + 1] : new long[] { at }, faults.Select(f => f.Position));
            Assert.All(faults, f => Assert.Equal(FaultKind.Altered, f.Kind));
        }
    }

    [Fact]
    public async Task A_reader_is_not_given_an_edited_event()
    {
        await TamperAsync($"UPDATE {{events}} SET payload = {harness.Blob([1])} WHERE position = 3");

        // Position 3 is b@2.
        var inStream = await Assert.ThrowsAsync<JournalCorruptException>(() => Sample.StreamAsync(store, "b"));
        var byPosition = await Assert.ThrowsAsync<JournalCorruptException>(() => store.ReadAsync(heads[0]));

        Assert.Equal((FaultKind.Altered, 3L), (inStream.Fault.Kind, inStream.Fault.Position));
        Assert.Equal((FaultKind.Altered, 3L), (byPosition.Fault.Kind, byPosition.Fault.Position));
    }

    [Fact]
    public async Task A_deleted_row_is_located_wherever_it_was()
    {
        for (var at = 1; at < Count; at++)
        {
            await TamperAsync($"DELETE FROM {{events}} WHERE position = {at}");
            var fault = Assert.Single((await store.VerifyAsync()).Faults);
            Assert.Equal((FaultKind.Missing, (long)at), (fault.Kind, fault.Position));
        }
    }

    [Fact]
    public async Task A_deleted_row_whose_gap_was_closed_is_located()
    {
        for (var at = 1; at < Count; at++)
        {
            await TamperAsync($"DELETE FROM {{events}} WHERE position = {at}",
                $"UPDATE {{events}} SET position = -position WHERE position > {at}",
                "UPDATE {events} SET position = -position - 1 WHERE position < 0");
            var report = await store.VerifyAsync(heads[^1..]);
            Assert.Equal((FaultKind.Altered, (long)at), (report.Faults[0].Kind, report.Faults[0].Position));
            Assert.Contains(report.Faults, f => f.Kind == FaultKind.Truncated);
        }
    }

    [Fact]
    public async Task An_inserted_row_is_located()
    {
        for (var at = 1; at <= Count; at++)
        {
            await TamperAsync(
                $"UPDATE {{events}} SET position = -position WHERE position >= {at}",
                "UPDATE {events} SET position = -position + 1 WHERE position < 0",
                $"""
                INSERT INTO {"{events}"} (position, stream, version, id, type, schema_version, recorded, payload, hash)
                SELECT {at}, 'z', 1, id, type, schema_version, recorded, payload, hash FROM {"{events}"} WHERE position = {(at == 1 ? 2 : 1)}
                """);
            var fault = (await store.VerifyAsync()).Faults[0];
            Assert.Equal((FaultKind.Altered, (long)at), (fault.Kind, fault.Position));
        }
    }

    [Fact]
    public async Task Two_rows_that_changed_places_are_located()
    {
        for (var first = 1; first < Count; first++)
            for (var second = first + 1; second <= Count; second += 4)
            {
                await TamperAsync(
                    $"UPDATE {{events}} SET position = -1 WHERE position = {first}",
                    $"UPDATE {{events}} SET position = {first} WHERE position = {second}",
                    $"UPDATE {{events}} SET position = {second} WHERE position = -1");
                var faults = (await store.VerifyAsync()).Faults;
                Assert.Equal(first, faults[0].Position);
                Assert.Contains(faults, f => f.Position == second);
            }
    }

    [Fact]
    public async Task A_cut_off_end_is_found_by_a_head_that_was_kept_and_by_nothing_else()
    {
        for (var left = 0; left < Count; left++)
        {
            await TamperAsync($"DELETE FROM {{events}} WHERE position > {left}");
            Assert.True((await store.VerifyAsync(heads[..(left + 1)])).IsIntact);
            var fault = Assert.Single((await store.VerifyAsync([heads[^1]])).Faults);
            Assert.Equal((FaultKind.Truncated, left + 1L), (fault.Kind, fault.Position));
        }
    }

    [Fact]
    public async Task A_history_that_was_hashed_anew_is_found_between_the_heads_that_were_kept()
    {
        for (var from = 1; from <= Count; from++)
        {
            await TamperAsync($"DELETE FROM {{events}} WHERE position >= {from}");
            // The forger is good: every link fits.
            await using (var forger = await harness.OpenAsync())
                for (var position = from; position <= Count; position++)
                    await forger.AppendAsync("forged", EventStore.AnyVersion, Sample.Events(1));

            Assert.True((await store.VerifyAsync()).IsIntact);
            var report = await store.VerifyAsync(heads);
            Assert.Equal(from, report.AnchorsMatched);
            Assert.Equal((FaultKind.Diverged, (long)from), (report.Faults[0].Kind, report.Faults[0].Position));
            Assert.Equal(Count + 1 - from, report.FaultCount);
        }
    }

    [Fact]
    public async Task A_store_that_has_seen_more_does_not_write_to_a_shortened_journal()
    {
        await TamperAsync("DELETE FROM {events} WHERE position > 9");

        var refusal = await Assert.ThrowsAsync<JournalCorruptException>(() => store.AppendAsync("a", EventStore.AnyVersion, Sample.Events(1)));

        Assert.Equal((FaultKind.Truncated, 10L), (refusal.Fault.Kind, refusal.Fault.Position));
        Assert.Equal(9, (await store.HeadAsync()).Position);
    }

    [Fact]
    public async Task A_journal_without_the_head_that_was_kept_is_not_opened()
    {
        await TamperAsync("DELETE FROM {events} WHERE position > 9");

        var refusal = await Assert.ThrowsAsync<JournalCorruptException>(() => harness.OpenAsync(new() { Anchor = heads[^1] }));
        Assert.Equal(FaultKind.Truncated, refusal.Fault.Kind);
        await (await harness.OpenAsync(new() { Anchor = heads[9] })).DisposeAsync();
    }

    [Fact]
    public async Task A_broken_last_event_is_found_when_the_journal_is_opened()
    {
        await TamperAsync($"UPDATE {{events}} SET payload = {harness.Blob([1])} WHERE position = {Count}");

        var refusal = await Assert.ThrowsAsync<JournalCorruptException>(() => harness.OpenAsync());
        Assert.Equal((FaultKind.Altered, (long)Count), (refusal.Fault.Kind, refusal.Fault.Position));
    }

    [Fact]
    public async Task A_follower_whose_history_was_exchanged_is_told()
    {
        await TamperAsync("DELETE FROM {events} WHERE position > 9");
        var cutOff = await Assert.ThrowsAsync<JournalCorruptException>(() => store.ReadAsync(heads[^1]));
        Assert.Equal(FaultKind.Truncated, cutOff.Fault.Kind);

        await using (var forger = await harness.OpenAsync())
            await forger.AppendAsync("forged", 0, Sample.Events(5));
        var exchanged = await Assert.ThrowsAsync<JournalCorruptException>(() => store.ReadAsync(heads[^1]));
        Assert.Equal((FaultKind.Altered, Count + 1L), (exchanged.Fault.Kind, exchanged.Fault.Position));
    }

    [Fact]
    public async Task Bytes_that_are_no_hash_are_malformed_and_located()
    {
        await TamperAsync($"UPDATE {{events}} SET hash = {harness.Blob([1, 2, 3])} WHERE position = 5");
        var fault = Assert.Single((await store.VerifyAsync()).Faults);
        Assert.Equal((FaultKind.Malformed, 5L), (fault.Kind, fault.Position));
        Assert.Equal(FaultKind.Malformed, (await Assert.ThrowsAsync<JournalCorruptException>(() => Sample.AllAsync(store))).Fault.Kind);

        await TamperAsync($"UPDATE {{events}} SET hash = {harness.Blob([1, 2, 3])} WHERE position = {Count}");
        Assert.Equal(FaultKind.Malformed, (await Assert.ThrowsAsync<JournalCorruptException>(() => store.HeadAsync())).Fault.Kind);
        Assert.Equal(FaultKind.Malformed, (await Assert.ThrowsAsync<JournalCorruptException>(() => harness.OpenAsync())).Fault.Kind);
        await Assert.ThrowsAsync<JournalCorruptException>(() => store.AppendAsync("a", EventStore.AnyVersion, Sample.Events(1)));
    }

    [Theory]
    [InlineData("stream = ''")]
    [InlineData("stream = 'é'")]
    [InlineData("type = ' '")]
    [InlineData("version = -5")]
    [InlineData("schema_version = 70000")]
    [InlineData("recorded = -1")]
    public async Task A_value_that_no_writer_writes_is_malformed(string change)
    {
        await TamperAsync($"UPDATE {{events}} SET {change} WHERE position = 6");
        var fault = Assert.Single((await store.VerifyAsync()).Faults);
        Assert.Equal((FaultKind.Malformed, 6L), (fault.Kind, fault.Position));
    }

    [Fact]
    public async Task A_journal_whose_id_was_changed_does_not_verify()
    {
        await harness.ExecuteAsync($"UPDATE {{prefix}}journal SET id = {Literal("ID")}");
        await using var changed = await harness.OpenAsync();
        var report = await changed.VerifyAsync([heads[^1]]);
        Assert.Contains(report.Faults, f => f is { Kind: FaultKind.WrongJournal });
        Assert.Contains(report.Faults, f => f is { Kind: FaultKind.Altered, Position: 1 });
    }

    [Fact]
    public async Task An_index_that_leaves_out_an_event_is_found()
    {
        await store.DisposeAsync();
        await harness.HideFromIndexAsync(Count);
        store = await harness.OpenAsync();
        var left = (await Sample.AllAsync(store))[^1];

        // The chain is whole, and a reader of the stream does not get its last event.
        Assert.Equal(left.Version - 1, (await Sample.StreamAsync(store, left.Stream)).Count);
        var fault = Assert.Single((await store.VerifyAsync(heads)).Faults);
        Assert.Equal(FaultKind.Misindexed, fault.Kind);
        Assert.Contains(left.Stream, fault.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version = 2")]
    [InlineData("type = 'other'")]
    [InlineData("schema_version = 9")]
    [InlineData("attested = 1")]
    [InlineData("attested = 0")]
    [InlineData("attested = 99")]
    [InlineData("state = BLOB")]
    public async Task A_changed_snapshot_is_not_taken(string change)
    {
        await store.SaveSnapshotAsync(new("b", 5, "state", 1, new byte[] { 1, 2, 3 }));
        await harness.ExecuteAsync($"UPDATE {{prefix}}snapshots SET {change.Replace("BLOB", harness.Blob([9]), StringComparison.Ordinal)}");

        await Assert.ThrowsAsync<JournalCorruptException>(() => store.ReadSnapshotAsync("b"));
    }

    [Fact]
    public async Task A_snapshot_is_kept_replaced_and_chained()
    {
        Assert.Null(await store.ReadSnapshotAsync("b"));
        await store.SaveSnapshotAsync(new("b", 5, "state", 1, new byte[] { 1, 2, 3 }));
        await store.SaveSnapshotAsync(new("b", 6, "state", 2, new byte[] { 4 }));
        await store.SaveSnapshotAsync(new("b", 3, "state", 1, default));
        await store.SaveSnapshotAsync(new("a", 5, "state", 1, new byte[JournalLimits.MaxSnapshotBytes]));

        var snapshot = (await store.ReadSnapshotAsync("b"))!;
        Assert.Equal((6L, "state", 2), (snapshot.Version, snapshot.Type, snapshot.SchemaVersion));
        Assert.Equal([4], snapshot.State.ToArray());
        Assert.Equal(JournalLimits.MaxSnapshotBytes, (await store.ReadSnapshotAsync("a"))!.State.Length);
        Assert.Equal(4, (await Sample.StreamAsync(store, Snapshot.AttestationStream)).Count);
        Assert.True((await store.VerifyAsync()).IsIntact);
        await Assert.ThrowsAsync<VersionConflictException>(() => store.SaveSnapshotAsync(new("b", 7, "state", 1, default)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.SaveSnapshotAsync(new("b", 1, "state", 1, new byte[JournalLimits.MaxSnapshotBytes + 1])));
    }

    [Fact]
    public async Task Honest_mistakes_are_stopped_by_the_database()
    {
        await using var fresh = new THarness();
        await using var untouched = await fresh.OpenAsync();
        await untouched.AppendAsync("a", 0, Sample.Events(2));

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => fresh.ExecuteAsync("DELETE FROM {events} WHERE position = 2"));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => fresh.ExecuteAsync("UPDATE {events} SET schema_version = 2"));
        Assert.True((await untouched.VerifyAsync([await untouched.HeadAsync()])).IsIntact);
    }

    /// <summary>Puts the honest rows back, then runs the statements.</summary>
    protected async Task TamperAsync(params string[] statements)
    {
        await harness.DropTriggersAsync();
        await harness.ExecuteAsync("DELETE FROM {events}");
        await harness.ExecuteAsync("INSERT INTO {events} SELECT * FROM {prefix}honest");
        Assert.True((await store.VerifyAsync(heads)).IsIntact);
        foreach (var statement in statements)
            await harness.ExecuteAsync(statement);
    }

    string Literal(string value) => value switch
    {
        "BLOB" => harness.Blob([1]),
        "HASH" => harness.Blob(new byte[ChainHash.Size]),
        "ID" when harness is SqliteHarness => harness.Blob(new byte[16]),
        "ID" => $"'{Guid.Empty}'",
        _ => value,
    };
}

public sealed class SqliteTamperingTests : TamperingContract<SqliteHarness>
{
    // SQLite's columns hold values of any type. Such a row would read the same, and the index would no longer lead to it.
    [Theory]
    [InlineData("stream = CAST(stream AS BLOB)")]
    [InlineData("type = CAST(type AS BLOB)")]
    [InlineData("version = version + 0.5")]
    [InlineData("version = version || 'x'")]
    [InlineData("schema_version = schema_version || 'x'")]
    [InlineData("recorded = recorded + 0.5")]
    [InlineData("payload = CAST(payload AS TEXT)")]
    [InlineData("hash = CAST(hash AS TEXT)")]
    public async Task A_value_of_another_type_is_malformed_though_it_reads_the_same(string change)
    {
        await TamperAsync($"UPDATE {{events}} SET {change} WHERE position = 6");
        var fault = Assert.Single((await Store.VerifyAsync()).Faults);
        Assert.Equal((FaultKind.Malformed, 6L), (fault.Kind, fault.Position));
    }

    [Fact]
    public async Task A_stream_whose_last_version_is_no_number_is_not_appended_to()
    {
        await TamperAsync("UPDATE {events} SET version = version || 'x' WHERE position = 12");
        await Assert.ThrowsAsync<JournalCorruptException>(() => Store.AppendAsync("a", EventStore.AnyVersion, Sample.Events(1)));
    }
}

public sealed class PostgresTamperingTests : TamperingContract<PostgresHarness>;
