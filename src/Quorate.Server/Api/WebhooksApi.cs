using System.Buffers.Text;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Deciding;
using Quorate.Server.Events;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Quorate.Server.Views;
using Quorate.Server.Webhooks;
using Quorate.V1;
using Webhook = Quorate.V1.Webhook;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Webhooks.</summary>
sealed class WebhooksApi(ApiParts server)
{
    /// <summary>How long a key is published after another has followed it, where nobody says otherwise.</summary>
    static readonly TimeSpan overlap = TimeSpan.FromDays(1);

    /// <summary>How long it may be.</summary>
    static readonly TimeSpan longestOverlap = TimeSpan.FromDays(30);

    public Task<Webhook> CreateWebhook(CreateWebhookRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        Check(request.Url, request.Types_);
        var id = server.Store.Ids.Next(ResourceKind.Webhook);
        var (keyId, key) = NewKey(id);
        context.HttpStatusCode = 201;
        return await DoAsync(id, new WebhookCommand.Register(server.Now, id, request.Url, [.. request.Types_], keyId, key), context).ConfigureAwait(false);
    });

    public Task<Webhook> GetWebhook(GetWebhookRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (hook, version) = await FindAsync(request.Webhook, context).ConfigureAwait(false);
        return await MessageAsync(hook, version, context).ConfigureAwait(false);
    });

    public Task<ListWebhooksResponse> ListWebhooks(ListWebhooksRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (page, refusal) = await server.Store.Index.ListAsync(
            "webhook", null, Answers.Rows(request.PageSize), Answers.Text(request.PageToken), context.CancellationToken).ConfigureAwait(false);
        if (page is null)
            throw Answers.Problem(refusal!);
        var response = new ListWebhooksResponse { NextPageToken = page.NextPageToken ?? "" };
        foreach (var id in page.Items)
        {
            var (hook, version) = await server.Store.Webhooks.ReadAsync(id, context.CancellationToken).ConfigureAwait(false);
            response.Webhooks.Add(await MessageAsync(hook, version, context).ConfigureAwait(false));
        }
        return response;
    });

    public Task<Webhook> UpdateWebhook(UpdateWebhookRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (hook, _) = await FindAsync(request.Webhook, context).ConfigureAwait(false);
        var (url, types) = (Answers.Text(request.Url) ?? hook.Url, request.Types_.Count == 0 ? hook.Kinds : [.. request.Types_]);
        Check(url, types);
        return await DoAsync(hook.Id, new WebhookCommand.Change(server.Now, url, types), context).ConfigureAwait(false);
    });

    public Task<Webhook> RollWebhookKey(RollWebhookKeyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (hook, _) = await FindAsync(request.Webhook, context).ConfigureAwait(false);
        var until = EventMessages.Time(request.OldUntil, "/oldUntil") ?? server.Now + overlap;
        if (until < server.Now || until > server.Now + longestOverlap)
            throw Answers.Invalid("/oldUntil", $"from now to {longestOverlap.TotalDays} days from now.");
        var (keyId, key) = NewKey(hook.Id);
        return await DoAsync(hook.Id, new WebhookCommand.RollKey(server.Now, keyId, key, until), context).ConfigureAwait(false);
    });

    public Task<Webhook> PauseWebhook(PauseWebhookRequest request, ServerCallContext context) => Answers.Of(() =>
        DoAsync(Id(request.Webhook), new WebhookCommand.Pause(server.Now, true, request.Reason), context));

    public Task<Webhook> ResumeWebhook(ResumeWebhookRequest request, ServerCallContext context) => Answers.Of(() =>
        DoAsync(Id(request.Webhook), new WebhookCommand.Pause(server.Now, false, ""), context));

    public Task<DeleteWebhookResponse> DeleteWebhook(DeleteWebhookRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        await DoAsync(Id(request.Webhook), new WebhookCommand.Remove(server.Now, Caller.Of(context).ActingAs(request.By, "/by")), context).ConfigureAwait(false);
        return new DeleteWebhookResponse();
    });

    public Task<WebhookKeySet> GetWebhookKeys(GetWebhookKeysRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (hook, _) = await FindAsync(request.Webhook, context).ConfigureAwait(false);
        var set = new WebhookKeySet();
        // RFC 8037: an Ed25519 key as a JSON Web Key.
        set.Keys.Add(hook.KeysAt(server.Now).Select(k => new JsonWebKey
        {
            Kty = "OKP", Crv = "Ed25519", Kid = k.KeyId, Use = "sig", Alg = "EdDSA", X = Base64Url.EncodeToString(k.PublicKey.Bytes.Span),
        }));
        return set;
    });

    public Task<ListDeliveriesResponse> ListDeliveries(ListDeliveriesRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (hook, _) = await FindAsync(request.Webhook, context).ConfigureAwait(false);
        var state = request.State.Length == 0 ? (DeliveryState?)null
            : System.Enum.GetValues<DeliveryState>().Where(s => SnakeCase.Text(s) == request.State) is var found && found.Any() ? found.First()
            : throw Answers.Invalid("/state", "pending, delivered or given_up.");
        var (page, refusal) = await Work.History.ListAsync(
            hook.Id.ToString(), state, Answers.Text(request.Resource), Answers.Rows(request.PageSize), Answers.Text(request.PageToken), context.CancellationToken).ConfigureAwait(false);
        if (page is null)
            throw Answers.Problem(refusal!);
        var response = new ListDeliveriesResponse { NextPageToken = page.NextPageToken ?? "" };
        response.Deliveries.Add(page.Items.Select(Message));
        return response;
    });

    public Task<ResendDeliveriesResponse> ResendDeliveries(ResendDeliveriesRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (hook, version) = await FindAsync(request.Webhook, context).ConfigureAwait(false);
        Answers.ExpectedVersion(context, version);
        if (hook.IsRemoved)
            throw Answers.Problem(Rules.WrongState("It was removed."));
        var (since, until) = (EventMessages.Time(request.Since, "/since"), EventMessages.Time(request.Until, "/until"));
        if (!PageToken.TryParse(Answers.Text(request.PageToken), out var after))
            throw Answers.Problem(new("invalid_page_token", "That is no token of a page."));
        var (filter, from) = (new EventFilter { Types = EventRules.Match(hook.Kinds).Types, Since = since, Until = until, Resource = Answers.Text(request.Resource) }, after?.First ?? 0);
        if (request.Event.Length > 0)
        {
            if (since is not null || until is not null || request.Resource.Length > 0)
                throw Answers.Invalid("/event", "one event, or those of a resource or a time.");
            var found = await server.Store.Events.FindAsync(Answers.Id(request.Event, ResourceKind.Event, "/event"), context.CancellationToken).ConfigureAwait(false)
                ?? throw Answers.Problem(Rules.NotFound("event"));
            // Whoever asks for one by its id gets it, whether the endpoint is told its type or not.
            (filter, from) = (EventFilter.All, found.Position - 1);
        }
        else if (since is null && request.Resource.Length == 0)
        {
            throw Answers.Invalid("/since", "an event, a resource or a time.");
        }
        var (count, next) = await Work.Resending.ResendAsync(hook.Id.ToString(), filter, request.UndeliveredOnly, from, request.Event.Length > 0 ? from + 1 : long.MaxValue - 1, context.CancellationToken).ConfigureAwait(false);
        return new ResendDeliveriesResponse { Count = count, NextPageToken = next is { } place ? new PageToken(place, 0).ToString() : "" };
    });

    public Task<TestWebhookResponse> TestWebhook(TestWebhookRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (hook, version) = await FindAsync(request.Webhook, context).ConfigureAwait(false);
        Answers.ExpectedVersion(context, version);
        if (hook.IsRemoved)
            throw Answers.Problem(Rules.WrongState("It was removed."));
        var ping = new PublicEvent(0, server.Store.Ids.Next(ResourceKind.Event), "webhook.ping", hook.Id.ToString(), null, null, 0, server.Now, null, null, "{}");
        var attempt = await Work.Sender.SendAsync(hook, Work.Secret, ping.Id.ToString(), EventMessages.Json(ping), context.CancellationToken).ConfigureAwait(false)
            ?? throw Answers.Problem(new("no_signing_key", "This server's webhook secret is not the one that the endpoint has its keys from; roll its key."));
        return new TestWebhookResponse
        {
            Delivered = attempt.IsDelivered, Status = attempt.Status ?? 0, LatencyMilliseconds = (long)attempt.Latency.TotalMilliseconds, Error = attempt.Error ?? "", Excerpt = attempt.Excerpt,
        };
    });

    WebhookWork Work => server.Webhooks ?? throw Answers.Problem(new(
        "webhooks_off", "This server has no webhook secret, so it can sign nothing: servers that share a PostgreSQL database need QUORATE_WEBHOOK_SECRET."));

    static ResourceId Id(string text) => Answers.Id(text, ResourceKind.Webhook, "/webhook");

    // What can be seen at once; where a name leads is judged when a connection is made.
    void Check(string url, IReadOnlyList<string> types)
    {
        if (EventRules.Match(types).Refusal is { } refusal)
            throw Answers.Invalid("/types", refusal.Detail);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
            return;
        if (uri.Scheme == Uri.UriSchemeHttp && !Work.Guard.AllowsAny)
            throw Answers.Invalid("/url", "https only, but for networks that the server's configuration allows.");
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address) && !Work.Guard.IsFine(address))
            throw Answers.Invalid("/url", "its address is not of the public internet, and the server's configuration does not allow it.");
    }

    (string KeyId, Blob PublicKey) NewKey(ResourceId webhook)
    {
        var id = server.Store.Ids.Next().ToString("N");
        using var key = Work.Secret.KeyOf(webhook.ToString(), id);
        return (id, new(key.EncodedPublicKey.ToArray()));
    }

    async Task<(Webhooks.Webhook State, long Version)> FindAsync(string text, ServerCallContext context)
    {
        var (state, version) = await server.Store.Webhooks.ReadAsync(Id(text).ToString(), context.CancellationToken).ConfigureAwait(false);
        return version == 0 ? throw Answers.Problem(Rules.NotFound("webhook")) : (state, version);
    }

    async Task<Webhook> DoAsync(ResourceId id, WebhookCommand command, ServerCallContext context)
    {
        var outcome = await server.Store.Webhooks.DoAsync(id.ToString(), command, Answers.ExpectedVersion(context), cancellation: context.CancellationToken).ConfigureAwait(false);
        return outcome.Refusal is { } refusal ? throw Answers.Problem(refusal) : await MessageAsync(outcome.State, outcome.Version, context).ConfigureAwait(false);
    }

    async Task<Webhook> MessageAsync(Webhooks.Webhook hook, long version, ServerCallContext context)
    {
        var failing = server.Webhooks is null ? null : await server.Webhooks.History.FailingSinceAsync(hook.Id.ToString(), context.CancellationToken).ConfigureAwait(false);
        var message = new Webhook
        {
            Id = hook.Id.ToString(), Url = hook.Url, Paused = hook.IsPaused, PauseReason = hook.PauseReason ?? "", Deleted = hook.IsRemoved, Version = version,
            FailingSince = failing is { } since ? Timestamp.FromDateTimeOffset(since) : null, CreateTime = Timestamp.FromDateTimeOffset(hook.Id.MadeAt),
        };
        message.Types_.Add(hook.Kinds);
        message.Keys.Add(hook.KeysAt(server.Now).Select(k => new WebhookPublicKey
        {
            Id = k.KeyId, PublicKey = ByteString.CopyFrom(k.PublicKey.Bytes.Span), Until = k.Until is { } until ? Timestamp.FromDateTimeOffset(until) : null,
        }));
        return message;
    }

    static Delivery Message(ListedDelivery delivery)
    {
        var message = new Delivery { Event = delivery.Event, Type = delivery.Type, Resource = delivery.Resource, Sequence = delivery.Sequence, State = SnakeCase.Text(delivery.State) };
        message.Attempts.Add(delivery.Attempts.Select(a => new DeliveryAttempt
        {
            Number = a.Number, Time = Timestamp.FromDateTimeOffset(a.At), LatencyMilliseconds = (long)a.Latency.TotalMilliseconds, Status = a.Status ?? 0, Error = a.Error ?? "",
            Excerpt = a.Excerpt, Server = a.Server,
        }));
        return message;
    }
}
