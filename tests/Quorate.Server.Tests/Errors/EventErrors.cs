using Quorate.Server.Events;
using Quorate.Server.Tests.Api;
using Quorate.Server.Tests.Webhooks;
using Quorate.Server.Webhooks;

namespace Quorate.Server.Tests.Errors;

/// <summary>Streams, and webhooks.</summary>
static class EventErrors
{
    internal static async Task ReachAsync(ErrorsReached reached)
    {
        WebhookSecret? other = null;
        await using var server = new ApiServer { With = o => o with { Webhooks = DeliveryWorld.Options, WebhookSecret = other } };
        await server.InitializeAsync();
        using (var http = server.Http())
        {
            await reached.PostAsync(http, "", "/v1/vaults", new { name = "An event" });
            await http.UntilAsync("/v1/events", e => e["events"]!.AsArray().Count > 0);
            await reached.GetAsync(http, "invalid_resume_token", "/v1/events:stream?resumeToken=none");
            await reached.GetAsync(http, "resume_token_ahead", $"/v1/events:stream?resumeToken={new ResumeToken(1_000_000, 1)}");
            await reached.GetAsync(http, "resume_token_foreign", $"/v1/events:stream?resumeToken={new ResumeToken(1, 1)}");

            await reached.PostAsync(http, "invalid_url", "/v1/webhooks", new { url = "nowhere", types = (string[])["vault.*"] });
            var hook = (string)(await reached.PostAsync(http, "", "/v1/webhooks", new { url = "http://127.0.0.1:9/", types = (string[])["webhook.*"] }))["id"]!;
            for (var keys = 1; keys < Webhook.MaxKeys; keys++)
                await reached.PostAsync(http, "", $"/v1/webhooks/{hook}:rollKey", new { });
            await reached.PostAsync(http, "too_many_keys", $"/v1/webhooks/{hook}:rollKey", new { });
        }
        // The same database, and a server that has another secret.
        other = WebhookSecret.Parse(Convert.ToBase64String(new byte[32]));
        await server.RestartAsync();
        using (var http = server.Http())
        {
            var hook = (string)(await reached.GetAsync(http, "", "/v1/webhooks"))["webhooks"]![0]!["id"]!;
            await reached.PostAsync(http, "no_signing_key", $"/v1/webhooks/{hook}:test", new { });
        }
    }
}
