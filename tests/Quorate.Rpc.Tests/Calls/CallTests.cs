using Google.Protobuf;
using Quorate.Rpc.Client;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Calls;

/// <summary>Our client with our server: every kind of call, and every way in which one ends.</summary>
public sealed class CallTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    readonly TestServer server = fixture.Test;

    RpcChannel Channel => server.Channel;

    [Fact]
    public async Task A_unary_call_answers()
    {
        using var call = Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "häll∅", Payload = ByteString.CopyFrom(1, 2) });

        Assert.Equal(new EchoReply { Text = "häll∅", Payload = ByteString.CopyFrom(1, 2) }, await call);
        Assert.Equal(Status.DefaultSuccess, call.GetStatus());
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        using var call = Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        Assert.Equal(new EchoReply(), await call);
    }

    [Fact]
    public async Task A_client_stream_is_collected()
    {
        using var call = Channel.AsyncClientStreamingCall(EchoMethods.Collect);
        foreach (var text in new[] { "a", "b", "c" })
            await call.RequestStream.WriteAsync(new() { Text = text });
        await call.RequestStream.CompleteAsync();

        Assert.Equal("a,b,c", (await call).Text);
    }

    [Fact]
    public async Task A_server_stream_comes_in_order_and_ends()
    {
        using var call = Channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = 1000, Text = "x" });
        var indices = new List<int>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
            indices.Add(reply.Index);

        Assert.Equal(Enumerable.Range(0, 1000), indices);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task A_duplex_stream_answers_while_it_is_asked()
    {
        using var call = Channel.AsyncDuplexStreamingCall(EchoMethods.Chat);
        for (var i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new() { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task An_empty_client_stream_is_a_stream()
    {
        using var call = Channel.AsyncClientStreamingCall(EchoMethods.Collect);
        await call.RequestStream.CompleteAsync();
        Assert.Equal(0, (await call).Index);
    }

    [Fact]
    public async Task Metadata_goes_both_ways_as_text_and_as_bytes()
    {
        var bytes = new byte[] { 0, 255, 44, 10 };
        using var call = Channel.AsyncUnaryCall(EchoMethods.Unary, new(), new(new()
        {
            { "echo-text", "a b, c" }, { "echo-many", "1" }, { "echo-many", "2" }, { "echo-data-bin", bytes }, { "echo-data-bin", [] },
        }));
        await call;

        foreach (var metadata in new[] { await call.ResponseHeadersAsync, call.GetTrailers() })
        {
            Assert.Equal("a b, c", metadata.GetValue("echo-text"));
            // HTTP may join values of one name, and the framework's client does.
            Assert.Equal("1, 2", string.Join(", ", metadata.GetAll("echo-many").Select(e => e.Value)));
            Assert.Equal([bytes, []], metadata.GetAll("echo-data-bin").Select(e => e.ValueBytes));
        }
    }

    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task A_status_arrives_with_its_text_and_trailers(StatusCode code)
    {
        var e = await Fails(new() { FailCode = (int)code, FailDetail = "50% ∅\n" });

        Assert.Equal(new(code, "50% ∅\n"), e.Status);
        Assert.Equal("asked", e.Trailers.GetValue("fail-reason"));
    }

    [Fact]
    public async Task A_status_after_messages_arrives_after_them()
    {
        using var call = Channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = 3, FailCode = 9, FailDetail = "end" });
        for (var i = 0; i < 3; i++)
            Assert.True(await call.ResponseStream.MoveNext(default));
        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));
        Assert.Equal(new(StatusCode.FailedPrecondition, "end"), e.Status);
    }

    [Fact]
    public async Task A_rich_status_keeps_its_details()
    {
        var e = await Fails(new() { FailCode = 9, FailDetail = "rich", Rich = true });

        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Equal("detail", e.GetRpcStatus()!.Details.Single().Unpack<EchoRequest>().Text);
    }

    [Fact]
    public async Task An_exception_of_a_method_is_unknown_and_says_nothing()
    {
        var e = await Fails(new() { FailCode = -1 });
        Assert.Equal(StatusCode.Unknown, e.StatusCode);
        Assert.DoesNotContain("secret", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_text_is_cut_and_the_status_still_arrives()
    {
        var e = await Fails(new() { FailCode = 3, FailDetail = new('x', 100_000) });
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.Equal(4096, e.Status.Detail.Length);
    }

    [Fact]
    public async Task A_megabyte_goes_both_ways()
    {
        var payload = new byte[1 << 20];
        payload.AsSpan().Fill(0xa5);
        using var call = Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Payload = ByteString.CopyFrom(payload) });
        Assert.Equal(payload, (await call).Payload.ToByteArray());
    }

    [Fact]
    public async Task A_request_over_the_server_s_limit_is_refused()
    {
        using var generous = RpcChannel.ForAddress(Channel.Address, new() { MaxSendMessageSize = 1 << 30 });
        using var call = generous.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Payload = ByteString.CopyFrom(new byte[5 << 20]) });
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task A_request_over_the_client_s_limit_is_not_sent()
    {
        var e = await Fails(new() { Payload = ByteString.CopyFrom(new byte[5 << 20]) });
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Contains("to send", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_over_the_server_s_limit_is_not_sent()
    {
        var e = await Fails(new() { ReplySize = 5 << 20 });
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Contains("to send", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_over_the_client_s_limit_is_refused()
    {
        using var strict = RpcChannel.ForAddress(Channel.Address, new() { MaxReceiveMessageSize = 1000 });
        using var call = strict.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { ReplySize = 1001 });
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        var method = new Method<EchoRequest, EchoReply>(EchoMethods.Service, "Unary");
        var services = new Rpc.Server.RpcServices();
        await using var empty = await Rpc.Server.RpcServer.StartAsync(services);
        using var channel = RpcChannel.ForAddress(empty.Addresses[0]);
        using var call = channel.AsyncUnaryCall(method, new());
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Nobody_there_is_unavailable()
    {
        using var channel = RpcChannel.ForAddress("http://127.0.0.1:1");
        using var call = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task A_second_write_while_one_is_under_way_is_refused()
    {
        using var call = Channel.AsyncDuplexStreamingCall(EchoMethods.Chat);
        var first = call.RequestStream.WriteAsync(new() { Payload = ByteString.CopyFrom(new byte[4_000_000]) });
        if (!first.IsCompleted)
            await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new()));
        await first;
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new()));
    }

    [Fact]
    public void A_method_is_called_as_what_it_is()
    {
        Assert.Throws<ArgumentException>(() => Channel.AsyncUnaryCall(EchoMethods.Chat, new EchoRequest()));
        Assert.Throws<ArgumentException>(() => new Method<EchoRequest, EchoReply>(EchoMethods.Service, "Nothing"));
        Assert.Throws<ArgumentException>(() => new Method<EchoReply, EchoReply>(EchoMethods.Service, "Unary"));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Messages_may_be_compressed_either_way(bool requests, bool responses)
    {
        await using var own = await TestServer.StartAsync(new() { CompressResponses = responses }, channel: new() { CompressRequests = requests });
        var payload = ByteString.CopyFrom(new byte[200_000]);
        using var call = own.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Payload = payload });
        Assert.Equal(payload, (await call).Payload);
        using var small = own.Channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "small" });
        Assert.Equal("small", (await small).Text);
    }

    async Task<RpcException> Fails(EchoRequest request)
    {
        using var call = Channel.AsyncUnaryCall(EchoMethods.Unary, request);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
    }
}
