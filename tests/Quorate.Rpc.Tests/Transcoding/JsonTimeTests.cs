using System.Net;
using System.Text.Json.Nodes;
using Quorate.Rpc.Tests.Services;
using Quorate.Testing;

namespace Quorate.Rpc.Tests.Transcoding;

/// <summary>Deadlines of calls in JSON, and what goes on in a stream of events while nothing happens.</summary>
public sealed class JsonTimeTests
{
    [Fact]
    public async Task A_request_may_say_how_long_it_waits()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http1 };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/wallets/slow") { Headers = { { "grpc-timeout", "200m" } } };
        await AssertExpired(await http.SendAsync(request), server);
    }

    [Fact]
    public async Task A_server_may_have_a_default_that_a_request_overrides()
    {
        await using var server = await TestServer.StartAsync(new() { JsonTimeout = TimeSpan.FromMilliseconds(200) });
        using var http = new HttpClient { BaseAddress = server.Http1 };
        await AssertExpired(await http.GetAsync("/v1/wallets/slow"), server);
        // Streams of events are not meant, and last longer than it.
        var events = await http.GetStringAsync("/v1/vaults/a/events?count=1&pauseMs=300");
        Assert.Contains("id: 1", events, StringComparison.Ordinal);
        Assert.DoesNotContain("event: error", events, StringComparison.Ordinal);

        using var patient = new HttpRequestMessage(HttpMethod.Get, "/v1/wallets/slow") { Headers = { { "grpc-timeout", "1H" } } };
        using var giveUp = new CancellationTokenSource(1000);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.SendAsync(patient, giveUp.Token));
        await server.Quiet();
    }

    [Fact]
    public async Task A_deadline_ends_a_stream_of_events_with_an_error_event()
    {
        var time = new ManualTime();
        await using var server = await TestServer.StartAsync(new() { Time = time, EventKeepAlive = TimeSpan.FromSeconds(1) });
        using var http = new HttpClient { BaseAddress = server.Http1 };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/vaults/a/events?pauseMs=3600000") { Headers = { { "grpc-timeout", "1M" } } };
        var sending = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await server.Busy();
        // The first comment opens the stream.
        while (await Task.WhenAny(sending, Task.Delay(20)) != sending)
            time.Advance(TimeSpan.FromSeconds(1));
        using var response = await sending;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("event: error\ndata: {", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await server.Quiet();
    }

    [Fact]
    public async Task A_timeout_that_is_none_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http1 };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/wallets/a");
        request.Headers.TryAddWithoutValidation("grpc-timeout", "soon");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_header", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!);
    }

    [Fact]
    public async Task A_silent_stream_has_comments_until_its_client_goes()
    {
        await using var server = await TestServer.StartAsync(new() { EventKeepAlive = TimeSpan.FromMilliseconds(20) });
        using var http = new HttpClient { BaseAddress = server.Http1 };
        using (var response = await http.GetAsync("/v1/vaults/a/events?count=1&pauseMs=3600000", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            for (var i = 0; i < 3; i++)
                Assert.Equal((":", ""), (await Line(lines), await Line(lines)));
        }
        await server.Quiet();
    }

    // Comments at every millisecond, between events that come as often: each event is whole and in its place.
    [Fact]
    public async Task Comments_never_tear_an_event()
    {
        await using var server = await TestServer.StartAsync(new() { EventKeepAlive = TimeSpan.FromMilliseconds(1) });
        using var http = new HttpClient { BaseAddress = server.Http1 };
        var blocks = (await http.GetStringAsync("/v1/vaults/a/events?count=100&pauseMs=3&fail=true")).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(":", blocks);
        var events = blocks.Where(b => b != ":").ToArray();
        Assert.Equal(101, events.Length);
        for (var i = 0; i < 100; i++)
        {
            Assert.StartsWith($"id: {i + 1}\ndata: {{", events[i], StringComparison.Ordinal);
            Assert.Equal($"{i + 1}", (string)JsonNode.Parse(events[i].Split("data: ")[1])!["resumeToken"]!);
        }
        Assert.StartsWith("event: error\ndata: {", events[100], StringComparison.Ordinal);
    }

    static async Task AssertExpired(HttpResponseMessage response, TestServer server)
    {
        using (response)
        {
            Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
            Assert.Equal("deadline_exceeded", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!);
        }
        await server.Quiet();
    }

    static async Task<string?> Line(StreamReader lines) => await lines.ReadLineAsync().WaitAsync(Patience.Limit);
}
