using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Node.Sessions;
using Quorate.Node.Signing;
using Quorate.Node.Tests.Sessions;
using Quorate.Node.Tests.Vault;
using Quorate.Node.Vault;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>Three whole nodes in one process: each with its vault, its journal, its gate and its end of the network.</summary>
sealed class Fleet : IAsyncDisposable
{
    internal static readonly PartySet Everybody = PartySet.Range(3);

    internal sealed record Member(NodeVault Vault, NodeJournal Journal, ReleaseGate Gate, NodeGovernance Governance, Switchboard Board, Signer Signer);

    readonly string folder = Directory.CreateTempSubdirectory("quorate-fleet").FullName;

    Fleet(Deployment acme, MemoryNetwork network) => (Acme, Network) = (acme, network);

    internal Deployment Acme { get; }

    internal MemoryNetwork Network { get; }

    internal Clock Clock { get; } = new(Deployment.Start);

    internal SortedDictionary<PartyId, Member> Nodes { get; } = [];

    /// <summary>A fleet whose wallet has a key for ECDSA and one for BIP 340, two of three.</summary>
    internal static async Task<Fleet> StartAsync(MemoryNetwork? network = null, SessionDeadlines? deadlines = null)
    {
        var ecdsa = Dkls23Runs.Key(11, 2, Everybody);
        var bip340 = Bip340Runs.Deal(12, 2, 3);
        var fleet = new Fleet(new(new("treasury", ecdsa[new(1)].Package, bip340[new(1)].Package, null)), network ?? new());
        foreach (var party in Everybody)
            fleet.Nodes.Add(party, await fleet.StartAsync(party, ecdsa[party], new(bip340[party]), deadlines ?? new()));
        return fleet;
    }

    async Task<Member> StartAsync(PartyId party, Dkls23KeyShare ecdsa, KeyHolding<Cryptography.Curves.Secp256k1> bip340, SessionDeadlines deadlines)
    {
        var place = Path.Combine(folder, $"{party}");
        Directory.CreateDirectory(place);
        VaultPlace.Create(Path.Combine(place, "vault.db"));
        var vault = VaultPlace.OpenAt(Path.Combine(place, "vault.db"));
        using (var holding = new Dkls23KeyHolding(ecdsa))
            vault.Put(holding);
        using (bip340)
            vault.Put(bip340);

        var id = Acme.Genesis.Nodes[party.Value - 1].Id;
        var journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(Path.Combine(place, "journal.db"), new() { Time = Clock }), default);
        var governance = new NodeGovernance(journal, id, Clock);
        Assert.Null(await governance.InstallAsync(Acme.Genesis, default));
        using (var turn = await journal.TakeTurnAsync(default))
            await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, Deployment.Keyed(Acme.Wallet), default);

        var gate = new ReleaseGate(journal, Deployment.Judges, Clock);
        var board = new Switchboard(Network.Join(id), Acme.Genesis.Nodes.Select(n => n.Id).ToHashSet(), 64);
        var host = new SessionHost(board, Acme.Key($"node-{party.Value}"), TimeProvider.System, SystemRandom.Shared);
        return new(vault, journal, gate, governance, board, new(Acme.Genesis, gate, vault, host, deadlines, SystemRandom.Shared));
    }

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
        foreach (var node in Nodes.Values)
        {
            await node.Board.DisposeAsync();
            await node.Journal.DisposeAsync();
            node.Vault.Dispose();
        }
        Directory.Delete(folder, recursive: true);
    }
}
