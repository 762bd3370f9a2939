using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Node.Gate;
using Quorate.Node.V1;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Rpc.Server;
using Quorate.Server.Relay;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// Nodes as processes of their own, three if nobody says otherwise, with a wallet of two of three that they have made by a
/// ceremony, and the relay between them in this process, where a test can be the hostile server.
/// </summary>
sealed partial class ProcessFleet : IAsyncDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("quorate-nodes-").FullName;
    readonly int[] ports;
    readonly FleetSettings settings;
    RpcServer? relayServer;
    int requests;

    ProcessFleet(FleetSettings settings, int nodes, WalletKeys? wallet)
    {
        (this.settings, Acme) = (settings, new(wallet, nodes, settings.Policy));
        ports = [.. Enumerable.Range(0, nodes + 1).Select(_ => FreePort())];
    }

    /// <summary>Every node of the deployment.</summary>
    internal PartySet Parties => PartySet.Range(Acme.Genesis.Nodes.Length);

    internal Deployment Acme { get; }

    internal RelayService Relay { get; private set; } = null!;

    internal SortedDictionary<int, NodeProcess> Nodes { get; } = [];

    /// <summary>A fleet that has made its wallet, the treasury, by a ceremony of all its nodes.</summary>
    internal static async Task<ProcessFleet> StartAsync()
    {
        var fleet = await StartEmptyAsync();
        var end = await fleet.HoldAsync(1, fleet.NewWallet("make-treasury", "treasury", 1, 2, 3));
        fleet.Acme.Wallet = KeysOf(end.Keys);
        return fleet;
    }

    /// <summary>A fleet whose nodes have no keys.</summary>
    internal static Task<ProcessFleet> StartEmptyAsync(int nodes = 3, FleetSettings? settings = null) =>
        new ProcessFleet(settings ?? new(), nodes, null).LaunchAllAsync(_ => Task.CompletedTask);

    async Task<ProcessFleet> LaunchAllAsync(Func<PartyId, Task> prepare)
    {
        if (!settings.IsDirect)
            await StartRelayAsync();
        await Task.WhenAll(Parties.Select(async p =>
        {
            await PrepareAsync(p);
            await prepare(p);
        }));
        var running = Parties.Select(p => p.Value).Where(node => node != settings.Impostor);
        foreach (var (node, process) in await Task.WhenAll(running.Select(async node => (node, await LaunchAsync(node)))))
            Nodes.Add(node, process);
        await UntilConnectedAsync();
        return this;
    }

    Task<NodeProcess> LaunchAsync(int node) => NodeProcess.StartAsync(PlaceOf(node), KeyFile(node), settings.Launch(node, PlaceOf(node)));

    /// <summary>The port that the relay listens at.</summary>
    internal int RelayPort => ports[0];

    internal Uri RelayAddress => new($"http://127.0.0.1:{RelayPort}");

    internal string PlaceOf(int node) => Path.Combine(folder, $"node-{node}");

    internal string FileOf(int node, string name) => Path.Combine(PlaceOf(node), name);

    internal string KeyFile(int node) => Path.Combine(folder, $"node-{node}.key");

    /// <summary>What opens a node's files in this process, while its own does not run.</summary>
    internal NodeOptions OptionsOf(int node) => new()
    {
        DataDirectory = PlaceOf(node),
        OpenKek = parameters =>
        {
            using var credential = new KeyCredential(null, KekFile.Read(KeyFile(node)));
            return credential.Open(parameters, SystemRandom.Shared);
        },
    };

    /// <summary>A node's files: identity, deployment, configuration.</summary>
    async Task PrepareAsync(PartyId party)
    {
        var node = party.Value;
        Directory.CreateDirectory(PlaceOf(node));
        if (!File.Exists(KeyFile(node)))
            KekFile.Create(KeyFile(node), SystemRandom.Shared);
        var identity = Acme.Key($"node-{node}");
        using (var credential = new KeyCredential(null, KekFile.Read(KeyFile(node))))
        using (var kek = credential.Create(SystemRandom.Shared))
        using (var seed = identity.ExportSeed())
            VaultRecords.Create(FileOf(node, "vault.db"), kek, SystemRandom.Shared, [new(new(default, RecordKind.Identity, Subject: new(identity.EncodedPublicKey)), seed)]);

        Assert.Null(await NodeHost.InstallAsync(OptionsOf(node), Acme.Genesis, default));
        await File.WriteAllTextAsync(FileOf(node, "node.json"), Configuration(node).ToJsonString());
    }

    JsonObject Configuration(int node)
    {
        var configuration = new JsonObject
        {
            ["chains"] = new JsonObject(Deployment.Judges.Keys.Select(chain => KeyValuePair.Create<string, JsonNode?>(chain.ToString(), new JsonObject()))),
            ["listen"] = new JsonObject { ["address"] = $"127.0.0.1:{(settings.IsDirect ? ports[node] : 0)}" },
            ["limits"] = new JsonObject
            {
                ["offerSeconds"] = settings.Patience, ["readySeconds"] = settings.Patience, ["roundSeconds"] = settings.Patience,
                ["presignatures"] = settings.Presignatures,
            },
            ["ceremonies"] = new JsonObject
            {
                ["patienceSeconds"] = 3, ["readySeconds"] = 4, ["sessionSeconds"] = 30, ["shortestRoundSeconds"] = 3, ["longestRoundSeconds"] = 5,
                ["attempts"] = 2, ["restSeconds"] = 1, ["resumeSeconds"] = 1,
            },
            ["backup"] = new JsonObject { ["directory"] = PlaceOf(node), ["keyFile"] = KeyFile(node) },
        };
        if (settings.IsDirect)
            configuration["peers"] = new JsonObject(Parties.Where(p => p.Value != node).Select(p =>
                KeyValuePair.Create<string, JsonNode?>($"node-{p.Value}", new JsonObject { ["url"] = $"http://127.0.0.1:{ports[p.Value]}" })));
        else
            configuration["relay"] = new JsonObject { ["url"] = RelayAddress.ToString(), ["name"] = "relay.test" };
        return configuration;
    }

    internal async Task StartRelayAsync()
    {
        Relay = new(new() { Name = "relay.test", Nodes = Acme.Genesis.Nodes.Select(n => n.Id).ToHashSet() }, TimeProvider.System, SystemRandom.Shared);
        relayServer = await RpcServer.StartAsync(Relay.AddTo(new()), new() { EndPoint = new(IPAddress.Loopback, RelayPort), DrainSeconds = 0 });
    }

    /// <summary>Puts a hostile relay in the honest one's place.</summary>
    internal async Task<HostileRelay> BetrayAsync(HostileRelay.Habits habits, ulong seed)
    {
        await StopRelayAsync();
        var relay = new HostileRelay(habits, seed);
        await relay.StartAsync(RelayPort);
        return relay;
    }

    internal async Task StopRelayAsync()
    {
        await relayServer!.DisposeAsync();
        relayServer = null;
    }

    /// <summary>Waits until the relay can ask every node that runs.</summary>
    internal async Task UntilConnectedAsync()
    {
        if (settings.IsDirect)
            return;
        for (var i = 0; ; i++)
        {
            try
            {
                foreach (var node in Nodes.Keys)
                    await AskStatusAsync(node);
                return;
            }
            catch (Rpc.RpcException) when (i < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Asks a node over the connection that it has dialled.</summary>
    internal async Task<NodeStatus> AskStatusAsync(int node) => NodeStatus.Parser.ParseFrom(
        await Relay.AskAsync(Acme.Id($"node-{node}"), "GetStatus", new GetStatusRequest(), TimeSpan.FromSeconds(30), default));

    internal async Task<SignReply> AskToSignAsync(int node, SignRequest request) => SignReply.Parser.ParseFrom(
        await Relay.AskAsync(Acme.Id($"node-{node}"), "Sign", request, TimeSpan.FromMinutes(2), default));

    internal async Task RestartAsync(int node)
    {
        Nodes[node].Dispose();
        Nodes[node] = await LaunchAsync(node);
        await UntilConnectedAsync();
    }

    /// <summary>A small payment that alice has signed: all there has to be.</summary>
    internal SigningRequest Payment(string? request = null, ulong? nonce = null, DateTimeOffset? expiresAt = null)
    {
        var number = Interlocked.Increment(ref requests);
        var payment = Deployment.Payment(Deployment.Ether / 10_000, nonce: nonce ?? (ulong)number);
        return Acme.Request(payment, Acme.IntentOf(payment, request ?? $"req_{number}", expiresAt: expiresAt ?? Soon), "alice");
    }

    /// <summary>A small payment on Solana, where the policy allows it.</summary>
    internal SigningRequest SolanaPayment()
    {
        var number = Interlocked.Increment(ref requests);
        return Acme.SolanaRequest($"req_{number}", (ulong)number, Soon);
    }

    /// <summary>A node that is stopped loses its disk and comes back with its identity and its deployment alone.</summary>
    internal async Task LoseAsync(int node)
    {
        await Nodes[node].KillAsync();
        foreach (var file in Directory.GetFiles(PlaceOf(node)))
            File.Delete(file);
        await PrepareAsync(new(node));
        await RestartAsync(node);
    }

    /// <summary>An order to freeze, with somebody's signature.</summary>
    internal (ByteString Order, ByteString Approval) OrderToFreeze(string scope, string by)
    {
        var order = new FreezeOrder(Acme.Genesis.Hash, scope, 0, "an alarm");
        return (ByteString.CopyFromUtf8(new JsonObject
        {
            ["quorateFreeze"] = 1, ["deployment"] = order.Deployment.ToString(), ["scope"] = scope, ["unfreezings"] = 0, ["reason"] = order.Reason,
        }.ToJsonString()), ByteString.CopyFrom(ApprovalJson.Write([Acme.Approve(order.Hash, by)])));
    }

    internal static DateTimeOffset Soon => DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3_600);

    internal static SignRequest ToMessage(SigningRequest request) => new()
    {
        Intent = ByteString.CopyFrom(IntentJson.Write(request.Intent)),
        Kind = (V1.PayloadKind)(int)request.Payload.Kind,
        Payload = ByteString.CopyFrom(request.Payload.Bytes.Span),
        Approvals = ByteString.CopyFrom(ApprovalJson.Write(request.Approvals)),
        Replaced = request.Original is not { } original ? null : new()
        {
            Intent = ByteString.CopyFrom(IntentJson.Write(original.Intent)),
            Kind = (V1.PayloadKind)(int)original.Payload.Kind,
            Payload = ByteString.CopyFrom(original.Payload.Bytes.Span),
        },
    };

    /// <summary>That the reply has the signature that makes the payment valid: of a transaction on Ethereum, or a message on Solana.</summary>
    internal void RequireSigned(SigningRequest request, SignReply reply) => RequireSigned(Acme, request, reply);

    internal static void RequireSigned(Deployment acme, SigningRequest request, SignReply reply)
    {
        Assert.True(reply.Signed is not null, reply.ToString());
        var signature = Assert.Single(reply.Signed.Signatures);
        if (request.Intent.Chain == Deployment.Solana.Chain)
        {
            Assert.True(Cryptography.Signatures.Ed25519Signature.Verify(
                acme.Wallet.Ed25519!.DeriveChild(Deployment.Path).GroupKey, request.Payload.Bytes.Span, signature.Signature_.Span));
            return;
        }
        Deployment.Ethereum.Assemble(request.Payload.Bytes, acme.ContextAt(Deployment.Path),
            [new((int)signature.Input, signature.PublicKey.Memory, signature.Signature_.Memory, (byte)signature.RecoveryId)]);
    }

    /// <summary>What a stopped node has recorded of a request.</summary>
    internal async Task<RequestState> ReadAsync(int node, SigningRequest request) =>
        (await EventsAsync(FileOf(node, "journal.db"), request)).Aggregate(RequestState.Unknown, (state, happened) => state.Evolve(happened));

    /// <summary>The events of a request in a journal that nobody has open.</summary>
    internal static async Task<IReadOnlyList<NodeEvent>> EventsAsync(string file, SigningRequest request)
    {
        await using var journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(file), default);
        return (await journal.FoldAsync(NodeJournal.StreamOf(request.Intent.RequestId), new List<NodeEvent>(), (all, happened) =>
        {
            all.Add(happened);
            return all;
        }, default)).State;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Values)
            node.Dispose();
        if (relayServer is not null)
            await relayServer.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
