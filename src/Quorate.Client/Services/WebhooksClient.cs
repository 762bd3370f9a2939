using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>Webhooks and their deliveries.</summary>
public sealed class WebhooksClient : ServiceClient
{
    internal WebhooksClient(ApiCalls calls)
        : base(calls, WebhooksReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Registers an endpoint.</summary>
    public Task<Webhook> CreateWebhookAsync(CreateWebhookRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateWebhookRequest, Webhook>(request, options, cancellation);

    /// <summary>Reads a webhook.</summary>
    public Task<Webhook> GetWebhookAsync(GetWebhookRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetWebhookRequest, Webhook>(request, options, cancellation);

    /// <summary>A page of webhooks.</summary>
    public Task<ListWebhooksResponse> ListWebhooksAsync(ListWebhooksRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListWebhooksRequest, ListWebhooksResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Webhook> AllWebhooksAsync(ListWebhooksRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListWebhooksAsync, request ?? new(), r => r.Webhooks, cancellation);

    /// <summary>Another address, other types.</summary>
    public Task<Webhook> UpdateWebhookAsync(UpdateWebhookRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<UpdateWebhookRequest, Webhook>(request, options, cancellation);

    /// <summary>Another signing key; the one before signs too until a time.</summary>
    public Task<Webhook> RollWebhookKeyAsync(RollWebhookKeyRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<RollWebhookKeyRequest, Webhook>(request, options, cancellation);

    /// <summary>Delivers nothing until it is resumed; what happens waits.</summary>
    public Task<Webhook> PauseWebhookAsync(PauseWebhookRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<PauseWebhookRequest, Webhook>(request, options, cancellation);

    /// <summary>Delivers again, what has waited first.</summary>
    public Task<Webhook> ResumeWebhookAsync(ResumeWebhookRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ResumeWebhookRequest, Webhook>(request, options, cancellation);

    /// <summary>Delivers nothing any more.</summary>
    public Task<DeleteWebhookResponse> DeleteWebhookAsync(DeleteWebhookRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<DeleteWebhookRequest, DeleteWebhookResponse>(request, options, cancellation);

    /// <summary>The public keys that deliveries are signed with, as a JWKS.</summary>
    public Task<WebhookKeySet> GetWebhookKeysAsync(GetWebhookKeysRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetWebhookKeysRequest, WebhookKeySet>(request, options, cancellation);

    /// <summary>A page of deliveries with their attempts.</summary>
    public Task<ListDeliveriesResponse> ListDeliveriesAsync(ListDeliveriesRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListDeliveriesRequest, ListDeliveriesResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Delivery> AllDeliveriesAsync(ListDeliveriesRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListDeliveriesAsync, request ?? new(), r => r.Deliveries, cancellation);

    /// <summary>Delivers again, by event, resource or time.</summary>
    public Task<ResendDeliveriesResponse> ResendDeliveriesAsync(ResendDeliveriesRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ResendDeliveriesRequest, ResendDeliveriesResponse>(request, options, cancellation);

    /// <summary>Sends a test event now and says what came back.</summary>
    public Task<TestWebhookResponse> TestWebhookAsync(TestWebhookRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<TestWebhookRequest, TestWebhookResponse>(request, options, cancellation);
}
