using System.Diagnostics;
using System.Text.Json.Nodes;
using Quorate.Cryptography.Signatures;
using Quorate.Node.V1;

namespace Quorate.Node.Tests.Processes;

/// <summary>From nothing to a signature, with the executable alone: what operators and administrators type.</summary>
public sealed class CommandLineTests : IDisposable
{
    readonly Operators operators = new();
    readonly List<IDisposable> running = [];

    public void Dispose()
    {
        running.ForEach(process => process.Dispose());
        operators.Dispose();
    }

    string At(string name) => operators.At(name);

    [Fact]
    public async Task Operators_and_administrators_make_a_wallet_of_all_kinds_and_it_signs()
    {
        // Each administrator makes a key, each operator a node; what they print goes into the genesis document.
        var keys = new Dictionary<string, Ed25519Key>();
        foreach (var member in (string[])["alice", "bob", "carol"])
        {
            var printed = JsonNode.Parse(await operators.NewDeviceAsync(member))!;
            keys.Add(member, new(Convert.FromHexString(JsonNode.Parse(await File.ReadAllTextAsync(At(member)))!["seed"]!.GetValue<string>())));
            Assert.Equal(Convert.ToHexStringLower(keys[member].EncodedPublicKey), printed["ed25519"]!.GetValue<string>());
        }
        for (var node = 1; node <= 3; node++)
            keys.Add($"node-{node}", await operators.InitAsync($"node-{node}"));
        var acme = new Deployment(own: keys);
        await File.WriteAllBytesAsync(At("genesis.json"), acme.GenesisUtf8());
        var relay = ProcessFleet.FreePort();
        for (var node = 1; node <= 3; node++)
        {
            await operators.InstallAsync($"node-{node}");
            await File.WriteAllTextAsync(At($"node-{node}/node.json"), new JsonObject
            {
                ["chains"] = new JsonObject { ["eip155:1"] = new JsonObject() },
                ["relay"] = new JsonObject { ["url"] = $"http://127.0.0.1:{relay}", ["name"] = "relay.test" },
                ["listen"] = new JsonObject { ["address"] = "127.0.0.1:0" },
            }.ToJsonString());
        }
        var relaying = Process.Start(Executable.Arguments("relay", "run", "--genesis", At("genesis.json"), "--name", "relay.test", "--listen", $"127.0.0.1:{relay}"))!;
        running.Add(new Killed(relaying));
        var nodes = await Task.WhenAll(Enumerable.Range(1, 3).Select(n => NodeProcess.StartAsync(At($"node-{n}"), At($"node-{n}.key"))));
        running.AddRange(nodes);
        var url = nodes[1].Address.ToString();

        await Executable.DoAsync("ceremony", "new-wallet", "--genesis", At("genesis.json"), "--wallet", "treasury", "--threshold", "2", "--id", "make", "--out", At("order"));
        await ApproveAsync("order", "alice");
        // One signature is not enough, and the node says so with exit code 1.
        var (refused, _, why) = await Executable.RunAsync("ceremony", "lead", At("order"), "--approval", At("order.alice"), "--node", url);
        Assert.Equal(1, refused);
        Assert.Contains("NotApproved", why, StringComparison.Ordinal);
        Assert.Equal(1, (await Executable.RunAsync("ceremony", "status", "make", "--node", url)).ExitCode);
        await ApproveAsync("order", "bob");
        var made = await LeadAsync("order", url);
        Assert.Equal(["ecdsa", "bip340", "ed25519"], made.Keys.Keys.Select(key => key.Scheme));
        Assert.Equal(3, made.Lead.Told.Count);
        Assert.Contains("completed", await Executable.DoAsync("ceremony", "status", "make", "--node", nodes[0].Address.ToString()), StringComparison.Ordinal);

        // The wallet signs, whoever is asked; so it does after a refresh, in its next epoch.
        acme.Wallet = ProcessFleet.KeysOf(made.Keys);
        await PayAsync(acme, nodes[0], 1, epoch: 0);
        await Executable.DoAsync("ceremony", "refresh", "--genesis", At("genesis.json"), "--wallet", "treasury", "--node", url, "--out", At("refresh"));
        await ApproveAsync("refresh", "bob");
        await ApproveAsync("refresh", "carol");
        Assert.Equal(1u, (await LeadAsync("refresh", url, "bob", "carol")).Keys.Epoch);
        await PayAsync(acme, nodes[2], 2, epoch: 1);
    }

    [Fact]
    public async Task What_cannot_be_an_order_is_not_written_and_says_why()
    {
        await File.WriteAllBytesAsync(At("genesis.json"), new Deployment().GenesisUtf8());
        Task<(int ExitCode, string, string Errors)> Write(params string[] arguments) =>
            Executable.RunAsync(["ceremony", .. arguments, "--genesis", At("genesis.json"), "--out", At("order")]);

        foreach (var (arguments, because) in ((string[], string)[])
        [
            (["new-wallet", "--wallet", "w", "--threshold", "1"], "threshold"),
            (["new-wallet", "--wallet", "w", "--nodes", "node-1", "node-9"], "node-9"),
            (["new-wallet", "--wallet", "w", "--schemes", "rsa"], "schemes"),
            (["refresh", "--wallet", "w"], "--node is missing"),
            (["refresh", "--wallet", "w", "--node", "http://127.0.0.1:9"], "127.0.0.1:9"),
            (["import", "--wallet", "w", "--scheme", "ecdsa", "--importer", "node-1", "--public-key", "02aa"], "public"),
        ])
        {
            var (exitCode, _, errors) = await Write(arguments);
            Assert.NotEqual(0, exitCode);
            Assert.Contains(because, errors, StringComparison.OrdinalIgnoreCase);
            Assert.False(File.Exists(At("order")));
        }
        Assert.Equal(0, (await Write("backup")).ExitCode);
        Assert.NotEqual(0, (await Write("backup")).ExitCode);
        // A device key that is sealed opens with its passphrase alone.
        await File.WriteAllTextAsync(At("passphrase"), "right\n");
        await Executable.DoAsync("device", "new", "--member", "alice", "--out", At("alice"), "--passphrase-file", At("passphrase"));
        await Executable.DoAsync("ceremony", "approve", At("order"), "--device-key", At("alice"), "--out", At("order.alice"), "--passphrase-file", At("passphrase"));
        await File.WriteAllTextAsync(At("passphrase"), "wrong\n");
        var wrong = await Executable.RunAsync("ceremony", "approve", At("order"), "--device-key", At("alice"), "--out", At("again"), "--passphrase-file", At("passphrase"));
        Assert.Equal((2, true), (wrong.ExitCode, wrong.Errors.Contains("wrong passphrase", StringComparison.Ordinal)));
        Assert.False(File.Exists(At("again")));
    }

    Task<string> ApproveAsync(string order, string member) =>
        Executable.DoAsync("ceremony", "approve", At(order), "--device-key", At(member), "--out", At($"{order}.{member}"));

    async Task<CeremonyStatus> LeadAsync(string order, string url, string first = "alice", string second = "bob") => CeremonyStatus.Parser.ParseJson(
        await Executable.DoAsync("ceremony", "lead", At(order), "--approval", At($"{order}.{first}"), At($"{order}.{second}"), "--node", url, "--json"));

    static async Task PayAsync(Deployment acme, NodeProcess node, ulong nonce, ulong epoch)
    {
        var payment = Deployment.Payment(Deployment.Ether / 10_000, nonce: nonce);
        var request = acme.Request(payment, acme.IntentOf(payment, $"req_{nonce}", expiresAt: ProcessFleet.Soon, epoch: epoch), "alice");
        ProcessFleet.RequireSigned(acme, request, await node.SignAsync(ProcessFleet.ToMessage(request)));
    }

    sealed class Killed(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill();
            process.Dispose();
        }
    }
}
