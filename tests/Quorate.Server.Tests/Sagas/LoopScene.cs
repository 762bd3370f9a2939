using Quorate.Chains;
using Quorate.Server.Ids;
using Quorate.Server.Nodes;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Relay;
using Quorate.Server.Transfers;
using Quorate.Testing;

namespace Quorate.Server.Tests.Sagas;

/// <summary>Servers' loops over one database and a simulated Ethereum, worked by hand and in turn.</summary>
sealed class LoopScene
{
    internal static readonly SagaOptions Options = new();

    readonly Turns turns = new(1, 0) { IsQuiet = true };
    readonly SimDatabase database;
    readonly TransferBook transfers;
    readonly List<ResourceId> all = [];

    internal LoopScene()
    {
        (database, World) = (new(turns, Time), new(turns.Random));
        transfers = new(database.Direct);
    }

    internal ManualTime Time { get; } = new();

    internal EthereumWorld World { get; }

    /// <summary>Another server.</summary>
    internal SagaLoop Loop(string server, INodeLine line)
    {
        var life = new Turns.Life();
        var log = database.Log(life);
        var desk = World.Desk(turns, life, log, Options, Time);
        var office = new TransferOffice(new(log), new Dictionary<ChainId, ITransferDesk> { [World.Scene.Format.Chain] = desk }, World.Scene, Options, Time);
        return new(
            new(office, new(line, [RelayFleet.Id(1)], Time)), new(office, (_, _) => Task.FromResult<Deciding.Refusal?>(null)),
            database.Queue(life), server, Options, Time);
    }

    /// <summary>A server works until nobody has anything to do without time going on; alice approves what is prepared.</summary>
    internal void Work(SagaLoop loop)
    {
        for (var rounds = 0; rounds < 200 && database.NextDue is { } due && due <= Time.GetUtcNow(); rounds++)
        {
            // What is awaited goes on where it is woken, on this thread and at once.
            SynchronizationContext.SetSynchronizationContext(null);
            var running = loop.RunOnceAsync(default);
            turns.Run(_ => { });
            Assert.True(running.IsCompletedSuccessfully, $"{running.Exception}");
            foreach (var state in all.Select(State).Where(s => s.Current is { Stage: TransactionStage.Prepared } && !s.CurrentApprovals.Any()))
                Say(state.Draft!.Id, SagaScene.Approve(state, "alice", Time.GetUtcNow()));
        }
    }

    /// <summary>How many the network has had.</summary>
    internal int Sent => all.Select(State).Count(s => s.Transactions.Any(t => t.WasBroadcast));

    internal ResourceId Request()
    {
        var draft = World.Scene.Payment(all.Count + 1, 1_000, World.Scene.To, World.MaxFee, Time.GetUtcNow().AddDays(1));
        var decision = TransferDecider.Decide(TransferState.None, new TransferCommand.Request(Time.GetUtcNow(), draft));
        Now(database.Direct.AppendAsync(TransferBook.Name(draft.Id), 0, [.. decision.Events.Select(e => TransferEvent.Catalog.Encode(e))], default));
        Say(draft.Id, new TransferCommand.Submit(Time.GetUtcNow(), Time.GetUtcNow().AddHours(1)));
        all.Add(draft.Id);
        return draft.Id;
    }

    internal TransferState State(ResourceId id) => Now(transfers.ReadAsync(id, default));

    void Say(ResourceId id, TransferCommand command) => Now(transfers.DecideAsync(id, command, default));

    static T Now<T>(Task<T> done) => done.IsCompleted ? done.GetAwaiter().GetResult() : throw new InvalidOperationException("It waits.");
}
