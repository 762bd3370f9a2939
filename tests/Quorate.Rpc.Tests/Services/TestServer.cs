using System.Net;
using Quorate.Rpc.Client;
using Quorate.Rpc.Health;
using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Services;

/// <summary>A server with the test services on free ports, and a channel to it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    TestServer(RpcServer server, RpcServices services, EchoService echo, HealthService health, RpcChannelOptions? channel)
    {
        (Server, Services, Echo, Health) = (server, services, echo, health);
        Channel = RpcChannel.ForAddress(server.Addresses[0], channel);
    }

    internal RpcServer Server { get; }

    internal RpcServices Services { get; }

    internal EchoService Echo { get; }

    internal HealthService Health { get; }

    internal RpcChannel Channel { get; }

    internal Uri Http1 => Server.Addresses[1];

    internal IPEndPoint EndPoint => new(IPAddress.Loopback, Server.Addresses[0].Port);

    internal static async Task<TestServer> StartAsync(RpcOptions? options = null, RpcServerOptions? server = null, RpcChannelOptions? channel = null, ICallGuard? guard = null)
    {
        var echo = new EchoService();
        var health = new HealthService();
        var services = new RpcServices(options, guard: guard)
            .Add(EchoMethods.Service, echo)
            .Add(VaultsReflection.Descriptor.Services[0], new VaultService())
            .AddHealth(health)
            .AddReflection();
        server ??= new() { Http1EndPoint = new(IPAddress.Loopback, 0) };
        return new(await RpcServer.StartAsync(services, server, health), services, echo, health, channel);
    }

    /// <summary>Waits until no call is left.</summary>
    internal Task Quiet() => Patience.Until(() => Server.ActiveCalls == 0, "Calls are left.");

    /// <summary>Waits until so many calls have begun.</summary>
    internal Task Busy(int calls = 1) => Patience.Until(() => Server.ActiveCalls >= calls, "The calls do not begin.");

    /// <summary>One call that has to go well: the server still serves.</summary>
    internal async Task StillServes()
    {
        using var call = Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "still here" });
        Assert.Equal("still here", (await call.ResponseAsync.WaitAsync(Patience.Limit)).Text);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>One server for the tests of a class.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    internal TestServer Test { get; private set; } = null!;

    public async Task InitializeAsync() => Test = await TestServer.StartAsync();

    public async Task DisposeAsync() => await Test.DisposeAsync();
}
