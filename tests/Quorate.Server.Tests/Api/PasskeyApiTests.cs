using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Policies;
using Quorate.Server.ApiKeys;
using Quorate.Server.Tests.Governance;

namespace Quorate.Server.Tests.Api;

/// <summary>A browser asks for options, its authenticator answers, and the approval that comes of it is as nodes verify it.</summary>
public sealed class PasskeyApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    static async Task<JsonObject> PostAsync(HttpClient http, string path, JsonObject body, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {answer}");
        return answer;
    }

    static async Task<JsonObject> ActAsync(HttpClient http) => await PostAsync(http, "/v1/acts", new()
    {
        ["document"] = new JsonObject
        {
            ["quorateAct"] = 1, ["previous"] = Acme.Genesis().Hash.ToString(), ["number"] = 1,
            ["expiresAt"] = DateTimeOffset.UtcNow.AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["change"] = new JsonObject { ["administrators"] = new JsonObject { ["threshold"] = 1, ["members"] = new JsonArray("alice", "bob") } },
        },
    }, HttpStatusCode.Created);

    [Fact]
    public async Task An_act_is_approved_by_an_assertion_over_its_hash_and_the_bytes_go_on_unchanged()
    {
        using var http = server.Http();
        var act = await ActAsync(http);
        var id = act["id"]!.GetValue<string>();
        var asked = (await http.GetFromJsonAsync<JsonObject>($"/v1/passkeys/options/{id}"))!;
        Assert.Equal(act["hash"]!.GetValue<string>(), asked["hash"]!.GetValue<string>());
        var credential = Acme.Passkey.Get(asked["options"]!);
        var made = await PostAsync(http, "/v1/passkeys/assertions", new() { ["subject"] = id, ["credential"] = credential.DeepClone() });
        Assert.Equal(("alice", "phone"), (made["member"]!.GetValue<string>(), made["device"]!.GetValue<string>()));
        Assert.Equal("alice", Assert.Single((await http.GetFromJsonAsync<JsonObject>($"/v1/acts/{id}"))!["approvers"]!.AsArray())!.GetValue<string>());
        // Byte for byte what the browser gave, as a node reads it.
        var approval = Assert.IsType<Approval.Assertion>(Assert.Single(ApprovalJson.Parse(System.Text.Encoding.UTF8.GetBytes($"[{made["approval"]!.ToJsonString()}]"))));
        Assert.Equal(credential["response"]!["clientDataJSON"]!.GetValue<string>(), System.Buffers.Text.Base64Url.EncodeToString(approval.ClientDataJson.Span));
        Assert.True(Digest.TryParse(act["hash"]!.GetValue<string>(), out var hash));
        Assert.Empty(ApprovalSet.Verify(hash, DateTimeOffset.UtcNow.AddHours(1), [approval], Acme.Genesis().Membership, PasskeyCounters.Empty, DateTimeOffset.UtcNow).Refused);
    }

    [Fact]
    public async Task An_assertion_of_something_else_or_of_a_stranger_counts_for_nothing()
    {
        using var http = server.Http();
        var (first, second) = (await ActAsync(http), await ActAsync(http));
        // The same document has the same hash, so the second is another one's: a ceremony's challenge would do as well.
        var options = (await http.GetFromJsonAsync<JsonObject>($"/v1/passkeys/options/{first["id"]!.GetValue<string>()}"))!["options"]!;
        options["challenge"] = System.Buffers.Text.Base64Url.EncodeToString(new byte[32]);
        var refused = await PostAsync(http, "/v1/passkeys/assertions",
            new() { ["subject"] = second["id"]!.GetValue<string>(), ["credential"] = Acme.Passkey.Get(options) }, HttpStatusCode.Forbidden);
        Assert.Equal("approval_refused", refused["code"]!.GetValue<string>());
        Assert.Contains("WrongChallenge", refused["detail"]!.GetValue<string>(), StringComparison.Ordinal);

        var stranger = new BrowserPasskey("wallet.example.org", "https://wallet.example.org");
        var own = stranger.Create((await http.GetFromJsonAsync<JsonObject>("/v1/passkeys/registration"))!["options"]!);
        Assert.Equal("unknown_passkey", (await PostAsync(http, "/v1/passkeys/assertions", new() { ["subject"] = first["id"]!.GetValue<string>(), ["credential"] = own }, HttpStatusCode.Conflict))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_new_device_is_verified_and_put_as_a_membership_has_it()
    {
        using var http = server.Http();
        var options = (await http.GetFromJsonAsync<JsonObject>("/v1/passkeys/registration"))!["options"]!;
        Assert.Equal(("acme", "alice"), (options["rp"]!["name"]!.GetValue<string>(), options["user"]!["name"]!.GetValue<string>()));
        var phone = new BrowserPasskey("wallet.example.org", "https://wallet.example.org");
        var made = await PostAsync(http, "/v1/passkeys/registration:verify", new()
        {
            ["device"] = "tablet", ["challenge"] = options["challenge"]!.GetValue<string>(), ["credential"] = phone.Create(options),
        });
        Assert.Equal(phone.Device("tablet").ToJsonString(), made["device"]!.ToJsonString());
        var other = new BrowserPasskey("wallet.example.org", "https://elsewhere.example.org");
        Assert.Equal("registration_refused", (await PostAsync(http, "/v1/passkeys/registration:verify", new()
        {
            ["device"] = "tablet", ["challenge"] = options["challenge"]!.GetValue<string>(), ["credential"] = other.Create(options),
        }, HttpStatusCode.Conflict))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Who_has_no_passkey_is_told_and_who_may_not_decide_is_kept_out()
    {
        await server.AddKeyAsync("bobs", "bob", [Role.Admin]);
        await server.AddKeyAsync("approver", "alice", [Role.Approver]);
        using var http = server.Http();
        var id = (await ActAsync(http))["id"]!.GetValue<string>();
        using var bob = server.Http("bobs");
        Assert.Equal((HttpStatusCode.Conflict, "no_passkey"), await AuthenticationTests.CodeAsync(bob.GetAsync(new Uri($"/v1/passkeys/options/{id}", UriKind.Relative))));
        using var approver = server.Http("approver");
        var options = (await approver.GetFromJsonAsync<JsonObject>($"/v1/passkeys/options/{id}"))!["options"]!;
        Assert.Equal("role_missing", (await PostAsync(approver, "/v1/passkeys/assertions", new() { ["subject"] = id, ["credential"] = Acme.Passkey.Get(options) }, HttpStatusCode.Forbidden))["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"rawId":"AA"}""")]
    [InlineData("""{"rawId":"***","response":{}}""")]
    [InlineData("""{"rawId":5,"response":{}}""")]
    [InlineData("""{"rawId":"AA","response":7}""")]
    public async Task A_credential_that_is_none_is_a_mistake_that_is_named(string credential)
    {
        using var http = server.Http();
        var id = (await ActAsync(http))["id"]!.GetValue<string>();
        var refused = await PostAsync(http, "/v1/passkeys/assertions", new() { ["subject"] = id, ["credential"] = JsonNode.Parse(credential) }, HttpStatusCode.BadRequest);
        Assert.StartsWith("/credential", refused["errors"]![0]!["pointer"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
