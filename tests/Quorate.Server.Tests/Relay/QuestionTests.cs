using Google.Protobuf;
using Quorate.Node.Transport;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.Testing;
using static Quorate.Server.Tests.Relay.RelayFleet;

namespace Quorate.Server.Tests.Relay;

/// <summary>A server asks nodes over the connections that they have dialled.</summary>
public sealed class QuestionTests
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    static RelayTransport Dial(RelayFleet fleet, int node, AnswerQuestion? answer) => new(
        RpcChannel.ForAddress(fleet.Address), Name, Identity(node), new(), TimeProvider.System, new SeededRandom((ulong)node), answer);

    static Task<ByteString> Ask(RelayFleet fleet, int node, string method, TimeSpan? timeout = null) =>
        fleet.Relay.AskAsync(Id(node), method, new Receipt { Id = 7 }, timeout ?? patience, default);

    static async Task<StatusCode> StatusOf(Task<ByteString> asked) => (await Assert.ThrowsAsync<RpcException>(() => asked)).StatusCode;

    [Fact]
    public async Task A_question_reaches_the_node_and_its_answer_the_asker()
    {
        await using var fleet = await Start(0);
        await using var node = Dial(fleet, 1, (method, body, _) => Task.FromResult(ByteString.CopyFromUtf8($"{method} {Receipt.Parser.ParseFrom(body).Id}")));
        await Until(() => node.IsConnected);
        Assert.Equal("GetStatus 7", (await Ask(fleet, 1, "GetStatus")).ToStringUtf8());
        var many = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Ask(fleet, 1, $"m{i}")));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"m{i} 7"), many.Select(a => a.ToStringUtf8()));
    }

    [Fact]
    public async Task What_the_node_throws_is_the_askers_status()
    {
        await using var fleet = await Start(0);
        await using var node = Dial(fleet, 1, (method, _, cancellation) => method switch
        {
            "status" => throw new RpcException(new(StatusCode.NotFound, "nobody")),
            "bug" => throw new InvalidOperationException("inside"),
            _ => Task.Delay(Timeout.Infinite, cancellation).ContinueWith<ByteString>(_ => throw new OperationCanceledException(cancellation), TaskScheduler.Default),
        });
        await using var silent = Dial(fleet, 2, null);
        await Until(() => node.IsConnected && silent.IsConnected);
        Assert.Equal(StatusCode.NotFound, await StatusOf(Ask(fleet, 1, "status")));
        var bug = await Assert.ThrowsAsync<RpcException>(() => Ask(fleet, 1, "bug"));
        Assert.Equal(StatusCode.Internal, bug.StatusCode);
        Assert.DoesNotContain("inside", bug.Message, StringComparison.Ordinal);
        Assert.Equal(StatusCode.DeadlineExceeded, await StatusOf(Ask(fleet, 1, "slow", TimeSpan.FromMilliseconds(300))));
        Assert.Equal(StatusCode.Unimplemented, await StatusOf(Ask(fleet, 2, "GetStatus")));
    }

    [Fact]
    public async Task Who_is_not_connected_is_not_asked_and_who_goes_leaves_nobody_waiting()
    {
        await using var fleet = await Start(0);
        Assert.Equal(StatusCode.Unavailable, await StatusOf(Ask(fleet, 1, "GetStatus")));
        await Assert.ThrowsAsync<ArgumentException>(() => Ask(fleet, 5, "GetStatus"));
        var asked = new TaskCompletionSource();
        var node = Dial(fleet, 1, async (_, _, cancellation) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return ByteString.Empty;
        });
        await Until(() => node.IsConnected);
        var waiting = Ask(fleet, 1, "slow");
        await asked.Task.WaitAsync(patience);
        await node.DisposeAsync();
        Assert.Equal(StatusCode.Unavailable, await StatusOf(waiting.WaitAsync(patience)));
        for (var i = 0; i < 200 && await StatusOf(Ask(fleet, 1, "GetStatus", TimeSpan.FromSeconds(1))) != StatusCode.Unavailable; i++)
            await Task.Delay(50);
        Assert.Equal(StatusCode.Unavailable, await StatusOf(Ask(fleet, 1, "GetStatus")));
    }

    [Fact]
    public async Task More_questions_than_a_node_answers_are_refused()
    {
        await using var fleet = await Start(0);
        var release = new TaskCompletionSource();
        await using var node = Dial(fleet, 1, async (_, _, cancellation) =>
        {
            await release.Task.WaitAsync(cancellation);
            return ByteString.Empty;
        });
        await Until(() => node.IsConnected);
        var open = Enumerable.Range(0, 64).Select(_ => Ask(fleet, 1, "slow")).ToArray();
        Assert.Equal(StatusCode.ResourceExhausted, await StatusOf(Ask(fleet, 1, "slow")));
        release.SetResult();
        await Task.WhenAll(open).WaitAsync(patience);
    }

    [Fact]
    public async Task An_answer_that_nobody_has_asked_for_is_nothing()
    {
        await using var fleet = await Start(0);
        using var raw = await RawNode.LogIn(fleet, 1);
        await raw.Send(new FromNode { Answer = new() { Id = 99, Body = ByteString.CopyFromUtf8("unasked") } });
        var asking = Ask(fleet, 1, "GetStatus");
        var question = (await raw.Next()).Question;
        await raw.Send(new FromNode { Answer = new() { Id = question.Id + 1, Body = ByteString.CopyFromUtf8("another's") } });
        await raw.Send(new FromNode { Answer = new() { Id = question.Id, Body = ByteString.CopyFromUtf8("mine") } });
        Assert.Equal("mine", (await asking.WaitAsync(patience)).ToStringUtf8());
    }
}
