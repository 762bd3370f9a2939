using System.Collections.Immutable;
using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Rpc.Health;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Api;
using Quorate.Server.Audit;
using Quorate.Server.Balances;
using Quorate.Server.Ceremonies;
using Quorate.Server.Events;
using Quorate.Server.Features;
using Quorate.Server.Governance;
using Quorate.Server.Ids;
using Quorate.Server.Lanes;
using Quorate.Server.Limits;
using Quorate.Server.Nodes;
using Quorate.Server.Relay;
using Quorate.Server.Sagas;
using Quorate.Server.Store;
using Quorate.Server.Telemetry;
using Quorate.Server.Wallets;
using Quorate.Server.Webhooks;

namespace Quorate.Server.Hosting;

/// <summary>
/// A wallet server, running: its database open and verified, relay and API answering, transfers on their way. Everything is
/// put together here and nowhere else. It holds no share and can not sign; what it loses or writes wrongly costs time.
/// </summary>
public sealed class WalletServer : IAsyncDisposable
{
    readonly ServerStore store;
    // A chain's node has no business with the context of traces.
    readonly HttpClient http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });
    readonly CancellationTokenSource stop = new();
    readonly HealthService health = new();
    RpcServer? relayServer, apiServer;
    CallLimits? limits;
    NodeWatch? nodes;
    ImmutableArray<IDisposable> measures = [];
    WebhookSecret? webhookSecret;
    WebhookWork? webhooks;
    ImmutableArray<Task> working = [];

    WalletServer(ServerStore store) => this.store = store;

    /// <summary>Where nodes dial.</summary>
    public Uri RelayAddress => relayServer!.Addresses[0];

    /// <summary>Where the API answers: gRPC first, and where there is another, JSON over HTTP/1.1.</summary>
    public IReadOnlyList<Uri> ApiAddresses => apiServer!.Addresses;

    /// <summary>Whether the server can do its work now: journal, relay, read models, nodes.</summary>
    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellation) =>
        await ServerReadiness.CheckAsync(store, RelayAddress, nodes!, cancellation).ConfigureAwait(false);

    /// <summary>Opens the database, verifies it, and answers.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="JournalUnavailableException">The database cannot be opened.</exception>
    /// <exception cref="JournalCorruptException">The journal is not what was appended.</exception>
    /// <exception cref="IOException">An address to listen at is taken.</exception>
    public static async Task<WalletServer> StartAsync(ServerOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.DataDirectory is null == options.Postgres is null)
            throw new ArgumentException("A server has a data directory or a PostgreSQL database, and not both.", nameof(options));
        if (options.Chains.GroupBy(c => c.Chain).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"{twice.Key} is configured twice.", nameof(options));
        if (options.Chains.FirstOrDefault(c => c.Flag is not null && !Feature.IsName(c.Flag)) is { } unnamed)
            throw new ArgumentException($"{unnamed.Chain}: {unnamed.Flag} is no name of a feature.", nameof(options));
        var journal = new JournalOptions { Time = options.Time };
        var server = new WalletServer(options.Postgres is { } connection
            ? await ServerStore.OpenPostgresAsync(connection, journal, cancellation).ConfigureAwait(false)
            : await ServerStore.OpenSqliteAsync(options.DataDirectory!, journal).ConfigureAwait(false));
        try
        {
            await server.RunAsync(options, cancellation).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task RunAsync(ServerOptions options, CancellationToken cancellation)
    {
        foreach (var projector in store.Projectors)
            await projector.CatchUpAsync(cancellation).ConfigureAwait(false);
        var (genesis, time) = (options.Genesis, options.Time);
        var saga = new SagaOptions { TrackEvery = options.TrackEvery };
        var log = new JournalLog(store.Journal);
        var chains = options.Chains.Select(settings => settings.Connect(new(http, log, saga, time))).ToImmutableDictionary(c => c.Chain);
        var relay = new RelayService(new() { Name = options.RelayName, Nodes = genesis.Nodes.Select(n => n.Id).ToHashSet() }, time, SystemRandom.Shared);
        var line = new RelayLine(relay);
        var fleet = new NodeFleet(line, [.. genesis.Nodes.Select(n => n.Id)], time);
        var deployment = new DeploymentBook(genesis, store);
        await deployment.RefreshAsync(cancellation).ConfigureAwait(false);
        var watch = new NodeWatch(store, genesis, fleet, options.NodeTimeout, time);
        var acts = new ActDelivery(store, deployment, fleet, options.NodeTimeout, time);
        var ceremonies = new CeremonyLeading(store, deployment, watch, line, options.NodeTimeout, time);
        var receipts = new ReceiptKeeping(store, deployment, line, options.NodeTimeout, time);
        var balances = new BalanceReconciling(store, chains, TimeSpan.FromHours(1), time);
        var cosigning = new HeadCosigning(store.Journal, genesis, line, options.NodeTimeout);
        var (desks, wallets) = (chains.ToDictionary(c => c.Key, c => c.Value.Desk), new WalletDirectory(store, deployment, chains));
        var office = new TransferOffice(new(log), desks, wallets, saga, time);
        var tidying = new LaneTidying(office, async (request, token) =>
            (await store.Transfers.DoAsync(request.Draft.Id.ToString(), request, cancellation: token).ConfigureAwait(false)).Refusal);
        var loop = new SagaLoop(
            new(office, fleet, store.Origins), tidying, store.Work, options.Name, saga, time,
            (item, problem) =>
            {
                if (item is null)
                    PeriodicWork.LogFailed(options.Logger, "the queue of work", 1, problem);
                else
                    PeriodicWork.LogTransferFailed(options.Logger, ResourceId.Parse(item), problem);
            });
        await store.Work.ForgetAsync(options.Name, cancellation).ConfigureAwait(false);
        store.WorkMoved = loop.Wake;
        var features = new FeatureBook(store, options.Chains.Where(c => c.Flag is not null).ToDictionary(c => c.Chain, c => c.Flag!));
        await features.RefreshAsync(cancellation).ConfigureAwait(false);
        limits = await CallLimits.OpenAsync(options.Limits, options.Logger, time).ConfigureAwait(false);
        var changed = new ChangeWatch(store.Journal, time);
        webhookSecret = options.WebhookSecret ?? (options.DataDirectory is { } directory ? WebhookSecret.OpenFile(Path.Combine(directory, WebhookSecret.FileName), SystemRandom.Shared) : null);
        if (webhookSecret is not null)
        {
            webhooks = new(store, webhookSecret, options.Webhooks, options.Name, time, options.Logger);
            await webhooks.BeginAsync(cancellation).ConfigureAwait(false);
        }
        var parts = new ApiParts(store, deployment, chains, new(office), new(log, desks, wallets, saga, time), fleet, watch, receipts, cosigning, limits, features, changed, webhooks, options.NodeTimeout, time);

        nodes = watch;
        var sampled = new ServerMeasures(store, loop, watch, time);
        measures = [sampled, relay.Measure(genesis.Nodes.ToDictionary(n => n.Id, n => n.Name))];
        var own = new NoncesInMemory(time);
        var shared = options.Postgres is null ? null : new SharedNonces(store.ReadModels, own, time);
        if (shared is not null)
            await shared.PrepareAsync(cancellation).ConfigureAwait(false);
        var guard = new ApiGuard(new(store, shared is null ? own : shared, time), store.Keys, limits, time);

        relayServer = await RpcServer.StartAsync(relay.AddTo(new()), options.Relay, cancellationToken: cancellation).ConfigureAwait(false);
        Task Begin(string name, TimeSpan pause, Func<CancellationToken, Task> round) =>
            Task.Run(() => new PeriodicWork(name, pause, round, options.Logger, time).RunAsync(stop.Token), CancellationToken.None);
        working =
        [
            Begin("following the journal", TimeSpan.FromSeconds(1), store.ProjectAsync),
            Begin("following features", TimeSpan.FromSeconds(1), features.RefreshAsync),
            Begin("carrying transfers out", TimeSpan.FromMilliseconds(100), loop.RunAsync),
            Begin("watching nodes", options.NodesEvery, async token => await acts.RunAsync(await watch.RunAsync(token).ConfigureAwait(false), token).ConfigureAwait(false)),
            Begin("leading ceremonies", options.NodesEvery, ceremonies.RunAsync),
            Begin("keeping receipts", options.NodesEvery, receipts.RunAsync),
            Begin("co-signing the journal", options.CosignEvery, cosigning.RunAsync),
            Begin("asking for balances", options.ReconcileEvery, balances.RunAsync),
            Begin("measuring", TimeSpan.FromSeconds(5), sampled.SampleAsync),
            Begin("telling of changes", TimeSpan.FromMilliseconds(100), changed.RunAsync),
            .. webhooks is null ? [] : (Task[])
            [
                Begin("queueing deliveries", TimeSpan.FromMilliseconds(100), webhooks.FanOut.RunAsync),
                Begin("delivering to webhooks", TimeSpan.FromMilliseconds(100), webhooks.Dispatch.RunAsync),
                Begin("forgetting old deliveries", TimeSpan.FromHours(1), webhooks.PruneAsync),
            ],
        ];
        apiServer = await RpcServer.StartAsync(WalletApi.AddTo(new(logger: options.Logger, guard: guard), parts).AddHealth(health).AddReflection(), options.Api, health, cancellation).ConfigureAwait(false);
    }

    /// <summary>Stops answering, lets what is under way end or gives it back, closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        if (apiServer is not null)
            await apiServer.DisposeAsync().ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var measured in measures)
            measured.Dispose();
        if (relayServer is not null)
            await relayServer.DisposeAsync().ConfigureAwait(false);
        if (limits is not null)
            await limits.DisposeAsync().ConfigureAwait(false);
        await store.DisposeAsync().ConfigureAwait(false);
        webhooks?.Dispose();
        webhookSecret?.Dispose();
        http.Dispose();
        stop.Dispose();
    }
}
