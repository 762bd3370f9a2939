using System.Globalization;
using System.Text.RegularExpressions;
using Quorate.Client;
using Quorate.Testing;
using Quorate.V1;
using Xunit.Abstractions;

namespace Quorate.EndToEnd.Tests;

/// <summary>
/// Transfers in flight while server, nodes and database are killed with kill −9, one after the other and again: nothing is
/// lost, nothing is done twice, no lane is stuck, and the record verifies.
/// </summary>
public sealed partial class KillTests(ITestOutputHelper output)
{
    const string Supplier = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";
    const int AtOnce = 8;

    [Fact]
    public Task Sixteen_transfers_survive_kills_of_server_and_nodes() => RunAsync(null, 16, 1);

    [Fact, Trait("Category", "Slow")]
    public Task Two_hundred_transfers_survive_kills_of_server_and_nodes() => RunAsync(null, 200, 2);

    [Fact, Trait("Category", "Slow")]
    public async Task Two_hundred_transfers_survive_kills_of_server_nodes_and_PostgreSQL()
    {
        using var cluster = new PostgresCluster();
        await RunAsync(cluster, 200, 3);
    }

    async Task RunAsync(PostgresCluster? cluster, int count, ulong seed)
    {
        await using var acme = await Organisation.StartAsync(cluster?.ConnectionString, "ethereum");
        Until.Log.Value = () => acme.Server.Errors;
        var wallet = await acme.MakeWalletAsync();
        var address = await acme.Api.Wallets.CreateAddressAsync(new() { Wallet = wallet.Id, Chain = "eip155:31337" });
        await acme.Devnet.FundAsync("ethereum", address.Address_, "1000000000000000000000");
        await acme.Devnet.AnvilAsync("evm_setIntervalMining", 1);

        using var done = new CancellationTokenSource();
        using var random = new SeededRandom(seed, "kills");
        var killing = KillAsync(acme, cluster, random, done.Token);
        var ended = new Transfer[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => ended[i] = await PayAsync(acme, wallet, i));
        await done.CancelAsync();
        var kills = await killing;
        output.WriteLine($"{count} transfers, {string.Join(", ", kills.CountBy(k => k).OrderBy(k => k.Key).Select(k => $"{k.Value} kills of {k.Key}"))}");

        // Each was paid once: by its state, by the recipient's account, and by the payer's count of transactions.
        Assert.All(ended, t => Assert.True(t.Status == "finalized", $"{t}"));
        Assert.Equal(count, ended.Select(t => t.Id).Distinct().Count());
        var sum = ended.Aggregate(UInt128.Zero, (total, t) => total + UInt128.Parse(t.Amount, CultureInfo.InvariantCulture));
        Assert.Equal($"0x{sum:x}", (await acme.Devnet.AnvilAsync("eth_getBalance", Supplier, "latest"))!.GetValue<string>());
        var sent = Convert.ToInt32((await acme.Devnet.AnvilAsync("eth_getTransactionCount", address.Address_, "latest"))!.GetValue<string>()[2..], 16);
        Assert.True(sent >= count, $"{sent}");
        // What is more than that only fills gaps: nothing to nobody but itself.
        Assert.Equal(sent - count, await FillersAsync(acme, wallet));

        // No lane is stuck and nothing stays reserved: the next one goes straight through.
        Assert.Equal("finalized", (await PayAsync(acme, wallet, count)).Status);
        await Until.Async(() => acme.Api.Wallets.GetBalancesAsync(new() { Wallet = wallet.Id }), b => b.Balances_ is [{ Pending: "0", Unexplained: "0" }]);
        await Until.Async(() => acme.Api.Operations.GetAuditHeadAsync(new()), h => h.Signers.Count == 3);
        await Executable.DoAsync(acme.Folder, "audit", "export", "--data", "server", "--out", "journal.export");
        await Executable.DoAsync(acme.Folder, "audit", "verify", "journal.export", "--genesis", "genesis.json");
        foreach (var node in acme.Nodes.Keys)
            await acme.Nodes[node].StopAsync();
    }

    static async Task<Transfer> PayAsync(Organisation acme, Wallet wallet, int number)
    {
        var id = await CreateAsync(acme, wallet, number);
        // Asked for anew where it is made anew: a nonce that was recalled is another intent.
        var signed = new HashSet<string>();
        return await Until.Async(async () =>
        {
            var now = await acme.Api.Transfers.GetTransferAsync(new() { Transfer = id });
            if (now.Transactions.LastOrDefault() is { Stage: "prepared", Approvers.Count: 0 } current && signed.Add(current.IntentHash))
            {
                try
                {
                    await acme.Api.Transfers.ApproveTransferAsync(new() { Transfer = id, Approval = acme.Approve(current.IntentHash, "alice") });
                }
                catch (QuorateException)
                {
                    // It may have been taken, or not: the next look tells.
                    signed.Remove(current.IntentHash);
                }
            }
            return now;
        }, t => t.Status is "finalized" or "failed" or "denied" or "dropped" or "expired", TimeSpan.FromMinutes(4));
    }

    // Sent until it is answered: whether a request that got no answer was carried out, its external id tells.
    static async Task<string> CreateAsync(Organisation acme, Wallet wallet, int number)
    {
        while (true)
        {
            try
            {
                return (await acme.Api.Transfers.CreateTransferAsync(new()
                {
                    Wallet = wallet.Id, Asset = "eip155:31337/slip44:60", Amount = $"{1_000 + number}", To = Supplier, MaxFee = "5000000000000000", Initiator = "alice",
                    ExternalId = $"payment-{number}",
                })).Id;
            }
            catch (QuorateException there) when (there.Code == "external_id_taken")
            {
                return TransferId().Match(there.Message).Value;
            }
            catch (QuorateException away) when (away.IsRetryable)
            {
                await Task.Delay(200);
            }
        }
    }

    static async Task<int> FillersAsync(Organisation acme, Wallet wallet)
    {
        var (found, page) = (0, "");
        do
        {
            var answer = await acme.Api.Transfers.ListTransfersAsync(new() { Wallet = wallet.Id, PageSize = 200, PageToken = page });
            found += answer.Transfers.Count(t => t.ExternalId.StartsWith("fill/", StringComparison.Ordinal) && t.Status == "finalized");
            page = answer.NextPageToken;
        }
        while (page.Length > 0);
        return found;
    }

    static async Task<List<string>> KillAsync(Organisation acme, PostgresCluster? cluster, SeededRandom random, CancellationToken until)
    {
        var kills = new List<string>();
        while (true)
        {
            await Task.Delay(500 + random.Below(3_000), until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (until.IsCancellationRequested)
                return kills;
            var away = TimeSpan.FromMilliseconds(random.Below(1_000));
            switch (random.Below(cluster is null ? 2 : 3))
            {
                case 0:
                    kills.Add("the server");
                    await acme.RestartServerAsync(away);
                    break;
                case 1:
                    kills.Add("nodes");
                    await acme.RestartNodeAsync(1 + random.Below(3), away);
                    break;
                default:
                    kills.Add("PostgreSQL");
                    cluster!.Crash("KILL");
                    cluster.WaitUntilReady();
                    break;
            }
        }
    }

    [GeneratedRegex("trf_[0-9a-f-]{36}")]
    private static partial Regex TransferId();
}
