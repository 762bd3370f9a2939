using System.Diagnostics;
using Quorate.V1;

namespace Quorate.EndToEnd.Tests;

/// <summary>Payments through everything, for the benchmarks: from the request over approval and signature to the chain, one after the other or many at once.</summary>
static class Throughput
{
    /// <summary>What came of it.</summary>
    /// <param name="InFlight">At once.</param>
    /// <param name="Payments">How many.</param>
    /// <param name="Seconds">In all, to the last broadcast.</param>
    /// <param name="Broadcast">Milliseconds of each from its request until the network had it, ascending.</param>
    internal sealed record Result(int InFlight, int Payments, double Seconds, double[] Broadcast);

    /// <summary>Runs levels one after the other over one organisation.</summary>
    /// <param name="postgres">Its database; SQLite where null.</param>
    /// <param name="levels">How many at once, and how many in all.</param>
    /// <param name="report">Told of each.</param>
    internal static async Task RunAsync(string? postgres, IEnumerable<(int InFlight, int Payments)> levels, Action<Result> report)
    {
        await using var acme = await Organisation.StartAsync(postgres, "ethereum");
        var wallet = await acme.MakeWalletAsync();
        var address = await acme.Api.Wallets.CreateAddressAsync(new() { Wallet = wallet.Id, Chain = "eip155:31337" });
        await acme.Devnet.FundAsync("ethereum", address.Address_, "1000000000000000000000");
        foreach (var (inFlight, payments) in levels)
        {
            var times = new double[payments];
            var clock = Stopwatch.StartNew();
            await Parallel.ForAsync(0, payments, new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (i, _) => times[i] = await PayAsync(acme, wallet));
            report(new(inFlight, payments, clock.Elapsed.TotalSeconds, [.. times.Order()]));
        }
    }

    static async Task<double> PayAsync(Organisation acme, Wallet wallet)
    {
        var clock = Stopwatch.StartNew();
        var transfer = await acme.Api.Transfers.CreateTransferAsync(new()
        {
            Wallet = wallet.Id, Asset = "eip155:31337/slip44:60", Amount = "1", To = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", MaxFee = "5000000000000000", Initiator = "alice",
        });
        for (var isApproved = false; transfer.Status is not ("broadcast" or "confirming" or "confirmed" or "finalized"); await Task.Delay(10))
        {
            transfer = await acme.Api.Transfers.GetTransferAsync(new() { Transfer = transfer.Id });
            if (isApproved || transfer.Transactions.LastOrDefault() is not { Stage: "prepared" } current)
                continue;
            await acme.Api.Transfers.ApproveTransferAsync(new() { Transfer = transfer.Id, Approval = acme.Approve(current.IntentHash, "alice") });
            isApproved = true;
        }
        return clock.Elapsed.TotalMilliseconds;
    }
}
