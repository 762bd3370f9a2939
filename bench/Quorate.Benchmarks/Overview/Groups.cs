using System.Diagnostics;
using System.Security.Cryptography;
using Quorate.Journal;
using Quorate.Journal.Export;
using Quorate.Testing;
using Quorate.Threshold.Frost;

namespace Quorate.Benchmarks.Overview;

/// <summary>What the overview measures, each group a part of what the other benchmarks show at length.</summary>
static class Groups
{
    /// <summary>By name, with what is said of each.</summary>
    internal static readonly IReadOnlyList<(string Name, string Title, Func<IAsyncEnumerable<Row>> Measure)> All =
    [
        ("secp256k1", "secp256k1, one operation", () => Compared("libsecp256k1", CurveBenchmarks.Comparisons().Concat(SignatureBenchmarks.Comparisons()))),
        ("ed25519", "Ed25519, one operation", () => Compared("libsodium", Ed25519Benchmarks.Comparisons())),
        ("frost", "FROST 2-of-3, the work of one party", FrostAsync),
        ("dkls23", "DKLs23 2-of-3, the work of one party", Dkls23Async),
        ("nodes", "A signature by two of three node processes, through a relay", NodesAsync),
        ("api", "Calls of the API, of a server with three nodes beside it, SQLite", ApiAsync),
        ("audit", "An exported journal of 100,000 events, verified offline", AuditAsync),
    ];

    static async IAsyncEnumerable<Row> Compared(string peer, IEnumerable<Comparison> comparisons)
    {
        await Task.Yield();
        // One after the other: what a comparison measures is wiped when the next is asked for.
        foreach (var comparison in comparisons)
        {
            if (comparison.Overview is null)
                continue;
            var (ours, theirs, ratio) = Paired.Take(comparison);
            yield return new(comparison.Overview, ours, Unit.Nanoseconds, peer, theirs, 1 / ratio);
        }
    }

    static async IAsyncEnumerable<Row> FrostAsync()
    {
        await Task.Yield();
        foreach (var (name, rows) in new[]
        {
            ("secp256k1", FrostBenchmarks.Against(FrostSuite.Secp256k1, "secp256k1", 2, 3, runs: 200)),
            ("Ed25519", FrostBenchmarks.Against(FrostSuite.Ed25519, "ed25519", 2, 3, runs: 200)),
        })
        {
            if (rows is null)
                throw new PeerMissingException("@noble/curves");
            yield return Row.Milliseconds($"{name}: key generation", rows[0].Ours, "@noble/curves", rows[0].Theirs);
            var signing = rows[1..4];
            yield return Row.Milliseconds($"{name}: signing", signing.Sum(r => r.Ours), "@noble/curves", signing.Sum(r => r.Theirs));
        }
    }

    static async IAsyncEnumerable<Row> Dkls23Async()
    {
        await Task.Yield();
        foreach (var (phase, ours, theirs) in Dkls23Benchmarks.Against() ?? throw new PeerMissingException("@0xcarbon/dkls23-wasm"))
            yield return Row.Milliseconds(phase == "sign" ? "signing" : "key generation", ours, "@0xcarbon/dkls23-wasm", theirs);
    }

    static async IAsyncEnumerable<Row> NodesAsync()
    {
        await foreach (var (kind, inFlight, median, perSecond) in SigningBenchmarks.RelayedAsync())
            yield return inFlight == 1
                ? Row.Milliseconds($"{kind}: one at a time, p50", median)
                : new($"{kind}: {inFlight} at once", perSecond, Unit.PerSecond);
    }

    static async IAsyncEnumerable<Row> ApiAsync()
    {
        await foreach (var (call, callers, perSecond, _, p99) in ApiBenchmarks.LevelsAsync(isPostgres: false, [16]))
        {
            yield return new($"{call}: {callers} callers", perSecond, Unit.PerSecond);
            yield return Row.Milliseconds($"{call}: {callers} callers, p99", p99);
        }
    }

    static async IAsyncEnumerable<Row> AuditAsync()
    {
        const int Events = 100_000, PayloadBytes = 400, PerAppend = 1_000, Runs = 7;
        var folder = Directory.CreateTempSubdirectory("quorate-bench-").FullName;
        try
        {
            using var file = new MemoryStream();
            await using (var store = await EventStore.OpenSqliteAsync(Path.Combine(folder, "journal.db")))
            {
                using var random = new SeededRandom(1, "audit");
                for (var written = 0; written < Events; written += PerAppend)
                {
                    var events = new NewEvent[PerAppend];
                    for (var i = 0; i < PerAppend; i++)
                    {
                        var payload = new byte[PayloadBytes];
                        random.Fill(payload);
                        events[i] = new("benchmark.happened", 1, payload);
                    }
                    await store.AppendAsync($"stream-{written / PerAppend}", 0, events);
                }
                await JournalExport.WriteAsync(store, file);
            }
            var (ours, theirs) = (new double[Runs], new double[Runs]);
            for (var run = 0; run < Runs; run++)
            {
                file.Position = 0;
                var begun = Stopwatch.GetTimestamp();
                if (!(await ExportVerifier.VerifyAsync(file)).Chain.IsIntact)
                    throw new InvalidOperationException("The export does not verify.");
                ours[run] = Events / Stopwatch.GetElapsedTime(begun).TotalSeconds;
                file.Position = 0;
                begun = Stopwatch.GetTimestamp();
                SHA256.HashData(file);
                theirs[run] = Events / Stopwatch.GetElapsedTime(begun).TotalSeconds;
            }
            Array.Sort(ours);
            Array.Sort(theirs);
            yield return new("events", ours[Runs / 2], Unit.PerSecond, "SHA-256 of the file, alone", theirs[Runs / 2], ours[Runs / 2] / theirs[Runs / 2]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
