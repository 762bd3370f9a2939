using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Node.Gate;
using Quorate.Node.V1;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Rpc.Server;
using Quorate.Server.Relay;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// Three nodes as processes of their own, with a wallet of two of three, and the relay between them in this process, where a
/// test can be the hostile server. Keys are dealt, not generated: that is another test's matter.
/// </summary>
sealed class ProcessFleet : IAsyncDisposable
{
    internal static readonly PartySet Everybody = PartySet.Range(3);

    readonly string folder = Directory.CreateTempSubdirectory("quorate-nodes-").FullName;
    readonly int relayPort = FreePort();
    RpcServer? relayServer;
    int requests;

    ProcessFleet(Deployment acme) => Acme = acme;

    internal Deployment Acme { get; }

    internal RelayService Relay { get; private set; } = null!;

    internal SortedDictionary<int, NodeProcess> Nodes { get; } = [];

    internal static async Task<ProcessFleet> StartAsync()
    {
        var fleet = Prepare();
        await fleet.StartRelayAsync();
        await Task.WhenAll(Everybody.Select(p => fleet.PrepareAsync(p)));
        foreach (var node in await Task.WhenAll(Everybody.Select(async p => (p.Value, await NodeProcess.StartAsync(fleet.PlaceOf(p.Value), fleet.KeyFile(p.Value))))))
            fleet.Nodes.Add(node.Value, node.Item2);
        await fleet.UntilConnectedAsync();
        return fleet;
    }

    static readonly SortedDictionary<PartyId, Dkls23KeyShare> ecdsa = new(Dkls23Runs.Key(11, 2, Everybody).ToDictionary(e => e.Key, e => e.Value));
    static readonly SortedDictionary<PartyId, Threshold.Sharing.KeyShare<Secp256k1>> bip340 = new(Bip340Runs.Deal(12, 2, 3).ToDictionary(e => e.Key, e => e.Value));
    static readonly SortedDictionary<PartyId, Threshold.Sharing.KeyShare<Ed25519>> ed25519 = new(FrostRuns.Key(FrostSuite.Ed25519, 13, 2, Everybody).ToDictionary(e => e.Key, e => e.Value));

    static ProcessFleet Prepare() => new(new(new("treasury", ecdsa[new(1)].Package, bip340[new(1)].Package, ed25519[new(1)].Package)));

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

    /// <summary>A node's files: identity, shares, deployment, wallet, configuration.</summary>
    async Task PrepareAsync(PartyId party)
    {
        var node = party.Value;
        Directory.CreateDirectory(PlaceOf(node));
        KekFile.Create(KeyFile(node), SystemRandom.Shared);
        var identity = Acme.Key($"node-{node}");
        using (var credential = new KeyCredential(null, KekFile.Read(KeyFile(node))))
        using (var kek = credential.Create(SystemRandom.Shared))
        using (var seed = identity.ExportSeed())
            VaultRecords.Create(FileOf(node, "vault.db"), kek, SystemRandom.Shared, [new(new(default, RecordKind.Identity, Subject: new(identity.EncodedPublicKey)), seed)]);

        var options = OptionsOf(node);
        Assert.Null(await NodeHost.InstallAsync(options, Acme.Genesis, default));
        var store = await NodeStore.OpenAsync(options, default);
        await using (store)
        {
            lock (ecdsa)
            {
                Put(store.Vault, party);
            }
            using var turn = await store.Journal.TakeTurnAsync(default);
            var keyed = (NodeEvent.WalletKeyed)Deployment.Keyed(Acme.Wallet);
            await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, keyed with { At = DateTimeOffset.UtcNow.ToUnixTimeSeconds() }, default);
        }
        await File.WriteAllTextAsync(FileOf(node, "node.json"), new JsonObject
        {
            ["chains"] = new JsonObject { ["eip155:1"] = new JsonObject() },
            ["relay"] = new JsonObject { ["url"] = $"http://127.0.0.1:{relayPort}", ["name"] = "relay.test" },
            ["listen"] = new JsonObject { ["address"] = "127.0.0.1:0" },
            ["limits"] = new JsonObject { ["offerSeconds"] = 5, ["readySeconds"] = 5, ["roundSeconds"] = 5 },
        }.ToJsonString());
    }

    // The shares stay this process's, for the next fleet.
    static void Put(NodeVault vault, PartyId party)
    {
        vault.Put(new Dkls23KeyHolding(ecdsa[party]));
        vault.Put(new KeyHolding<Secp256k1>(bip340[party]));
        vault.Put(new KeyHolding<Ed25519>(ed25519[party]));
    }

    internal async Task StartRelayAsync()
    {
        Relay = new(new() { Name = "relay.test", Nodes = Acme.Genesis.Nodes.Select(n => n.Id).ToHashSet() }, TimeProvider.System, SystemRandom.Shared);
        relayServer = await RpcServer.StartAsync(Relay.AddTo(new()), new() { EndPoint = new(IPAddress.Loopback, relayPort), DrainSeconds = 0 });
    }

    /// <summary>Puts a hostile relay in the honest one's place.</summary>
    internal async Task<HostileRelay> BetrayAsync(HostileRelay.Habits habits, ulong seed)
    {
        await StopRelayAsync();
        var relay = new HostileRelay(habits, seed);
        await relay.StartAsync(relayPort);
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
        Nodes[node] = await NodeProcess.StartAsync(PlaceOf(node), KeyFile(node));
        await UntilConnectedAsync();
    }

    /// <summary>A small payment that alice has signed: all there has to be.</summary>
    internal SigningRequest Payment(string? request = null, ulong? nonce = null)
    {
        var number = Interlocked.Increment(ref requests);
        var payment = Deployment.Payment(Deployment.Ether / 10_000, nonce: nonce ?? (ulong)number);
        return Acme.Request(payment, Acme.IntentOf(payment, request ?? $"req_{number}", expiresAt: Soon), "alice");
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

    /// <summary>That the reply has the signature that makes the payment valid.</summary>
    internal void RequireSigned(SigningRequest request, SignReply reply)
    {
        Assert.True(reply.Signed is not null, reply.ToString());
        var signature = Assert.Single(reply.Signed.Signatures);
        Deployment.Ethereum.Assemble(request.Payload.Bytes, Acme.ContextAt(Deployment.Path),
            [new((int)signature.Input, signature.PublicKey.Memory, signature.Signature_.Memory, (byte)signature.RecoveryId)]);
    }

    /// <summary>What a stopped node has recorded of a request.</summary>
    internal async Task<RequestState> ReadAsync(int node, SigningRequest request)
    {
        await using var journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(FileOf(node, "journal.db")), default);
        return (await journal.FoldAsync(NodeJournal.StreamOf(request.Intent.RequestId), RequestState.Unknown, (state, happened) => state.Evolve(happened), default)).State;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Values)
            node.Dispose();
        if (relayServer is not null)
            await relayServer.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
