using System.Data.Common;
using Quorate.Server.Events;
using Quorate.Server.Store;
using Quorate.Server.Views;

namespace Quorate.Server.Webhooks;

/// <summary>
/// Puts events into the queues of the endpoints that want them, in their order. The place up to which that was done moves in
/// the same transaction, so an event is in a queue once, whichever server puts it there and wherever one dies; and which
/// endpoints there are is itself learnt from the events, so an endpoint gets what has happened behind its registration.
/// </summary>
/// <param name="store">The events.</param>
/// <param name="time">The clock.</param>
/// <param name="moved">Told when something was put into a queue.</param>
sealed class FanOut(ServerStore store, TimeProvider time, Action moved)
{
    const string Prefix = "webhook.";

    sealed record Endpoint(string Id, long After, string[] Kinds);

    /// <summary>Makes the tables, if there are none. Then endpoints that are there already get what happens from now on.</summary>
    internal async Task BeginAsync(CancellationToken cancellation)
    {
        await DeliveryTables.CreateAsync(store.Deliveries, cancellation).ConfigureAwait(false);
        if (await PlaceAsync(cancellation).ConfigureAwait(false) is not null)
            return;
        var head = await store.Events.HeadAsync(cancellation).ConfigureAwait(false);
        var known = new List<Webhook>();
        var filter = new EventFilter { Types = ["webhook.registered"] };
        for (IReadOnlyList<PublicEvent> page = []; (page = await store.Events.ReadAsync(
            filter, page.Count == 0 ? 0 : page[^1].Position, head, EventQuery.MaxPageSize, cancellation).ConfigureAwait(false)).Count > 0;)
            foreach (var registered in page)
                known.Add((await store.Webhooks.ReadAsync(registered.Resource, cancellation).ConfigureAwait(false)).State);
        await store.Deliveries.InTransactionAsync(async transaction =>
        {
            if (await transaction.RunAsync("INSERT INTO webhook_cursor VALUES (1, @position) ON CONFLICT DO NOTHING", cancellation, ("position", head)).ConfigureAwait(false) == 1)
                foreach (var hook in known.Where(h => !h.IsRemoved))
                    await SetAsync(transaction, hook, head, cancellation).ConfigureAwait(false);
            return 0;
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Works until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var at = await PlaceAsync(cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException("The tables of deliveries are gone.");
            await foreach (var batch in store.Feed.FollowAsync(at, EventFilter.All, cancellation).ConfigureAwait(false))
            {
                // Another server was faster: begin again where it is.
                if (!await ApplyAsync(at, batch, cancellation).ConfigureAwait(false))
                    break;
                at = batch.UpTo;
            }
        }
    }

    async Task<bool> ApplyAsync(long from, EventFeed.Batch batch, CancellationToken cancellation)
    {
        var changed = new Dictionary<long, Webhook>();
        foreach (var happened in batch.Events.Where(e => e.Type.StartsWith(Prefix, StringComparison.Ordinal)))
            changed.Add(happened.Position, await AtAsync(happened, cancellation).ConfigureAwait(false));
        var rows = new List<(string, PublicEvent)>();
        var applied = await store.Deliveries.InTransactionAsync(async transaction =>
        {
            if (await transaction.RunAsync("UPDATE webhook_cursor SET position = @to WHERE position = @from", cancellation, ("from", from), ("to", batch.UpTo)).ConfigureAwait(false) != 1)
                return false;
            var endpoints = await EndpointsAsync(transaction, cancellation).ConfigureAwait(false);
            foreach (var happened in batch.Events)
            {
                rows.AddRange(endpoints.Where(e => happened.Position > e.After && e.Kinds.Any(k => EventRules.IsMatch(k, happened.Type))).Select(e => (e.Id, happened)));
                if (!changed.TryGetValue(happened.Position, out var hook))
                    continue;
                await ChangeAsync(transaction, hook, happened, cancellation).ConfigureAwait(false);
                endpoints = await EndpointsAsync(transaction, cancellation).ConfigureAwait(false);
                if (hook.IsRemoved)
                    rows.RemoveAll(r => r.Item1 == happened.Resource);
            }
            await DeliveryTables.EnqueueAsync(transaction, rows, time.GetUtcNow(), isPushed: false, cancellation).ConfigureAwait(false);
            return true;
        }, cancellation).ConfigureAwait(false);
        if (applied && (rows.Count > 0 || changed.Count > 0))
            moved();
        return applied;
    }

    async Task ChangeAsync(DbTransaction transaction, Webhook hook, PublicEvent happened, CancellationToken cancellation)
    {
        if (!hook.IsRemoved)
        {
            await SetAsync(transaction, hook, happened.Position, cancellation).ConfigureAwait(false);
            // What has waited for an endpoint that goes on waits no longer.
            if (happened.Type == "webhook.paused" && !hook.IsPaused)
                await transaction.RunAsync("UPDATE webhook_lanes SET due = @now WHERE webhook = @webhook AND owner = ''", cancellation,
                    ("webhook", happened.Resource), ("now", time.GetUtcNow().ToUnixTimeMilliseconds())).ConfigureAwait(false);
            return;
        }
        foreach (var sql in (string[])
        [
            "DELETE FROM webhook_endpoints WHERE id = @webhook", "DELETE FROM webhook_lanes WHERE webhook = @webhook",
            "UPDATE webhook_deliveries SET state = 2 WHERE webhook = @webhook AND state = 0",
        ])
            await transaction.RunAsync(sql, cancellation, ("webhook", happened.Resource)).ConfigureAwait(false);
    }

    // The endpoint as it was behind that event.
    async Task<Webhook> AtAsync(PublicEvent happened, CancellationToken cancellation)
    {
        var hook = Webhook.None;
        await foreach (var recorded in store.Journal.ReadStreamAsync(Webhook.Decider.StreamOf(happened.Resource), cancellation: cancellation).ConfigureAwait(false))
            if (recorded.Version <= happened.Sequence)
                hook = Webhook.Evolve(hook, WebhookEvent.Catalog.Decode(recorded));
        return hook;
    }

    static Task<int> SetAsync(DbTransaction transaction, Webhook hook, long after, CancellationToken cancellation) => transaction.RunAsync(
        """
        INSERT INTO webhook_endpoints (id, after, kinds, is_paused, failing_since) VALUES (@id, @after, @kinds, @is_paused, 0)
        ON CONFLICT (id) DO UPDATE SET kinds = excluded.kinds, is_paused = excluded.is_paused, failing_since = 0
        """, cancellation, ("id", hook.Id.ToString()), ("after", after), ("kinds", string.Join(' ', hook.Kinds)), ("is_paused", hook.IsPaused ? 1 : 0));

    static async Task<List<Endpoint>> EndpointsAsync(DbTransaction transaction, CancellationToken cancellation) =>
        await transaction.QueryAsync("SELECT id, after, kinds FROM webhook_endpoints", r => new Endpoint(r.GetString(0), r.GetInt64(1), r.GetString(2).Split(' ')), cancellation).ConfigureAwait(false);

    async Task<long?> PlaceAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Deliveries.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync("SELECT position FROM webhook_cursor", r => r.GetInt64(0), cancellation).ConfigureAwait(false)) is [var position] ? position : null;
    }
}
