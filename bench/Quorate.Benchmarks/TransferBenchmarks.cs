using Quorate.EndToEnd.Tests;
using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>
/// Transfers end to end: a server, three nodes that sign with DKLs23 and anvil, each a process, and this one as the client who
/// asks and approves. From the request until the network has the transaction.
/// </summary>
static class TransferBenchmarks
{
    internal static void Run(string[] args) => RunAsync(args.FirstOrDefault() == "postgres").GetAwaiter().GetResult();

    static async Task RunAsync(bool isPostgres)
    {
        using var cluster = isPostgres ? new PostgresCluster() : null;
        Console.WriteLine($"{(isPostgres ? "PostgreSQL" : "SQLite"),-12}{"in flight",10}{"payments",10}{"p50 ms",10}{"p95 ms",10}{"per s",8}");
        // An account has at most sixteen in no block; anvil makes one for every transaction.
        await Throughput.RunAsync(cluster?.ConnectionString, [(1, 20), (1, 60), (8, 120), (16, 200)], r => Console.WriteLine(
            $"{"",-12}{r.InFlight,10}{r.Payments,10}{r.Broadcast[r.Payments / 2],10:F0}{r.Broadcast[r.Payments * 95 / 100],10:F0}{r.Payments / r.Seconds,8:F1}"));
    }
}
