using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Quorate.Client;
using Quorate.Client.Signing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;

namespace Quorate.EndToEnd.Tests;

/// <summary>
/// An organisation with three nodes and a wallet server, each a process of its own, on chains of the devnet. Put together by
/// the executable alone, as its operators and administrators would.
/// </summary>
sealed class Organisation : IAsyncDisposable
{
    internal const string Wallet = "treasury";
    internal static readonly string[] Members = ["alice", "bob", "carol"];

    readonly Dictionary<string, Ed25519Key> devices = Members.ToDictionary(m => m, _ => Ed25519Key.Generate(SystemRandom.Shared));
    readonly List<RequestKey> requestKeys = [];
    readonly int relayPort = FreePort(), apiPort = FreePort(), jsonPort = FreePort();
    readonly string? postgres;
    readonly Uri? otlp;

    Organisation(Devnet devnet, string? postgres, Uri? otlp)
    {
        (Devnet, this.postgres, this.otlp) = (devnet, postgres, otlp);
        Metrics = otlp is null ? [] : [.. Enumerable.Range(0, 4).Select(_ => new Uri($"http://127.0.0.1:{FreePort()}"))];
    }

    internal string Folder { get; } = Directory.CreateTempSubdirectory("quorate-e2e-").FullName;

    internal Devnet Devnet { get; }

    internal SortedDictionary<int, Executable.Running> Nodes { get; } = [];

    internal Executable.Running Server { get; private set; } = null!;

    /// <summary>As Alice, who may do everything.</summary>
    internal QuorateClient Api { get; private set; } = null!;

    /// <summary>The same in JSON.</summary>
    internal HttpClient Json { get; private set; } = null!;

    /// <summary>Where server and nodes are looked at, the server first; nowhere where nobody observes.</summary>
    internal Uri[] Metrics { get; }

    internal string At(string name) => Path.Combine(Folder, name);

    /// <summary>Everything up, with a wallet and its keys.</summary>
    /// <param name="postgres">The server's database; SQLite where null.</param>
    /// <param name="chains">The chains of the devnet.</param>
    internal static Task<Organisation> StartAsync(string? postgres, params string[] chains) => StartAsync(postgres, null, chains);

    /// <summary>Everything up and observed: traces go to a collector, metrics are at <see cref="Metrics"/>, log lines are JSON.</summary>
    internal static Task<Organisation> StartObservedAsync(Uri otlp, params string[] chains) => StartAsync(null, otlp, chains);

    static async Task<Organisation> StartAsync(string? postgres, Uri? otlp, string[] chains)
    {
        var acme = new Organisation(await Devnet.StartAsync(chains), postgres, otlp);
        try
        {
            await acme.FoundAsync();
            await acme.StartServerAsync();
            await Task.WhenAll(Enumerable.Range(1, 3).Select(acme.StartNodeAsync));
            return acme;
        }
        catch
        {
            await acme.DisposeAsync();
            throw;
        }
    }

    async Task FoundAsync()
    {
        var identities = await Task.WhenAll(Enumerable.Range(1, 3).Select(async node =>
        {
            var printed = await Executable.DoAsync(Folder, "node", "init", "--data", $"node-{node}", "--key-file", $"node-{node}.key", "--no-passphrase");
            return printed.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        }));
        await File.WriteAllTextAsync(At("genesis.json"), Genesis(identities).ToJsonString());
        await Task.WhenAll(Enumerable.Range(1, 3).Select(async node =>
        {
            await Executable.DoAsync(Folder, "node", "genesis", "install", "genesis.json", "--data", $"node-{node}", "--key-file", $"node-{node}.key");
            var settings = new JsonObject
            {
                ["chains"] = new JsonObject(Devnet.Chains.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Id, c.Facts()))),
                ["relay"] = new JsonObject { ["url"] = $"http://127.0.0.1:{relayPort}", ["name"] = "wallet.test" },
            };
            Observe(settings, node);
            await File.WriteAllTextAsync(At($"node-{node}/node.json"), settings.ToJsonString());
        }));
        Directory.CreateDirectory(At("server"));
        var server = new JsonObject
        {
            ["genesis"] = "../genesis.json",
            ["relay"] = new JsonObject { ["name"] = "wallet.test", ["address"] = $"127.0.0.1:{relayPort}" },
            ["api"] = new JsonObject { ["address"] = $"127.0.0.1:{apiPort}", ["json"] = $"127.0.0.1:{jsonPort}" },
            ["chains"] = new JsonObject(Devnet.Chains.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Id, c.Settings()))),
            // What is tried here is not how much may be asked.
            ["limits"] = new JsonObject(((string[])["reads", "writes", "apiKey", "wallet", "address", "walletVelocity", "sameMessage"]).Select(
                name => KeyValuePair.Create<string, JsonNode?>(name, new JsonObject { ["most"] = 1_000_000, ["windowSeconds"] = 1 }))),
            ["intervals"] = new JsonObject { ["nodesSeconds"] = 1, ["cosignSeconds"] = 2, ["balancesSeconds"] = 2, ["trackSeconds"] = 1 },
        };
        if (postgres is not null)
            server["postgres"] = postgres;
        Observe(server, 0);
        await File.WriteAllTextAsync(At("server/server.json"), server.ToJsonString());
        var key = await KeyOfAsync("alice", "admin", "initiator", "approver", "auditor");
        Api = new(new($"http://127.0.0.1:{apiPort}"), key);
        Json = new(new RequestSigner(key, new HttpClientHandler())) { BaseAddress = new($"http://127.0.0.1:{jsonPort}") };
    }

    /// <summary>The API as one of the members, with a key of these roles.</summary>
    internal async Task<QuorateClient> ApiOfAsync(string member, params string[] roles) => new(new($"http://127.0.0.1:{apiPort}"), await KeyOfAsync(member, roles));

    async Task<RequestKey> KeyOfAsync(string member, params string[] roles)
    {
        using var key = Ed25519Key.Generate(SystemRandom.Shared);
        using var seed = key.ExportSeed();
        requestKeys.Add(RequestKey.Ed25519(await AddKeyAsync(key, $"{member} {string.Join(' ', roles)}", member, roles), seed.Expose()));
        return requestKeys[^1];
    }

    void Observe(JsonObject settings, int process)
    {
        if (otlp is not null)
            settings["telemetry"] = new JsonObject { ["otlp"] = otlp.ToString(), ["metrics"] = Metrics[process].Authority, ["log"] = "json" };
    }

    /// <summary>What a program of somebody else's needs, to do as Alice and with Alice's and Bob's devices: a line of JSON.</summary>
    internal async Task<JsonObject> ForStrangersAsync()
    {
        using var key = Ed25519Key.Generate(SystemRandom.Shared);
        var id = await AddKeyAsync(key, "stranger", "alice", "admin", "initiator", "approver", "auditor");
        return new()
        {
            ["url"] = $"http://127.0.0.1:{jsonPort}", ["address"] = $"127.0.0.1:{apiPort}", ["keyId"] = id, ["seed"] = Seed(key),
            ["devices"] = new JsonObject(Members.Select(m => KeyValuePair.Create<string, JsonNode?>(m, Seed(devices[m])))),
            ["anvil"] = Devnet["ethereum"].Url.ToString(), ["to"] = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb",
        };
    }

    static string Seed(Ed25519Key key)
    {
        using var seed = key.ExportSeed();
        return Convert.ToHexStringLower(seed.Expose());
    }

    async Task<string> AddKeyAsync(Ed25519Key key, string name, string member, params string[] roles) => (await Executable.DoAsync(Folder, [
        "server", "key", "add", "--data", "server", "--name", name, "--member", member, "--public-key", Convert.ToHexStringLower(key.EncodedPublicKey), "--role", .. roles])).Trim();

    internal async Task StartServerAsync()
    {
        Server = Executable.Start(Folder, "server", "run", "--data", "server");
        await Server.ReadyAsync();
    }

    /// <summary>kill −9, a while of nothing, and it is there again.</summary>
    internal async Task RestartServerAsync(TimeSpan away)
    {
        await Server.KillAsync();
        Server.Dispose();
        await Task.Delay(away);
        await StartServerAsync();
    }

    /// <summary>As <see cref="RestartServerAsync"/>.</summary>
    internal async Task RestartNodeAsync(int node, TimeSpan away)
    {
        await Nodes[node].KillAsync();
        Nodes[node].Dispose();
        await Task.Delay(away);
        await StartNodeAsync(node);
    }

    internal async Task StartNodeAsync(int node)
    {
        var running = Executable.Start(Folder, "node", "run", "--data", $"node-{node}", "--key-file", $"node-{node}.key");
        lock (Nodes)
            Nodes[node] = running;
        await running.ReadyAsync();
    }

    /// <summary>A member's approval of something, by the hash that its document has.</summary>
    internal Google.Protobuf.WellKnownTypes.Struct Approve(string hash, string member)
    {
        var approval = new Approval.Signature(member, "laptop", devices[member].Sign(ApprovalSet.MessageFor(Digest.TryParse(hash, out var digest) ? digest : throw new FormatException(hash))));
        var array = System.Text.Encoding.UTF8.GetString(ApprovalJson.Write([approval]));
        return Google.Protobuf.WellKnownTypes.Struct.Parser.ParseJson(array[1..^1]);
    }

    /// <summary>A profile by which a member asks the API from a shell, with a device file that approves as well.</summary>
    /// <returns>Its path.</returns>
    internal async Task<string> ProfileAsync(string member, params string[] roles)
    {
        using var seed = devices[member].ExportSeed();
        await File.WriteAllTextAsync(At($"{member}.device.json"), new JsonObject
        {
            ["format"] = "quorate-device/1", ["member"] = member, ["device"] = "laptop", ["publicKey"] = Convert.ToHexStringLower(devices[member].EncodedPublicKey),
            ["seed"] = Convert.ToHexStringLower(seed.Expose()),
        }.ToJsonString());
        var id = await Executable.DoAsync(Folder, ["server", "key", "add", "--data", "server", "--name", $"{member}-laptop", "--device", $"{member}.device.json", "--role", .. roles]);
        await Executable.DoAsync(Folder, "profile", "set", "--api", $"http://127.0.0.1:{apiPort}", "--key-id", id.Trim(), "--api-key", $"{member}.device.json", "--out", $"{member}.profile.json");
        return At($"{member}.profile.json");
    }

    /// <summary>A vault with a wallet of all kinds of keys, made by a ceremony that two administrators order.</summary>
    internal async Task<V1.Wallet> MakeWalletAsync()
    {
        var vault = await Api.Vaults.CreateVaultAsync(new() { Name = "Operations" });
        var wallet = await Api.Wallets.CreateWalletAsync(new() { Vault = vault.Id, Name = Wallet });
        var deployment = await Api.Governance.GetDeploymentAsync(new());
        var order = new JsonObject
        {
            ["quorateCeremony"] = 1, ["deployment"] = deployment.Genesis, ["id"] = "make-treasury", ["expiresAt"] = Instant(DateTimeOffset.UtcNow.AddDays(1)),
            ["ceremony"] = new JsonObject
            {
                ["createWallet"] = new JsonObject
                {
                    ["wallet"] = Wallet, ["threshold"] = 2, ["nodes"] = new JsonArray("node-1", "node-2", "node-3"),
                    ["schemes"] = new JsonArray("ecdsa", "bip340", "ed25519"),
                },
            },
        };
        var ceremony = await Api.Governance.CreateCeremonyAsync(new() { Order = Google.Protobuf.WellKnownTypes.Struct.Parser.ParseJson(order.ToJsonString()), By = "alice" });
        foreach (var member in (string[])["alice", "bob"])
            ceremony = await Api.Governance.ApproveCeremonyAsync(new() { Ceremony = ceremony.Id, Approval = Approve(ceremony.Hash, member) });
        ceremony = await Until.Async(() => Api.Governance.GetCeremonyAsync(new() { Ceremony = ceremony.Id }), c => c.Status is "done" or "failed");
        Assert.True(ceremony.Status == "done", ceremony.Outcome);
        return await Until.Async(() => Api.Wallets.GetWalletAsync(new() { Wallet = wallet.Id }), w => w.Keys.Count == 3);
    }

    internal static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    JsonObject Genesis(string[] identities) => new()
    {
        ["quorateGenesis"] = 1, ["organisation"] = "acme", ["mode"] = "production",
        ["nodes"] = new JsonArray([.. identities.Select((key, i) => new JsonObject { ["name"] = $"node-{i + 1}", ["key"] = key })]),
        ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray("alice", "bob", "carol") },
        ["membership"] = new JsonObject
        {
            ["quorateMembership"] = 1,
            ["relyingParty"] = new JsonObject { ["id"] = "wallet.example.org", ["origins"] = new JsonArray("https://wallet.example.org") },
            ["members"] = new JsonArray([.. Members.Select(name => new JsonObject
            {
                ["id"] = name,
                ["devices"] = new JsonArray(new JsonObject { ["id"] = "laptop", ["ed25519"] = Convert.ToHexStringLower(devices[name].EncodedPublicKey) }),
            })]),
        },
        ["policy"] = Policy(),
    };

    // Alice pays up to a limit; above another it takes one of the treasurers too.
    JsonObject Policy() => new()
    {
        ["quoratePolicy"] = 1, ["name"] = "treasury", ["groups"] = new JsonObject { ["treasurers"] = new JsonArray("bob", "carol") },
        ["rules"] = new JsonArray([new JsonObject { ["id"] = "messages", ["effect"] = "allow", ["what"] = new JsonArray(new JsonObject { ["kind"] = "memo", ["maxBytes"] = 100 }) }, .. Devnet.Chains.SelectMany(c => (JsonObject[])
        [
            new()
            {
                ["id"] = $"pay-{c.Name}", ["effect"] = "allow", ["initiators"] = new JsonArray("alice"),
                ["what"] = new JsonArray(new JsonObject { ["kind"] = "transfer", ["assets"] = new JsonArray(c.Coin), ["atMost"] = c.Most }),
            },
            new()
            {
                ["id"] = $"fees-{c.Name}", ["effect"] = "allow",
                ["what"] = new JsonArray(new JsonObject { ["kind"] = "fee", ["assets"] = new JsonArray(c.Coin), ["atMost"] = c.MaxFee }),
            },
            new()
            {
                ["id"] = $"two-eyes-{c.Name}", ["effect"] = "require",
                ["what"] = new JsonArray(new JsonObject { ["kind"] = "transfer", ["assets"] = new JsonArray(c.Coin), ["exceptRecipients"] = new JsonArray("self"), ["above"] = c.Alone }),
                ["approvals"] = new JsonArray(new JsonObject { ["group"] = "treasurers", ["count"] = 1, ["initiatorMayApprove"] = false }),
            },
        ])]),
    };

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        Json?.Dispose();
        requestKeys.ForEach(k => k.Dispose());
        foreach (var node in Nodes.Values)
            node.Dispose();
        Server?.Dispose();
        await Devnet.DisposeAsync();
        foreach (var device in devices.Values)
            device.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
