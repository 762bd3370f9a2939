using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Rpc.Tests.Services;

namespace Quorate.Rpc.Tests.Transcoding;

/// <summary>The annotated methods over HTTP/1.1 and JSON, as a partner sees them.</summary>
public sealed class JsonTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    readonly TestServer server = fixture.Test;
    readonly HttpClient http = new() { BaseAddress = fixture.Test.Http1 };

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task A_path_variable_reaches_the_method_and_64_bits_are_text()
    {
        var wallet = await Json(await http.GetAsync("/v1/vaults/a/wallets/b"));
        Assert.Equal("vaults/a/wallets/b", (string)wallet["name"]!);
        Assert.Equal("STATE_ACTIVE", (string)wallet["state"]!);
        Assert.Equal("18446744073709551615", (string)wallet["balance"]!);
        Assert.Empty(wallet["tags"]!.AsArray());
    }

    [Fact]
    public async Task Parameters_of_every_kind_reach_the_method()
    {
        var answer = await Json(await http.GetAsync("/v1/vaults/a%2Fb/wallets?pageSize=7&states=STATE_ACTIVE&states=2&created_after=2026-01-02T03:04:05Z"
            + "&age=1.5s&includeEmpty=true&owner.displayName=%C3%A4+%22x&readMask=name,owner.displayName&cursor=AAE%3D&ratio=-0.5"));
        var request = answer["request"]!;
        Assert.Equal("a/b", (string)request["vault"]!);
        Assert.Equal(7, (int)request["pageSize"]!);
        Assert.Equal(["STATE_ACTIVE", "STATE_FROZEN"], request["states"]!.AsArray().Select(s => (string)s!));
        Assert.Equal("2026-01-02T03:04:05Z", (string)request["createdAfter"]!);
        Assert.Equal("1.500s", (string)request["age"]!);
        Assert.True((bool)request["includeEmpty"]!);
        Assert.Equal("ä \"x", (string)request["owner"]!["displayName"]!);
        Assert.Equal("name,owner.displayName", (string)request["readMask"]!);
        Assert.Equal("AAE=", (string)request["cursor"]!);
        Assert.Equal(-0.5, (double)request["ratio"]!);
    }

    [Fact]
    public async Task A_body_field_a_status_and_headers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/vaults/a/wallets")
        {
            Content = JsonContent.Create(new { tags = new[] { "x" }, labels = new { k = "v" }, owner = new { devices = new[] { new { id = "d", counter = 3 } } } }),
        };
        request.Headers.Add("Idempotency-Key", "key-1");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/v1/vaults/a/wallets/1", response.Headers.Location!.ToString());
        Assert.Equal("key-1", response.Headers.GetValues("seen-key").Single());
        var wallet = await Json(response);
        Assert.Equal("vaults/a/wallets/1", (string)wallet["name"]!);
        Assert.Equal(3, (int)wallet["owner"]!["devices"]![0]!["counter"]!);
        Assert.Equal("validated", (string)(await Json(await Post("/v1/vaults/a/wallets?validate_only=true", "{}")))["name"]!);
    }

    [Fact]
    public async Task A_whole_body_and_a_verb()
    {
        var transfer = await Json(await Post("/v1/transfers:preview", """{"wallet":"w","amount":"1","nonce":"-9223372036854775808","approvals":{"a/b":{"id":"1"}}}"""));
        Assert.Equal("-9223372036854775808", (string)transfer["nonce"]!);
        Assert.Equal("STATE_FROZEN", (string)(await Json(await Post("/v1/vaults/a:freeze", "{}")))["state"]!);
    }

    [Theory]
    [InlineData("POST", "/v1/vaults/a:freeze", "vaults/a")]
    [InlineData("PATCH", "/v1/vaults/a/wallets/b", "vaults/a/wallets/b")]
    public async Task A_body_may_repeat_what_the_path_says_and_not_contradict_it(string method, string path, string name)
    {
        foreach (var body in new[] { "{}", """{"name":null}""", $$"""{"name":"{{name}}"}""" })
            Assert.Equal(name, (string)(await Json(await Send(body)))["name"]!);
        foreach (var other in new[] { "vaults/b", "" })
        {
            var problem = await Problem(await Send($$"""{"name":"{{other}}"}"""), 400, "invalid_request");
            var error = Assert.Single(problem["errors"]!.AsArray())!;
            Assert.Equal(("/name", "contradicts_path"), ((string)error["pointer"]!, (string)error["code"]!));
        }

        async Task<HttpResponseMessage> Send(string body)
        {
            using var request = new HttpRequestMessage(new(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            return await http.SendAsync(request);
        }
    }

    [Fact]
    public async Task A_response_field_is_the_body() =>
        Assert.Equal("""["a","b"]""", JsonNode.Parse(await http.GetStringAsync("/v1/tags/a/b"))!.ToJsonString());

    public static TheoryData<string, string, string, string> WrongBodies => new()
    {
        { "/v1/transfers:preview", """{"wallet":""", "", "malformed_json" },
        { "/v1/transfers:preview", "{} {}", "", "malformed_json" },
        { "/v1/transfers:preview", """{"wallet":"a","wallet":"b"}""", "", "malformed_json" },
        { "/v1/transfers:preview", "[]", "", "invalid_type" },
        { "/v1/transfers:preview", """{"walet":"a"}""", "/walet", "unknown_field" },
        { "/v1/transfers:preview", """{"approvals":{"a/b~c":{"idd":"1"}}}""", "/approvals/a~1b~0c/idd", "unknown_field" },
        { "/v1/transfers:preview", """{"nonce":"9223372036854775808"}""", "/nonce", "invalid_value" },
        { "/v1/transfers:preview", """{"amount":5}""", "/amount", "invalid_value" },
        { "/v1/vaults/a/wallets", """{"owner":{"devices":[{"counter":1},{"counter":"x"}]}}""", "/owner/devices/1/counter", "invalid_value" },
        { "/v1/vaults/a/wallets", """{"owner":{"display_name":"a","displayName":"b"}}""", "/owner/displayName", "duplicate_field" },
        { "/v1/vaults/a/wallets", """{"state":"STATE_WRONG"}""", "/state", "invalid_value" },
        { "/v1/vaults/a/wallets", """{"tags":"a"}""", "/tags", "invalid_value" },
        { "/v1/vaults/a/wallets", """{"tags":["a",null]}""", "/tags", "invalid_value" },
        { "/v1/vaults/a/wallets?nothing=1", "{}", "/nothing", "unknown_parameter" },
        { "/v1/vaults/a/wallets?vault=b", "{}", "/vault", "unknown_parameter" },
        { "/v1/vaults/a/wallets?wallet.name=b", "{}", "/wallet/name", "unknown_parameter" },
        { "/v1/vaults/a/wallets?validateOnly=maybe", "{}", "/validateOnly", "invalid_value" },
        { "/v1/transfers:preview?wallet=a", "{}", "/wallet", "unknown_parameter" },
    };

    [Theory, MemberData(nameof(WrongBodies))]
    public async Task What_does_not_fit_is_pointed_at(string path, string body, string pointer, string code)
    {
        var problem = await Problem(await Post(path, body), 400, "invalid_request");
        var error = Assert.Single(problem["errors"]!.AsArray())!;
        Assert.Equal((pointer, code), ((string)error["pointer"]!, (string)error["code"]!));
    }

    [Fact]
    public async Task Depth_is_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"owner":""", 5000)) + "1" + new string('}', 5000);
        await Problem(await Post("/v1/transfers:preview", deep), 400, "invalid_request");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        using var content = new ByteArrayContent([.. "{\"wallet\":\""u8, 0xff, 0xfe, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        await Problem(await http.PostAsync("/v1/transfers:preview", content), 400, "invalid_request");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_refused(bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/transfers:preview")
        {
            Content = new StringContent($"{{\"wallet\":\"{new string('x', 5 << 20)}\"}}", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = isChunked;
        // The client waits for the answer before it sends what nobody will read.
        request.Headers.ExpectContinue = !isChunked;
        await Problem(await http.SendAsync(request), 413, "body_too_large");
        await server.StillServes();
    }

    [Fact]
    public async Task A_status_is_a_problem_document()
    {
        var problem = await Problem(await http.GetAsync("/v1/wallets/missing"), 404, "not_found");
        Assert.Equal("urn:quorate:problem:not_found", (string)problem["type"]!);
        Assert.Equal("Not Found", (string)problem["title"]!);
        Assert.Equal("There is no such wallet.", (string)problem["detail"]!);
        Assert.False((bool)problem["retryable"]!);
        Assert.NotEmpty((string)problem["requestId"]!);
        Assert.Empty(problem["errors"]!.AsArray());
    }

    [Fact]
    public async Task A_problem_of_the_method_keeps_its_members()
    {
        using var response = await http.GetAsync("/v1/wallets/denied");
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter!.Delta);
        var problem = await Problem(response, 422, "policy_denied");
        Assert.Equal("ab", (string)problem["policyHash"]!);
        Assert.Equal(422, (int)problem["status"]!);
        Assert.Equal("/name", (string)problem["errors"]![0]!["pointer"]!);
    }

    [Fact]
    public async Task An_exception_of_a_method_says_nothing()
    {
        var problem = await Problem(await http.GetAsync("/v1/wallets/broken"), 500, "unknown");
        Assert.DoesNotContain("secret", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_methods_content_and_paths_are_answered_by_http()
    {
        using var wrongMethod = await http.DeleteAsync("/v1/vaults/a/wallets");
        Assert.Equal(["GET", "POST"], wrongMethod.Content.Headers.Allow.Order());
        await Problem(wrongMethod, 405, "method_not_allowed");
        using var xml = new StringContent("<a/>", Encoding.UTF8, "application/xml");
        await Problem(await http.PostAsync("/v1/transfers:preview", xml), 415, "unsupported_media_type");
        await Problem(await http.GetAsync("/v1/nothing"), 404, "no_such_path");
        using var grpc = new ByteArrayContent([]);
        grpc.Headers.ContentType = new("application/grpc");
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.PostAsync(EchoMethods.Unary.FullName, grpc)).StatusCode);
        grpc.Headers.ContentType = new("application/grpc-web");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await http.PostAsync(EchoMethods.Unary.FullName, grpc)).StatusCode);
    }

    [Fact]
    public async Task A_stream_is_events_that_can_be_resumed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/vaults/a/events?count=2");
        request.Headers.Add("Last-Event-ID", "40");
        using var response = await http.SendAsync(request);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var events = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, events.Length);
        Assert.StartsWith("id: 41\ndata: {", events[0], StringComparison.Ordinal);
        Assert.Equal("42", (string)JsonNode.Parse(events[1].Split("data: ")[1])!["resumeToken"]!);
        Assert.Equal("text/event-stream", (await http.GetAsync("/v1/vaults/a/events")).Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_stream_that_fails_says_so_in_an_event_or_before_it()
    {
        var events = (await http.GetStringAsync("/v1/vaults/a/events?count=1&fail=true")).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("event: error\ndata: {", events[1], StringComparison.Ordinal);
        Assert.Equal("unavailable", (string)JsonNode.Parse(events[1].Split("data: ")[1])!["code"]!);
        var problem = await Problem(await http.GetAsync("/v1/vaults/a/events?fail=true"), 503, "unavailable");
        Assert.True((bool)problem["retryable"]!);
    }

    async Task<HttpResponseMessage> Post(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await http.PostAsync(path, content);
    }

    static async Task<JsonNode> Json(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return JsonNode.Parse(text)!;
    }

    static async Task<JsonNode> Problem(HttpResponseMessage response, int status, string code)
    {
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal((status, status, code), ((int)response.StatusCode, (int)problem["status"]!, (string)problem["code"]!));
        return problem;
    }
}
