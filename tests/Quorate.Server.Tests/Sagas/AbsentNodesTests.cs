using Quorate.Policies;
using Quorate.Server.Tests.Nodes;
using Quorate.Server.Transfers;

namespace Quorate.Server.Tests.Sagas;

/// <summary>Two servers on one database, and all nodes have dialled one of them.</summary>
public sealed class AbsentNodesTests
{
    readonly LoopScene scene = new();

    [Fact]
    public void A_server_without_nodes_uses_up_no_tries_and_leaves_signing_to_the_one_that_has_them()
    {
        var (with, without) = (scene.Loop("with", new SingleKeyLine(scene.World.Scene, scene.Time)), scene.Loop("without", new Unconnected()));
        var id = scene.Request();
        for (var minute = 0; minute < 30; minute++)
        {
            scene.Work(without);
            scene.Time.Advance(TimeSpan.FromMinutes(1));
        }
        var waiting = scene.State(id);
        Assert.Equal((0, 0, TransferPhase.Executing), (scene.Sent, waiting.Transactions.Max(t => t.Attempts), waiting.Phase));

        scene.Work(with);
        Assert.Equal(1, scene.Sent);
    }

    [Fact]
    public void Where_no_node_ever_comes_back_the_transfer_ends_with_its_time()
    {
        var server = scene.Loop("without", new Unconnected());
        var id = scene.Request();
        for (var hour = 0; hour < 26; hour++)
        {
            scene.Work(server);
            scene.Time.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal((0, TransferPhase.Ended), (scene.Sent, scene.State(id).Phase));
    }

    sealed class Unconnected : QuietLine
    {
        public override bool IsConnected(NodeId node) => false;
    }
}
