using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Client.Webhooks;
using Quorate.Rpc;
using Quorate.Server.Tests.Api;
using Quorate.Server.Tests.Webhooks;
using Quorate.V1;

namespace Quorate.Server.Tests.Events;

/// <summary>Events and webhooks through a whole server: JSON, SSE and gRPC.</summary>
public sealed class EventsApiTests : IAsyncLifetime
{
    static readonly Method<StreamEventsRequest, Event> streamEvents = new(EventsReflection.Descriptor.Services[0], "StreamEvents");

    readonly ApiServer server = Calling();
    HttpClient http = null!;

    static ApiServer Calling() => new() { With = options => options with { Webhooks = DeliveryWorld.Options } };

    public async Task InitializeAsync()
    {
        await server.InitializeAsync();
        http = server.Http();
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    async Task RestartAsync()
    {
        await server.RestartAsync();
        http.Dispose();
        http = server.Http();
    }

    string Url(string path) => new Uri(server.Json, path).ToString();

    async Task<JsonNode> SendAsync(HttpMethod method, string path, string? json, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, Url(path)) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    Task<JsonNode> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) => SendAsync(HttpMethod.Get, path, null, expected);

    async Task<string> OpenVaultAsync(string name) => (string)(await SendAsync(HttpMethod.Post, "/v1/vaults", $$"""{"name":"{{name}}"}""", HttpStatusCode.Created))["id"]!;

    async Task<(string? Token, List<(string Id, JsonNode Event)> Events)> StreamAsync(string query, string? lastEventId, int count, Func<Task>? meanwhile = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Url($"/v1/events:stream{query}"));
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        if (meanwhile is not null)
            await meanwhile();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        var events = new List<(string, JsonNode)>();
        for (var id = ""; events.Count < count;)
        {
            var line = await reader.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException();
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                events.Add((id, JsonNode.Parse(line[6..])!));
        }
        return (response.Headers.TryGetValues("resume-token", out var tokens) ? tokens.Single() : null, events);
    }

    [Fact]
    public async Task A_stream_goes_on_behind_its_token_in_SSE_and_gRPC_across_a_restart()
    {
        await OpenVaultAsync("before");
        // Without a token or a time it begins now: the headers say where.
        var (begin, live) = await StreamAsync("", null, 1, () => OpenVaultAsync("one"));
        Assert.Equal("one", (string)live[0].Event["data"]!["name"]!);
        Assert.Equal(live[0].Id, (string)live[0].Event["resumeToken"]!);
        await OpenVaultAsync("two");
        await RestartAsync();
        await OpenVaultAsync("three");
        Assert.Equal(["one", "two", "three"], (await StreamAsync($"?resumeToken={begin}", null, 3)).Events.Select(e => (string)e.Event["data"]!["name"]!));
        // The header is later than what the address still says.
        var behind = await StreamAsync($"?resumeToken={begin}&types=vault.*", live[0].Id, 2);
        Assert.Equal(["two", "three"], behind.Events.Select(e => (string)e.Event["data"]!["name"]!));
        Assert.Equal(["before", "one"], (await StreamAsync("?since=2020-01-01T00:00:00Z&types=vault.opened", null, 2)).Events.Select(e => (string)e.Event["data"]!["name"]!));

        using var channel = server.Channel();
        using var call = channel.AsyncServerStreamingCall(streamEvents, new StreamEventsRequest { ResumeToken = behind.Events[0].Id });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.True(await call.ResponseStream.MoveNext(patience.Token));
        Assert.Equal("three", call.ResponseStream.Current.Data.Fields["name"].StringValue);
        await OpenVaultAsync("four");
        Assert.True(await call.ResponseStream.MoveNext(patience.Token));
        Assert.Equal("four", call.ResponseStream.Current.Data.Fields["name"].StringValue);
    }

    [Fact]
    public async Task A_token_that_is_none_and_a_filter_that_names_nothing_are_precise_errors()
    {
        foreach (var (query, code) in ((string, string)[])
        [
            ("?resumeToken=garbage", "invalid_resume_token"),
            ($"?resumeToken={new Server.Events.ResumeToken(1_000_000, 1)}", "resume_token_ahead"),
        ])
        {
            var problem = JsonNode.Parse(await (await http.GetAsync(Url($"/v1/events:stream{query}"))).Content.ReadAsStringAsync())!;
            Assert.Equal(code, (string)problem["code"]!);
        }
        foreach (var query in (string[])["types=vault.exploded", "orderBy=type", "resource=x", "vault=x", "wallet=x", "pageSize=201", "pageToken=x"])
            await GetAsync($"/v1/events?{query}", HttpStatusCode.BadRequest);
        await GetAsync("/v1/events/evt_0197a1b2-0000-7000-8000-000000000001", HttpStatusCode.NotFound);

        using var channel = server.Channel();
        using var call = channel.AsyncServerStreamingCall(streamEvents, new StreamEventsRequest { ResumeToken = "garbage" });
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));
        Assert.Equal((StatusCode.InvalidArgument, "invalid_resume_token"), (refused.StatusCode, refused.GetProblem()!.Code));
    }

    [Fact]
    public async Task Events_are_listed_and_read_by_their_id()
    {
        var vaults = new[] { await OpenVaultAsync("a"), await OpenVaultAsync("b"), await OpenVaultAsync("c") };
        await DeliveryWorld.UntilAsync(async () => (await GetAsync("/v1/events?types=vault.*"))["events"]!.AsArray().Count == 3);
        var page = await GetAsync("/v1/events?orderBy=timestamp%20desc&pageSize=2&types=vault.*");
        Assert.Equal([vaults[2], vaults[1]], page["events"]!.AsArray().Select(e => (string)e!["resource"]!));
        var next = await GetAsync($"/v1/events?orderBy=timestamp%20desc&pageSize=2&types=vault.*&pageToken={page["nextPageToken"]}");
        var last = Assert.Single(next["events"]!.AsArray())!;
        Assert.Equal((vaults[0], "vault", vaults[0], "1"), ((string)last["resource"]!, (string)last["resourceKind"]!, (string)last["vault"]!, (string)last["sequence"]!));
        Assert.True(JsonNode.DeepEquals(last, await GetAsync($"/v1/events/{last["id"]}")));
    }

    [Fact]
    public async Task An_endpoint_is_made_tried_told_rolled_over_and_taken_away_through_the_API()
    {
        await using var endpoint = new Endpoint();
        var hook = await SendAsync(HttpMethod.Post, "/v1/webhooks", $$"""{"url":"{{endpoint.Url}}","types":["vault.*"]}""", HttpStatusCode.Created);
        var path = $"/v1/webhooks/{hook["id"]}";
        // Whoever has an endpoint needs no key of the API to learn its keys.
        using var anybody = new HttpClient();
        using var cache = new WebhookKeyCache(anybody, new(Url($"{path}/jwks.json")), TimeSpan.Zero);
        var receiver = new WebhookReceiver(cache);
        var ping = await SendAsync(HttpMethod.Post, $"{path}:test", "{}", HttpStatusCode.OK);
        Assert.True((bool)ping["delivered"]!);
        var received = await receiver.ReceiveAsync(endpoint.All[0].Header, endpoint.All[0].Body);
        Assert.Equal((WebhookFault.None, "webhook.ping"), (received.Fault, received.Event!.Type));

        await OpenVaultAsync("told");
        await DeliveryWorld.UntilAsync(() => endpoint.All.Count == 2);
        await SendAsync(HttpMethod.Post, $"{path}:rollKey", "{}", HttpStatusCode.OK);
        await OpenVaultAsync("told with both");
        await DeliveryWorld.UntilAsync(() => endpoint.All.Count == 3);
        Assert.Equal(2, (await GetAsync($"{path}/jwks.json"))["keys"]!.AsArray().Select(k => (string)k!["kid"]!).Distinct().Count());
        foreach (var came in endpoint.All)
            Assert.Equal(WebhookFault.None, (await receiver.ReceiveAsync(came.Header, came.Body)).Fault);

        await DeliveryWorld.UntilAsync(async () => (await GetAsync($"{path}/deliveries?state=delivered"))["deliveries"]!.AsArray().Count == 2);
        var delivery = (await GetAsync($"{path}/deliveries"))["deliveries"]![0]!;
        Assert.Equal(endpoint.All[2].Id, (string)delivery["event"]!);
        Assert.Equal("1", (string)(await SendAsync(HttpMethod.Post, $"{path}/deliveries:resend", $$"""{"event":"{{delivery["event"]}}"}""", HttpStatusCode.OK))["count"]!);
        await DeliveryWorld.UntilAsync(() => endpoint.All.Count == 4);
        Assert.Equal(endpoint.All[2].Id, endpoint.All[3].Id);
        Assert.Equal(endpoint.All[2].Body, endpoint.All[3].Body);

        Assert.True((bool)(await SendAsync(HttpMethod.Post, $"{path}:pause", """{"reason":"no"}""", HttpStatusCode.OK))["paused"]!);
        Assert.False((bool)(await SendAsync(HttpMethod.Post, $"{path}:resume", "{}", HttpStatusCode.OK))["paused"]!);
        Assert.Equal("vault.opened", (string)(await SendAsync(HttpMethod.Patch, path, """{"types":["vault.opened"]}""", HttpStatusCode.OK))["types"]![0]!);
        await SendAsync(HttpMethod.Delete, path, null, HttpStatusCode.OK);
        Assert.True((bool)(await GetAsync(path))["deleted"]!);
        Assert.Single((await GetAsync("/v1/webhooks"))["webhooks"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"url":"https://example.com/","types":["vault.exploded"]}""")]
    [InlineData("""{"url":"https://example.com/","types":[]}""")]
    [InlineData("""{"url":"no address","types":["*"]}""")]
    [InlineData("""{"url":"https://10.0.0.1/","types":["*"]}""")]
    [InlineData("""{"url":"https://[::ffff:10.0.0.1]/","types":["*"]}""")]
    [InlineData("""{"url":"https://169.254.169.254/latest","types":["*"]}""")]
    public async Task What_cannot_be_an_endpoint_is_refused_when_it_is_made(string json) => await SendAsync(HttpMethod.Post, "/v1/webhooks", json, HttpStatusCode.BadRequest);
}
