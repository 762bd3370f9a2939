using System.Diagnostics;
using System.Net.Http.Json;
using Quorate.EndToEnd.Tests;
using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>
/// Calls a second of a server that is a process of its own, with nodes and anvil beside it, while callers at once sign and wait
/// for each answer: reads, creates (a vault, under an idempotency key) and previews of a payment, over gRPC and REST. The callers
/// are this process, on the same machine, and verify nothing.
/// </summary>
static class ApiBenchmarks
{
    static readonly TimeSpan warm = TimeSpan.FromSeconds(1), measured = TimeSpan.FromSeconds(4);

    /// <summary>What callers at once see of a kind of call.</summary>
    internal sealed record Level(string Call, int Callers, double PerSecond, double P50, double P99);

    internal static void Run(string[] args) => RunAsync(args.FirstOrDefault() == "postgres").GetAwaiter().GetResult();

    static async Task RunAsync(bool isPostgres)
    {
        Console.WriteLine($"{(isPostgres ? "PostgreSQL" : "SQLite"),-28}{"callers",8}{"per s",8}{"p50 ms",9}{"p99 ms",9}");
        await foreach (var (call, callers, perSecond, p50, p99) in LevelsAsync(isPostgres, [1, 4, 16, 64]))
            Console.WriteLine($"{call,-28}{callers,8}{perSecond,8:F0}{p50,9:F1}{p99,9:F1}");
    }

    /// <summary>Every kind of call, with so many callers at once.</summary>
    internal static async IAsyncEnumerable<Level> LevelsAsync(bool isPostgres, int[] callers)
    {
        using var cluster = isPostgres ? new PostgresCluster() : null;
        await using var acme = await Organisation.StartAsync(cluster?.ConnectionString, "ethereum");
        var wallet = await acme.MakeWalletAsync();
        var address = await acme.Api.Wallets.CreateAddressAsync(new() { Wallet = wallet.Id, Chain = "eip155:31337" });
        await acme.Devnet.FundAsync("ethereum", address.Address_, "1000000000000000000");
        await Until.Async(() => acme.Api.Wallets.GetBalancesAsync(new() { Wallet = wallet.Id }), b => b.Balances_.Count == 1 && b.Balances_[0].Available != "0");
        const string Asset = "eip155:31337/slip44:60", To = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", Fee = "5000000000000000";

        (string Name, Func<Task> Call)[] calls =
        [
            ("read, gRPC", () => acme.Api.Wallets.GetWalletAsync(new() { Wallet = wallet.Id })),
            ("read, REST", async () => Check(await acme.Json.GetAsync(new Uri($"/v1/wallets/{wallet.Id}", UriKind.Relative)))),
            ("create, gRPC", () => acme.Api.Vaults.CreateVaultAsync(new() { Name = Guid.NewGuid().ToString() })),
            ("create, REST", async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/vaults") { Content = JsonContent.Create(new { name = Guid.NewGuid().ToString() }) };
                request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
                Check(await acme.Json.SendAsync(request));
            }),
            ("preview, gRPC", () => acme.Api.Transfers.PreviewTransferAsync(new() { Wallet = wallet.Id, Asset = Asset, Amount = "1", To = To, MaxFee = Fee })),
            ("preview, REST", async () => Check(await acme.Json.PostAsJsonAsync(
                "/v1/transfers:preview", new { wallet = wallet.Id, asset = Asset, amount = "1", to = To, maxFee = Fee }))),
        ];
        foreach (var (name, call) in calls)
            foreach (var count in callers)
            {
                await TimesAsync(count, warm, call);
                var clock = Stopwatch.StartNew();
                var times = await TimesAsync(count, measured, call);
                yield return new(name, count, times.Length / clock.Elapsed.TotalSeconds, times[times.Length / 2], times[times.Length * 99 / 100]);
            }
    }

    static void Check(HttpResponseMessage response)
    {
        using (response)
            response.EnsureSuccessStatusCode();
    }

    static async Task<double[]> TimesAsync(int callers, TimeSpan length, Func<Task> call)
    {
        var end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var times = new List<double>();
            for (var begun = Stopwatch.GetTimestamp(); begun < end; begun = Stopwatch.GetTimestamp())
            {
                await call();
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            return times;
        })));
        return [.. all.SelectMany(t => t).Order()];
    }
}
