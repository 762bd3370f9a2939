using System.Security.Cryptography;
using Quorate.Policies;
using Quorate.Server.Nodes;
using Quorate.Server.Tests.Relay;
using Quorate.Testing;

namespace Quorate.Server.Tests.Nodes;

public class NodeFleetTests
{
    static readonly NodeId[] nodes = [.. Enumerable.Range(1, 3).Select(RelayFleet.Id)];
    static readonly Digest intent = new(SHA256.HashData("intent"u8));

    readonly ManualTime time = new();
    readonly SilentLine line = new();

    [Fact]
    public void An_intent_goes_to_the_same_node_on_every_server_and_to_the_next_one_with_every_try()
    {
        var (one, other) = (new NodeFleet(line, [.. nodes], time), new NodeFleet(line, [.. nodes], time));
        Assert.Equal(one.Choose(intent, 1), other.Choose(intent, 1));
        Assert.Equal(3, Enumerable.Range(1, 3).Select(i => one.Choose(intent, i)).Distinct().Count());
        Assert.Equal(one.Choose(intent, 1), one.Choose(intent, 4));
    }

    [Fact]
    public async Task Who_is_silent_is_passed_over_for_a_while_and_who_answers_is_well_again()
    {
        var fleet = new NodeFleet(line, [.. nodes], time);
        var first = fleet.Choose(intent, 1);
        line.Away.Add(first);
        Assert.IsType<NodeAnswer.Silent>(await fleet.SignAsync(first, SilentLine.Question, TimeSpan.FromSeconds(1), default));
        Assert.NotEqual(first, fleet.Choose(intent, 1));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(first, fleet.Choose(intent, 1));
        await fleet.SignAsync(first, SilentLine.Question, TimeSpan.FromSeconds(1), default);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotEqual(first, fleet.Choose(intent, 1));
        line.Away.Clear();
        await fleet.ReportAsync(first, TimeSpan.FromSeconds(1), default);
        Assert.Equal(first, fleet.Choose(intent, 1));
    }

    [Fact]
    public async Task With_everybody_silent_somebody_is_asked_all_the_same()
    {
        var fleet = new NodeFleet(line, [.. nodes], time);
        line.Away.UnionWith(nodes);
        foreach (var node in nodes)
            await fleet.SignAsync(node, SilentLine.Question, TimeSpan.FromSeconds(1), default);
        Assert.Contains(fleet.Choose(intent, 1), nodes);
    }

    [Fact]
    public async Task Freezing_asks_all_and_each_answers_for_itself()
    {
        var fleet = new NodeFleet(line, [.. nodes], time);
        line.Away.Add(nodes[1]);
        var answers = await fleet.FreezeAsync(default, default, TimeSpan.FromSeconds(1), default);
        Assert.Equal(["", null, ""], nodes.Select(n => answers[n]));
    }

    sealed class SilentLine : QuietLine
    {
        internal static readonly SigningQuestion Question = new(default, 1, default, default);

        internal readonly HashSet<NodeId> Away = [];

        public override Task<NodeReport?> ReportAsync(NodeId node, TimeSpan timeout, CancellationToken cancellation) =>
            Task.FromResult(Away.Contains(node) ? null : new NodeReport("n", default, 0, [], [], [], 0, default, 0, default));

        public override Task<NodeAnswer> SignAsync(NodeId node, SigningQuestion question, TimeSpan timeout, CancellationToken cancellation) =>
            Task.FromResult<NodeAnswer>(Away.Contains(node) ? new NodeAnswer.Silent("away") : new NodeAnswer.Failed("no quorum"));

        public override Task<string?> FreezeAsync(NodeId node, ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approval, TimeSpan timeout, CancellationToken cancellation) =>
            Task.FromResult(Away.Contains(node) ? null : "");
    }
}
