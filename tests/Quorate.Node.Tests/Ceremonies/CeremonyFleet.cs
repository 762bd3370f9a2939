using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Node.Breaker;
using Quorate.Node.Ceremonies;
using Quorate.Node.Channel;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Node.Letters;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Sessions;
using Quorate.Node.Tests.Vault;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>What a killed node does from then on: nothing.</summary>
sealed class KilledException : Exception;

/// <summary>Nodes without any keys, in one process, which can be killed at any step and started again from their files.</summary>
sealed class CeremonyFleet : IAsyncDisposable
{
    internal sealed record Member(
        NodeVault Vault, NodeJournal Journal, NodeGovernance Governance, Switchboard Board, SessionHost Sessions, Correspondence Letters, CeremonyHost Ceremonies)
    {
        internal WalletKeys? Wallet(string name = "vault") => Journal.State.Wallets.GetValueOrDefault(name);

        internal Task<CeremonyState> ReadAsync(string id) => new CeremonyRecords(Journal, TimeProvider.System, null).ReadAsync(id, default);
    }

    static readonly SessionDeadlines hurried = new() { Ready = TimeSpan.FromSeconds(3), Round = TimeSpan.FromSeconds(5), Session = TimeSpan.FromSeconds(20) };

    readonly string folder = Directory.CreateTempSubdirectory("quorate-ceremonies").FullName;
    readonly ConcurrentDictionary<int, Action<string>> probes = [];
    readonly CeremonyOptions options;

    CeremonyFleet(Deployment acme, MemoryNetwork network, CeremonyOptions options) => (Acme, Network, this.options) = (acme, network, options);

    internal Deployment Acme { get; }

    internal MemoryNetwork Network { get; }

    internal Clock Clock { get; } = new(Deployment.Start);

    internal SortedDictionary<int, Member> Nodes { get; } = [];

    internal Member this[int party] => Nodes[party];

    internal static readonly CeremonyOptions Once = new()
    {
        Deadlines = hurried, Patience = TimeSpan.FromSeconds(2), Attempts = Tries(1, 0.02),
    };

    /// <summary>So many attempts, and not long between them.</summary>
    internal static AttemptPolicy Tries(int attempts, double restSeconds = 0.3) => new()
    {
        Cooldown = new() { Attempts = attempts, First = TimeSpan.FromSeconds(restSeconds), Longest = TimeSpan.FromSeconds(4 * restSeconds) },
        Timeouts = new() { Shortest = TimeSpan.FromSeconds(3), Longest = TimeSpan.FromSeconds(5) },
    };

    internal static async Task<CeremonyFleet> StartAsync(int nodes = 3, MemoryNetwork? network = null, CeremonyOptions? options = null)
    {
        var fleet = new CeremonyFleet(new(null, nodes), network ?? new(), options ?? Once);
        for (var party = 1; party <= nodes; party++)
        {
            Directory.CreateDirectory(fleet.PlaceOf(party));
            VaultPlace.Create(fleet.FileOf(party, "vault.db"));
            await fleet.StartNodeAsync(party, install: true);
        }
        return fleet;
    }

    string PlaceOf(int party) => Path.Combine(folder, $"{party}");

    internal string FileOf(int party, string name) => Path.Combine(PlaceOf(party), name);

    /// <summary>Says what happens around every lasting step of a node. Before it starts or after.</summary>
    internal void Probe(int party, Action<string> probe) => probes[party] = probe;

    internal void Heal(int party) => probes.TryRemove(party, out _);

    internal async Task<Member> StartNodeAsync(int party, bool install = false)
    {
        var name = $"node-{party}";
        var key = Acme.Key(name);
        var journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(FileOf(party, "journal.db"), new() { Time = Clock }), default);
        var vault = VaultPlace.OpenAt(FileOf(party, "vault.db"), journal.State.Vault, anchor => journal.Keep(anchor, Clock.Now));
        var governance = new NodeGovernance(journal, Acme.Id(name), Clock);
        if (install)
            Assert.Null(await governance.InstallAsync(Acme.Genesis, default));
        var board = new Switchboard(Network.Join(Acme.Id(name)), Acme.Genesis.Nodes.Select(n => n.Id).ToHashSet(), 64);
        var sessions = new SessionHost(board, key, TimeProvider.System, SystemRandom.Shared);
        var letters = new Correspondence(board, key, Acme.Genesis.Hash.ToArray(), TimeProvider.System, SystemRandom.Shared);
        var host = new CeremonyHost(journal, vault, key, sessions, letters, options with
        {
            AtStep = step => probes.GetValueOrDefault(party)?.Invoke(step),
            Backup = options.Backup ?? ((order, _) =>
            {
                var file = FileOf(party, order.Id + ".backup");
                using var kek = VaultPlace.NewKek();
                Backup.Create(vault, file, kek, SystemRandom.Shared, Clock.Now);
                return Task.FromResult(new Digest(SHA256.HashData(File.ReadAllBytes(file))));
            }),
        }, Clock, SystemRandom.Shared);
        return Nodes[party] = new(vault, journal, governance, board, sessions, letters, host);
    }

    /// <summary>Stops a node as a crash does: nothing is tidied up.</summary>
    internal async Task StopAsync(int party)
    {
        if (!Nodes.Remove(party, out var node))
            return;
        Probe(party, _ => throw new KilledException());
        await node.Letters.DisposeAsync();
        await node.Board.DisposeAsync();
        try
        {
            await node.Ceremonies.DisposeAsync();
        }
        catch (KilledException)
        {
            // As it should be.
        }
        await node.Journal.DisposeAsync();
        node.Vault.Dispose();
        Heal(party);
    }

    internal async Task RestartAsync(int party)
    {
        await StopAsync(party);
        await StartNodeAsync(party);
    }

    /// <summary>A node loses its disk and comes back with its identity alone, as from a backup made before it had any keys.</summary>
    internal async Task LoseVaultAsync(int party)
    {
        await StopAsync(party);
        File.Delete(FileOf(party, "journal.db"));
        File.Delete(FileOf(party, "vault.db"));
        VaultPlace.Create(FileOf(party, "vault.db"));
        await StartNodeAsync(party, install: true);
    }

    internal CeremonyOrder Order(string id, string kind, JsonObject ceremony, DateTimeOffset? expiresAt = null, Digest? deployment = null) =>
        CeremonyOrder.Parse(Encoding.UTF8.GetBytes(new JsonObject
        {
            ["quorateCeremony"] = 1,
            ["deployment"] = (deployment ?? Acme.Genesis.Hash).ToString(),
            ["id"] = id,
            ["expiresAt"] = (expiresAt ?? Clock.Now.AddHours(1)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["ceremony"] = new JsonObject { [kind] = ceremony },
        }.ToJsonString()));

    internal static JsonArray Names(params int[] nodes) => [.. nodes.Select(n => (JsonNode)$"node-{n}")];

    internal CeremonyOrder Create(string id = "make", int threshold = 2, int[]? nodes = null, string[]? schemes = null, string wallet = "vault") =>
        Order(id, "createWallet", new()
        {
            ["wallet"] = wallet, ["threshold"] = threshold, ["nodes"] = Names(nodes ?? [.. Nodes.Keys]),
            ["schemes"] = new JsonArray([.. (schemes ?? ["ecdsa", "bip340", "ed25519"]).Select(s => (JsonNode)s)]),
        });

    internal CeremonyOrder Refresh(string id = "refresh", uint epoch = 0) => Order(id, "refresh", new() { ["wallet"] = "vault", ["epoch"] = epoch });

    internal CeremonyOrder Reshare(string id, uint epoch, int threshold, int[] nodes, int knower = 1) => Order(id, "reshare", new()
    {
        ["wallet"] = "vault", ["epoch"] = epoch, ["threshold"] = threshold, ["nodes"] = Names(nodes), ["keys"] = KeyIds(knower),
    });

    internal CeremonyOrder Repair(string id, uint epoch, int node, int knower = 1) => Order(id, "repair", new()
    {
        ["wallet"] = "vault", ["epoch"] = epoch, ["node"] = $"node-{node}", ["keys"] = KeyIds(knower),
    });

    JsonArray KeyIds(int knower) => [.. KeyView.Of(this[knower].Wallet()!).Select(key => (JsonNode)key.Id.ToString())];

    internal ImmutableArray<Approval> Approve(CeremonyOrder order, params string[] names) => [.. names.Select(name => Acme.Approve(order.Hash, name))];

    internal Task<CeremonyResult> LeadAsync(int lead, CeremonyOrder order, params string[] approvers) =>
        this[lead].Ceremonies.LeadAsync(order, Approve(order, approvers.Length == 0 ? ["alice", "bob"] : approvers), null, default).WaitAsync(TimeSpan.FromMinutes(2));

    internal async Task<CeremonyResult.Completed> HoldAsync(int lead, CeremonyOrder order) =>
        Assert.IsType<CeremonyResult.Completed>(await LeadAsync(lead, order));

    /// <summary>Signs with everything that a wallet has; the protocols verify what comes out.</summary>
    internal async Task SignAsync(params int[] parties)
    {
        var quorum = new PartySet(parties.Select(p => new PartyId(p)));
        var wallet = this[parties[0]].Wallet()!;
        var message = RandomNumberGenerator.GetBytes(32);
        if (wallet.Ecdsa is { } ecdsa)
            await EachAsync(quorum, "ecdsa", vault => vault.OpenDkls23ToSign(KeyId.Of(ecdsa)),
                (id, holding, vault) => new Dkls23Sign(id, holding.Share!, quorum, message, vault.Bans, SystemRandom.Shared));
        if (wallet.Bip340 is { } bip340)
            await EachAsync(quorum, "bip340", vault => vault.OpenKey<Secp256k1>(KeyId.Of(bip340)), (id, holding, _) => new Bip340Sign(
                id, holding.Share!, quorum, TweakContext.Init(bip340.GroupKey).ApplyTaproot([]), message, SystemRandom.Shared));
        if (wallet.Ed25519 is { } ed25519)
            await EachAsync(quorum, "ed25519", vault => vault.OpenKey<Ed25519>(KeyId.Of(ed25519)),
                (id, holding, _) => new FrostSign<Ed25519>(FrostSuite.Ed25519, id, holding.Share!, quorum, message, SystemRandom.Shared));
    }

    async Task EachAsync<THolding, T>(
        PartySet quorum, string name, Func<NodeVault, THolding> open, Func<SessionId, THolding, NodeVault, Protocol<T>> protocol)
        where THolding : IDisposable where T : class
    {
        var description = new SessionDescription(Acme.Genesis.Hash.ToArray(), RandomNumberGenerator.GetBytes(32), $"test/{name}", new byte[32],
            quorum.ToDictionary(p => p, p => Acme.Genesis.Nodes[p.Value - 1].Id));
        await Task.WhenAll(quorum.Select(party => Task.Run(async () =>
        {
            var node = this[party.Value];
            using var holding = open(node.Vault);
            Assert.IsType<SessionOutcome<T>.Completed>(await node.Sessions.RunAsync(
                description, party, id => protocol(id, holding, node.Vault), hurried, Task.CompletedTask, default));
        })));
    }

    /// <summary>Every set of nodes that can sign signs.</summary>
    internal async Task SignWithEveryQuorumAsync(int threshold, params int[] holders)
    {
        foreach (var quorum in Subsets(holders, threshold))
            await SignAsync(quorum);
    }

    static IEnumerable<int[]> Subsets(int[] from, int count) => count == 0
        ? [[]]
        : from.SelectMany((first, i) => Subsets(from[(i + 1)..], count - 1).Select(rest => (int[])[first, .. rest]));

    public async ValueTask DisposeAsync()
    {
        foreach (var party in Nodes.Keys.ToArray())
            await StopAsync(party);
        Directory.Delete(folder, recursive: true);
    }
}
