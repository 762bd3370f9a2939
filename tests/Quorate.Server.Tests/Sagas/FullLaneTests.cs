using Quorate.Server.Sagas;
using NonceLane = Quorate.Server.Lanes.NonceLane;

namespace Quorate.Server.Tests.Sagas;

/// <summary>More transfers than a nonce lane has places: those that wait get theirs as soon as there are any, however long they have waited.</summary>
public sealed class FullLaneTests
{
    readonly LoopScene scene = new();
    readonly SagaLoop loop;

    public FullLaneTests() => loop = scene.Loop("one", new SingleKeyLine(scene.World.Scene, scene.Time));

    [Fact]
    public void Whoever_waits_for_a_place_in_a_lane_gets_it_when_there_is_one_and_not_when_a_pause_for_failures_is_over()
    {
        for (var i = 0; i < NonceLane.MaxInFlight + 4; i++)
            scene.Request();
        scene.Work(loop);
        Assert.Equal(NonceLane.MaxInFlight, scene.Sent);
        // Ten minutes in which nothing gets into a block. Those who wait do so without much ado.
        for (var i = 0; i < 120; i++)
        {
            scene.Time.Advance(TimeSpan.FromSeconds(5));
            scene.Work(loop);
        }
        Assert.Equal(NonceLane.MaxInFlight, scene.Sent);
        // There is room, which shows when one of those in the lane looks after itself, and to who looked just before it soon after.
        scene.World.Mine(isSlow: false);
        foreach (var pause in (TimeSpan[])[LoopScene.Options.TrackEvery, LoopScene.Options.PlaceEvery])
        {
            scene.Time.Advance(pause);
            scene.Work(loop);
        }
        Assert.Equal(NonceLane.MaxInFlight + 4, scene.Sent);
    }

    [Fact]
    public void Where_many_wait_the_chain_is_not_asked_for_each_of_them()
    {
        for (var i = 0; i < 200; i++)
            scene.Request();
        scene.Work(loop);
        var before = scene.World.Counts;
        for (var second = 0; second < 60; second++)
        {
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            scene.Work(loop);
        }
        // Those in the lane look after themselves every five seconds, and one of those who wait every two.
        Assert.InRange(scene.World.Counts - before, 1, NonceLane.MaxInFlight * 60 / 5 + 60 / 2 + NonceLane.MaxInFlight);
        // And all of them get through, as many at a time as there are places.
        for (var round = 0; round < 200 / NonceLane.MaxInFlight + 1; round++)
        {
            scene.World.Mine(isSlow: false);
            scene.Time.Advance(LoopScene.Options.TrackEvery);
            scene.Work(loop);
        }
        Assert.Equal(200, scene.Sent);
    }
}
