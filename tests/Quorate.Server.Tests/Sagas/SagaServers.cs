using System.Data.Common;
using Microsoft.Data.Sqlite;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Ids;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Server.Store;
using Quorate.Server.Tests.Relay;
using Quorate.Server.Tests.Transfers;
using Quorate.Server.Transfers;

namespace Quorate.Server.Tests.Sagas;

/// <summary>Two servers over one real journal and one real queue, for a real chain. The key is one single key behind the Nodes port.</summary>
sealed class SagaServers : IAsyncDisposable
{
    internal static readonly SagaOptions Options = new()
    {
        TrackEvery = TimeSpan.FromMilliseconds(50), FirstRetry = TimeSpan.FromMilliseconds(50), LastRetry = TimeSpan.FromMilliseconds(200), Confirmations = 1,
    };

    readonly SagaScene scene;
    readonly string directory;
    readonly List<(SagaLoop Loop, TransferChanges Changes, Projector Projector)> servers = [];
    readonly EventStore store;
    readonly DbDataSource database;
    readonly Aggregates<TransferState, TransferCommand, TransferEvent> requests;
    int number;

    SagaServers(SagaScene scene, EventStore store, string directory)
    {
        (this.scene, this.store, this.directory) = (scene, store, directory);
        database = SqliteFactory.Instance.CreateDataSource($"Data Source={Path.Combine(directory, "work.db")};Pooling=False");
        Transfers = new(new JournalLog(store));
        requests = new(store, TransferStreams.Decider);
    }

    internal TransferBook Transfers { get; }

    internal TransferChanges this[int server] => servers[server].Changes;

    /// <summary>What the first of them does not do by itself.</summary>
    internal ITransferDesk Desk { get; private set; } = null!;

    internal static async Task<SagaServers> StartAsync(SagaScene scene, Func<IEventLog, ITransferDesk> desk)
    {
        var directory = Directory.CreateTempSubdirectory("quorate-saga-").FullName;
        var started = new SagaServers(scene, await EventStore.OpenSqliteAsync(Path.Combine(directory, "journal.db")), directory);
        var line = new SingleKeyLine(scene, TimeProvider.System);
        foreach (var name in (string[])["one", "two"])
        {
            var (log, table) = (new JournalLog(started.store), new WorkTable(started.database));
            started.Desk = desk(log);
            var office = new TransferOffice(new(log), new Dictionary<ChainId, ITransferDesk> { [scene.Format.Chain] = started.Desk }, scene, Options, TimeProvider.System);
            var runner = new SagaRunner(office, new(line, [.. Enumerable.Range(1, 3).Select(RelayFleet.Id)], TimeProvider.System));
            started.servers.Add((
                new(runner, new(office, started.AskAsync), table, name, Options, TimeProvider.System), new(office), new(started.store, started.database, table, TimeProvider.System)));
        }
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await store.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    internal Task<ResourceId> RequestAsync(ulong amount, Amount maxFee) =>
        RequestAsync(new TransferSubject.Payment(scene.Coin, amount, scene.To, scene.Context.Signer.Text, null), maxFee);

    internal async Task<ResourceId> RequestAsync(TransferSubject subject, Amount? maxFee)
    {
        var now = DateTimeOffset.UtcNow;
        var draft = scene.Payment(++number, 0, scene.To, Amount.Zero, now.AddMinutes(30)) with
        {
            Id = TransferSamples.Id(TransferDraft.KindOf(subject), number), Subject = subject, MaxFee = maxFee is { } most ? new(scene.Coin, most) : null,
        };
        Assert.Null(await AskAsync(new(now, draft), default));
        await Transfers.DecideAsync(draft.Id, new TransferCommand.Submit(now, now.AddMinutes(5)), default);
        return draft.Id;
    }

    async Task<Deciding.Refusal?> AskAsync(TransferCommand.Request request, CancellationToken cancellation) =>
        (await requests.DoAsync(request.Draft.Id.ToString(), request, cancellation: cancellation)).Refusal;

    internal async Task<bool> IsIntactAsync() => (await store.VerifyAsync()).IsIntact;

    internal Task<TransferState> EndAsync(ResourceId id) => UntilAsync(id, s => s.Phase == TransferPhase.Ended && !s.Due.Any());

    /// <summary>Both servers work in turn, and the initiator signs whatever asks for it, unless it is to wait.</summary>
    internal async Task<TransferState> UntilAsync(ResourceId id, Func<TransferState, bool> isThere, bool approves = true)
    {
        for (var end = Environment.TickCount64 + 60_000; ; await Task.Delay(20))
        {
            foreach (var (loop, _, projector) in servers)
            {
                await projector.CatchUpAsync();
                await loop.RunOnceAsync(default);
            }
            var state = await Transfers.ReadAsync(id, default);
            if (isThere(state))
                return state;
            if (approves && state.Current is { Stage: TransactionStage.Prepared } && !state.CurrentApprovals.Any())
                await Transfers.DecideAsync(id, SagaScene.Approve(state, "alice", DateTimeOffset.UtcNow), default);
            Assert.True(Environment.TickCount64 < end, $"It is {state.Status} {state.SubStatus}: {string.Join("; ", state.Transactions.Select(t => $"{t.Stage} {t.Fault}"))} {state.EndReason} {state.Judged?.Trace}");
        }
    }
}
