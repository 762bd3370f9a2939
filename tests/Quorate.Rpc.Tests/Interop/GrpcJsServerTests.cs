using Google.Protobuf;
using Quorate.Rpc.Client;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;
using Quorate.Testing.Interop;

namespace Quorate.Rpc.Tests.Interop;

/// <summary>Our client with a server of @grpc/grpc-js.</summary>
public sealed class GrpcJsServerTests : IDisposable
{
    const int MessageSize = 100_000;

    readonly JsonLineProcess node = GrpcJs.Start("server.mjs");
    readonly RpcChannel channel;
    readonly RpcChannel generous;

    public GrpcJsServerTests()
    {
        var address = $"http://127.0.0.1:{(int)node.Call("start", [])!}";
        channel = RpcChannel.ForAddress(address);
        generous = RpcChannel.ForAddress(address, new() { MaxSendMessageSize = 1 << 30, CompressRequests = true });
    }

    public void Dispose()
    {
        channel.Dispose();
        generous.Dispose();
        node.Dispose();
    }

    [Fact]
    public async Task Every_kind_of_call_works()
    {
        Assert.Equal("häll∅", (await Unary(new() { Text = "häll∅" })).Text);

        using var collect = channel.AsyncClientStreamingCall(EchoMethods.Collect);
        for (var i = 0; i < 200; i++)
            await collect.RequestStream.WriteAsync(new() { Text = $"{i}" });
        await collect.RequestStream.CompleteAsync();
        Assert.Equal(200, (await collect).Index);

        using var expand = channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = 2000 });
        var next = 0;
        await foreach (var reply in expand.ResponseStream.ReadAllAsync())
            Assert.Equal(next++, reply.Index);
        Assert.Equal(2000, next);

        using var chat = channel.AsyncDuplexStreamingCall(EchoMethods.Chat);
        for (var i = 0; i < 50; i++)
        {
            await chat.RequestStream.WriteAsync(new() { Text = $"{i}" });
            Assert.True(await chat.ResponseStream.MoveNext(default));
            Assert.Equal($"{i}", chat.ResponseStream.Current.Text);
        }
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(default));

        var many = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Unary(new() { Text = $"{i}" })));
        Assert.Equal(500, many.Select(m => m.Text).Distinct().Count());
    }

    [Fact]
    public async Task Statuses_trailers_and_metadata_arrive()
    {
        foreach (var code in Enumerable.Range(1, 16))
        {
            var e = await Fails(() => Unary(new() { FailCode = code, FailDetail = "50% ∅" }));
            Assert.Equal(new((StatusCode)code, "50% ∅"), e.Status);
            Assert.Equal("asked", e.Trailers.GetValue("fail-reason"));
        }
        Assert.Equal("rich", (await Fails(() => Unary(new() { FailCode = 9, FailDetail = "rich", Rich = true }))).GetRpcStatus()!.Message);

        using var expand = channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = 3, FailCode = 10 });
        for (var i = 0; i < 3; i++)
            Assert.True(await expand.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.Aborted, (await Fails(() => expand.ResponseStream.MoveNext(default))).StatusCode);

        using var echo = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest(), new(new() { { "echo-text", "a" }, { "echo-data-bin", [0, 255, 44] } }));
        await echo;
        foreach (var metadata in new[] { await echo.ResponseHeadersAsync, echo.GetTrailers() })
        {
            Assert.Equal("a", metadata.GetValue("echo-text"));
            Assert.Equal([0, 255, 44], metadata.GetValueBytes("echo-data-bin"));
        }
    }

    [Fact]
    public async Task Deadlines_and_cancellations_reach_the_method()
    {
        async Task<int> Cancelled() => await Task.Run(() => (int)node.Call("counts", [])!["cancelled"]!);
        async Task Ends(StatusCode status, Func<int, CallOptions> within) => await Patience.Doubling(300, async milliseconds =>
        {
            var before = await Cancelled();
            Assert.Equal(status, (await Fails(() => Unary(new() { DelayMs = 600_000 }, within(milliseconds)))).StatusCode);
            // On a machine without a free moment the call may end before it has begun there, or be noticed late.
            for (var i = 0; i < 20 && await Cancelled() == before; i++)
                await Task.Delay(50);
            return await Cancelled() > before;
        });
        await Ends(StatusCode.DeadlineExceeded, milliseconds => new(Deadline: DateTime.UtcNow.AddMilliseconds(milliseconds)));
        await Ends(StatusCode.Cancelled, milliseconds => new(CancellationToken: new CancellationTokenSource(milliseconds).Token));
        var until = await Cancelled();
        using (var stream = channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = int.MaxValue, ReplySize = 1000 }))
            Assert.True(await stream.ResponseStream.MoveNext(default));
        for (var begun = TimeProvider.System.GetTimestamp(); await Cancelled() == until; await Task.Delay(50))
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience.Limit, "The server does not hear of it.");
    }

    [Fact]
    public async Task A_megabyte_goes_through_and_too_much_is_refused()
    {
        var megabyte = ByteString.CopyFrom(new byte[1 << 20]);
        Assert.Equal(megabyte, (await Unary(new() { Payload = megabyte })).Payload);
        using var compressed = generous.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Payload = megabyte });
        Assert.Equal(megabyte, (await compressed).Payload);

        using var tooMuch = generous.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Payload = ByteString.CopyFrom(new byte[5 << 20]) });
        Assert.Equal(StatusCode.ResourceExhausted, (await Fails(() => tooMuch.ResponseAsync)).StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, (await Fails(() => Unary(new() { ReplySize = 5 << 20 }))).StatusCode);
        Assert.Equal("still", (await Unary(new() { Text = "still" })).Text);
    }

    [Fact]
    public async Task A_reader_that_pauses_gets_everything_and_the_server_waits()
    {
        const int Count = 1000;
        using var expand = channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = Count, ReplySize = MessageSize });
        Assert.True(await expand.ResponseStream.MoveNext(default));
        await Task.Delay(1500);
        Assert.InRange((int)node.Call("counts", [])!["expanded"]! * (long)MessageSize, 0, 16 << 20);
        var read = 1;
        while (await expand.ResponseStream.MoveNext(default))
            read++;
        Assert.Equal(Count, read);
    }

    async Task<EchoReply> Unary(EchoRequest request, CallOptions options = default)
    {
        using var call = channel.AsyncUnaryCall(EchoMethods.Unary, request, options);
        return await call;
    }

    static Task<RpcException> Fails(Func<Task> action) => Assert.ThrowsAsync<RpcException>(action);
}
