using System.Data.Common;
using Quorate.Server.Views;

namespace Quorate.Server.Webhooks;

/// <summary>A delivery that is to be tried.</summary>
/// <param name="Position">The event's position.</param>
/// <param name="Tries">Tries since it was put into the queue, or put there again.</param>
sealed record PendingDelivery(long Position, int Tries);

/// <summary>
/// What is due, as claims on lanes: who has claimed one has it for so long, and a server that dies is followed by another
/// when that is over. A delivery may be tried twice then; its id is the same.
/// </summary>
sealed class DeliveryQueue(DbDataSource database)
{
    /// <summary>Endpoints that something is due for, and since when each fails; null where it does not.</summary>
    internal async Task<IReadOnlyList<(string Webhook, DateTimeOffset? FailingSince)>> DueAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return await connection.QueryAsync(
            """
            SELECT id, failing_since FROM webhook_endpoints WHERE is_paused = 0
            AND EXISTS (SELECT 1 FROM webhook_lanes WHERE webhook_lanes.webhook = webhook_endpoints.id AND webhook_lanes.due <= @now)
            """, r => (r.GetString(0), r.GetInt64(1) is var since and not 0 ? DateTimeOffset.FromUnixTimeMilliseconds(since) : (DateTimeOffset?)null), cancellation,
            ("now", now.ToUnixTimeMilliseconds())).ConfigureAwait(false);
    }

    /// <summary>Claims lanes of an endpoint that are due, those first that have been for longest; their resources.</summary>
    internal Task<List<string>> ClaimAsync(string webhook, string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellation) =>
        // The condition stands twice: what another server has claimed while this statement waited is looked at again.
        database.InTransactionAsync(transaction => transaction.QueryAsync(
            $"""
            UPDATE webhook_lanes SET owner = @owner, due = @until, seen = woken WHERE webhook = @webhook AND due <= @now
            AND resource IN (SELECT resource FROM webhook_lanes WHERE webhook = @webhook AND due <= @now ORDER BY due LIMIT {Sql.Number(limit)})
            RETURNING resource
            """, r => r.GetString(0), cancellation,
            ("webhook", webhook), ("owner", owner), ("now", now.ToUnixTimeMilliseconds()), ("until", (now + lease).ToUnixTimeMilliseconds())), cancellation);

    /// <summary>What is pending in a lane, oldest first.</summary>
    internal async Task<IReadOnlyList<PendingDelivery>> PendingAsync(string webhook, string resource, int limit, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return await connection.QueryAsync(
            $"SELECT position, tries FROM webhook_deliveries WHERE webhook = @webhook AND resource = @resource AND state = 0 ORDER BY position LIMIT {Sql.Number(limit)}",
            r => new PendingDelivery(r.GetInt64(0), r.GetInt32(1)), cancellation, ("webhook", webhook), ("resource", resource)).ConfigureAwait(false);
    }

    /// <summary>Writes down a try and what becomes of the delivery.</summary>
    /// <param name="webhook">The endpoint.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="attempt">What came of it.</param>
    /// <param name="state">Where it stands now.</param>
    /// <param name="server">Who has tried.</param>
    /// <param name="emptied">The lane, where nothing more was seen in it: it goes with the last delivery. Null where it stays.</param>
    /// <param name="cancellation">Gives up.</param>
    internal Task<int> RecordAsync(
        string webhook, PendingDelivery delivery, Attempt attempt, DeliveryState state, string server, string? emptied, CancellationToken cancellation) =>
        database.InTransactionAsync(async transaction =>
        {
            var at = attempt.At.ToUnixTimeMilliseconds();
            await transaction.RunAsync(
                """
                INSERT INTO webhook_attempts SELECT @webhook, @position, COALESCE(MAX(number), 0) + 1, @at, @latency, CAST(@status AS INTEGER), CAST(@error AS TEXT), @excerpt, @server
                FROM webhook_attempts WHERE webhook = @webhook AND position = @position
                """, cancellation, ("webhook", webhook), ("position", delivery.Position), ("at", at),
                ("latency", (long)attempt.Latency.TotalMilliseconds), ("status", attempt.Status), ("error", attempt.Error), ("excerpt", attempt.Excerpt), ("server", server)).ConfigureAwait(false);
            await transaction.RunAsync("UPDATE webhook_deliveries SET state = @state, tries = tries + 1 WHERE webhook = @webhook AND position = @position AND state = 0", cancellation,
                ("webhook", webhook), ("position", delivery.Position), ("state", (int)state)).ConfigureAwait(false);
            await transaction.RunAsync(
                attempt.IsDelivered ? "UPDATE webhook_endpoints SET failing_since = 0 WHERE id = @webhook AND failing_since <> 0"
                    : "UPDATE webhook_endpoints SET failing_since = @at WHERE id = @webhook AND failing_since = 0",
                cancellation, attempt.IsDelivered ? [("webhook", webhook)] : [("webhook", webhook), ("at", at)]).ConfigureAwait(false);
            return emptied is null ? 0 : await CompleteAsync(transaction, webhook, emptied, server, cancellation).ConfigureAwait(false);
        }, cancellation);

    /// <summary>Gives a lane back in which nothing is left; one that was woken meanwhile is due at once.</summary>
    internal Task<int> CompleteAsync(string webhook, string resource, string owner, CancellationToken cancellation) =>
        database.InTransactionAsync(transaction => CompleteAsync(transaction, webhook, resource, owner, cancellation), cancellation);

    /// <summary>Gives a lane back, to be due then.</summary>
    internal Task<int> ReturnAsync(string webhook, string resource, string owner, DateTimeOffset due, CancellationToken cancellation) =>
        database.InTransactionAsync(transaction => transaction.RunAsync(
            "UPDATE webhook_lanes SET owner = '', due = @due WHERE webhook = @webhook AND resource = @resource AND owner = @owner", cancellation,
            ("webhook", webhook), ("resource", resource), ("owner", owner), ("due", due.ToUnixTimeMilliseconds())), cancellation);

    /// <summary>Gives back whatever a server of this name has claimed: one that was killed has it no more when it begins anew.</summary>
    internal Task<int> ForgetAsync(string owner, CancellationToken cancellation) =>
        database.InTransactionAsync(transaction => transaction.RunAsync("UPDATE webhook_lanes SET owner = '', due = 0 WHERE owner = @owner", cancellation, ("owner", owner)), cancellation);

    /// <summary>Forgets deliveries and tries of events up to a position, delivered or not.</summary>
    internal Task<int> PruneAsync(long upTo, CancellationToken cancellation) => database.InTransactionAsync(async transaction =>
    {
        await transaction.RunAsync("DELETE FROM webhook_attempts WHERE position <= @up_to", cancellation, ("up_to", upTo)).ConfigureAwait(false);
        return await transaction.RunAsync("DELETE FROM webhook_deliveries WHERE position <= @up_to", cancellation, ("up_to", upTo)).ConfigureAwait(false);
    }, cancellation);

    static async Task<int> CompleteAsync(DbTransaction transaction, string webhook, string resource, string owner, CancellationToken cancellation)
    {
        (string, object?)[] lane = [("webhook", webhook), ("resource", resource), ("owner", owner)];
        return await transaction.RunAsync(
            "DELETE FROM webhook_lanes WHERE webhook = @webhook AND resource = @resource AND owner = @owner AND woken = seen", cancellation, lane).ConfigureAwait(false) == 1
            ? 1
            : await transaction.RunAsync("UPDATE webhook_lanes SET owner = '', due = 0 WHERE webhook = @webhook AND resource = @resource AND owner = @owner", cancellation, lane).ConfigureAwait(false);
    }
}
