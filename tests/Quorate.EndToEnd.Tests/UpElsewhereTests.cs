using System.Globalization;
using Quorate.Testing;

namespace Quorate.EndToEnd.Tests;

/// <summary><c>quorate up</c> with what others run: PostgreSQL, Redis, and a chain's node that it knows by its address alone.</summary>
public sealed class UpElsewhereTests
{
    const string Ether = "000000000000000000", Chain = "eip155:31337", Coin = "eip155:31337/slip44:60";

    [Fact]
    public async Task A_database_a_counter_and_a_chain_of_somebody_else_carry_an_organisation_from_start_to_start()
    {
        using var postgres = new PostgresCluster();
        using var redis = new RedisProcess();
        await using var devnet = await Devnet.StartAsync("ethereum");
        using var up = new LocalUp();
        await up.StartAsync("--postgres", postgres.ConnectionString, "--redis", redis.ConnectionString, "--rpc", $"ethereum={devnet["ethereum"].Url}");
        Assert.Equal(["node-1", "node-2", "node-3", "server", "up"], up.Processes.Keys.Order());
        Assert.DoesNotContain(Directory.GetFiles(up.At("server")), file => file.EndsWith(".db", StringComparison.Ordinal));

        var (wallet, address) = await MakeWalletAsync(up);
        await devnet.FundAsync("ethereum", address, "20" + Ether);
        await Until.Async(() => BalanceAsync(up, wallet), have => have == "20" + Ether);
        string[] payment = ["transfer", "create", "--wallet", wallet, "--asset", Coin, "--amount", "1" + Ether, "--to", address, "--max-fee", "5000000000000000"];
        var transfer = (string?)(await up.JsonAsync(payment))["id"];
        await Until.Async(() => up.JsonAsync("transfer", "show", transfer!), t => (string?)t["status"] == "pending_approval");
        Assert.Equal("confirmed", (string?)(await up.JsonAsync("transfer", "approve", transfer!, "--yes", "--wait", "90"))["status"]);

        // Nothing is signed that can not be counted, and everything is shown.
        redis.Kill();
        var (code, _, errors) = await up.RunAsync([.. payment, "--note", "uncounted"]);
        Assert.True(code == 3 && errors.Contains("[limiter_unavailable]", StringComparison.Ordinal), $"{code}: {errors}");
        Assert.Equal("confirmed", (string?)(await up.JsonAsync("transfer", "show", transfer!))["status"]);
        redis.Start();
        await Until.Async(() => up.RunAsync([.. payment, "--note", "counted again"]), result => result.ExitCode == 0);

        var before = await StateAsync(up, wallet, transfer!);
        var running = up.Processes;
        Assert.Equal(0, await up.InterruptAsync());
        Assert.Empty(LocalUp.Alive(running));
        // Database and counter without a word, and the chain's node at another address.
        await up.StartAsync("--rpc", string.Create(CultureInfo.InvariantCulture, $"ethereum=http://localhost:{devnet["ethereum"].Url.Port}"));
        Assert.Equal(before, await StateAsync(up, wallet, transfer!));
        Assert.Contains("localhost", await File.ReadAllTextAsync(up.At("server/server.json")), StringComparison.Ordinal);
        Assert.Equal(0, await up.InterruptAsync());
    }

    // Ordered by alice, whose profile it is, and by bob with a key of his own.
    static async Task<(string Wallet, string Address)> MakeWalletAsync(LocalUp up)
    {
        var vault = (string)(await up.JsonAsync("vault", "create", "--name", "Operations"))["id"]!;
        var bob = (string)(await up.JsonAsync("key", "create", "--name", "bob", "--device", up.At("people/bob.device.json"), "--role", "approver", "admin"))["id"]!;
        var order = (string)(await up.JsonAsync("wallet", "create", "--vault", vault, "--name", "treasury"))["id"]!;
        await up.JsonAsync("approval", "give", order, "--yes", "--wait", "90", "--key-id", bob, "--api-key", up.At("people/bob.device.json"));
        var wallet = (string)(await Until.Async(() => up.JsonAsync("wallet", "list"), w => w["keys"]?.AsArray().Count == 3))["id"]!;
        return (wallet, (string)(await up.JsonAsync("address", "create", "--wallet", wallet, "--chain", Chain))["address"]!);
    }

    static async Task<string?> BalanceAsync(LocalUp up, string wallet) =>
        (string?)(await up.GetAsync($"/v1/wallets/{wallet}/balances"))["balances"]?.AsArray().SingleOrDefault(b => (string?)b!["asset"] == Coin)?["total"];

    static async Task<string> StateAsync(LocalUp up, string wallet, string transfer)
    {
        var balance = await Until.Async(() => BalanceAsync(up, wallet), have => have?.StartsWith("19", StringComparison.Ordinal) == true);
        return $"{balance} {(await up.JsonAsync("wallet", "show", wallet)).ToJsonString()} {(string?)(await up.JsonAsync("transfer", "show", transfer))["id"]}";
    }
}
