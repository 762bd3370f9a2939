using System.CommandLine;
using Quorate.V1;

namespace Quorate.Cli.Api;

/// <summary><c>quorate webhook</c>.</summary>
static class WebhookCommand
{
    static readonly Argument<string> id = ApiCommands.Id("whk_");
    static readonly Option<string[]> types = new("--type") { Description = "Types of events, docs/events.md; all when absent.", AllowMultipleArgumentsPerToken = true };
    static readonly Option<string?> reason = new("--reason") { Description = "Why." };

    internal static Command Create()
    {
        var url = new Option<string>("--url") { Description = "Where events are delivered to.", Required = true };
        var overlap = new Option<double?>("--overlap") { Description = "For how many hours the key before signs too." };
        var state = new Option<string?>("--state") { Description = "In one state." };
        return new("webhook",
            """
            Endpoints that are told what happens.

            Example:
              quorate webhook create --url https://example.org/hooks --type transfer.*
            """)
        {
            ApiCommands.Ask("create",
                """
                Register an endpoint.

                Example:
                  quorate webhook create --url https://example.org/hooks --type transfer.*
                """, (session, parsed, cancellation) =>
                {
                    var request = new CreateWebhookRequest { Url = parsed.GetValue(url)! };
                    request.Types_.Add(parsed.GetValue(types) ?? []);
                    return session.Client.Webhooks.CreateWebhookAsync(request, null, cancellation);
                }, url, types),
            ApiCommands.List("list",
                """
                List the webhooks.

                Example:
                  quorate webhook list
                """, "id url types paused failing_since", (session, _, cancellation) => session.Client.Webhooks.AllWebhooksAsync(null, cancellation)),
            On("show", "Show a webhook.", "", (client, hook, _, c) => client.GetWebhookAsync(new() { Webhook = hook }, null, c)),
            On("update", "Give a webhook another address and types.", " --url https://example.org/other", (client, hook, parsed, c) =>
            {
                var request = new UpdateWebhookRequest { Webhook = hook, Url = parsed.GetValue(url)! };
                request.Types_.Add(parsed.GetValue(types) ?? []);
                return client.UpdateWebhookAsync(request, null, c);
            }, url, types),
            On("pause", "Deliver nothing until it is resumed. What happens waits.", " --reason maintenance",
                (client, hook, parsed, c) => client.PauseWebhookAsync(new() { Webhook = hook, Reason = parsed.GetValue(reason) ?? "" }, null, c), reason),
            On("resume", "Deliver again, what has waited first.", "", (client, hook, _, c) => client.ResumeWebhookAsync(new() { Webhook = hook }, null, c)),
            On("roll-key", "Sign with another key.", " --overlap 24",
                (client, hook, parsed, c) => client.RollWebhookKeyAsync(new() { Webhook = hook, OldUntil = Documents.FromNow(parsed.GetValue(overlap)) }, null, c), overlap),
            On("test", "Send a test event now, and say what came back.", "", (client, hook, _, c) => client.TestWebhookAsync(new() { Webhook = hook }, null, c)),
            On("keys", "Show the public keys that deliveries are signed with.", "", (client, hook, _, c) => client.GetWebhookKeysAsync(new() { Webhook = hook }, null, c)),
            On("delete", "Deliver nothing any more.", "", (client, hook, _, c) => client.DeleteWebhookAsync(new() { Webhook = hook }, null, c)),
            ApiCommands.List("deliveries",
                """
                List deliveries, with their attempts in --json.

                Example:
                  quorate webhook deliveries whk_… --state pending
                """, "event type resource sequence state", (session, parsed, cancellation) => session.Client.Webhooks.AllDeliveriesAsync(
                    new() { Webhook = parsed.GetValue(id)!, State = parsed.GetValue(state) ?? "" }, cancellation), id, state),
            Resend(),
        };
    }

    static Command On<T>(
        string name, string what, string options, Func<Client.Services.WebhooksClient, string, ParseResult, CancellationToken, Task<T>> ask, params Option[] symbols) where T : Google.Protobuf.IMessage =>
        ApiCommands.Ask(name, ApiCommands.Text(what, $"webhook {name} whk_…{options}"), (session, parsed, cancellation) => ask(session.Client.Webhooks, parsed.GetValue(id)!, parsed, cancellation), [id, .. symbols]);

    static Command Resend()
    {
        var happened = new Option<string?>("--event") { Description = "One event: evt_…" };
        var resource = new Option<string?>("--resource") { Description = "Those of one resource." };
        var since = new Option<double?>("--since-hours") { Description = "Those of the last so many hours." };
        var undelivered = new Option<bool>("--undelivered") { Description = "Only what has not been delivered." };
        return ApiCommands.Ask("resend",
            """
            Deliver again: one event, those of a resource, or those of the last hours.

            Example:
              quorate webhook resend whk_… --since-hours 6 --undelivered
            """, async (session, parsed, cancellation) =>
            {
                var request = new ResendDeliveriesRequest
                {
                    Webhook = parsed.GetValue(id)!, Event = parsed.GetValue(happened) ?? "", Resource = parsed.GetValue(resource) ?? "",
                    Since = Documents.FromNow(-parsed.GetValue(since)), UndeliveredOnly = parsed.GetValue(undelivered),
                };
                var sum = new ResendDeliveriesResponse();
                do
                {
                    var some = await session.Client.Webhooks.ResendDeliveriesAsync(request, null, cancellation);
                    sum.Count += some.Count;
                    request.PageToken = some.NextPageToken;
                }
                while (request.PageToken.Length > 0);
                return sum;
            }, id, happened, resource, since, undelivered);
    }
}
