using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>
/// The journal over both databases: appends with fsync, reads, followers, a rebuild. The disk's own fdatasync is measured
/// before and after, since it is most of an append.
/// </summary>
static class JournalBenchmarks
{
    const int PayloadBytes = 200;
    const int SingleAppends = 600;

    internal static void Run(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    static async Task RunAsync(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("quorate-bench-").FullName;
        var million = args.Contains("million");
        try
        {
            if (!args.Contains("postgres"))
            {
                Heading("SQLite", directory);
                var file = Path.Combine(directory, "journal.db");
                await MeasureAsync(() => EventStore.OpenSqliteAsync(file), SqliteFactory.Instance.CreateDataSource($"Data Source={directory}/views.db"),
                    () => Directory.GetFiles(directory, "journal.db*").Sum(f => new FileInfo(f).Length), million);
            }
            if (!args.Contains("sqlite"))
            {
                using var cluster = new PostgresCluster();
                Heading("PostgreSQL", directory);
                await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
                await MeasureAsync(() => EventStore.OpenPostgresAsync(cluster.ConnectionString), source, () => (long)Scalar(source,
                    "SELECT pg_total_relation_size('quorate_journal.events')")!, million);
            }
            Fdatasync(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    static void Heading(string database, string directory)
    {
        Console.WriteLine($"\n{database}");
        Fdatasync(directory);
    }

    static async Task MeasureAsync(Func<Task<EventStore>> open, DbDataSource readModels, Func<long> size, bool million)
    {
        await using var store = await open();
        for (var i = 0; i < 100; i++)
            await store.AppendAsync("warm", EventStore.AnyVersion, Events(1));

        var single = new double[SingleAppends];
        for (var i = 0; i < single.Length; i++)
            single[i] = await TimeAsync(() => store.AppendAsync($"single/{i % 50}", EventStore.AnyVersion, Events(1)));
        Print("append, one at a time", single);

        foreach (var writers in (int[])[16, 256])
            await ConcurrentAsync(store, writers, TimeSpan.FromSeconds(4));
        await BulkAsync(store, 100, 400);

        var filled = (await store.HeadAsync()).Position;
        var before = size();
        foreach (var length in (int[])[10, 1_000, 100_000])
        {
            await FillAsync(store, $"read/{length}", length);
            await ReadAsync(store, $"read/{length}", length);
        }
        var added = (await store.HeadAsync()).Position - filled;
        Console.WriteLine($"  {"bytes an event, all indexes",-38} {(size() - before) / (double)added,10:N0}   (payload {PayloadBytes})");

        await FollowAsync("follower's lag, same process", store, store);
        await using (var other = await open())
            await FollowAsync("follower's lag, other process's poll", store, other);
        await RebuildAsync(store, readModels, million ? 1_000_000 : 100_000);
    }

    static async Task ConcurrentAsync(EventStore store, int writers, TimeSpan duration)
    {
        var times = new List<double>[writers];
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            times[w] = [];
            while (clock.Elapsed < duration)
                times[w].Add(await TimeAsync(() => store.AppendAsync($"w{writers}/{w}", EventStore.AnyVersion, Events(1))));
        })));
        var all = times.SelectMany(t => t).ToArray();
        Print($"append, {writers} writers at once", all, $"{all.Length / clock.Elapsed.TotalSeconds,9:N0} events/s");
    }

    static async Task BulkAsync(EventStore store, int size, int appends)
    {
        var times = new double[appends];
        var clock = Stopwatch.StartNew();
        var slots = new SemaphoreSlim(8);
        await Task.WhenAll(Enumerable.Range(0, appends).Select(async i =>
        {
            await slots.WaitAsync();
            times[i] = await TimeAsync(() => store.AppendAsync($"bulk/{i % 8}", EventStore.AnyVersion, Events(size)));
            slots.Release();
        }));
        Print($"append of {size} events, 8 writers", times, $"{size * appends / clock.Elapsed.TotalSeconds,9:N0} events/s");
    }

    static async Task FillAsync(EventStore store, string stream, int count)
    {
        var appends = new Queue<Task>();
        for (var done = 0; done < count; done += Math.Min(1_000, count - done))
        {
            if (appends.Count == 16)
                await appends.Dequeue();
            appends.Enqueue(store.AppendAsync(stream, EventStore.AnyVersion, Events(Math.Min(1_000, count - done))));
        }
        await Task.WhenAll(appends);
    }

    static async Task ReadAsync(EventStore store, string stream, int length)
    {
        var times = new double[Math.Clamp(20_000 / length, 3, 300)];
        for (var i = 0; i < times.Length; i++)
            times[i] = await TimeAsync(async () =>
            {
                var read = 0;
                await foreach (var _ in store.ReadStreamAsync(stream))
                    read++;
                if (read != length)
                    throw new InvalidOperationException($"{read} events of {length}.");
            });
        Print($"read of a stream of {length:N0}", times, $"{length / times.Order().ElementAt(times.Length / 2) * 1_000,9:N0} events/s");
    }

    static async Task FollowAsync(string name, EventStore writer, EventStore reader)
    {
        const int Appends = 200;
        var appended = new long[Appends];
        var lag = new double[Appends];
        var start = await writer.HeadAsync();
        var following = Task.Run(async () =>
        {
            var seen = 0;
            await foreach (var page in reader.FollowAsync(start))
            {
                // Until the acknowledgement has come back, the follower is ahead of the writer: no lag.
                var now = Stopwatch.GetTimestamp();
                foreach (var _ in page.Events)
                    lag[seen++] = now;
                if (seen == Appends)
                    return;
            }
        });
        for (var i = 0; i < Appends; i++)
        {
            await writer.AppendAsync("followed", EventStore.AnyVersion, Events(1));
            appended[i] = Stopwatch.GetTimestamp();
            await Task.Delay(i % 7);
        }
        await following;
        Print(name, [.. lag.Select((t, i) => Math.Max(0, (t - appended[i]) / Stopwatch.Frequency * 1_000))]);
    }

    static async Task RebuildAsync(EventStore store, DbDataSource readModels, int events)
    {
        var missing = events - (int)Math.Min(events, (await store.HeadAsync()).Position);
        var clock = Stopwatch.StartNew();
        if (missing > 0)
            await FillAsync(store, "rebuild", missing);
        if (missing > 0)
            Console.WriteLine($"  {$"append of {missing:N0}, 1,000 at a time",-38} {clock.Elapsed.TotalSeconds,10:N1} s {missing / clock.Elapsed.TotalSeconds,9:N0} events/s");
        var total = (await store.HeadAsync()).Position;

        clock.Restart();
        var report = await store.VerifyAsync();
        Console.WriteLine($"  {$"verification of {total:N0}",-38} {clock.Elapsed.TotalSeconds,10:N1} s {report.Events / clock.Elapsed.TotalSeconds,9:N0} events/s");
        clock.Restart();
        await new Projector(store, readModels, new TypeCounts(), TimeProvider.System).RebuildAsync();
        Console.WriteLine($"  {$"rebuild from {total:N0}",-38} {clock.Elapsed.TotalSeconds,10:N1} s {total / clock.Elapsed.TotalSeconds,9:N0} events/s");
    }

    static NewEvent[] Events(int count)
    {
        var events = new NewEvent[count];
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[PayloadBytes];
            Random.Shared.NextBytes(payload);
            events[i] = new("benchmark.happened", 1, payload);
        }
        return events;
    }

    static async Task<double> TimeAsync(Func<Task> action)
    {
        var begun = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    static void Fdatasync(string directory)
    {
        using var file = new FileStream(Path.Combine(directory, "fdatasync"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        var page = new byte[4_096];
        for (var i = 0; i < 300; i++)
            file.Write(page);
        file.Flush(flushToDisk: true);
        file.Position = 0;
        var times = new double[300];
        for (var i = 0; i < times.Length; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }
        Print("the disk: 4 KiB overwritten and flushed", times);
    }

    static object? Scalar(DbDataSource source, string sql)
    {
        using var command = source.CreateCommand(sql);
        return command.ExecuteScalar();
    }

    static void Print(string name, double[] times, string rate = "")
    {
        Array.Sort(times);
        double At(double part) => times[Math.Min(times.Length - 1, (int)(times.Length * part))];
        Console.WriteLine($"  {name,-38} p50 {At(0.5),8:N2}  p95 {At(0.95),8:N2}  p99 {At(0.99),8:N2} ms {rate}");
    }

    /// <summary>A read model that costs little, so that the journal's part shows.</summary>
    sealed class TypeCounts : IProjection
    {
        public string Name => "benchmark";

        public int Version => 1;

        public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
        {
            await RunAsync(transaction, "DROP TABLE IF EXISTS benchmark_counts", cancellation);
            await RunAsync(transaction, "CREATE TABLE benchmark_counts (type TEXT PRIMARY KEY, number BIGINT NOT NULL)", cancellation);
        }

        public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
        {
            foreach (var type in events.CountBy(e => e.Type))
                await RunAsync(transaction,
                    $"INSERT INTO benchmark_counts VALUES ('{type.Key}', {type.Value}) ON CONFLICT (type) DO UPDATE SET number = benchmark_counts.number + {type.Value}",
                    cancellation);
        }

        static async Task RunAsync(DbTransaction transaction, string sql, CancellationToken cancellation)
        {
            await using var command = transaction.Connection!.CreateCommand();
            (command.CommandText, command.Transaction) = (sql, transaction);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
