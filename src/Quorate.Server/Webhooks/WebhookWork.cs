using Microsoft.Extensions.Logging;
using Quorate.Cryptography.Secrets;
using Quorate.Server.Hosting;
using Quorate.Server.Store;

namespace Quorate.Server.Webhooks;

/// <summary>All of one server's work on webhooks, put together.</summary>
sealed class WebhookWork : IDisposable
{
    readonly ServerStore store;
    readonly WebhookOptions options;
    readonly TimeProvider time;
    readonly HttpClient client;
    readonly DeliveryQueue queue;
    readonly string server;

    /// <param name="store">The store.</param>
    /// <param name="secret">What keys follow from; stays the caller's.</param>
    /// <param name="options">How endpoints are called.</param>
    /// <param name="server">This server's name beside others.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of what goes wrong.</param>
    internal WebhookWork(ServerStore store, WebhookSecret secret, WebhookOptions options, string server, TimeProvider time, ILogger logger)
    {
        (this.store, this.options, this.time, this.server, Secret) = (store, options, time, server, secret);
        Guard = new(options.AllowedNetworks);
        client = WebhookConnector.Create(Guard, options);
        queue = new(store.Deliveries);
        Sender = new(client, options, time);
        Dispatch = new(store, queue, Sender, secret, server, options, SystemRandom.Shared, time, (webhook, problem) => PeriodicWork.LogFailed(logger, $"delivering to {webhook}", 1, problem));
        FanOut = new(store, time, Dispatch.Wake);
        History = new(store.Deliveries);
        Resending = new(store.Events, store.Deliveries, time, Dispatch.Wake);
    }

    internal WebhookSecret Secret { get; }

    internal AddressGuard Guard { get; }

    internal WebhookSender Sender { get; }

    internal WebhookDispatch Dispatch { get; }

    internal FanOut FanOut { get; }

    internal DeliveryHistory History { get; }

    internal Resending Resending { get; }

    /// <summary>Makes the tables, and takes back what a server of this name had claimed.</summary>
    internal async Task BeginAsync(CancellationToken cancellation)
    {
        await FanOut.BeginAsync(cancellation).ConfigureAwait(false);
        await queue.ForgetAsync(server, cancellation).ConfigureAwait(false);
    }

    /// <summary>Forgets what is older than deliveries are kept.</summary>
    internal async Task PruneAsync(CancellationToken cancellation) =>
        await queue.PruneAsync(await store.Events.BeforeAsync(time.GetUtcNow() - options.Kept, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    public void Dispose() => client.Dispose();
}
