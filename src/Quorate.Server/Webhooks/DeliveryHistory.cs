using System.Data.Common;
using Quorate.Server.Deciding;
using Quorate.Server.Events;
using Quorate.Server.Views;

namespace Quorate.Server.Webhooks;

/// <summary>A try, as it was written down.</summary>
sealed record RecordedAttempt(long Number, DateTimeOffset At, TimeSpan Latency, int? Status, string? Error, string Excerpt, string Server);

/// <summary>A delivery, as it is listed.</summary>
/// <param name="Position">The event's position.</param>
/// <param name="Event">The event's id, which is the delivery's.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Resource">What it happened to.</param>
/// <param name="Sequence">The resource's version.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">The latest tries, oldest first.</param>
sealed record ListedDelivery(long Position, string Event, string Type, string Resource, long Sequence, DeliveryState State, IReadOnlyList<RecordedAttempt> Attempts);

/// <summary>What an endpoint has been sent, and has not.</summary>
sealed class DeliveryHistory(DbDataSource database)
{
    /// <summary>Tries that are listed of one delivery.</summary>
    internal const int MaxAttempts = 20;

    /// <summary>A page of an endpoint's deliveries, latest event first.</summary>
    internal async Task<(Page<ListedDelivery>? Page, Refusal? Refusal)> ListAsync(
        string webhook, DeliveryState? state, string? resource, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > EventQuery.MaxPageSize)
            return (null, new("invalid_page_size", $"A page has 1 to {EventQuery.MaxPageSize}."));
        if (!PageToken.TryParse(pageToken, out var after))
            return (null, new("invalid_page_token", "That is no token of a page."));
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var rows = await connection.QueryAsync(
            $"""
            SELECT position, event, type, resource, sequence, state FROM webhook_deliveries WHERE webhook = @webhook AND position < @before
            {(state is null ? "" : "AND state = @state")} {(resource is null ? "" : "AND resource = @resource")} ORDER BY position DESC LIMIT {Sql.Number(pageSize + 1)}
            """,
            r => new ListedDelivery(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), (DeliveryState)r.GetInt32(5), []), cancellation,
            [
                ("webhook", webhook), ("before", after?.First ?? long.MaxValue),
                .. state is null ? [] : (IEnumerable<(string, object?)>)[("state", (int)state)], .. resource is null ? [] : (IEnumerable<(string, object?)>)[("resource", resource)],
            ]).ConfigureAwait(false);
        var items = new List<ListedDelivery>(pageSize);
        foreach (var row in rows.Take(pageSize))
            items.Add(row with { Attempts = await AttemptsAsync(connection, webhook, row.Position, cancellation).ConfigureAwait(false) });
        return (new(items, rows.Count > pageSize ? new PageToken(items[^1].Position, 0).ToString() : null), null);
    }

    /// <summary>Since when an endpoint has taken nothing; null where it takes what it is sent, or nothing was.</summary>
    internal async Task<DateTimeOffset?> FailingSinceAsync(string webhook, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return await connection.QueryAsync("SELECT failing_since FROM webhook_endpoints WHERE id = @webhook AND failing_since <> 0", r => r.GetInt64(0), cancellation, ("webhook", webhook))
            .ConfigureAwait(false) is [var since] ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null;
    }

    static async Task<IReadOnlyList<RecordedAttempt>> AttemptsAsync(DbConnection connection, string webhook, long position, CancellationToken cancellation)
    {
        var latest = await connection.QueryAsync(
            $"SELECT number, at, latency, status, error, excerpt, server FROM webhook_attempts WHERE webhook = @webhook AND position = @position ORDER BY number DESC LIMIT {MaxAttempts}",
            r => new RecordedAttempt(
                r.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)), TimeSpan.FromMilliseconds(r.GetInt64(2)), r.IsDBNull(3) ? null : r.GetInt32(3), r.Text(4),
                r.GetString(5), r.GetString(6)), cancellation, ("webhook", webhook), ("position", position)).ConfigureAwait(false);
        latest.Reverse();
        return latest;
    }
}
