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
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "slow", DelayMs = 1000 });
        while (server.Server.ActiveCalls < 2)
            await Task.Delay(10);
        var stopping = server.Server.StopAsync();

        Assert.True(await watching.ResponseStream.MoveNext(default));
        Assert.Equal(ServingStatus.NotServing, watching.ResponseStream.Current.Status);
        Assert.False(await watching.ResponseStream.MoveNext(default));
        Assert.Equal("slow", (await call).Text);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
        using var late = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => late.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Connections_are_told_to_go_away()
    {
        await using var server = await TestServer.StartAsync();
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendCallAsync(1, EchoMethods.Unary.FullName);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest { DelayMs = 500 }));
        while (server.Server.ActiveCalls == 0)
            await Task.Delay(10);
        var stopping = server.Server.StopAsync();
        Assert.Equal(Http2Connection.GoAway, (await connection.NextAsync())!.Type);
        Assert.True((await connection.EndOfAsync(1)) is not null);
        // As a client does that was told to.
        await connection.DisposeAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_call_that_does_not_end_is_cut_off()
    {
        await using var server = await TestServer.StartAsync(server: new() { DrainSeconds = 1 });
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { DelayMs = 60_000 });
        while (server.Server.ActiveCalls == 0)
            await Task.Delay(10);
        await server.Server.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        await server.Quiet();
    }
}
