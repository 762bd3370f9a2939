using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Node.Audit;
using Quorate.Node.Ceremonies;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Node.Letters;
using Quorate.Node.Service;
using Quorate.Node.Sessions;
using Quorate.Node.Signing;
using Quorate.Node.Telemetry;
using Quorate.Node.Transport;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Rpc.Client;
using Quorate.Rpc.Health;
using Quorate.Rpc.Server;

namespace Quorate.Node;

/// <summary>
/// One node, running: its files opened and verified, its connections kept up, requests answered. Everything is put together
/// here and nowhere else. Without a genesis document it answers, and refuses everything.
/// </summary>
public sealed class NodeHost : IAsyncDisposable
{
    readonly NodeStore store;
    readonly NodeOptions options;
    readonly HealthService health = new();
    readonly NodeService service;
    ITransport? transport;
    Switchboard? board;
    Correspondence? letters;
    SigningConduct? conduct;
    NodeSigning? signing;
    NodeCeremonies? ceremonies;
    RpcServer? server;
    NodeMeasures? measures;

    NodeHost(NodeStore store, NodeOptions options)
    {
        (this.store, this.options) = (store, options);
        var judges = options.Chains.ToImmutableDictionary(judge => judge.Chain);
        Parts = new(store, judges, options.Time, new(store.Journal, judges, options.Time), new(store.Journal, Me, options.Time));
        service = new(Parts);
    }

    /// <summary>Which node this is.</summary>
    public NodeId Me => store.Vault.Identity;

    /// <summary>The deployment it belongs to; null where none is installed.</summary>
    public GenesisDocument? Deployment => store.Journal.State.Genesis;

    /// <summary>Where it listens; null where it opens no port.</summary>
    public Uri? Address => server?.Addresses[0];

    /// <summary>Whether the relay has let it in; null without a relay.</summary>
    public bool? IsConnected => (transport as RelayTransport)?.IsConnected;

    internal NodeParts Parts { get; }

    /// <summary>The operator pins the deployment, once and for ever. The node must not be running.</summary>
    /// <returns>Null, or why not.</returns>
    /// <exception cref="FileNotFoundException">There is no vault.</exception>
    /// <exception cref="VaultException">The vault is not what the journal knows, or does not open.</exception>
    /// <exception cref="JournalCorruptException">The journal is not what was appended.</exception>
    public static Task<string?> InstallAsync(NodeOptions options, GenesisDocument genesis, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(genesis);
        return NodeStore.InstallAsync(options, genesis, cancellation);
    }

    /// <summary>Opens everything, verifies it, connects and answers.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or the deployment.</exception>
    /// <exception cref="FileNotFoundException">There is no vault.</exception>
    /// <exception cref="VaultException">The vault is not what the journal knows, or does not open.</exception>
    /// <exception cref="JournalCorruptException">The journal is not what was appended.</exception>
    /// <exception cref="JournalUnavailableException">The journal's file cannot be opened.</exception>
    /// <exception cref="IOException">The address to listen at is taken.</exception>
    public static async Task<NodeHost> StartAsync(NodeOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Relay is not null && options.Peers is not null)
            throw new ArgumentException("A node has a relay or dials its peers, not both.", nameof(options));
        if (options.Peers is not null && options.Listen is null)
            throw new ArgumentException("A node that dials its peers listens to them, too.", nameof(options));
        var host = new NodeHost(await NodeStore.OpenAsync(options, cancellation).ConfigureAwait(false), options);
        try
        {
            await host.OpenAsync(cancellation).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task OpenAsync(CancellationToken cancellation)
    {
        var services = new RpcServices();
        if (Deployment is { } deployment)
        {
            transport = Connect(deployment, services);
            if (transport is not null)
                Join(deployment, transport);
        }
        if (options.Listen is { } listen)
        {
            service.AddTo(services).AddHealth(health).AddReflection();
            server = await RpcServer.StartAsync(services, listen, health, cancellation).ConfigureAwait(false);
        }
    }

    ITransport? Connect(GenesisDocument deployment, RpcServices services)
    {
        if (options.Relay is { } relay)
            return new RelayTransport(RpcChannel.ForAddress(relay.Address, new() { Tls = relay.Tls }), relay.Name, store.Identity,
                options.Links, options.Time, options.Random, AnswerAsync);
        if (options.Peers is not { } peers)
            return null;
        var direct = new DirectTransport(store.Identity, peers.ToDictionary(peer => IdOf(deployment, peer.Key),
            peer => RpcChannel.ForAddress(peer.Value.Address, new() { Tls = peer.Value.Tls })), options.Links, options.Time, options.Random);
        direct.AddTo(services);
        return direct;
    }

    async Task<ByteString> AnswerAsync(string method, ByteString body, CancellationToken cancellation)
    {
        try
        {
            return await service.AnswerAsync(method, body, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (NodeLog.IsUnexpected(problem))
        {
            NodeLog.QuestionFailed(options.Logger, problem);
            throw;
        }
    }

    void Join(GenesisDocument deployment, ITransport way)
    {
        board = new(way, deployment.Nodes.Select(node => node.Id).ToHashSet(), options.MaxSessions);
        letters = new(board, store.Identity, deployment.Hash.ToArray(), options.Time, options.Random);
        var sessions = new SessionHost(board, store.Identity, options.Time, options.Random);
        conduct = new(store.Journal, options.Time);
        signing = new(new(
            deployment, store.Journal.State.Me!, Parts.Gate, store.Vault, sessions, letters, conduct, options.Signing, options.Time, options.Random));
        ceremonies = new(new(store.Journal, store.Vault, store.Identity, sessions, letters, CeremonyOptionsOf(store.Journal.State.Me!.Name), options.Time, options.Random),
            options.Ceremonies.Resume, options.Time);
        Parts.Lead = signing.Lead;
        Parts.Ceremonies = ceremonies;
        Parts.Board = board;
        signing.Peer.Failed += (lead, problem) => NodeLog.SessionFailed(options.Logger, lead, problem);
        measures = new(new(deployment, Me, signing, ceremonies.Host.Health, conduct, board, transport as RelayTransport, options.Signing.Presigning.Target));
        NodeLog.Ready(options.Logger, store.Journal.State.Wallets.Count, deployment.Nodes.Length - 1);
    }

    CeremonyOptions CeremonyOptionsOf(string me) => new()
    {
        Deadlines = options.Ceremonies.Session,
        Patience = options.Ceremonies.Patience,
        Attempts = options.Ceremonies.Attempts,
        Backup = options.Backup is not { } place ? null : (order, _) => Task.FromResult(place.Write(store.Vault, me, order.Id, options.Random, options.Time.GetUtcNow())),
    };

    NodeId IdOf(GenesisDocument deployment, string name) => deployment.Nodes.FirstOrDefault(node => node.Name == name) is not { } entry
        ? throw new ArgumentException($"The deployment has no node {name}.")
        : entry.Id.Equals(Me) ? throw new ArgumentException($"{name} is this node; it does not dial itself.") : entry.Id;

    /// <summary>Whether the node can do its work now: vault, journal, deployment, the way to the others.</summary>
    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellation) =>
    [
        // A node whose vault does not open or whose journal does not verify has not started.
        new("vault", true, "open"),
        await JournalAsync(cancellation).ConfigureAwait(false),
        new("deployment", Deployment is not null, Deployment is null ? "no genesis document is installed" : "installed"),
        options.Relay is null
            ? new("peers", board is not null, board is null ? "no way to the others" : "dialled directly")
            : new("relay", IsConnected == true, IsConnected == true ? "connected" : "not connected"),
    ];

    async Task<ReadinessCheck> JournalAsync(CancellationToken cancellation)
    {
        try
        {
            var head = await store.Journal.HeadAsync(cancellation).ConfigureAwait(false);
            return store.Journal.IsBroken
                ? new("journal", false, "an append failed and nobody knows whether it is there: start the node again")
                : new("journal", true, string.Create(CultureInfo.InvariantCulture, $"verified, at event {head.Position}"));
        }
        catch (Exception problem) when (problem is JournalUnavailableException or JournalCorruptException or ObjectDisposedException)
        {
            return new("journal", false, problem.GetType().Name);
        }
    }

    /// <summary>Stops answering, ends what is in flight, closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        measures?.Dispose();
        if (server is not null)
            await server.DisposeAsync().ConfigureAwait(false);
        if (ceremonies is not null)
            await ceremonies.DisposeAsync().ConfigureAwait(false);
        if (signing is not null)
            await signing.DisposeAsync().ConfigureAwait(false);
        if (conduct is not null)
            await conduct.DisposeAsync().ConfigureAwait(false);
        if (letters is not null)
            await letters.DisposeAsync().ConfigureAwait(false);
        if (board is not null)
            await board.DisposeAsync().ConfigureAwait(false);
        else if (transport is not null)
            await transport.DisposeAsync().ConfigureAwait(false);
        await store.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>What a node's methods work with.</summary>
sealed class NodeParts(
    NodeStore store, IReadOnlyDictionary<ChainId, ChainJudge> judges, TimeProvider time, ReleaseGate gate, NodeGovernance governance)
{
    internal NodeId Me => store.Vault.Identity;

    internal NodeJournal Journal => store.Journal;

    internal NodeVault Vault => store.Vault;

    internal IReadOnlyDictionary<ChainId, ChainJudge> Judges => judges;

    internal TimeProvider Time => time;

    internal ReleaseGate Gate => gate;

    internal NodeGovernance Governance => governance;

    internal DecisionStatements Decisions { get; } = new(store.Journal, store.Identity, time);

    internal HeadWitness Witness { get; } = new(store.Journal, store.Identity, time);

    /// <summary>Null where the node reaches nobody.</summary>
    internal Switchboard? Board { get; set; }

    /// <summary>Null where the node reaches nobody.</summary>
    internal SigningLead? Lead { get; set; }

    /// <summary>Null where the node reaches nobody.</summary>
    internal NodeCeremonies? Ceremonies { get; set; }
}
