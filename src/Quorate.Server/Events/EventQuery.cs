using System.Collections.Immutable;
using System.Data.Common;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Views;

namespace Quorate.Server.Events;

/// <summary>Which events; what is null matters not.</summary>
sealed record EventFilter
{
    internal static EventFilter All { get; } = new();

    /// <summary>Names of types.</summary>
    internal ImmutableArray<string>? Types { get; init; }

    /// <summary>What it happened to.</summary>
    internal string? Resource { get; init; }

    internal string? Vault { get; init; }

    internal string? Wallet { get; init; }

    /// <summary>At or after.</summary>
    internal DateTimeOffset? Since { get; init; }

    /// <summary>Before.</summary>
    internal DateTimeOffset? Until { get; init; }
}

/// <summary>
/// Reads public events in the order they happened. Every page comes out of one index in its order, or of one for each of the
/// types that are asked for, as many rows of each as the page has at most; a time is a range of positions.
/// </summary>
sealed class EventQuery(DbDataSource readModels)
{
    /// <summary>Events in one page.</summary>
    internal const int MaxPageSize = 200;

    const string Columns = "position, id, type, resource, vault, wallet, sequence, at, status, sub_status, data";

    /// <summary>A page of what is looked for.</summary>
    /// <param name="filter">What.</param>
    /// <param name="isNewestFirst">Whether the latest comes first.</param>
    /// <param name="pageSize">1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="pageToken">Null for the first page.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<(Page<PublicEvent>? Page, Refusal? Refusal)> ListAsync(
        EventFilter filter, bool isNewestFirst, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > MaxPageSize)
            return (null, new("invalid_page_size", $"A page has 1 to {MaxPageSize}."));
        if (!PageToken.TryParse(pageToken, out var after))
            return (null, new("invalid_page_token", "That is no token of a page."));
        var (lowest, highest) = isNewestFirst ? (0, (after?.First ?? long.MaxValue) - 1) : (after?.First ?? 0, long.MaxValue - 1);
        var rows = await ReadAsync(filter, lowest, highest, pageSize + 1, isNewestFirst, cancellation).ConfigureAwait(false);
        var items = rows.Take(pageSize).ToArray();
        return (new(items, rows.Count > pageSize ? new PageToken(items[^1].Position, 0).ToString() : null), null);
    }

    /// <summary>Up to so many events behind a position, up to another, oldest first.</summary>
    internal Task<IReadOnlyList<PublicEvent>> ReadAsync(EventFilter filter, long after, long upTo, int limit, CancellationToken cancellation) =>
        ReadAsync(filter, after, upTo, limit, isNewestFirst: false, cancellation);

    /// <summary>The event at a position; null where there is none.</summary>
    internal async Task<PublicEvent?> FindAsync(long position, CancellationToken cancellation) =>
        (await ReadAsync(EventFilter.All, position - 1, position, 1, cancellation).ConfigureAwait(false)) is [var found] ? found : null;

    /// <summary>The event of an id; null where there is none.</summary>
    internal async Task<PublicEvent?> FindAsync(ResourceId id, CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync($"SELECT {Columns} FROM public_events WHERE id = @id", Read, cancellation, ("id", id.ToString())).ConfigureAwait(false)) is [var found] ? found : null;
    }

    /// <summary>The last event there is; null before the first.</summary>
    internal async Task<PublicEvent?> LastAsync(CancellationToken cancellation) =>
        (await ReadAsync(EventFilter.All, 0, long.MaxValue - 1, 1, isNewestFirst: true, cancellation).ConfigureAwait(false)) is [var found] ? found : null;

    /// <summary>The position up to which the journal has been read.</summary>
    internal async Task<long> HeadAsync(CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync("SELECT position FROM event_head", r => r.GetInt64(0), cancellation).ConfigureAwait(false))[0];
    }

    /// <summary>The position of the last event before a time; 0 where there is none.</summary>
    internal async Task<long> BeforeAsync(DateTimeOffset time, CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return await BeforeAsync(connection, time, cancellation).ConfigureAwait(false);
    }

    async Task<IReadOnlyList<PublicEvent>> ReadAsync(EventFilter filter, long after, long upTo, int limit, bool isNewestFirst, CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        // Times ascend with positions.
        if (filter.Since is { } since)
            after = Math.Max(after, await BeforeAsync(connection, since, cancellation).ConfigureAwait(false));
        if (filter.Until is { } until)
            upTo = Math.Min(upTo, await BeforeAsync(connection, until, cancellation).ConfigureAwait(false));
        if (after >= upTo || filter.Types is { IsEmpty: true })
            return [];
        var parameters = new List<(string, object?)> { ("after", after), ("up_to", upTo) };
        var conditions = new List<string> { "position > @after", "position <= @up_to" };
        foreach (var (name, value) in (IEnumerable<(string, string?)>)[("resource", filter.Resource), ("wallet", filter.Wallet), ("vault", filter.Vault)])
        {
            if (value is null)
                continue;
            conditions.Add($"{name} = @{name}");
            parameters.Add((name, value));
        }
        var order = $"ORDER BY position {(isNewestFirst ? "DESC" : "ASC")} LIMIT {Sql.Number(limit)}";
        if (filter.Types is { } types && !types.SequenceEqual(EventRules.Types.Keys))
        {
            parameters.AddRange(types.Select((type, i) => ($"type{i}", (object?)type)));
            if (conditions.Count == 2)
                return await RowsAsync($"SELECT * FROM ({string.Join(" UNION ALL ", types.Select((_, i) =>
                    $"SELECT * FROM (SELECT {Columns} FROM public_events WHERE type = @type{i} AND {string.Join(" AND ", conditions)} {order}) AS t{i}"))}) AS found {order}").ConfigureAwait(false);
            conditions.Add($"type IN ({string.Join(", ", types.Select((_, i) => $"@type{i}"))})");
        }
        return await RowsAsync($"SELECT {Columns} FROM public_events WHERE {string.Join(" AND ", conditions)} {order}").ConfigureAwait(false);

        async Task<IReadOnlyList<PublicEvent>> RowsAsync(string sql) => await connection.QueryAsync(sql, Read, cancellation, [.. parameters]).ConfigureAwait(false);
    }

    static async Task<long> BeforeAsync(DbConnection connection, DateTimeOffset time, CancellationToken cancellation) =>
        (await connection.QueryAsync("SELECT position FROM public_events WHERE at < @at ORDER BY at DESC, position DESC LIMIT 1", r => r.GetInt64(0), cancellation,
            ("at", Sql.Microseconds(time))).ConfigureAwait(false)) is [var position] ? position : 0;

    static PublicEvent Read(DbDataReader r) => new(
        r.GetInt64(0), ResourceId.Parse(r.GetString(1)), r.GetString(2), r.GetString(3), r.Text(4), r.Text(5), r.GetInt64(6), Sql.Time(r.GetInt64(7)), r.Text(8), r.Text(9), r.GetString(10));
}
