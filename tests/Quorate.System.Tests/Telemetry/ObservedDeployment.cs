using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Quorate.Cli;
using Quorate.Cli.Node;
using Quorate.Cli.Telemetry;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node;
using Quorate.Node.Vault;
using Quorate.Server.Hosting;

namespace Quorate.System.Tests.Telemetry;

/// <summary>A server and one node of three in this process, with what a process has beside them, and all of their instruments.</summary>
public sealed class ObservedDeployment : IAsyncLifetime
{
    /// <summary>Tests that start servers in this process, one at a time: what two of them measure is one instrument here, and ends with the first.</summary>
    public const string OneServer = "one server";

    readonly Shell.Shell shell = New<Shell.Shell>();
    readonly MeterListener listener = New<MeterListener>();
    readonly Dictionary<string, Instrument> instruments = new(StringComparer.Ordinal);
    readonly HttpClient http = New<HttpClient>();
    ProcessTelemetry telemetry = null!;
    NodeHost node = null!;

    static T New<T>() where T : new() => new();

    /// <summary>The instruments of our meters, by name.</summary>
    internal IReadOnlyDictionary<string, Instrument> Instruments => instruments;

    internal WalletServer Server { get; private set; } = null!;

    internal NodeHost Node => node;

    /// <summary>Where the server's metrics are; the node's are among them, for it is one process.</summary>
    internal Uri Metrics => telemetry.Address!;

    internal string Folder => shell.Directory;

    internal Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(new Uri(Metrics, path));

    public async Task InitializeAsync()
    {
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith("Quorate.", StringComparison.Ordinal) && !instrument.Meter.Name.StartsWith("Quorate.Test", StringComparison.Ordinal))
                lock (instruments)
                    instruments[instrument.Name] = instrument;
        };
        listener.Start();
        // Instruments are made with the class that has them: also those of what this deployment does not use.
        foreach (var assembly in (Type[])[typeof(WalletServer), typeof(NodeHost), typeof(Quorate.Rpc.Server.RpcServer), typeof(Quorate.Chains.ChainId), typeof(Quorate.Journal.EventStore)])
            foreach (var type in assembly.Assembly.GetTypes().Where(t => !t.ContainsGenericParameters
                && t.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Any(f => f.FieldType == typeof(Meter))))
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        var made = shell.Run(null, "node", "init", "--data", "node-1", "--key-file", "node-1.key", "--no-passphrase");
        Assert.True(made.ExitCode == 0, made.Error);
        var identity = made.Output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        await File.WriteAllTextAsync(shell.PathOf("genesis.json"), Genesis(identity).ToJsonString());
        var installed = shell.Run(null, "node", "genesis", "install", "genesis.json", "--data", "node-1", "--key-file", "node-1.key");
        Assert.True(installed.ExitCode == 0, installed.Error);

        telemetry = await ProcessTelemetry.StartAsync(new TelemetryConfiguration(null, "127.0.0.1:0", "json").ToSettings(), "quorate-server", "test", default);
        Directory.CreateDirectory(shell.PathOf("server"));
        Server = await WalletServer.StartAsync(new()
        {
            Genesis = PolicyFile.ReadGenesis(shell.PathOf("genesis.json")), DataDirectory = shell.PathOf("server"), RelayName = "wallet.test",
            Relay = new() { EndPoint = new(IPAddress.Loopback, 0) }, Api = new() { EndPoint = new(IPAddress.Loopback, 0) }, NodesEvery = TimeSpan.FromSeconds(0.2), Logger = telemetry.Logger,
        }, default);
        await File.WriteAllTextAsync(shell.PathOf("node-1/node.json"), new JsonObject
        {
            ["relay"] = new JsonObject { ["url"] = Server.RelayAddress.ToString(), ["name"] = "wallet.test" },
        }.ToJsonString());
        var options = NodeConfiguration.Read(shell.PathOf("node-1/node.json")).ToOptions(shell.PathOf("node-1"), parameters =>
        {
            using var credential = new KeyCredential(null, KekFile.Read(shell.PathOf("node-1.key")));
            return credential.Open(parameters, SystemRandom.Shared);
        });
        node = await NodeHost.StartAsync(options, default);
        telemetry.Ready(Server.CheckAsync);
        // Something for the journal, which is otherwise quiet.
        using var key = Ed25519Key.Generate(SystemRandom.Shared);
        await new KeyIssue { Name = "somebody", Roles = ["viewer"], PublicKey = key.EncodedPublicKey.ToArray(), Lifetime = TimeSpan.FromDays(1) }
            .WriteAsync(shell.PathOf("server"), null, TimeProvider.System, default);
    }

    static JsonObject Genesis(string first)
    {
        string Key()
        {
            using var key = Ed25519Key.Generate(SystemRandom.Shared);
            return Convert.ToHexStringLower(key.EncodedPublicKey);
        }
        string[] nodes = [first, Key(), Key()];
        return new()
        {
            ["quorateGenesis"] = 1, ["organisation"] = "acme", ["mode"] = "production",
            ["nodes"] = new JsonArray([.. nodes.Select((key, i) => new JsonObject { ["name"] = $"node-{i + 1}", ["key"] = key })]),
            ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray("alice", "bob", "carol") },
            ["membership"] = new JsonObject
            {
                ["quorateMembership"] = 1,
                ["relyingParty"] = new JsonObject { ["id"] = "wallet.example.org", ["origins"] = new JsonArray("https://wallet.example.org") },
                ["members"] = new JsonArray([.. ((string[])["alice", "bob", "carol"]).Select(name => new JsonObject
                {
                    ["id"] = name, ["devices"] = new JsonArray(new JsonObject { ["id"] = "laptop", ["ed25519"] = Key() }),
                })]),
            },
            ["policy"] = new JsonObject { ["quoratePolicy"] = 1, ["name"] = "messages", ["rules"] = new JsonArray(new JsonObject { ["id"] = "messages", ["effect"] = "allow", ["what"] = new JsonArray(new JsonObject { ["kind"] = "memo", ["maxBytes"] = 100 }) }) },
        };
    }

    public async Task DisposeAsync()
    {
        if (node is not null)
            await node.DisposeAsync();
        if (Server is not null)
            await Server.DisposeAsync();
        if (telemetry is not null)
            await telemetry.DisposeAsync();
        listener.Dispose();
        http.Dispose();
        shell.Dispose();
    }
}
