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

    internal static void Run(string[] args) => RunAsync(args.FirstOrDefault() == "postgres").GetAwaiter().GetResult();

    static async Task RunAsync(bool isPostgres)
    {
        using var cluster = isPostgres ? new PostgresCluster() : null;
        await using var acme = await Organisation.StartAsync(cluster?.ConnectionString, "ethereum");
        var wallet = await acme.MakeWalletAsync();
        var address = await acme.Api.Wallets.CreateAddressAsync(new() { Wallet = wallet.Id, Chain = "eip155:31337" });
        await acme.Devnet.FundAsync("ethereum", address.Address_, "1000000000000000000");
        await Until.Async(() => acme.Api.Wallets.GetBalancesAsync(new() { Wallet = wallet.Id }), b => b.Balances_.Count == 1 && b.Balances_[0].Available != "0");
        const string Asset = "eip155:31337/slip44:60", To = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", Fee = "5000000000000000";

        Console.WriteLine($"{(isPostgres ? "PostgreSQL" : "SQLite"),-28}{"callers",8}{"per s",8}{"p50 ms",9}{"p99 ms",9}");
        await LevelsAsync("read, gRPC", _ => acme.Api.Wallets.GetWalletAsync(new() { Wallet = wallet.Id }));
        await LevelsAsync("read, REST", async _ => Check(await acme.Json.GetAsync(new Uri($"/v1/wallets/{wallet.Id}", UriKind.Relative))));
        await LevelsAsync("create, gRPC", _ => acme.Api.Vaults.CreateVaultAsync(new() { Name = Guid.NewGuid().ToString() }));
        await LevelsAsync("create, REST", async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/vaults") { Content = JsonContent.Create(new { name = Guid.NewGuid().ToString() }) };
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            Check(await acme.Json.SendAsync(request));
        });
        await LevelsAsync("preview, gRPC", _ => acme.Api.Transfers.PreviewTransferAsync(new() { Wallet = wallet.Id, Asset = Asset, Amount = "1", To = To, MaxFee = Fee }));
        await LevelsAsync("preview, REST", async _ => Check(await acme.Json.PostAsJsonAsync(
            "/v1/transfers:preview", new { wallet = wallet.Id, asset = Asset, amount = "1", to = To, maxFee = Fee })));
    }

    static void Check(HttpResponseMessage response)
    {
        using (response)
            response.EnsureSuccessStatusCode();
    }

    static async Task LevelsAsync(string name, Func<int, Task> call)
    {
        foreach (var callers in (int[])[1, 4, 16, 64])
        {
            await TimesAsync(callers, warm, call);
            var clock = Stopwatch.StartNew();
            var times = await TimesAsync(callers, measured, call);
            Console.WriteLine($"{name,-28}{callers,8}{times.Length / clock.Elapsed.TotalSeconds,8:F0}{times[times.Length / 2],9:F1}{times[times.Length * 99 / 100],9:F1}");
        }
    }

    static async Task<double[]> TimesAsync(int callers, TimeSpan length, Func<int, Task> call)
    {
        var end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var times = new List<double>();
            for (var begun = Stopwatch.GetTimestamp(); begun < end; begun = Stopwatch.GetTimestamp())
            {
                await call(caller);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            return times;
        })));
        return [.. all.SelectMany(t => t).Order()];
    }
}
