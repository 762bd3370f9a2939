using Quorate.Client.Signing;
using Quorate.Server.ApiKeys;
using Quorate.Server.Tests.Api;

namespace Quorate.Server.Tests.Errors;

/// <summary>Who calls, and in whose name.</summary>
static class CallerErrors
{
    internal static async Task ReachAsync(ErrorsReached reached)
    {
        await using var server = new ApiServer();
        await server.InitializeAsync();
        using (var unsigned = new HttpClient { BaseAddress = server.Json })
            await reached.PostAsync(unsigned, "signature_missing", "/v1/vaults", new { });

        async Task TamperAsync(string code, Action<HttpRequestMessage> change)
        {
            using var http = server.Tampered(change);
            await reached.PostAsync(http, code, "/v1/vaults", new { name = "x" });
        }
        await TamperAsync("signature_malformed", r => Replace(r, "Signature-Input", "sig=@"));
        await TamperAsync("signature_incomplete", r => r.Headers.Add("Idempotency-Key", "not covered"));
        await TamperAsync("signature_invalid", r => Replace(r, "Content-Digest", ContentDigest.Of("{}"u8)));
        await TamperAsync("digest_mismatch", r => r.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        using (var late = server.Http(time: new Late()))
            await reached.GetAsync(late, "signature_expired", "/v1/vaults");
        await ReplayAsync(reached, server);

        await server.AddKeyAsync("brief", null, [Role.Viewer], lifetime: TimeSpan.FromMilliseconds(20));
        var revoked = await server.AddKeyAsync("revoked", null, [Role.Viewer]);
        await server.AddKeyAsync("elsewhere", null, [Role.Viewer], ["10.0.0.0/8"]);
        await server.AddKeyAsync("viewer", null, [Role.Viewer]);
        await server.AddKeyAsync("service", null, [Role.Admin]);
        using var alice = server.Http();
        await reached.PostAsync(alice, "", $"/v1/keys/{revoked.Id}:revoke", new { reason = "a test" });
        await Task.Delay(100);
        foreach (var (name, code) in new[] { ("brief", "key_expired"), ("revoked", "key_revoked"), ("elsewhere", "network_not_allowed") })
        {
            using var http = server.Http(name);
            await reached.GetAsync(http, code, "/v1/vaults");
        }
        using (var viewer = server.Http("viewer"))
            await reached.PostAsync(viewer, "role_missing", "/v1/vaults", new { name = "No" });
        using (var service = server.Http("service"))
            await reached.PostAsync(service, "no_member", "/v1/features/new", new { percentage = 1 }, "PUT");
        await reached.PostAsync(alice, "not_that_member", "/v1/features/new", new { percentage = 1, by = "bob" }, "PUT");
    }

    static async Task ReplayAsync(ErrorsReached reached, ApiServer server)
    {
        var kept = new List<(string Name, string Value)>();
        using (var first = server.Tampered(r => kept.AddRange(r.Headers.Select(h => (h.Key, h.Value.Single())))))
            await reached.GetAsync(first, "", "/v1/vaults");
        using var again = new HttpClient { BaseAddress = server.Json };
        await reached.GetAsync(again, "signature_replayed", "/v1/vaults", [.. kept]);
    }

    static void Replace(HttpRequestMessage request, string header, string value)
    {
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, value);
    }

    sealed class Late : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMinutes(-5);
    }
}
