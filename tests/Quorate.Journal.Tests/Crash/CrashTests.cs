using Quorate.Journal.Tests.Stores;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Crash;

/// <summary>
/// A real process appends and is killed with kill −9, again and again, over one journal that grows. Every time: what was
/// acknowledged is there, nothing is half there, the chain is whole, and the next process goes on.
/// </summary>
public sealed class CrashTests
{
    const int FewKills = 12;

    /// <summary>Of every part; the parts together make a thousand kills for each store, some minutes each.</summary>
    const int ManyKills = 250;

    /// <summary>A fresh journal after so many kills, so that verifying it whole does not take longer and longer.</summary>
    const int KillsPerJournal = 50;

    [Fact]
    public Task An_sqlite_journal_survives_kills() => SqliteAsync(FewKills, 5_000);

    [Theory, Trait("Category", "Slow")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task An_sqlite_journal_survives_a_thousand_kills(int part) => SqliteAsync(ManyKills, part * ManyKills);

    [Fact]
    public Task A_postgres_journal_survives_kills_of_its_client() => PostgresAsync(FewKills, 5_000);

    [Theory, Trait("Category", "Slow")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task A_postgres_journal_survives_a_thousand_kills_of_its_client(int part) => PostgresAsync(ManyKills, part * ManyKills);

    [Fact]
    public Task A_postgres_journal_survives_crashes_of_the_server() => PostgresServerAsync(6);

    [Fact, Trait("Category", "Slow")]
    public Task A_postgres_journal_survives_hundreds_of_crashes_of_the_server() => PostgresServerAsync(200);

    [Fact]
    public async Task A_writer_whose_server_crashes_goes_on_and_writes_nothing_twice()
    {
        using var cluster = new PostgresCluster();
        var place = $"{cluster.ConnectionString}|steady";
        using var writer = KilledWriter.Start("postgres", place, seed: 1);
        var crashes = 0;

        var said = await writer.KillAsync(TimeSpan.FromMilliseconds(300), () =>
        {
            foreach (var signal in (string[])["QUIT", "KILL", "QUIT"])
            {
                cluster.Crash(signal);
                cluster.WaitUntilReady();
                writer.WaitForMore();
                crashes++;
            }
        });

        Assert.Equal(3, crashes);
        await using var store = await CrashJournal.OpenAsync("postgres", place, null);
        await CheckAsync(store, said);
    }

    static async Task SqliteAsync(int kills, int seed)
    {
        for (var done = 0; done < kills; done += KillsPerJournal)
        {
            await using var harness = new SqliteHarness();
            await RunAsync("sqlite", harness.File, Math.Min(KillsPerJournal, kills - done), seed + done, _ => null);
        }
    }

    static async Task PostgresAsync(int kills, int seed)
    {
        for (var done = 0; done < kills; done += KillsPerJournal)
            await RunAsync("postgres", $"{PostgresCluster.Shared.ConnectionString}|crash{seed + done}", Math.Min(KillsPerJournal, kills - done), seed + done, _ => null);
    }

    // A server of its own: the other tests would not like it.
    static async Task PostgresServerAsync(int kills)
    {
        using var cluster = new PostgresCluster();
        await RunAsync("postgres", $"{cluster.ConnectionString}|crash", kills, 0, round => (round % 3) switch
        {
            0 => () => cluster.Crash("QUIT"),
            1 => () => cluster.Crash("KILL"),
            _ => () => cluster.KillBackend(),
        }, cluster.WaitUntilReady);
    }

    static async Task RunAsync(string kind, string place, int kills, int seed, Func<int, Action?> before, Action? recovered = null)
    {
        using var random = new SeededRandom((ulong)seed, kind);
        Head? anchor = null;
        for (var round = 0; round < kills; round++)
        {
            using var writer = KilledWriter.Start(kind, place, seed + round);
            var said = await writer.KillAsync(TimeSpan.FromMilliseconds(random.Below(40)), before(round));
            recovered?.Invoke();

            await using var store = await CrashJournal.OpenAsync(kind, place, anchor);
            anchor = await CheckAsync(store, said);
        }
    }

    static async Task<Head> CheckAsync(EventStore store, List<KilledWriter.Acknowledged> said)
    {
        var report = await store.VerifyAsync([.. said.Select(a => new Head(store.Journal, a.Position, a.Hash))]);
        Assert.True(report.IsIntact, string.Join('\n', report.Faults));
        Assert.Equal(said.Count, report.AnchorsMatched);
        foreach (var stream in Enumerable.Range(0, CrashWriter.Streams).Select(i => $"s{i}"))
        {
            var events = await Sample.StreamAsync(store, stream);
            Assert.True(events.Count >= said.Where(a => a.Stream == stream).Select(a => a.Version).DefaultIfEmpty().Max());
            Assert.All(events, e => Assert.Equal(CrashWriter.Payload(stream, e.Version), e.Payload.ToArray()));
        }
        return report.Head;
    }
}
