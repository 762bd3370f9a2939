using System.Data.Common;
using Quorate.Journal.Projections;
using Quorate.Journal.Tests.Stores;

namespace Quorate.Journal.Tests.Projections;

/// <summary>Counts events for each stream.</summary>
sealed class CountingProjection(int version = 1) : IProjection
{
    /// <summary>Fails when it meets an event with this payload.</summary>
    internal string? FailAt { get; set; }

    public IReadOnlyList<string> Indexes { get; init; } = [];

    public string Name => "counts";

    public int Version => version;

    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        await RunAsync(transaction, "DROP TABLE IF EXISTS counts");
        await RunAsync(transaction, "CREATE TABLE counts (stream TEXT PRIMARY KEY, number BIGINT NOT NULL)");
    }

    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        foreach (var next in events)
        {
            await RunAsync(transaction, $"INSERT INTO counts VALUES ('{next.Stream}', 1) ON CONFLICT (stream) DO UPDATE SET number = counts.number + 1");
            if (Sample.Text(next) == FailAt)
                throw new InvalidOperationException("as the test asked");
        }
    }

    static async Task RunAsync(DbTransaction transaction, string sql)
    {
        await using var command = transaction.Connection!.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        await command.ExecuteNonQueryAsync();
    }
}

public abstract class ProjectionContract<THarness> : IAsyncLifetime where THarness : Harness, new()
{
    readonly THarness harness = new();
    DbDataSource readModels = null!;
    EventStore store = null!;
    Head[] heads = null!;

    public async Task InitializeAsync()
    {
        store = await harness.OpenAsync(new() { Time = Harness.Noon });
        heads = await Sample.FillAsync(store);
        readModels = harness.ReadModels();
    }

    public async Task DisposeAsync()
    {
        await readModels.DisposeAsync();
        await store.DisposeAsync();
        await harness.DisposeAsync();
    }

    Projector Projector(IProjection projection) => new(store, readModels, projection, new Later());

    async Task<string> CountsAsync()
    {
        await using var connection = await readModels.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT stream, number FROM counts ORDER BY stream";
        var counts = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            counts.Add($"{reader.GetString(0)}{reader.GetInt64(1)}");
        return string.Join(' ', counts);
    }

    [Fact]
    public async Task A_projection_catches_up_goes_on_and_is_rebuilt_from_zero()
    {
        var projector = Projector(new CountingProjection());
        Assert.Equal(new ProjectionLag(12, TimeSpan.FromSeconds(90)), await projector.LagAsync());

        Assert.Equal(heads[^1], await projector.CatchUpAsync());
        Assert.Equal("a5 b6 c1", await CountsAsync());
        Assert.Equal(new ProjectionLag(0, TimeSpan.Zero), await projector.LagAsync());

        await store.AppendAsync("c", 1, Sample.Events(2));
        await store.SaveSnapshotAsync(new("c", 3, "s", 1, default));
        Assert.Equal(3, (await projector.LagAsync()).Events);
        await projector.CatchUpAsync();
        Assert.Equal("a5 b6 c3", await CountsAsync());
        await projector.CatchUpAsync();
        await projector.RebuildAsync();
        Assert.Equal("a5 b6 c3", await CountsAsync());
    }

    [Fact]
    public async Task A_new_version_is_rebuilt_by_itself()
    {
        await Projector(new CountingProjection()).CatchUpAsync();
        await store.AppendAsync("c", 1, Sample.Events(1));
        await Projector(new CountingProjection(version: 2)).CatchUpAsync();
        Assert.Equal("a5 b6 c2", await CountsAsync());
    }

    [Fact]
    public async Task Events_whose_application_failed_are_applied_once_when_it_no_longer_does()
    {
        var projection = new CountingProjection { FailAt = "b8-1" };
        await Assert.ThrowsAsync<InvalidOperationException>(() => Projector(projection).CatchUpAsync());
        projection.FailAt = null;
        await Projector(projection).CatchUpAsync();
        Assert.Equal("a5 b6 c1", await CountsAsync());
    }

    [Fact]
    public async Task Indexes_are_made_when_all_is_applied_and_by_the_next_where_somebody_was_killed_before()
    {
        const string index = "CREATE INDEX IF NOT EXISTS counts_by_number ON counts (number)";
        async Task<bool> IsThereAsync()
        {
            await using var connection = await readModels.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = ("DROP INDEX counts_by_number", transaction);
            try
            {
                await command.ExecuteNonQueryAsync();
                return true;
            }
            catch (DbException)
            {
                return false;
            }
        }
        await Assert.ThrowsAsync<InvalidOperationException>(() => Projector(new CountingProjection { FailAt = "b8-1", Indexes = [index] }).CatchUpAsync());
        Assert.False(await IsThereAsync());
        await Assert.ThrowsAnyAsync<DbException>(() => Projector(new CountingProjection { Indexes = ["CREATE INDEX broken ON counts (nothing)", index] }).CatchUpAsync());
        Assert.Equal(("a5 b6 c1", false), (await CountsAsync(), await IsThereAsync()));

        var projector = Projector(new CountingProjection { Indexes = [index] });
        Assert.Equal(heads[^1], await projector.CatchUpAsync());
        Assert.Equal(("a5 b6 c1", true), (await CountsAsync(), await IsThereAsync()));
        await Projector(new CountingProjection { Indexes = [index] }).CatchUpAsync();
        await projector.RebuildAsync();
        Assert.Equal(("a5 b6 c1", true), (await CountsAsync(), await IsThereAsync()));
    }

    [Fact]
    public async Task Several_projectors_share_the_work_and_count_every_event_once()
    {
        using var stop = new CancellationTokenSource();
        await Projector(new CountingProjection()).CatchUpAsync();
        var running = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Projector(new CountingProjection()).RunAsync(stop.Token))).ToArray();
        for (var i = 0; i < 40; i++)
            await store.AppendAsync("d", i, Sample.Events(1));

        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while ((await Projector(new CountingProjection()).LagAsync()).Events > 0)
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(60), "the projection does not catch up");
        await stop.CancelAsync();
        foreach (var projector in running)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => projector);

        Assert.Equal("a5 b6 c1 d40", await CountsAsync());
    }

    [Fact]
    public async Task A_projection_of_another_history_is_noticed()
    {
        await Projector(new CountingProjection()).CatchUpAsync();
        await harness.DropTriggersAsync();
        await harness.ExecuteAsync("DELETE FROM {events} WHERE position > 6");
        await Assert.ThrowsAsync<JournalCorruptException>(() => Projector(new CountingProjection()).CatchUpAsync());
    }

    sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Harness.Noon.GetUtcNow().AddSeconds(90);
    }
}

public sealed class SqliteProjectionTests : ProjectionContract<SqliteHarness>;

public sealed class PostgresProjectionTests : ProjectionContract<PostgresHarness>;
