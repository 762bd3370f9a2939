using System.Text.Json.Nodes;
using Quorate.Rpc;
using Quorate.Server.ApiKeys;
using Quorate.V1;
using Role = Quorate.Server.ApiKeys.Role;

namespace Quorate.Server.Tests.Api;

/// <summary>A stream goes on for as long as the API key stands that has asked for it.</summary>
public sealed class StreamEndTests(ApiServer server) : IClassFixture<ApiServer>
{
    static readonly TimeSpan soon = TimeSpan.FromSeconds(20);

    async Task<JsonNode> ErrorOfStreamAsync(string caller, Func<Task> end)
    {
        using var http = server.Http(caller);
        using var patience = new CancellationTokenSource(soon);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events:stream");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.True(response.IsSuccessStatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        await end();
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line != "event: error")
                continue;
            var problem = JsonNode.Parse((await reader.ReadLineAsync(patience.Token))!["data: ".Length..])!;
            // It is the last that comes.
            Assert.Equal("", await reader.ReadLineAsync(patience.Token));
            Assert.Null(await reader.ReadLineAsync(patience.Token));
            return problem;
        }
        throw new EndOfStreamException();
    }

    async Task DoAsync(string id, ApiKeyCommand command) => Assert.Null((await server.Store.ApiKeys.DoAsync(id, command)).Refusal);

    [Fact]
    public async Task It_ends_with_a_problem_when_the_key_is_revoked_or_may_not_be_used_from_there_any_more()
    {
        var key = await server.AddKeyAsync("revoked-later", null, [Role.Viewer]);
        var problem = await ErrorOfStreamAsync("revoked-later", () => DoAsync(key.Id, new ApiKeyCommand.Revoke(DateTimeOffset.UtcNow, "alice", "a test")));
        Assert.Equal(("key_revoked", 401), ((string?)problem["code"], (int?)problem["status"]));
        var moved = await server.AddKeyAsync("moved", null, [Role.Viewer]);
        Assert.Equal("network_not_allowed", (string?)(await ErrorOfStreamAsync("moved", () => DoAsync(moved.Id, new ApiKeyCommand.SetNetworks(DateTimeOffset.UtcNow, ["10.0.0.0/8"]))))["code"]);
    }

    [Fact]
    public async Task It_ends_when_the_keys_time_is_over()
    {
        await server.AddKeyAsync("brief-stream", null, [Role.Viewer], lifetime: TimeSpan.FromSeconds(2));
        Assert.Equal("key_expired", (string?)(await ErrorOfStreamAsync("brief-stream", () => Task.CompletedTask))["code"]);
    }

    [Fact]
    public async Task In_gRPC_it_ends_with_a_status()
    {
        var key = await server.AddKeyAsync("revoked-in-grpc", null, [Role.Viewer]);
        using var channel = server.Channel("revoked-in-grpc");
        using var call = channel.AsyncServerStreamingCall(new Method<StreamEventsRequest, Event>(EventsReflection.Descriptor.Services[0], "StreamEvents"), new StreamEventsRequest());
        await call.ResponseHeadersAsync;
        using var patience = new CancellationTokenSource(soon);
        var next = call.ResponseStream.MoveNext(patience.Token);
        await DoAsync(key.Id, new ApiKeyCommand.Revoke(DateTimeOffset.UtcNow, "alice", "a test"));
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            // Its own end may be told first.
            while (await next)
                next = call.ResponseStream.MoveNext(patience.Token);
        });
        Assert.Equal((StatusCode.Unauthenticated, "key_revoked"), (ended.StatusCode, ended.GetProblem()!.Code));
    }
}
