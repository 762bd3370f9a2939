using Grpc.Health.V1;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;
using Quorate.Rpc.Tests.Wire;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Quorate.Rpc.Tests.Calls;

/// <summary>Stopping lets calls end, and ends those that do not.</summary>
public sealed class ShutdownTests
{
    static readonly Method<HealthCheckRequest, HealthCheckResponse> watch = new(HealthReflection.Descriptor.Services[0], "Watch");

    [Fact]
    public async Task Calls_under_way_end_well_and_health_says_so_first()
    {
        await using var server = await TestServer.StartAsync();
        using var watching = server.Channel.AsyncServerStreamingCall(watch, new HealthCheckRequest());
        Assert.True(await watching.ResponseStream.MoveNext(default));
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "slow", DelayMs = -1 });
        await server.Busy(2);
        var stopping = server.Server.StopAsync();

        Assert.True(await watching.ResponseStream.MoveNext(default));
        Assert.Equal(ServingStatus.NotServing, watching.ResponseStream.Current.Status);
        Assert.False(await watching.ResponseStream.MoveNext(default));
        server.Echo.Released.SetResult();
        Assert.Equal("slow", (await call).Text);
        await stopping.WaitAsync(Patience.Limit);
        using var late = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => late.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Connections_are_told_to_go_away()
    {
        await using var server = await TestServer.StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendCallAsync(1, EchoMethods.Unary.FullName);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest { DelayMs = -1 }));
        await server.Busy();
        var stopping = server.Server.StopAsync();
        Assert.Equal(Http2Connection.GoAway, (await connection.NextAsync())!.Type);
        server.Echo.Released.SetResult();
        Assert.True((await connection.EndOfAsync(1)) is not null);
        // As a client does that was told to.
        await connection.DisposeAsync();
        await stopping.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_call_that_does_not_end_is_cut_off()
    {
        await using var server = await TestServer.StartAsync(server: new() { DrainSeconds = 1 });
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { DelayMs = 60_000 });
        await server.Busy();
        await server.Server.StopAsync().WaitAsync(Patience.Limit);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        await server.Quiet();
    }

    // Clients that are told to go away and stay: one that has a call open, one whose call has ended, one that never had any,
    // one that does not read, one that has not even said hello; and a method that ignores its token.
    [Fact]
    public async Task Clients_that_never_close_do_not_hold_a_stop()
    {
        await using var server = await TestServer.StartAsync(server: new() { DrainSeconds = 1, KeepAliveDelaySeconds = 3600 });
        await using var open = await Http2Connection.OpenAsync(server.EndPoint);
        await open.SendCallAsync(1, EchoMethods.Chat.FullName);
        await using var ended = await Http2Connection.OpenAsync(server.EndPoint);
        await ended.SendCallAsync(1, EchoMethods.Unary.FullName);
        await ended.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest()));
        Assert.NotNull(await ended.EndOfAsync(1));
        await using var idle = await Http2Connection.OpenAsync(server.EndPoint);
        await using var deaf = await Http2Connection.OpenAsync(server.EndPoint, initialWindow: 0);
        await deaf.SendCallAsync(1, EchoMethods.Expand.FullName);
        await deaf.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest { Count = int.MaxValue, ReplySize = 1000 }));
        using var mute = new System.Net.Sockets.TcpClient();
        await mute.ConnectAsync(server.EndPoint);
        await using var stubborn = await Http2Connection.OpenAsync(server.EndPoint);
        await stubborn.SendCallAsync(1, EchoMethods.Unary.FullName);
        await stubborn.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest { DelayMs = 120_000, Stubborn = true }));
        await server.Busy(3);

        // Far more than the drain time and the second that the framework then gives aborted connections, and less than any other limit.
        await server.Server.StopAsync().WaitAsync(Patience.Limit);
        // Nothing but the method that ignores its token is left.
        await Patience.Until(() => server.Server.ActiveCalls <= 1, "Calls are left.");
    }

    // The host's own limit is 30 seconds.
    [Fact, Trait("Category", "Slow")]
    public async Task A_drain_may_take_longer_than_half_a_minute()
    {
        await using var server = await TestServer.StartAsync(server: new() { DrainSeconds = 120 });
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "slow", DelayMs = 35_000 });
        await server.Busy();
        var stopping = server.Server.StopAsync();
        Assert.Equal("slow", (await call).Text);
        await stopping.WaitAsync(Patience.Limit);
    }
}
