using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Server.Events;
using Quorate.Server.Ids;
using Quorate.Server.Store;
using Quorate.Server.Transfers;
using Quorate.Server.Views;
using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>The wallet server's domain without its network: commands, reads, read models, over both databases.</summary>
static class ServerBenchmarks
{
    const int Commands = 1_000;
    const int Reads = 500;
    const int PerAppend = 500;

    static readonly ChainId chain = ChainId.Parse("eip155:31337");
    static readonly AssetId ether = AssetId.Coin(chain, 60);
    static readonly string[] words = ["rent", "salary", "invoice", "refund", "fee", "collateral", "sweep", "deposit"];

    internal static void Run(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    static async Task RunAsync(string[] args)
    {
        var rows = args.Contains("million") ? 1_000_000 : args.Select(a => int.TryParse(a, out var n) ? n : 0).Append(0).Max() is > 0 and var given ? given : 20_000;
        if (!args.Contains("postgres"))
        {
            var directory = Directory.CreateTempSubdirectory("quorate-bench-").FullName;
            try
            {
                Console.WriteLine("\nSQLite");
                await using var store = await ServerStore.OpenSqliteAsync(directory);
                await MeasureAsync(store, rows);
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        if (!args.Contains("sqlite"))
        {
            using var cluster = new PostgresCluster();
            Console.WriteLine("\nPostgreSQL");
            await using var store = await ServerStore.OpenPostgresAsync(cluster.ConnectionString);
            await MeasureAsync(store, rows);
        }
    }

    static async Task MeasureAsync(ServerStore store, int rows)
    {
        using (var stop = new CancellationTokenSource())
        {
            var projecting = store.ProjectAsync(stop.Token);
            await CommandsAsync(store);
            await LagAsync(store);
            await stop.CancelAsync();
            await projecting.ContinueWith(_ => { }, TaskScheduler.Default);
        }
        await FillAsync(store, rows);
        foreach (var projector in store.Projectors)
        {
            var clock = Stopwatch.StartNew();
            var head = await projector.RebuildAsync();
            Console.WriteLine($"  {$"rebuild of {projector.Name} from {head.Position:N0} events",-46} {clock.Elapsed.TotalSeconds,8:N1} s {head.Position / clock.Elapsed.TotalSeconds,9:N0} events/s");
        }
        await PagesAsync(store, rows);
    }

    static async Task CommandsAsync(ServerStore store)
    {
        var (request, whole, read) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Commands; i++)
        {
            var draft = Draft(store.Ids.Next(ResourceKind.Transfer), i, external: $"bench-{i}");
            var id = draft.Id.ToString();
            var at = draft.ExpiresAt.AddDays(-1);
            request.Add(await TimeAsync(() => store.Transfers.DoAsync(id, new TransferCommand.Request(at, draft))));
            whole.Add(await TimeAsync(() => store.Transfers.DoAsync(id, new TransferCommand.Submit(at, at.AddMinutes(1)))));
            whole.Add(await TimeAsync(() => store.Transfers.DoAsync(id, new TransferCommand.Reserve(at, new("funds", ReservationKind.Funds, "lane", [], ether, 1)))));
            if (i < Reads)
                read.Add(await TimeAsync(() => store.Transfers.ReadAsync(id)));
        }
        Print("command: request with external id", request);
        Print("command: on a transfer that is there", whole);
        Print("read of a transfer, by its stream", read);
    }

    static async Task LagAsync(ServerStore store)
    {
        var lags = new List<double>();
        // Later than all before, so that the newest is the one that was just asked for.
        for (var i = 0; i < 200; i++)
        {
            var draft = Draft(store.Ids.Next(ResourceKind.Transfer), Commands + i, external: null);
            await store.Transfers.DoAsync(draft.Id.ToString(), new TransferCommand.Request(draft.ExpiresAt.AddDays(-1), draft));
            var begun = Stopwatch.GetTimestamp();
            while ((await store.History.ListAsync(new() { Wallet = draft.Wallet.ToString() }, 1, null)).Page!.Items is not [var newest] || newest.Id != draft.Id.ToString())
                await Task.Yield();
            lags.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        Print("projection: from acknowledged to found", lags);
    }

    // Every tenth is cancelled, so that states differ. Eight appends are under way at a time.
    static async Task FillAsync(ServerStore store, int rows)
    {
        var clock = Stopwatch.StartNew();
        var before = (await store.Journal.HeadAsync()).Position;
        await Parallel.ForEachAsync(Enumerable.Range(0, rows / PerAppend), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (part, stop) =>
            await store.Journal.AppendAsync([.. Enumerable.Range(part * PerAppend, PerAppend).Select(i =>
            {
                var draft = Draft(store.Ids.Next(ResourceKind.Transfer), i, external: null);
                var requested = new TransferEvent.Requested(draft.ExpiresAt.AddDays(-1), draft);
                TransferEvent[] events = i * 7_919L % 97 < 10 ? [requested, new TransferEvent.Ended(requested.At, TransferStatus.Cancelled, "no", "alice", null)] : [requested];
                return new StreamAppend($"transfer/{draft.Id}", 0, [.. events.Select(e => TransferEvent.Catalog.Encode(e))]);
            })], stop));
        var events = (await store.Journal.HeadAsync()).Position - before;
        Console.WriteLine($"  {$"append of {rows:N0} transfers, {PerAppend} at a time",-46} {clock.Elapsed.TotalSeconds,8:N1} s {events / clock.Elapsed.TotalSeconds,9:N0} events/s");
    }

    static async Task PagesAsync(ServerStore store, int rows)
    {
        (string, Func<int, TransferFilter>)[] filters =
        [
            ("all", _ => new()), ("a wallet", i => new() { Wallet = Id(ResourceKind.Wallet, i % 100).ToString() }), ("a state", _ => new() { Status = TransferStatus.Cancelled }),
            ("a vault and a state", i => new() { Vault = Id(ResourceKind.Vault, i % 10).ToString(), Status = TransferStatus.Cancelled }),
            ("an address", i => new() { Address = $"0xB{i % 5_000:x4}" }),
            ("a day", i => new() { From = Epoch.AddHours(i % 200), Until = Epoch.AddHours(i % 200 + 24) }),
            ("a wallet's day", i => new() { Wallet = Id(ResourceKind.Wallet, i % 100).ToString(), From = Epoch.AddHours(i % 200), Until = Epoch.AddHours(i % 200 + 24) }),
            ("a word that one has", i => new() { Text = $"n{i * 7_919L % rows}" }), ("a word that none has", i => new() { Text = $"nothing{i}" }),
            ("a word that an eighth has", i => new() { Text = words[i % words.Length] }), ("a word that all have", _ => new() { Text = "alice" }),
            ("two words that an eighth has, never together", _ => new() { Text = "salary rent" }), ("the beginning of a ninth", _ => new() { Text = "n1" }),
            ("the beginning of one in a thousand", i => new() { Text = $"n{i + 100}" }),
            ("a frequent word in a wallet", i => new() { Text = words[i % 4], Wallet = Id(ResourceKind.Wallet, i % 4).ToString() }),
            ("a frequent word in a state", i => new() { Text = words[i % words.Length], Status = TransferStatus.Cancelled }),
        ];
        foreach (var (name, filter) in filters)
        {
            var (times, found) = (new List<double>(), 0);
            for (var i = 0; i < 100 && times.Sum() < 8_000; i++)
                times.Add(await TimeAsync(async () => found += (await store.History.ListAsync(filter(i), 50, null)).Page!.Items.Count));
            Print($"page of 50: {name}, {(double)found / times.Count:N0}", times);
        }
        string? token = null;
        var following = new List<double>();
        for (var i = 0; i < 200; i++)
            following.Add(await TimeAsync(async () => token = (await store.History.ListAsync(new(), 50, token)).Page!.NextPageToken));
        Print("the pages that follow", following);
        following.Clear();
        token = null;
        for (var i = 0; i < 100; i++)
            following.Add(await TimeAsync(async () => token = (await store.History.ListAsync(new() { Text = "rent" }, 50, token)).Page!.NextPageToken));
        Print("the pages that follow, of a frequent word", following);
        var (audit, balances) = (new List<double>(), new List<double>());
        var now = DateTimeOffset.UtcNow;
        for (var i = 0; i < 100; i++)
        {
            audit.Add(await TimeAsync(() => AuditTrail.ListAsync(store.ReadModels, now.AddMinutes(-i - 1), now.AddMinutes(1), null, 50, null)));
            balances.Add(await TimeAsync(() => BalanceSheet.ReadAsync(store.ReadModels, Id(ResourceKind.Wallet, i).ToString())));
        }
        foreach (var (name, filter) in ((string, Func<int, EventFilter>)[])
        [
            ("all", _ => EventFilter.All), ("a wallet", i => new() { Wallet = Id(ResourceKind.Wallet, i).ToString() }), ("a vault", i => new() { Vault = Id(ResourceKind.Vault, i % 10).ToString() }),
            ("a type", _ => new() { Types = ["transfer.cancelled"] }), ("all of a kind", _ => new() { Types = EventRules.Match(["transfer.*"]).Types }),
            ("a wallet and a type", i => new() { Wallet = Id(ResourceKind.Wallet, i).ToString(), Types = ["transfer.cancelled"] }),
            ("a type that none has", _ => new() { Types = ["vault.frozen"] }), ("a wallet and a type that none has", i => new() { Wallet = Id(ResourceKind.Wallet, i).ToString(), Types = ["vault.frozen"] }),
            ("from a time on", i => new() { Since = now.AddSeconds(-i) }),
        ])
        {
            var times = new List<double>();
            for (var i = 0; i < 100 && times.Sum() < 8_000; i++)
                times.Add(await TimeAsync(() => store.Events.ListAsync(filter(i), isNewestFirst: i % 2 == 0, 50, null, default)));
            Print($"page of 50 events: {name}", times);
        }
        Print("page of 50 of the audit, from a time on", audit);
        Print("balances of a wallet, which keeps for some ten", balances);
    }

    static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static TransferDraft Draft(ResourceId id, int i, string? external) => new(
        id, new TransferSubject.Payment(ether, (ulong)i + 1, $"0xB{i % 5_000:x4}", $"0xA{i % 100:x4}", null), Id(ResourceKind.Wallet, i % 100), Id(ResourceKind.Vault, i % 10),
        "alice", new(ether, 1_000), Epoch.AddDays(1).AddSeconds(i), external, $"{words[i % words.Length]} n{i}");

    static ResourceId Id(ResourceKind kind, int number)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}{number}"))[..16];
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new(kind, new Guid(bytes, bigEndian: true));
    }

    static async Task<double> TimeAsync(Func<Task> action)
    {
        var begun = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    static void Print(string name, List<double> times)
    {
        times.Sort();
        double At(double part) => times[Math.Min(times.Count - 1, (int)(times.Count * part))];
        Console.WriteLine($"  {name,-46} p50 {At(0.5),8:N2}  p95 {At(0.95),8:N2}  p99 {At(0.99),8:N2} ms");
    }
}
