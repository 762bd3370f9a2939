using System.Security.Cryptography;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Policies;
using Quorate.Server.Ids;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Relay;
using Quorate.Server.Transfers;
using Quorate.Testing;
using NonceLane = Quorate.Server.Lanes.NonceLane;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// Two servers on one database and one account, killed at any await, over a chain that does what chains do, with people
/// who approve, reject, hurry and take back. All of it follows from the seed.
/// </summary>
sealed class SagaSimulation
{
    readonly int seed;
    readonly Turns turns;
    readonly ManualTime time = new();
    readonly SimDatabase database;
    readonly SagaScene scene = new(new EthereumFormat(31337));
    readonly SimEthereum chain;
    readonly SingleKeyLine line;
    readonly TransferBook transfers;
    readonly List<ResourceId> all = [];
    readonly Dictionary<Turns.Life, Server> servers = [];
    readonly SagaOptions options = new()
    {
        SigningTimeout = TimeSpan.FromSeconds(60), Lease = TimeSpan.FromSeconds(40), Patience = TimeSpan.FromSeconds(60), TrackEvery = TimeSpan.FromSeconds(5),
        LastRetry = TimeSpan.FromSeconds(20), CancellationLifetime = TimeSpan.FromSeconds(90), FinalConfirmations = SimEthereum.FinalDepth, Confirmations = 2,
    };

    int number;

    sealed record Server(string Name, SagaLoop Loop, TransferChanges Changes, LaneTidying Tidying);

    internal SagaSimulation(int seed, double killRate = 0.003)
    {
        this.seed = seed;
        turns = new(seed, killRate);
        database = new(turns, time);
        chain = new(scene.Format, scene.Context, turns.Random);
        line = new(scene, time, _ => Task.FromResult(!turns.IsQuiet && turns.Random.Next(12) == 0 ? "no answer" : null));
        transfers = new(database.Direct);
    }

    internal int Kills => turns.Kills;

    internal Dictionary<TransferStatus, int> Outcomes { get; } = [];

    internal void Run(int count)
    {
        // What is awaited goes on where it is woken, on this thread and at once.
        SynchronizationContext.SetSynchronizationContext(null);
        Start("one");
        Start("two");
        for (var round = 0; round < 4_000; round++)
        {
            turns.IsQuiet = all.Count >= count && round > 400;
            if (all.Count < count && turns.Random.Next(2) == 0)
                Request(turns.Random.Next(12) == 0 ? SagaScene.Forbidden : SagaScene.Recipient);
            People();
            Chain();
            foreach (var (life, server) in servers.ToArray())
                Begin(life, server, round);
            turns.Run(Killed);
            time.Advance(TimeSpan.FromSeconds(turns.Random.Next(1, 4)));
            if (all.Count >= count && database.Open == 0)
                break;
        }
        Check();
    }

    void Start(string name)
    {
        var life = new Turns.Life();
        var log = database.Log(life);
        var desk = new EthereumDesk(chain.For(turns, life), log, options, time);
        var office = new TransferOffice(new(log), new Dictionary<ChainId, ITransferDesk> { [scene.Format.Chain] = desk }, scene, options, time);
        var tidying = new LaneTidying(office, (draft, _) => Task.FromResult(Ask(draft)));
        servers.Add(life, new(name, new(new(office, new(line, [.. Enumerable.Range(1, 3).Select(RelayFleet.Id)], time)), tidying, database.Queue(life), name, options, time,
            (_, e) => failure ??= e), new(office), tidying));
    }

    void Killed(Turns.Life life)
    {
        var name = servers[life].Name;
        servers.Remove(life);
        Start(name);
    }

    // Exceptions end the test and not only the task that nobody waits for.
    void Begin(Turns.Life life, Server server, int round)
    {
        _ = RunAsync();

        async Task RunAsync()
        {
            await turns.WaitAsync(life);
            try
            {
                await server.Loop.RunOnceAsync(default);
                if (round % 5 == 0)
                    await server.Tidying.TidyAsync(default);
            }
            catch (Exception e)
            {
                failure ??= e;
            }
        }
    }

    Exception? failure;

    void Request(string to)
    {
        var draft = scene.Payment(
            ++number, (ulong)turns.Random.Next(1, 1_000_000), to, 21_000UL * 400, time.GetUtcNow() + TimeSpan.FromSeconds(turns.Random.Next(120, 1_200)));
        Assert.Null(Ask(draft));
        Say(draft.Id, new TransferCommand.Submit(time.GetUtcNow(), time.GetUtcNow() + TimeSpan.FromSeconds(300)));
    }

    // As the store does, which takes external ids with it.
    Deciding.Refusal? Ask(TransferDraft draft)
    {
        if (draft.ExternalId is { } external && all.Any(id => State(id).Draft!.ExternalId == external))
            return new("external_id_taken", external);
        var decision = TransferDecider.Decide(TransferState.None, new TransferCommand.Request(time.GetUtcNow(), draft));
        Now(database.Direct.AppendAsync(TransferBook.Name(draft.Id), 0, [.. decision.Events.Select(e => TransferEvent.Catalog.Encode(e))], default));
        all.Add(draft.Id);
        return decision.Refusal;
    }

    void People()
    {
        foreach (var id in all)
        {
            var state = State(id);
            if (state.Phase is TransferPhase.Planning or TransferPhase.Approving or TransferPhase.Executing && state.Current is { Stage: TransactionStage.Prepared } && turns.Random.Next(3) == 0)
                Say(id, SagaScene.Approve(state, turns.Random.Next(2) == 0 ? "alice" : "bob", time.GetUtcNow()));
            if (turns.Random.Next(400) == 0 && state.Phase == TransferPhase.Approving)
                Say(id, new TransferCommand.Reject(time.GetUtcNow(), "bob", "no"));
            var isStuck = state.Phase == TransferPhase.Executing && state.Current is not { Stage: TransactionStage.Prepared or TransactionStage.Signing }
                && state.Transactions.Any(t => t is { IsOnNetwork: true, IsInBlock: false });
            if (isStuck && turns.Random.Next(15) == 0)
                Ask(r => r.SpeedUpAsync(id, default));
            else if (state.Phase != TransferPhase.Ended && turns.Random.Next(isStuck ? 60 : 400) == 0)
                Ask(r => r.CancelAsync(id, "alice", "changed my mind", default));
        }
    }

    void Ask(Func<TransferChanges, Task<Deciding.Refusal?>> what)
    {
        var (life, server) = servers.ElementAt(turns.Random.Next(servers.Count));
        _ = AskAsync();

        async Task AskAsync()
        {
            await turns.WaitAsync(life);
            try
            {
                await what(server.Changes);
            }
            catch (ChainException)
            {
            }
            catch (Exception e)
            {
                failure ??= e;
            }
        }
    }

    void Chain()
    {
        if (turns.Random.Next(3) == 0)
            chain.Mine(isSlow: !turns.IsQuiet && turns.Random.Next(3) == 0);
        if (turns.IsQuiet)
        {
            (chain.IsAway, chain.BaseFee) = (false, 10);
            return;
        }
        if (turns.Random.Next(10) == 0)
            chain.Drop();
        if (turns.Random.Next(25) == 0)
            chain.Reorganise(turns.Random.Next(1, 4));
        if (turns.Random.Next(15) == 0)
            chain.BaseFee = (ulong)turns.Random.Next(1, 60);
        if (turns.Random.Next(chain.IsAway ? 4 : 60) == 0)
            chain.IsAway = !chain.IsAway;
    }

    TransferState State(ResourceId id) => Now(transfers.ReadAsync(id, default));

    void Say(ResourceId id, TransferCommand command) => Now(transfers.DecideAsync(id, command, default));

    // Nothing that is done directly ever waits.
    static T Now<T>(Task<T> done) => done.IsCompleted ? done.GetAwaiter().GetResult() : throw new InvalidOperationException("It waits.");

    void Check()
    {
        Assert.True(failure is null, $"Seed {seed}: {failure}");
        var account = scene.Context.Signer;
        var lane = Now(new LaneStreams<NonceLane, NonceEvent>(database.Direct, NonceEvent.Catalog, NonceLane.Initial, (l, e) => l.After(e)).ReadAsync(NonceLane.Stream(account), default));
        var funds = Now(new LaneStreams<FundsLane, FundsEvent>(database.Direct, FundsEvent.Catalog, FundsLane.Initial, (l, e) => l.After(e)).ReadAsync(FundsLane.Stream(account), default));
        var stuck = all.Select(State).Where(s => s.Phase != TransferPhase.Ended || s.Due.Any() || s.Reservations.Any(r => r.IsHeld)).ToArray();
        Assert.True(stuck.Length == 0, $"Seed {seed}: {stuck.Length} do not end at {time.GetUtcNow():T}. {string.Join("; ", stuck.Select(Words))}. Lane {lane.Mined} {lane.Pending} {lane.Final} {string.Join(", ", lane.Slots)}.");

        var mined = chain.Mined.Select(t => new Digest(SHA256.HashData(EthereumTransactionCodec.Encode(t)))).ToHashSet();
        var paid = Amount.Zero;
        foreach (var state in all.Select(State))
        {
            Outcomes[state.Status] = Outcomes.GetValueOrDefault(state.Status) + 1;
            // Two that fill the same gap can be the same bytes; whose they are, the signature tells.
            var onChain = state.Transactions.Where(t => t.IsExposed && mined.Contains(t.Prepared.Hash)).ToArray();
            Assert.True(onChain.Length <= 1, $"Seed {seed}: {state.Draft!.Id} is on the chain {onChain.Length} times.");
            var hasPaid = onChain.Any(t => t.Prepared.Purpose != TransactionPurpose.Cancellation);
            Assert.True(hasPaid == (state.Status == TransferStatus.Finalized), $"Seed {seed}: {state.Draft!.Id} is {state.Status}, and {(hasPaid ? "" : "not ")}paid.");
            if (hasPaid)
                paid += ((TransferSubject.Payment)state.Draft!.Subject).Amount;
        }
        var received = chain.Mined.Where(t => scene.Format.ToAddress(t.To!.Value).Text == SagaScene.Recipient).Aggregate(Amount.Zero, (sum, t) => sum + t.Value);
        Assert.Equal(paid, received);
        Assert.DoesNotContain(chain.Mined, t => scene.Format.ToAddress(t.To!.Value).Text == SagaScene.Forbidden);
        Assert.True(lane.Slots.Values.All(s => s.IsAbandoned) && !lane.Gaps().Any(), $"Seed {seed}: the lane keeps {string.Join(", ", lane.Slots)}.");
        Assert.True(funds.Holds.IsEmpty, $"Seed {seed}: funds of {string.Join(", ", funds.Holds.Keys)} are held.");
    }

    static string Words(TransferState s) => $"{s.Draft!.Id} until {s.Draft.ExpiresAt:T} is {s.Status} {s.SubStatus}: " + string.Join(", ", s.Transactions.Select(t =>
        $"{t.Prepared.Purpose} of {t.Prepared.Replaces} {t.Stage} {t.Fault} at {EthereumTransactionCodec.Decode(t.Prepared.Unsigned.Bytes).Transaction.MaxFeePerGas}"));
}
