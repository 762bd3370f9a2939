using System.Net;
using System.Text.Json.Nodes;
using Quorate.Server.Tests.Errors;
using Quorate.Server.Tests.Webhooks;

namespace Quorate.Server.Tests.Api;

/// <summary>If-Match counts for everything that has happened to a resource, whatever does it next.</summary>
public sealed class VersionTests
{
    [Fact]
    public async Task For_a_transfer_that_is_taken_back_hurried_or_left_as_it_is()
    {
        await using var scene = await WalletScene.StartAsync();
        await scene.GiveAddressAsync();
        var body = System.Text.Json.JsonSerializer.SerializeToNode(WalletScene.Payment())!.AsObject();
        var transfer = await scene.Http.SendAsync(HttpMethod.Post, "/v1/transfers", body, HttpStatusCode.Created, ("Idempotency-Key", "one"));
        var path = $"/v1/transfers/{transfer["id"].Text()}";
        var version = (await scene.Http.ReadAsync(path))["version"].Text();
        foreach (var verb in (string[])["cancel", "speedUp", "withdraw"])
        {
            var asked = verb == "speedUp" ? new JsonObject() : new() { ["reason"] = "a test" };
            var stale = await scene.Http.SendAsync(HttpMethod.Post, $"{path}:{verb}", asked.DeepClone().AsObject(), HttpStatusCode.PreconditionFailed, ("If-Match", "\"1\""));
            Assert.Equal(("version_mismatch", version == "1"), (stale["code"].Text(), false));
            Assert.Equal("invalid_if_match", (await scene.Http.SendAsync(HttpMethod.Post, $"{path}:{verb}", asked, HttpStatusCode.BadRequest, ("If-Match", "one")))["code"].Text());
        }
        var cancelled = await scene.Http.SendAsync(HttpMethod.Post, $"{path}:cancel", new() { ["reason"] = "a test" }, HttpStatusCode.OK, ("If-Match", $"\"{version}\""), ("Prefer", "wait=0"));
        Assert.Equal("cancelled", cancelled["status"].Text());
    }

    [Fact]
    public async Task For_webhooks()
    {
        await using var server = new ApiServer { With = o => o with { Webhooks = DeliveryWorld.Options } };
        await server.InitializeAsync();
        using var http = server.Http();
        var hook = await http.SendAsync(HttpMethod.Post, "/v1/webhooks", new() { ["url"] = "http://127.0.0.1:9/", ["types"] = new JsonArray("vault.*") }, HttpStatusCode.Created);
        var path = $"/v1/webhooks/{hook["id"].Text()}";
        (HttpMethod Method, string Path, JsonObject? Body)[] changes =
        [
            (HttpMethod.Patch, path, new() { ["types"] = new JsonArray("wallet.*") }), (HttpMethod.Post, $"{path}:rollKey", new()), (HttpMethod.Post, $"{path}:pause", new() { ["reason"] = "a test" }),
            (HttpMethod.Post, $"{path}:resume", new()), (HttpMethod.Post, $"{path}/deliveries:resend", new() { ["since"] = "2026-01-01T00:00:00Z" }), (HttpMethod.Post, $"{path}:test", new()),
            (HttpMethod.Delete, path, null),
        ];
        foreach (var (method, at, body) in changes)
        {
            Assert.Equal("version_mismatch", (await http.SendAsync(method, at, body?.DeepClone().AsObject(), HttpStatusCode.PreconditionFailed, ("If-Match", "\"99\"")))["code"].Text());
            var version = (await http.ReadAsync(path))["version"].Text();
            await http.SendAsync(method, at, body, HttpStatusCode.OK, ("If-Match", $"\"{version}\""));
        }
    }
}
