using System.Data.Common;
using Quorate.Server.Events;
using Quorate.Server.Views;

namespace Quorate.Server.Webhooks;

/// <summary>
/// Puts events into an endpoint's queue once more: one, those of a resource, or those of a time, whether they were delivered
/// before, given up, forgotten, or older than the endpoint. Their ids are the same as ever.
/// </summary>
/// <param name="events">The events.</param>
/// <param name="database">The queue.</param>
/// <param name="time">The clock.</param>
/// <param name="moved">Told when something was put into the queue.</param>
sealed class Resending(EventQuery events, DbDataSource database, TimeProvider time, Action moved)
{
    /// <summary>Events that one call looks through.</summary>
    internal const int MaxEvents = 10_000;

    /// <summary>Sends what a filter finds again.</summary>
    /// <param name="webhook">The endpoint.</param>
    /// <param name="filter">Which events.</param>
    /// <param name="isUndeliveredOnly">Whether what the endpoint has is left out.</param>
    /// <param name="after">Behind which position to begin, or to go on.</param>
    /// <param name="upTo">The last position.</param>
    /// <param name="cancellation">Gives up; what was put into the queue until then stays there.</param>
    /// <returns>How many, and where to go on; null at the end.</returns>
    internal async Task<(int Count, long? Next)> ResendAsync(string webhook, EventFilter filter, bool isUndeliveredOnly, long after, long upTo, CancellationToken cancellation)
    {
        var (count, seen) = (0, 0);
        while (seen < MaxEvents)
        {
            var page = await events.ReadAsync(filter, after, upTo, EventQuery.MaxPageSize, cancellation).ConfigureAwait(false);
            if (page.Count == 0)
                return (count, null);
            count += await database.InTransactionAsync(async transaction =>
            {
                var delivered = isUndeliveredOnly ? await DeliveredAsync(transaction, webhook, page, cancellation).ConfigureAwait(false) : [];
                (string, PublicEvent)[] rows = [.. page.Where(e => !delivered.Contains(e.Position)).Select(e => (webhook, e))];
                await DeliveryTables.EnqueueAsync(transaction, rows, time.GetUtcNow(), isPushed: true, cancellation).ConfigureAwait(false);
                return rows.Length;
            }, cancellation).ConfigureAwait(false);
            moved();
            seen += page.Count;
            after = page[^1].Position;
            if (page.Count < EventQuery.MaxPageSize)
                return (count, null);
        }
        return (count, after);
    }

    static async Task<HashSet<long>> DeliveredAsync(DbTransaction transaction, string webhook, IReadOnlyList<PublicEvent> page, CancellationToken cancellation) =>
        [.. await transaction.QueryAsync("SELECT position FROM webhook_deliveries WHERE webhook = @webhook AND state = 1 AND position >= @from AND position <= @to", r => r.GetInt64(0), cancellation,
            ("webhook", webhook), ("from", page[0].Position), ("to", page[^1].Position)).ConfigureAwait(false)];
}
