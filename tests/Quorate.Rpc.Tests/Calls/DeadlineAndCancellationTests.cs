using Quorate.Rpc.Client;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;
using Quorate.Testing;

namespace Quorate.Rpc.Tests.Calls;

/// <summary>Calls that do not run to their end.</summary>
public sealed class DeadlineAndCancellationTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    const int LongMs = 60_000;

    readonly TestServer server = fixture.Test;

    [Fact]
    public async Task A_deadline_ends_the_call_at_both_ends()
    {
        var time = new ManualTime();
        await using var own = await TestServer.StartAsync(new() { Time = time }, channel: new() { Time = time });
        using var call = own.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { DelayMs = LongMs }, new(Deadline: time.UtcNow.AddSeconds(5)));
        await own.Busy();
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(call.ResponseAsync.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        await own.Quiet();
        Assert.Equal(1, own.Echo.Cancelled);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_sends_nothing()
    {
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest(), new(Deadline: DateTime.UtcNow.AddMilliseconds(-1)));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task A_distant_deadline_is_none()
    {
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "a" }, new(Deadline: DateTime.MaxValue));
        Assert.Equal("a", (await call).Text);
    }

    [Fact]
    public async Task A_deadline_ends_a_stream_between_messages()
    {
        var time = new ManualTime();
        await using var own = await TestServer.StartAsync(new() { Time = time }, channel: new() { Time = time });
        using var call = own.Channel.AsyncServerStreamingCall(
            EchoMethods.Expand, new EchoRequest { Count = int.MaxValue, DelayMs = 1 }, new(Deadline: time.UtcNow.AddSeconds(5)));
        Assert.True(await call.ResponseStream.MoveNext(default));
        time.Advance(TimeSpan.FromSeconds(5));
        var e = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(default))
            {
            }
        });
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        await own.Quiet();
    }

    [Fact]
    public async Task Cancelling_reaches_the_method()
    {
        var before = server.Echo.Cancelled;
        using var source = new CancellationTokenSource();
        using var call = server.Channel.AsyncUnaryCall(
            EchoMethods.Unary, new EchoRequest { DelayMs = LongMs }, new(CancellationToken: source.Token));
        await server.Busy();
        await source.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        await server.Quiet();
        Assert.Equal(before + 1, server.Echo.Cancelled);
    }

    [Fact]
    public async Task Disposing_a_stream_that_is_half_read_ends_it_at_the_server()
    {
        using (var call = server.Channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = int.MaxValue, ReplySize = 1000 }))
            Assert.True(await call.ResponseStream.MoveNext(default));
        await server.Quiet();
        await server.StillServes();
    }

    [Fact]
    public async Task Disposing_a_duplex_call_ends_its_writers_too()
    {
        var call = server.Channel.AsyncDuplexStreamingCall(EchoMethods.Chat);
        await call.RequestStream.WriteAsync(new() { Text = "a" });
        Assert.True(await call.ResponseStream.MoveNext(default));
        call.Dispose();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new()))).StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await server.Quiet();
    }

    [Fact]
    public async Task A_method_that_ends_early_ends_the_client_s_writes()
    {
        using var call = server.Channel.AsyncClientStreamingCall(EchoMethods.Collect);
        await call.RequestStream.WriteAsync(new() { FailCode = 9, FailDetail = "enough" });
        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(new(StatusCode.FailedPrecondition, "enough"), e.Status);
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new()))).StatusCode);
        await server.Quiet();
    }

    // The client hears of it in time although the method does not stop.
    [Fact]
    public async Task The_server_answers_the_deadline_of_a_method_that_ignores_it()
    {
        await using var own = await TestServer.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(own.Channel.Address, EchoMethods.Unary.FullName))
        {
            Version = new(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Wire.Frames.Of(new EchoRequest { DelayMs = -1, Stubborn = true })),
        };
        request.Headers.Add("grpc-timeout", "200m");
        request.Content.Headers.ContentType = new("application/grpc");
        using var response = await http.SendAsync(request);

        Assert.Equal("4", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal(1, own.Server.ActiveCalls);
        own.Echo.Released.SetResult();
        await own.Quiet();
    }

    [Fact]
    public async Task Closing_the_channel_cancels_its_calls()
    {
        var channel = RpcChannel.ForAddress(server.Channel.Address);
        using var call = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { DelayMs = LongMs });
        await server.Busy();
        channel.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        Assert.Throws<ObjectDisposedException>(() => channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest()));
        await server.Quiet();
    }
}
