using System.Text.Json.Nodes;
using Quorate.Rpc.Tests.Services;
using Quorate.Testing.Interop;

namespace Quorate.Rpc.Tests.Interop;

/// <summary>A client of @grpc/grpc-js with our server.</summary>
public sealed class GrpcJsClientTests : IAsyncLifetime
{
    const int MessageSize = 100_000;

    readonly JsonLineProcess node = GrpcJs.Start("client.mjs");
    TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync(new() { CompressResponses = true });

    public async Task DisposeAsync()
    {
        node.Dispose();
        await server.Quiet();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Every_kind_of_call_works()
    {
        var unary = await Call("unary", new() { ["request"] = new JsonObject { ["text"] = "häll∅", ["payloadSize"] = 3 } });
        Assert.Equal("""{"text":"häll∅","index":0,"size":3}""", Text(unary["reply"]!));
        Assert.Equal(0, (int)unary["code"]!);

        var collect = await Call("collect", new() { ["requests"] = Requests(200) });
        Assert.Equal(200, (int)collect["reply"]!["index"]!);
        Assert.StartsWith("0,1,2,", (string)collect["reply"]!["text"]!, StringComparison.Ordinal);

        var expand = await Call("expand", new() { ["request"] = new JsonObject { ["count"] = 2000 } });
        Assert.Equal((2000, true, 0), ((int)expand["indices"]!, (bool)expand["inOrder"]!, (int)expand["code"]!));

        var chat = await Call("chat", new() { ["requests"] = Requests(50) });
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), chat["replies"]!.AsArray().Select(r => (string)r!["text"]!));
        Assert.Equal(0, (int)chat["code"]!);

        Assert.Equal(500, (int)(await Call("many", new() { ["calls"] = 500 }))["answered"]!);
    }

    [Fact]
    public async Task Statuses_trailers_and_metadata_arrive()
    {
        foreach (var code in Enumerable.Range(1, 16))
        {
            var failed = await Call("unary", new() { ["request"] = new JsonObject { ["failCode"] = code, ["failDetail"] = "50% ∅" } });
            Assert.Equal((code, "50% ∅"), ((int)failed["code"]!, (string)failed["details"]!));
            Assert.Equal("asked", (string)failed["trailers"]!["fail-reason"]![0]!);
        }
        var rich = await Call("unary", new() { ["request"] = new JsonObject { ["failCode"] = 9, ["failDetail"] = "rich", ["rich"] = true } });
        var details = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String((string)rich["trailers"]!["grpc-status-details-bin"]![0]!));
        Assert.Equal((9, "rich", 1), (details.Code, details.Message, details.Details.Count));

        var late = await Call("expand", new() { ["request"] = new JsonObject { ["count"] = 5, ["failCode"] = 10 } });
        Assert.Equal((5, 10), ((int)late["indices"]!, (int)late["code"]!));

        var metadata = new JsonObject { ["echo-text"] = new JsonArray("a", "b"), ["echo-data-bin"] = new JsonArray("AP8s", "") };
        var echoed = await Call("unary", new() { ["request"] = new JsonObject(), ["metadata"] = metadata });
        foreach (var part in new[] { "headers", "trailers" })
        {
            Assert.Equal("a, b", string.Join(", ", echoed[part]!["echo-text"]!.AsArray().Select(v => (string)v!)));
            Assert.Equal(["AP8s", ""], echoed[part]!["echo-data-bin"]!.AsArray().Select(v => (string)v!));
        }
    }

    [Fact]
    public async Task Deadlines_and_cancellations_reach_the_method()
    {
        foreach (var (limit, code) in new[] { ("deadlineMs", 4), ("cancelAfterMs", 1) })
            await Patience.Doubling(300, async milliseconds =>
            {
                var before = server.Echo.Cancelled;
                var ended = await Call("unary", new() { ["request"] = new JsonObject { ["delayMs"] = 600_000 }, [limit] = milliseconds });
                Assert.Equal(code, (int)ended["code"]!);
                await server.Quiet();
                // On a machine without a free moment the call may end before it has begun there.
                return server.Echo.Cancelled > before;
            });

        var stream = await Call("expand", new() { ["request"] = new JsonObject { ["count"] = int.MaxValue, ["replySize"] = 1000 }, ["cancelAt"] = 10 });
        Assert.Equal(1, (int)stream["code"]!);
        var late = await Call("expand", new() { ["request"] = new JsonObject { ["count"] = 1000, ["delayMs"] = 50 }, ["deadlineMs"] = 1000 });
        Assert.Equal(4, (int)late["code"]!);
        await server.Quiet();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_megabyte_goes_through_and_too_much_is_refused(bool compress)
    {
        var megabyte = await Call("unary", new() { ["request"] = new JsonObject { ["payloadSize"] = 1 << 20 }, ["compress"] = compress });
        Assert.Equal(1 << 20, (int)megabyte["reply"]!["size"]!);
        var request = await Call("unary", new() { ["request"] = new JsonObject { ["payloadSize"] = 5 << 20 }, ["compress"] = compress });
        Assert.Equal(8, (int)request["code"]!);
        var response = await Call("unary", new() { ["request"] = new JsonObject { ["replySize"] = 5 << 20 }, ["compress"] = compress });
        Assert.Equal(8, (int)response["code"]!);
    }

    [Fact]
    public async Task A_reader_that_pauses_gets_everything_and_the_server_waits()
    {
        const int Count = 1000;
        await Patience.Doubling(2500, async pauseMs =>
        {
            var (begun, before) = (TimeProvider.System.GetTimestamp(), Interlocked.Read(ref server.Echo.Expanded));
            var reading = Call("expand", new()
            {
                ["request"] = new JsonObject { ["count"] = Count, ["replySize"] = MessageSize }, ["pauseAt"] = 3, ["pauseMs"] = pauseMs,
            });
            await Task.Delay(1500);
            var sent = Interlocked.Read(ref server.Echo.Expanded) - before;
            var isPaused = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds < pauseMs;
            var answer = await reading;

            Assert.Equal((Count, true, 0), ((int)answer["indices"]!, (bool)answer["inOrder"]!, (int)answer["code"]!));
            if (isPaused)
                Assert.InRange(sent * MessageSize, 0, 16 << 20);
            return isPaused;
        });
    }

    [Fact]
    public async Task Health_and_reflection_answer()
    {
        Assert.Equal("SERVING", (string)(await Call("health", new() { ["service"] = "" }))["status"]!);
        Assert.Equal(5, (int)(await Call("health", new() { ["service"] = "nobody" }))["code"]!);
        foreach (var version in new[] { "v1", "v1alpha" })
        {
            var reflected = await Call("reflect", new() { ["version"] = version });
            Assert.Contains("quorate.rpc.tests.v1.Echo", reflected["services"]!.AsArray().Select(s => (string)s!));
        }
    }

    async Task<JsonNode> Call(string operation, JsonObject arguments)
    {
        arguments["address"] = $"127.0.0.1:{server.EndPoint.Port}";
        return (await Task.Run(() => node.Call(operation, arguments)))!;
    }

    static JsonArray Requests(int count) => [.. Enumerable.Range(0, count).Select(i => new JsonObject { ["text"] = $"{i}" })];

    static string Text(JsonNode node) => node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
