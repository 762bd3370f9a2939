using Quorate.Chains;
using Quorate.Server.Ids;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Relay;
using Quorate.Server.Transfers;
using Quorate.Testing;
using NonceLane = Quorate.Server.Lanes.NonceLane;

namespace Quorate.Server.Tests.Sagas;

/// <summary>More transfers than a nonce lane has places: those that wait get theirs as soon as there are any, however long they have waited.</summary>
public sealed class FullLaneTests
{
    static readonly SagaOptions options = new();

    readonly Turns turns = new(1, 0) { IsQuiet = true };
    readonly ManualTime time = new();
    readonly SimDatabase database;
    readonly EthereumWorld world;
    readonly TransferBook transfers;
    readonly SagaLoop loop;
    readonly List<ResourceId> all = [];

    public FullLaneTests()
    {
        var life = new Turns.Life();
        (database, world) = (new(turns, time), new(turns.Random));
        transfers = new(database.Direct);
        var log = database.Log(life);
        var desk = world.Desk(turns, life, log, options, time);
        var office = new TransferOffice(new(log), new Dictionary<ChainId, ITransferDesk> { [world.Scene.Format.Chain] = desk }, world.Scene, options, time);
        loop = new(
            new(office, new(new SingleKeyLine(world.Scene, time), [RelayFleet.Id(1)], time)), new(office, (_, _) => Task.FromResult<Deciding.Refusal?>(null)),
            database.Queue(life), "one", options, time);
    }

    [Fact]
    public void Whoever_waits_for_a_place_in_a_lane_gets_it_when_there_is_one_and_not_when_a_pause_for_failures_is_over()
    {
        for (var i = 0; i < NonceLane.MaxInFlight + 4; i++)
            Request();
        Work();
        Assert.Equal(NonceLane.MaxInFlight, Sent());
        // Ten minutes in which nothing gets into a block. Those who wait do so without much ado.
        for (var i = 0; i < 120; i++)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            Work();
        }
        Assert.Equal(NonceLane.MaxInFlight, Sent());
        // There is room, which shows when one of those in the lane looks after itself, and to who looked just before it soon after.
        world.Mine(isSlow: false);
        foreach (var pause in (TimeSpan[])[options.TrackEvery, options.PlaceEvery])
        {
            time.Advance(pause);
            Work();
        }
        Assert.Equal(NonceLane.MaxInFlight + 4, Sent());
    }

    [Fact]
    public void Where_many_wait_the_chain_is_not_asked_for_each_of_them()
    {
        for (var i = 0; i < 200; i++)
            Request();
        Work();
        var before = world.Counts;
        for (var second = 0; second < 60; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Work();
        }
        // Those in the lane look after themselves every five seconds, and one of those who wait every two.
        Assert.InRange(world.Counts - before, 1, NonceLane.MaxInFlight * 60 / 5 + 60 / 2 + NonceLane.MaxInFlight);
        // And all of them get through, as many at a time as there are places.
        for (var round = 0; round < 200 / NonceLane.MaxInFlight + 1; round++)
        {
            world.Mine(isSlow: false);
            time.Advance(options.TrackEvery);
            Work();
        }
        Assert.Equal(200, Sent());
    }

    // Until nobody has anything to do without time going on.
    void Work()
    {
        for (var rounds = 0; rounds < 200 && database.NextDue is { } due && due <= time.GetUtcNow(); rounds++)
        {
            // What is awaited goes on where it is woken, on this thread and at once.
            SynchronizationContext.SetSynchronizationContext(null);
            var running = loop.RunOnceAsync(default);
            turns.Run(_ => { });
            Assert.True(running.IsCompletedSuccessfully, $"{running.Exception}");
            foreach (var state in all.Select(State).Where(s => s.Current is { Stage: TransactionStage.Prepared } && !s.CurrentApprovals.Any()))
                Say(state.Draft!.Id, SagaScene.Approve(state, "alice", time.GetUtcNow()));
        }
    }

    int Sent() => all.Select(State).Count(s => s.Transactions.Any(t => t.WasBroadcast));

    void Request()
    {
        var draft = world.Scene.Payment(all.Count + 1, 1_000, world.Scene.To, world.MaxFee, time.GetUtcNow().AddDays(1));
        var decision = TransferDecider.Decide(TransferState.None, new TransferCommand.Request(time.GetUtcNow(), draft));
        Now(database.Direct.AppendAsync(TransferBook.Name(draft.Id), 0, [.. decision.Events.Select(e => TransferEvent.Catalog.Encode(e))], default));
        Say(draft.Id, new TransferCommand.Submit(time.GetUtcNow(), time.GetUtcNow().AddHours(1)));
        all.Add(draft.Id);
    }

    TransferState State(ResourceId id) => Now(transfers.ReadAsync(id, default));

    void Say(ResourceId id, TransferCommand command) => Now(transfers.DecideAsync(id, command, default));

    static T Now<T>(Task<T> done) => done.IsCompleted ? done.GetAwaiter().GetResult() : throw new InvalidOperationException("It waits.");
}
