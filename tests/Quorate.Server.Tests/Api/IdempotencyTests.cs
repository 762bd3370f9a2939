using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Server.Access;
using Quorate.Server.ApiKeys;
using Quorate.Server.Store;
using Quorate.Testing;

namespace Quorate.Server.Tests.Api;

/// <summary>The same request under the same key is one request.</summary>
public sealed class IdempotencyTests(ApiServer server) : IClassFixture<ApiServer>
{
    static async Task<(HttpStatusCode Status, bool IsReplay, JsonObject Body)> PostAsync(HttpClient http, string path, string? key, object body, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (ifMatch is not null)
            request.Headers.Add("If-Match", ifMatch);
        using var response = await http.SendAsync(request);
        return (response.StatusCode, response.Headers.Contains("Idempotency-Replayed"), (await response.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    [Fact]
    public async Task The_answer_is_the_same_and_says_that_it_is_old_and_the_thing_was_made_once()
    {
        using var http = server.Http();
        var first = await PostAsync(http, "/v1/vaults", "once", new { name = "Once" });
        var again = await PostAsync(http, "/v1/vaults", "once", new { name = "Once" });
        Assert.Equal((HttpStatusCode.Created, false), (first.Status, first.IsReplay));
        Assert.Equal((HttpStatusCode.Created, true, first.Body.ToJsonString()), (again.Status, again.IsReplay, again.Body.ToJsonString()));
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(http, "/v1/vaults", "another", new { name = "Once" })).Status);
    }

    [Fact]
    public async Task It_survives_a_restart_of_the_server_and_another_caller_has_keys_of_its_own()
    {
        await using var own = new ApiServer();
        await own.InitializeAsync();
        await own.AddKeyAsync("bob", "bob", [Role.Admin]);
        JsonObject first;
        using (var http = own.Http())
            first = (await PostAsync(http, "/v1/vaults", "k", new { name = "A" })).Body;
        await own.RestartAsync();
        using (var http = own.Http())
            Assert.Equal(first.ToJsonString(), (await PostAsync(http, "/v1/vaults", "k", new { name = "A" })).Body.ToJsonString());
        using var other = own.Http("bob");
        Assert.False((await PostAsync(other, "/v1/vaults", "k", new { name = "B" })).IsReplay);
    }

    [Fact]
    public async Task Another_body_another_method_and_a_key_in_use_are_told_apart()
    {
        using var http = server.Http();
        await PostAsync(http, "/v1/vaults", "told", new { name = "Told" });
        var reused = await PostAsync(http, "/v1/vaults", "told", new { name = "Other" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (reused.Status, reused.Body["code"]!.GetValue<string>()));

        // Somebody is at it, or died at it a moment ago.
        var caller = (await http.GetFromJsonAsync<JsonObject>("/v1/caller"))!["id"]!.GetValue<string>();
        var body = new V1.CreateVaultRequest { Name = "Running" };
        var hash = IdempotentCall.HashOf(V1.VaultsReflection.Descriptor.Services[0].FindMethodByName("CreateVault"), body);
        Assert.IsType<KeyRuling.Go>(await server.Store.Keys.TakeAsync(caller, "running", hash, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddSeconds(2)));
        var running = await PostAsync(http, "/v1/vaults", "running", new { name = "Running" });
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_in_use"), (running.Status, running.Body["code"]!.GetValue<string>()));
        await Task.Delay(2_100);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(http, "/v1/vaults", "running", new { name = "Running" })).Status);
    }

    [Fact]
    public async Task What_failed_before_anything_was_done_leaves_the_key_free()
    {
        using var http = server.Http();
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(http, "/v1/vaults", "free", new { name = " " })).Status);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(http, "/v1/vaults", "free", new { name = "Free" })).Status);
    }

    [Fact]
    public async Task What_could_not_be_counted_leaves_the_key_free()
    {
        using var redis = new RedisProcess();
        await using var own = new ApiServer { With = o => o with { Limits = new() { Redis = new(redis.ConnectionString) } } };
        await own.InitializeAsync();
        using var http = own.Http();
        async Task<string> CodeAsync() => (await PostAsync(http, "/v1/ceremonies", "uncounted", new { order = new { } })).Body["code"]!.GetValue<string>();
        redis.Kill();
        for (var i = 0; i < 3; i++)
            Assert.Equal("limiter_unavailable", await CodeAsync());
        redis.Start();
        string code;
        for (var tries = 0; (code = await CodeAsync()) == "limiter_unavailable" && tries < 300; tries++)
            await Task.Delay(100);
        Assert.Equal("invalid_document", code);
    }

    [Fact]
    public async Task Many_at_once_under_one_key_make_one_thing()
    {
        using var http = server.Http();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => PostAsync(http, "/v1/vaults", "storm", new { name = "Storm" })));
        Assert.All(answers, a => Assert.True(a.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, a.Body.ToJsonString()));
        Assert.Single(answers.Where(a => a.Status == HttpStatusCode.Created).Select(a => a.Body["id"]!.GetValue<string>()).Distinct());
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created && !a.IsReplay);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    public async Task A_key_has_a_form(string key)
    {
        using var http = server.Http();
        Assert.Equal("invalid_idempotency_key", (await PostAsync(http, "/v1/vaults", key.Length == 0 ? new string('k', 129) : key, new { name = "Form" })).Body["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_moves_money_needs_a_key()
    {
        using var http = server.Http();
        var answer = await PostAsync(http, "/v1/transfers", null, new { wallet = "x" });
        Assert.Equal((HttpStatusCode.BadRequest, "idempotency_key_required"), (answer.Status, answer.Body["code"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_change_may_name_the_version_it_is_of()
    {
        using var http = server.Http();
        var vault = (await PostAsync(http, "/v1/vaults", null, new { name = "Versions" })).Body;
        var path = $"/v1/vaults/{vault["id"]!.GetValue<string>()}:freeze";
        var stale = await PostAsync(http, path, null, new { reason = "x" }, "\"7\"");
        Assert.Equal((HttpStatusCode.PreconditionFailed, "version_mismatch"), (stale.Status, stale.Body["code"]!.GetValue<string>()));
        Assert.Equal("invalid_if_match", (await PostAsync(http, path, null, new { reason = "x" }, "\"a\"")).Body["code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(http, path, null, new { reason = "x" }, "\"1\"")).Status);
    }
}
