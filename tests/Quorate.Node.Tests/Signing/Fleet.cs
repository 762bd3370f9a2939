using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Node.Letters;
using Quorate.Node.Sessions;
using Quorate.Node.Signing;
using Quorate.Node.Tests.Sessions;
using Quorate.Node.Tests.Vault;
using Quorate.Node.Vault;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>
/// Whole nodes in one process: each with its files, its gate, its end of the network, and the two sides of signing. A node
/// can be stopped and started again from its files.
/// </summary>
sealed class Fleet : IAsyncDisposable
{
    /// <summary>The parties of a fleet of three.</summary>
    internal static readonly PartySet Everybody = PartySet.Range(3);

    /// <summary>Deadlines for tests in which somebody does not answer.</summary>
    internal static readonly SigningLimits Hurried = new()
    {
        OfferPatience = TimeSpan.FromSeconds(2),
        Session = new() { Ready = TimeSpan.FromSeconds(2), Round = TimeSpan.FromSeconds(5) },
    };

    /// <summary>A node that runs.</summary>
    internal sealed record Member(
        NodeVault Vault, NodeJournal Journal, ReleaseGate Gate, NodeGovernance Governance, Switchboard Board, SessionHost Host, Correspondence Letters,
        SigningConduct Conduct, NodeSigning Signing)
    {
        internal Signer Signer => Signing.Signer;

        internal PeerHealth Health => Signing.Health;
    }

    readonly string folder = Directory.CreateTempSubdirectory("quorate-fleet").FullName;
    readonly SigningLimits limits;

    Fleet(Deployment acme, MemoryNetwork network, SigningLimits limits) => (Acme, Network, this.limits) = (acme, network, limits);

    internal Deployment Acme { get; }

    internal MemoryNetwork Network { get; }

    internal Clock Clock { get; } = new(Deployment.Start);

    internal SortedDictionary<PartyId, Member> Nodes { get; } = [];

    internal Member this[int party] => Nodes[new(party)];

    /// <summary>A fleet whose wallet has a key of each kind, with one threshold.</summary>
    internal static async Task<Fleet> StartAsync(
        MemoryNetwork? network = null, SessionDeadlines? deadlines = null, SigningLimits? limits = null, int nodes = 3, int threshold = 2,
        System.Text.Json.Nodes.JsonObject? policy = null)
    {
        var parties = PartySet.Range(nodes);
        var ecdsa = Dkls23Runs.Key(11, threshold, parties);
        var bip340 = Bip340Runs.Deal(12, threshold, nodes);
        var ed25519 = FrostRuns.Key(FrostSuite.Ed25519, 13, threshold, parties);
        limits ??= new();
        var fleet = new Fleet(
            new(new("treasury", ecdsa[new(1)].Package, bip340[new(1)].Package, ed25519[new(1)].Package), nodes, policy), network ?? new(),
            deadlines is null ? limits : limits with { Session = deadlines });
        foreach (var party in parties)
        {
            Directory.CreateDirectory(fleet.PlaceOf(party));
            VaultPlace.Create(fleet.FileOf(party, "vault.db"));
            using (var vault = VaultPlace.OpenAt(fleet.FileOf(party, "vault.db")))
            {
                Put(vault, ecdsa[party], new(bip340[party]), new(ed25519[party]));
            }
            var node = await fleet.StartAsync(party);
            Assert.Null(await node.Governance.InstallAsync(fleet.Acme.Genesis, default));
            using var turn = await node.Journal.TakeTurnAsync(default);
            await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, Deployment.Keyed(fleet.Acme.Wallet), default);
        }
        return fleet;
    }

    static void Put(NodeVault vault, Dkls23KeyShare ecdsa, KeyHolding<Secp256k1> bip340, KeyHolding<Ed25519> ed25519)
    {
        using (bip340)
        using (ed25519)
        using (var holding = new Dkls23KeyHolding(ecdsa))
        {
            vault.Put(holding);
            vault.Put(bip340);
            vault.Put(ed25519);
        }
    }

    string PlaceOf(PartyId party) => Path.Combine(folder, $"{party}");

    /// <summary>A file of a node's.</summary>
    internal string FileOf(PartyId party, string name) => Path.Combine(PlaceOf(party), name);

    /// <summary>Starts a node from its files.</summary>
    /// <param name="party">Which.</param>
    /// <param name="time">The clock of its gate; the fleet's, if null.</param>
    internal async Task<Member> StartAsync(PartyId party, TimeProvider? time = null)
    {
        var entry = Acme.Genesis.Nodes[party.Value - 1];
        var key = Acme.Key(entry.Name);
        var vault = VaultPlace.OpenAt(FileOf(party, "vault.db"));
        var journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(FileOf(party, "journal.db"), new() { Time = Clock }), default);
        var gate = new ReleaseGate(journal, Deployment.Judges, time ?? Clock);
        var board = new Switchboard(Network.Join(entry.Id), Acme.Genesis.Nodes.Select(n => n.Id).ToHashSet(), 64);
        var host = new SessionHost(board, key, TimeProvider.System, SystemRandom.Shared);
        var letters = new Correspondence(board, key, Acme.Genesis.Hash.ToArray(), Clock, SystemRandom.Shared);
        var conduct = new SigningConduct(journal, Clock);
        var parts = new SigningParts(Acme.Genesis, entry, gate, vault, host, letters, conduct, limits, TimeProvider.System, SystemRandom.Shared);
        return Nodes[party] = new(vault, journal, gate, new(journal, entry.Id, Clock), board, host, letters, conduct, new(parts));
    }

    /// <summary>Stops a node. What it was about to do, it does not do.</summary>
    internal async Task StopAsync(PartyId party)
    {
        if (!Nodes.Remove(party, out var node))
            return;
        await node.Signing.DisposeAsync();
        await node.Conduct.DisposeAsync();
        await node.Letters.DisposeAsync();
        await node.Board.DisposeAsync();
        await node.Journal.DisposeAsync();
        node.Vault.Dispose();
    }

    /// <summary>One node leads a request.</summary>
    internal Task<SigningReport> LeadAsync(int party, SigningRequest request) =>
        this[party].Signing.Lead.SignAsync(request, default).WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>One node judges a request and, if it permits it, takes part.</summary>
    internal async Task<(Ruling Ruling, SigningOutcome? Outcome)> AskAsync(PartyId party, SigningRequest request, byte attempt, PartySet quorum, int input = 0)
    {
        var node = Nodes[party];
        var ruling = await node.Gate.RuleAsync(request, default);
        return (ruling, ruling is Ruling.Permit permit
            ? await node.Signer.SignAsync(permit, input, Attempt(attempt), quorum, default)
            : null);
    }

    /// <summary>A quorum judges a request and takes part.</summary>
    internal async Task<(Ruling Ruling, SigningOutcome? Outcome)[]> AskAllAsync(SigningRequest request, byte attempt, params int[] parties)
    {
        var quorum = new PartySet(parties.Select(p => new PartyId(p)));
        return await Task.WhenAll(quorum.Select(p => Task.Run(() => AskAsync(p, request, attempt, quorum)))).WaitAsync(TimeSpan.FromMinutes(2));
    }

    internal static byte[] Attempt(byte number) => [.. Enumerable.Repeat(number, 32)];

    public async ValueTask DisposeAsync()
    {
        foreach (var party in Nodes.Keys.ToArray())
            await StopAsync(party);
        Directory.Delete(folder, recursive: true);
    }
}
