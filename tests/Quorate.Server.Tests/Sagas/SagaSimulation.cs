using Quorate.Chains;
using Quorate.Server.Ids;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Relay;
using Quorate.Server.Tests.Transfers;
using Quorate.Server.Transfers;
using Quorate.Testing;

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
    readonly SagaWorld world;
    readonly SingleKeyLine line;
    readonly TransferBook transfers;
    readonly List<ResourceId> all = [];
    readonly Dictionary<Turns.Life, Server> servers = [];
    readonly SagaOptions options = new()
    {
        SigningTimeout = TimeSpan.FromSeconds(60), Lease = TimeSpan.FromSeconds(40), Patience = TimeSpan.FromSeconds(60), TrackEvery = TimeSpan.FromSeconds(5),
        LastRetry = TimeSpan.FromSeconds(20), CancellationLifetime = TimeSpan.FromSeconds(90), Confirmations = 2,
    };

    int number;

    sealed record Server(string Name, SagaLoop Loop, TransferChanges Changes, LaneTidying Tidying);

    internal SagaSimulation(int seed, double killRate = 0.003, Func<Random, SagaWorld>? world = null)
    {
        this.seed = seed;
        turns = new(seed, killRate);
        database = new(turns, time);
        this.world = (world ?? (r => new EthereumWorld(r)))(turns.Random);
        options = options with { FinalConfirmations = this.world.FinalDepth, FreshHeights = 3 };
        line = new(Scene, time, _ => Task.FromResult(!turns.IsQuiet && turns.Random.Next(12) == 0 ? "no answer" : null));
        transfers = new(database.Direct);
    }

    SagaScene Scene => world.Scene;

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
                Request(turns.Random.Next(12) == 0 ? Scene.Never : Scene.To);
            People();
            Chain();
            foreach (var (life, server) in servers.ToArray())
                Begin(life, server, round);
            turns.Run(Killed);
            time.Advance(TimeSpan.FromSeconds(turns.Random.Next(1, 4)));
            // What a server that was killed has left in a lane, the next that tidies it finds.
            if (all.Count >= count && database.Open == 0 && Now(world.LeftAsync(database.Direct)).Length == 0)
                break;
        }
        Check();
    }

    void Start(string name)
    {
        var life = new Turns.Life();
        var log = database.Log(life);
        var desk = world.Desk(turns, life, log, options, time);
        var office = new TransferOffice(new(log), new Dictionary<ChainId, ITransferDesk> { [Scene.Format.Chain] = desk }, Scene, options, time);
        var tidying = new LaneTidying(office, (request, _) => Task.FromResult(Ask(request)));
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
        var draft = Scene.Payment(
            ++number, (ulong)turns.Random.Next(1, 1_000_000), to, world.MaxFee, time.GetUtcNow() + TimeSpan.FromSeconds(turns.Random.Next(120, 1_200)));
        if (world.Special((TransferSubject.Payment)draft.Subject, turns.Random) is { } special)
            draft = draft with { Subject = special, Id = TransferSamples.Id(TransferDraft.KindOf(special), number) };
        Assert.Null(Ask(new TransferCommand.Request(time.GetUtcNow(), draft)));
        Say(draft.Id, new TransferCommand.Submit(time.GetUtcNow(), time.GetUtcNow() + TimeSpan.FromSeconds(300)));
    }

    // As the store does, which takes external ids with it.
    Deciding.Refusal? Ask(TransferCommand.Request request)
    {
        var draft = request.Draft;
        if (draft.ExternalId is { } external && all.Any(id => State(id).Draft!.ExternalId == external))
            return new("external_id_taken", external);
        var decision = TransferDecider.Decide(TransferState.None, request);
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
            world.Mine(isSlow: !turns.IsQuiet && turns.Random.Next(3) == 0);
        if (turns.IsQuiet)
        {
            world.IsAway = false;
            world.Calm();
            return;
        }
        if (turns.Random.Next(10) == 0)
            world.Drop();
        if (turns.Random.Next(25) == 0)
            world.Reorganise(turns.Random.Next(1, 4));
        if (turns.Random.Next(15) == 0)
            world.ChangeFees();
        if (turns.Random.Next(world.IsAway ? 4 : 60) == 0)
            world.IsAway = !world.IsAway;
    }

    TransferState State(ResourceId id) => Now(transfers.ReadAsync(id, default));

    void Say(ResourceId id, TransferCommand command) => Now(transfers.DecideAsync(id, command, default));

    // Nothing that is done directly ever waits.
    static T Now<T>(Task<T> done) => done.IsCompleted ? done.GetAwaiter().GetResult() : throw new InvalidOperationException("It waits.");

    void Check()
    {
        Assert.True(failure is null, $"Seed {seed}: {failure}");
        var left = Now(world.LeftAsync(database.Direct));
        var stuck = all.Select(State).Where(s => s.Phase != TransferPhase.Ended || s.Due.Any() || s.Reservations.Any(r => r.IsHeld)).ToArray();
        Assert.True(stuck.Length == 0, $"Seed {seed}: {stuck.Length} do not end at {time.GetUtcNow():T}. {string.Join("; ", stuck.Select(Words))}. Left: {left}.");

        var paid = Amount.Zero;
        foreach (var state in all.Select(State))
        {
            Outcomes[state.Status] = Outcomes.GetValueOrDefault(state.Status) + 1;
            // Two that fill the same gap can be the same bytes; whose they are, the signature tells that came for one.
            var onChain = state.Transactions.Where(t => t.IsExposed && (!t.Signatures.IsEmpty || state.Draft!.ExternalId is null) && world.IsMined(t.Prepared)).ToArray();
            Assert.True(onChain.Length <= 1, $"Seed {seed}: {state.Draft!.Id} is on the chain {onChain.Length} times.");
            var hasPaid = onChain.Any(t => t.Prepared.Purpose != TransactionPurpose.Cancellation);
            Assert.True(hasPaid == (state.Status == TransferStatus.Finalized), $"Seed {seed}: {Words(state)}, and {(hasPaid ? "" : "not ")}paid.");
            if (hasPaid)
                paid += world.Scene.PaidBy(state);
        }
        Assert.Equal(paid, world.Received(Scene.To));
        Assert.Equal(Amount.Zero, world.Received(Scene.Never));
        Assert.True(left.Length == 0, $"Seed {seed}: {left}.");
    }

    static string Words(TransferState s) => $"{s.Draft!.Id} until {s.Draft.ExpiresAt:T} is {s.Status} {s.SubStatus} {s.EndReason}: "
        + string.Join(", ", s.Transactions.Select(t => $"{t.Prepared.Purpose} of {t.Prepared.Replaces} {t.Stage} {t.Fault} at {t.Prepared.MaxFee}"));
}
