using System.Text.Json.Nodes;

namespace Quorate.EndToEnd.Tests;

/// <summary>Everything that people do with the wallet server, from a shell and with nothing else.</summary>
public sealed class ShellTests
{
    const string Supplier = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";
    const string Ether = "000000000000000000";
    const string Coin = "eip155:31337/slip44:60";

    [Fact]
    public async Task A_wallet_is_made_and_used_from_a_shell()
    {
        await using var acme = await Organisation.StartAsync(null, "ethereum");
        Until.Log.Value = () => acme.Server.Errors;
        var (alice, bob) = (new Shell(acme, await acme.ProfileAsync("alice", "admin", "initiator", "approver", "auditor")), new Shell(acme, await acme.ProfileAsync("bob", "approver", "admin")));
        Assert.Equal("alice-laptop", (string?)(await alice.JsonAsync("key", "whoami"))["name"]);

        var vault = (string?)(await alice.JsonAsync("vault", "create", "--name", "Operations"))["id"];
        Assert.Contains("Operations", await alice.DoAsync("vault", "list"), StringComparison.Ordinal);

        // Planned and ordered with her signature; led with the other administrator's.
        var made = (await alice.DoAsync("wallet", "create", "--vault", vault!, "--name", Organisation.Wallet, "--json")).Split('\n');
        var (wallet, ceremony) = ((string?)JsonNode.Parse(made[0])!["id"], (string?)JsonNode.Parse(made[1])!["id"]);
        Assert.Contains(ceremony!, await bob.DoAsync("approval", "list"), StringComparison.Ordinal);
        var done = await bob.JsonAsync("approval", "give", ceremony!, "--yes", "--wait");
        Assert.Equal("done", (string?)done["status"]);
        await Until.Async(() => alice.JsonAsync("wallet", "show", wallet!), w => w["keys"]!.AsArray().Count == 3);

        var address = (string?)(await alice.JsonAsync("address", "create", "--wallet", wallet!, "--chain", "eip155:31337", "--label", "deposits"))["address"];
        Assert.Contains(address!, await alice.DoAsync("address", "list", "--wallet", wallet!), StringComparison.Ordinal);
        await acme.Devnet.FundAsync("ethereum", address!, "20" + Ether);
        await Until.Async(() => alice.DoAsync("wallet", "balances", wallet!), text => text.Contains("20" + Ether, StringComparison.Ordinal));

        // Waits for her own signature: exit code 6. With it: confirmed, 0. Too much: denied, 1.
        string[] Payment(string amount) => ["--wallet", wallet!, "--asset", Coin, "--amount", amount, "--to", Supplier, "--max-fee", "5000000000000000"];
        var preview = await alice.JsonAsync(["transfer", "preview", .. Payment("1" + Ether)]);
        Assert.Equal("needs_approvals", (string?)preview["transfer"]!["decision"]!["verdict"]);
        var waiting = await alice.RunAsync(["transfer", "create", .. Payment("1" + Ether), "--note", "first of all", "--json", "--wait"]);
        Assert.Equal(6, waiting.ExitCode);
        var transfer = (string?)JsonNode.Parse(waiting.Output)!["id"];
        var paid = await alice.RunAsync("approval", "give", transfer!, "--yes", "--wait", "60");
        Assert.True(paid.ExitCode == 0, $"{paid}");
        Assert.Contains($"pays      1{Ether} {Coin} to {Supplier}", paid.Errors, StringComparison.Ordinal);
        Assert.Contains("first of all", await alice.DoAsync("transfer", "list", "--text", "first"), StringComparison.Ordinal);
        var denied = await alice.RunAsync(["transfer", "create", .. Payment("6" + Ether), "--wait", "--json"]);
        Assert.Equal((1, "denied"), (denied.ExitCode, (string?)JsonNode.Parse(denied.Output)!["status"]));

        // The README's program, whose payment waits for her signature.
        var (profile, device) = (JsonNode.Parse(await File.ReadAllTextAsync(alice.Profile))!, JsonNode.Parse(await File.ReadAllTextAsync(acme.At("alice.device.json")))!);
        var printed = new TaskCompletionSource<string>();
        var example = ReadmeExample.PayAsync(
            new((string)profile["api"]!), (string)profile["keyId"]!, Convert.FromHexString((string)device["seed"]!), wallet!, printed.SetResult);
        await Task.WhenAny(printed.Task, example);
        Assert.Contains("is pending_approval: needs approvals", await printed.Task, StringComparison.Ordinal);
        await alice.DoAsync("approval", "give", (await printed.Task).Split(' ')[0], "--yes");
        Assert.Equal("confirmed", await example.WaitAsync(TimeSpan.FromMinutes(1)));

        // A message too.
        var message = (string?)(await alice.JsonAsync("message", "sign", "--wallet", wallet!, "--chain", "eip155:31337", "--text", "I am the owner"))["id"];
        Assert.Equal(6, (await alice.RunAsync("message", "show", message!, "--wait")).ExitCode);
        Assert.Equal("signed", (string?)(await alice.JsonAsync("message", "approve", message!, "--yes", "--wait"))["status"]);

        // What has happened, and the proof of it.
        Assert.Contains(transfer!, await alice.DoAsync("event", "list", "--resource", transfer!), StringComparison.Ordinal);
        Assert.Contains("node-2", await alice.DoAsync("node", "list"), StringComparison.Ordinal);
        await Until.Async(() => alice.RunAsync("transfer", "receipt", transfer!, "--out", "receipt.json"), r => r.ExitCode == 0);
        Assert.Contains(transfer!, await alice.DoAsync("audit", "events", "--stream", $"transfer/{transfer}"), StringComparison.Ordinal);
        await Executable.DoAsync(acme.Folder, "audit", "receipt", "receipt.json", "--genesis", "genesis.json");
        await alice.DoAsync("audit", "download", "--out", "journal.export");
        await Executable.DoAsync(acme.Folder, "audit", "verify", "journal.export", "--genesis", "genesis.json");

        await RefusedAsync(acme, alice, bob);
    }

    static async Task RefusedAsync(Organisation acme, Shell alice, Shell bob)
    {
        async Task Ends(int exitCode, string because, Shell shell, params string[] arguments)
        {
            var (code, output, errors) = await shell.RunAsync(arguments);
            Assert.True(code == exitCode, $"{string.Join(' ', arguments)}: {code}\n{errors}");
            Assert.Contains(because, errors, StringComparison.Ordinal);
            Assert.Equal("", output);
        }
        await Ends(1, "[vault_name_taken]", alice, "vault", "create", "--name", "Operations");
        await Ends(4, "[not_found]", alice, "vault", "show", "vlt_01900000-0000-7000-8000-000000000000");
        await Ends(5, "[role_missing]", bob, "transfer", "speed-up", "trf_01900000-0000-7000-8000-000000000000");
        await Ends(5, "[signature_invalid]", bob, "vault", "list", "--key-id", "key_01900000-0000-7000-8000-000000000000");
        await Ends(2, "is no http or https address", alice, "vault", "list", "--api", "nowhere");
        await Ends(2, "clear text", alice, "vault", "list", "--pin", "sha256/AAAA");
        await Ends(2, "act_", alice, "approval", "give", "vlt_1", "--yes");
        await Ends(2, "--limit", alice, "vault", "list", "--limit", "-1");
        await Ends(3, "[unanswered]", alice, "vault", "list", "--api", "http://127.0.0.1:1");
        var (code, _, errors) = await Executable.RunAsync(acme.Folder, "vault", "list");
        Assert.True(code == 2 && errors.Contains("there is no profile", StringComparison.Ordinal), errors);
    }

    /// <summary>One member's shell.</summary>
    sealed record Shell(Organisation Acme, string Profile)
    {
        internal Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => Executable.RunAsync(Acme.Folder, [.. arguments, "--profile", Profile]);

        internal Task<string> DoAsync(params string[] arguments) => Executable.DoAsync(Acme.Folder, [.. arguments, "--profile", Profile]);

        internal async Task<JsonNode> JsonAsync(params string[] arguments) => JsonNode.Parse(await DoAsync([.. arguments, "--json"]))!;
    }
}
