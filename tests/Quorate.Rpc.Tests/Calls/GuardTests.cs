using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;
using Quorate.Rpc.V1;

namespace Quorate.Rpc.Tests.Calls;

/// <summary>What stands before methods, in gRPC and in JSON.</summary>
public sealed class GuardTests
{
    [Fact]
    public async Task It_sees_the_content_as_it_came_and_the_method_still_reads_it()
    {
        var guard = new Guard();
        await using var server = await TestServer.StartAsync(guard: guard);
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "hello" });
        Assert.Equal("hello", (await call.ResponseAsync).Text);
        byte[] framed = [0, 0, 0, 0, 7, .. new EchoRequest { Text = "hello" }.ToByteArray()];
        Assert.Equal(framed, guard.Contents[0]);
        Assert.Equal("seen", (await call.ResponseHeadersAsync).GetValue("guard"));

        using var http = new HttpClient { BaseAddress = server.Http1 };
        using var content = new StringContent("""{"tags": ["x"]}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/v1/vaults/a/wallets", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("""{"tags": ["x"]}""", Encoding.UTF8.GetString(guard.Contents[1]));
        Assert.Equal("seen", answer.Headers.GetValues("guard").Single());
    }

    [Fact]
    public async Task Whoever_it_stops_hears_why_in_the_words_of_the_wire_with_the_headers()
    {
        var guard = new Guard { Stops = true };
        await using var server = await TestServer.StartAsync(guard: guard);
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        var stopped = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal((StatusCode.Unauthenticated, "who_are_you"), (stopped.StatusCode, stopped.GetProblem()!.Code));

        using var http = new HttpClient { BaseAddress = server.Http1 };
        using var answer = await http.GetAsync(new Uri("/v1/vaults/a/wallets/b", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Contains("who_are_you", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("seen", answer.Headers.GetValues("guard").Single());
    }

    [Fact]
    public async Task It_may_answer_itself_and_the_method_is_not_run()
    {
        var guard = new Guard { Answer = new EchoReply { Text = "from memory" } };
        await using var server = await TestServer.StartAsync(guard: guard);
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { FailCode = 3 });
        Assert.Equal("from memory", (await call.ResponseAsync).Text);
    }

    [Fact]
    public async Task A_stream_begins_behind_it_and_health_is_not_guarded()
    {
        var guard = new Guard();
        await using var server = await TestServer.StartAsync(guard: guard);
        using var call = server.Channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Text = "x", Count = 3 });
        Assert.Equal(3, await call.ResponseStream.ReadAllAsync().CountAsync());
        Assert.Equal(1, guard.Entered);
        using var health = server.Channel.AsyncUnaryCall(
            new Method<Grpc.Health.V1.HealthCheckRequest, Grpc.Health.V1.HealthCheckResponse>(Grpc.Health.V1.HealthReflection.Descriptor.Services[0], "Check"), new());
        await health.ResponseAsync;
        Assert.Equal(1, guard.Entered);
    }

    [Fact]
    public async Task Content_that_is_too_large_is_refused_before_it_is_held()
    {
        await using var server = await TestServer.StartAsync(new() { MaxReceiveMessageSize = 1_000 }, guard: new Guard());
        using var call = server.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Payload = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(2_000)) });
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        using var http = new HttpClient { BaseAddress = server.Http1 };
        using var content = new StringContent($$"""{"displayName": "{{new string('x', 2_000)}}"}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/v1/vaults/a/wallets", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        await server.Quiet();
    }

    sealed class Guard : ICallGuard
    {
        internal List<byte[]> Contents { get; } = [];

        internal int Entered { get; private set; }

        internal bool Stops { get; init; }

        internal IMessage? Answer { get; init; }

        public async Task EnterAsync(ServerCallContext context)
        {
            Entered++;
            context.ResponseHeaders.Add("guard", "seen");
            if (Stops)
                throw new Problem { Code = "who_are_you" }.ToRpcException(StatusCode.Unauthenticated, "Nobody knows you.");
            Contents.Add((await context.HoldContentAsync()).ToArray());
        }

        public Task<IMessage?> AnswerAsync(IMessage request, ServerCallContext context, Func<Task<IMessage?>> method) =>
            Answer is null ? method() : Task.FromResult<IMessage?>(Answer);
    }
}
