using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Policies;
using Quorate.Server.Acts;
using Quorate.Server.Tests.Governance;
using Quorate.V1;
using Role = Quorate.Server.ApiKeys.Role;

namespace Quorate.Server.Tests.Api;

/// <summary>A policy from its first text until it is in force, through the running server.</summary>
public sealed class PoliciesApiTests(PolicyServer server) : IClassFixture<PolicyServer>
{
    // Not understood, for it may be a hash: raw signing.
    const string Message = "hello, 32 bytes: may be a hash..";

    static JsonObject Document(string name, string rule = "say", string verdict = "allow", params JsonNode[] more) => new()
    {
        ["quoratePolicy"] = 1, ["name"] = name,
        ["rules"] = new JsonArray([new JsonObject { ["id"] = rule, ["effect"] = "allow", ["wallets"] = new JsonArray("hot"), ["what"] = new JsonArray(new JsonObject { ["kind"] = "rawSigning" }, new JsonObject { ["kind"] = "memo" }) }, .. more]),
        ["examples"] = new JsonArray(new JsonObject
        {
            ["name"] = "a message", ["at"] = "2026-11-21T12:00:00Z", ["wallet"] = "hot", ["chain"] = "eip155:31337", ["initiator"] = "alice",
            ["acts"] = new JsonArray(new JsonObject { ["kind"] = "rawSigning", ["notUnderstood"] = "bytes" }), ["expect"] = verdict,
        }),
    };

    static JsonObject Body(JsonObject document) => new() { ["document"] = document };

    [Fact]
    public async Task A_draft_is_tried_compared_replayed_proposed_and_published_when_a_node_has_its_act()
    {
        using var http = server.Api.Http();
        // In force is a policy that allows transfers alone, so this is denied.
        var said = (await SignAsync(http, "denied")).Text();
        Assert.Equal("denied", (await http.UntilAsync($"/v1/signatures/{said}", t => t["status"].Text() == "denied"))["status"].Text());
        Assert.Empty((await http.ReadAsync("/v1/approvals"))["approvals"]!.AsArray());

        var draft = await http.SendAsync(HttpMethod.Post, "/v1/policies", Body(Document("messages")), HttpStatusCode.Created);
        var path = $"/v1/policies/{draft["id"].Text()}";
        Assert.Equal((false, false, "1"), (draft["tested"]!.GetValue<bool>(), draft["inForce"]!.GetValue<bool>(), draft["version"].Text()));
        // What was not tried is not proposed.
        Assert.Equal("wrong_state", (await http.SendAsync(HttpMethod.Post, $"{path}:propose", new(), HttpStatusCode.Conflict))["code"].Text());
        var tested = await http.SendAsync(HttpMethod.Post, $"{path}:test", new());
        Assert.True(tested["policy"]!["tested"]!.GetValue<bool>());
        Assert.Equal((true, "allow"), (tested["examples"]![0]!["passed"]!.GetValue<bool>(), tested["examples"]![0]!["verdict"].Text()));
        Assert.Contains("raw-signing", tested["findings"]!.AsArray().Select(f => f!["code"].Text()));

        var changes = (await http.ReadAsync($"{path}:diff"))["differences"]!.AsArray().Select(d => $"{d!["part"].Text()} {d["name"].Text()} {d["change"].Text()}").ToArray();
        Assert.Equal(["name  changed", "rule pay removed", "rule say added", "example a message added"], changes);

        // Nobody has signed the request, which the draft would have waited for.
        await http.UntilAsync($"/v1/transfers?status=denied", t => t["transfers"]!.AsArray().Any(l => l!["id"].Text() == said));
        var replayed = await http.SendAsync(HttpMethod.Post, $"{path}:replay", new());
        Assert.True(replayed["differences"]!.AsArray().Any(d => d!["transfer"].Text() == said), replayed.ToJsonString());
        var difference = replayed["differences"]!.AsArray().Single(d => d!["transfer"].Text() == said)!;
        Assert.Equal(("deny", "needs_approvals"), (difference["before"].Text(), difference["after"].Text()));
        Assert.Contains("alice", difference["outstanding"]![0].Text(), StringComparison.Ordinal);
        Assert.Empty((await http.SendAsync(HttpMethod.Post, $"{path}:replay", new() { ["until"] = "2020-01-01T00:00:00Z" }))["differences"]!.AsArray());

        var act = await http.SendAsync(HttpMethod.Post, $"{path}:propose", new(), HttpStatusCode.Created);
        var id = act["id"].Text();
        var written = AdministrativeAct.Parse(Encoding.UTF8.GetBytes(act["document"]!.ToJsonString()));
        Assert.Equal((draft["hash"].Text(), 1UL, act["hash"].Text()), (((Change.PolicyChange)written.Change).Policy.Hash.ToString(), written.Number, written.Hash.ToString()));
        // The same text again is the same act.
        Assert.Equal(id, (await http.SendAsync(HttpMethod.Post, $"{path}:propose", new()))["id"].Text());
        var waits = (await http.UntilAsync("/v1/approvals", a => a["approvals"]!.AsArray().Count > 0))["approvals"]!.AsArray().Single(a => a!["subject"].Text() == id)!;
        Assert.Equal(("act", act["hash"].Text()), (waits["kind"].Text(), waits["hash"].Text()));
        await ApproveAsync(http, $"/v1/acts/{id}:approve", waits["message"].Text());
        Assert.DoesNotContain((await http.UntilAsync("/v1/approvals", a => a["approvals"]!.AsArray().Count == 0))["approvals"]!.AsArray(), a => a!["subject"].Text() == id);

        // A node takes it.
        Assert.Equal("", (await http.ReadAsync(path))["publishedHash"].Text());
        await server.Api.Store.Acts.DoAsync(id, new ActCommand.NoteTaken(DateTimeOffset.UtcNow, 1));
        var published = await http.UntilAsync(path, p => p["publishedHash"].Text().Length > 0);
        Assert.Equal((draft["hash"].Text(), true), (published["publishedHash"].Text(), published["inForce"]!.GetValue<bool>()));
        var inForce = await server.Api.CallAsync<PolicyInForce>(PoliciesReflection.Descriptor, new GetPolicyInForceRequest());
        Assert.Equal((draft["hash"].Text(), 1UL), (Policies.Policy.Parse(inForce.Canonical.Span).Hash.ToString(), inForce.Acts));
        Assert.Empty((await http.ReadAsync($"{path}:diff"))["differences"]!.AsArray());

        // And now the same waits for who has asked, whose tool signs what the intent says.
        var second = (await SignAsync(http, "allowed")).Text();
        await http.UntilAsync($"/v1/signatures/{second}", t => t["status"].Text() == "pending_approval" && t["decision"] is not null);
        var own = (await http.UntilAsync("/v1/approvals", a => a["approvals"]!.AsArray().Count > 0))["approvals"]!.AsArray().Single()!;
        var intent = await http.ReadAsync($"/v1/signatures/{second}/intent");
        Assert.Equal((second, "signature", intent["hash"].Text(), intent["message"].Text()), (own["subject"].Text(), own["kind"].Text(), own["hash"].Text(), own["message"].Text()));
        Assert.Equal(intent["hash"].Text(), IntentJson.Parse(Encoding.UTF8.GetBytes(intent["document"]!.ToJsonString())).Hash.ToString());
        await server.Api.AddKeyAsync("bob", "bob", [Role.Approver]);
        using var bob = server.Api.Http("bob");
        Assert.Empty((await bob.ReadAsync("/v1/approvals"))["approvals"]!.AsArray());
        await ApproveAsync(http, $"/v1/transfers/{second}:approve", intent["message"].Text());
        Assert.Empty((await http.UntilAsync("/v1/approvals", a => a["approvals"]!.AsArray().Count == 0))["approvals"]!.AsArray());
        Assert.Equal("alice", (await http.ReadAsync($"/v1/signatures/{second}/intent"))["approvers"]!.AsArray().Single().Text());
    }

    [Fact]
    public async Task A_draft_is_changed_at_the_version_that_was_seen_and_what_fails_its_examples_is_not_proposed()
    {
        using var http = server.Api.Http();
        var path = $"/v1/policies/{(await http.SendAsync(HttpMethod.Post, "/v1/policies", Body(Document("first")), HttpStatusCode.Created))["id"].Text()}";
        var other = Body(Document("second", verdict: "deny"));
        Assert.Equal("version_mismatch", (await http.SendAsync(HttpMethod.Patch, path, other.DeepClone().AsObject(), HttpStatusCode.PreconditionFailed, ("If-Match", "\"7\"")))["code"].Text());
        Assert.Equal("second", (await http.SendAsync(HttpMethod.Patch, path, other, HttpStatusCode.OK, ("If-Match", "\"1\"")))["name"].Text());
        var tested = await http.SendAsync(HttpMethod.Post, $"{path}:test", new());
        Assert.False(tested["policy"]!["tested"]!.GetValue<bool>());
        Assert.Contains("expected deny", tested["examples"]![0]!["problem"].Text(), StringComparison.Ordinal);
        Assert.Equal("wrong_state", (await http.SendAsync(HttpMethod.Post, $"{path}:propose", new(), HttpStatusCode.Conflict))["code"].Text());
        await http.UntilAsync("/v1/policies?pageSize=200", l => l["policies"]!.AsArray().Any(p => path.EndsWith(p!["id"].Text(), StringComparison.Ordinal)));
        var list = await server.Api.CallAsync<ListPoliciesResponse>(PoliciesReflection.Descriptor, new ListPoliciesRequest { PageSize = 200 });
        Assert.Contains(list.Policies, p => path.EndsWith(p.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_policy_is_refused_with_pointers_and_validated_without_a_trace()
    {
        using var http = server.Api.Http();
        var wrong = Document("wrong", more: new JsonObject { ["id"] = "x", ["effect"] = "perhaps" });
        var refused = await http.SendAsync(HttpMethod.Post, "/v1/policies", Body(wrong.DeepClone().AsObject()), HttpStatusCode.BadRequest);
        Assert.Equal(("invalid_document", "/document/rules/1/effect", "choice"), (refused["code"].Text(), refused["errors"]![0]!["pointer"].Text(), refused["errors"]![0]!["code"].Text()));
        var problems = await http.SendAsync(HttpMethod.Post, "/v1/policies:validate", Body(wrong));
        Assert.Equal((false, "/rules/1/effect"), (problems["valid"]!.GetValue<bool>(), problems["problems"]![0]!["pointer"].Text()));
        // An address in a spelling that no transaction has would never match.
        var misspelt = Document("misspelt", more: new JsonObject { ["id"] = "x", ["effect"] = "deny", ["what"] = new JsonArray(new JsonObject { ["kind"] = "transfer", ["recipients"] = new JsonArray("eip155:1:0x00000000000000000000000000000000000000b0ff") }) });
        Assert.Equal("account", (await http.SendAsync(HttpMethod.Post, "/v1/policies:validate", Body(misspelt)))["problems"]![0]!["code"].Text());
        var good = await http.SendAsync(HttpMethod.Post, "/v1/policies:validate", Body(Document("good")));
        Assert.Equal((true, 64), (good["valid"]!.GetValue<bool>(), good["hash"].Text().Length));
        Assert.NotEmpty(good["findings"]!.AsArray());
    }

    async Task<JsonNode?> SignAsync(HttpClient http, string external) => (await http.SendAsync(HttpMethod.Post, "/v1/signatures", new()
    {
        ["wallet"] = PolicyServer.Wallet, ["chain"] = "eip155:31337", ["from"] = PolicyServer.AddressOf(0), ["form"] = "personal_message",
        ["message"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Message)), ["externalId"] = external,
        ["expireTime"] = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
    }, HttpStatusCode.Created, ("Idempotency-Key", external)))["id"];

    // With nothing but a key and the bytes.
    static async Task ApproveAsync(HttpClient http, string path, string message)
    {
        var signature = Acme.Keys["alice"].Sign(Convert.FromHexString(message));
        using var written = System.Text.Json.JsonDocument.Parse(ApprovalJson.Write([new Approval.Signature("alice", "laptop", signature)]));
        await http.SendAsync(HttpMethod.Post, path, new() { ["approval"] = JsonNode.Parse(written.RootElement[0].GetRawText()) });
    }
}
