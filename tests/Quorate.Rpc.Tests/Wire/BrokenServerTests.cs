using Quorate.Rpc.Client;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>Our client with servers, proxies and strangers that do not answer gRPC as they should.</summary>
public sealed class BrokenServerTests : IAsyncLifetime
{
    BrokenServer server = null!;
    RpcChannel channel = null!;

    public async Task InitializeAsync()
    {
        server = await BrokenServer.StartAsync();
        channel = RpcChannel.ForAddress(server.Address);
    }

    public async Task DisposeAsync()
    {
        channel.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("http 400", StatusCode.Internal)]
    [InlineData("http 401", StatusCode.Unauthenticated)]
    [InlineData("http 403", StatusCode.PermissionDenied)]
    [InlineData("http 404", StatusCode.Unimplemented)]
    [InlineData("http 429", StatusCode.Unavailable)]
    [InlineData("http 503", StatusCode.Unavailable)]
    [InlineData("http 500", StatusCode.Unknown)]
    [InlineData("http 302", StatusCode.Unknown)]
    [InlineData("html", StatusCode.Unknown)]
    [InlineData("no status", StatusCode.Unknown)]
    [InlineData("status x", StatusCode.Unknown)]
    [InlineData("status 99", StatusCode.Unknown)]
    [InlineData("status -1", StatusCode.Unknown)]
    [InlineData("reset 7", StatusCode.Unavailable)]
    [InlineData("reset 8", StatusCode.Cancelled)]
    [InlineData("reset 11", StatusCode.ResourceExhausted)]
    [InlineData("reset 2", StatusCode.Internal)]
    [InlineData("flag", StatusCode.Internal)]
    [InlineData("cut", StatusCode.Internal)]
    [InlineData("long", StatusCode.ResourceExhausted)]
    [InlineData("compressed", StatusCode.Internal)]
    [InlineData("encoding", StatusCode.Internal)]
    [InlineData("none", StatusCode.Unimplemented)]
    [InlineData("two", StatusCode.Unimplemented)]
    [InlineData("metadata", StatusCode.Internal)]
    public async Task Whatever_it_answers_is_a_status(string answer, StatusCode expected)
    {
        using var call = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest(), new(new() { { "answer", answer } }, DateTime.UtcNow + Patience.Limit));
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        using var good = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        Assert.Equal("reply", (await good).Text);
    }
}
