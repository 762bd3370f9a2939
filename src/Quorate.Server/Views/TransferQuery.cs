using System.Data.Common;
using Quorate.Server.Deciding;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;

namespace Quorate.Server.Views;

/// <summary>What to look for; what is null matters not.</summary>
sealed record TransferFilter
{
    internal string? Wallet { get; init; }

    internal string? Vault { get; init; }

    /// <summary>The kind of resource: transfer, transaction, signature.</summary>
    internal string? Kind { get; init; }

    internal TransferStatus? Status { get; init; }

    /// <summary>An address that pays, is paid or is named in an effect.</summary>
    internal string? Address { get; init; }

    /// <summary>Requested at or after.</summary>
    internal DateTimeOffset? From { get; init; }

    /// <summary>Requested before.</summary>
    internal DateTimeOffset? Until { get; init; }

    /// <summary>Words that all occur in note, ids, names or addresses; the last may be the beginning of one.</summary>
    internal string? Text { get; init; }
}

/// <summary>A line of the history.</summary>
sealed record TransferRow(
    string Id, string Kind, string Wallet, string Vault, string Chain, string? Asset, string? Amount, string Sender, string? Recipient, string Initiator,
    string? ExternalId, string? Note, string Status, string SubStatus, string? TransactionId, long Reorgs, DateTimeOffset RequestedAt, DateTimeOffset UpdatedAt, long Version);

/// <summary>A page, and where the next begins; null at the end.</summary>
sealed record Page<T>(IReadOnlyList<T> Items, string? NextPageToken);

/// <summary>Reads the history, newest first: by the second of the request, and within it as it was recorded.</summary>
sealed class TransferQuery(DbDataSource readModels)
{
    /// <summary>Rows in one page.</summary>
    internal const int MaxPageSize = 200;

    /// <summary>Words of one search.</summary>
    internal const int MaxWords = 8;

    /// <summary>Sections of the full text that are looked through at once, at most; the first time it is one, then four times as many.</summary>
    const int MaxSections = 64;

    const string Columns =
        "id, kind, wallet, vault, chain, asset, amount, sender, recipient, initiator, external_id, note, status, sub_status, transaction_id, reorgs, requested_at, updated_at, version, t.row";

    /// <summary>A page of what is looked for.</summary>
    /// <param name="filter">What.</param>
    /// <param name="pageSize">1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="pageToken">Null for the first page.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<(Page<TransferRow>? Page, Refusal? Refusal)> ListAsync(
        TransferFilter filter, int pageSize, string? pageToken, CancellationToken cancellation = default)
    {
        if (pageSize is < 1 or > MaxPageSize)
            return (null, new("invalid_page_size", $"A page has 1 to {MaxPageSize}."));
        if (!PageToken.TryParse(pageToken, out var after))
            return (null, new("invalid_page_token", "That is no token of a page."));
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var words = SearchWords.Of(filter.Text).Take(MaxWords).ToArray();
        var rows = words.Length == 0
            ? await RowsAsync(connection, filter, pageSize + 1, after, null, cancellation).ConfigureAwait(false)
            : await SearchAsync(connection, filter, words, pageSize + 1, after, cancellation).ConfigureAwait(false);
        var hasMore = rows.Count > pageSize;
        var items = rows.Take(pageSize).ToArray();
        return (new([.. items.Select(r => r.Row)], hasMore ? new PageToken(items[^1].Key, 0).ToString() : null), null);
    }

    // Newest section first, until the page is full of what is newer than all that was not looked through.
    static async Task<List<(TransferRow Row, long Key)>> SearchAsync(
        DbConnection connection, TransferFilter filter, string[] words, int limit, PageToken? after, CancellationToken cancellation)
    {
        var (lowest, beyond) = Keys(filter, after);
        var sections = await TransferHistory.Words.SectionsAsync(connection, lowest, beyond, cancellation).ConfigureAwait(false);
        var found = new List<(TransferRow Row, long Key)>();
        for (int next = 0, width = 1; next < sections.Count; next += width, width = Math.Min(width * 4, MaxSections))
        {
            if (found.Count >= limit && found[limit - 1].Key > sections[next].Highest)
                break;
            var match = Dialect.Of(connection).Words(words, sections.Skip(next).Take(width).Select(s => s.Number));
            found = [.. found.Concat(await RowsAsync(connection, filter, limit, after, match, cancellation).ConfigureAwait(false)).OrderByDescending(r => r.Key).Take(limit)];
        }
        return found;
    }

    static (long Lowest, long Beyond) Keys(TransferFilter filter, PageToken? after) => (
        filter.From is { } from ? RowKey.First(from) : 0,
        Math.Min(after?.First ?? long.MaxValue, filter.Until is { } until ? RowKey.Beyond(until) : long.MaxValue));

    static Task<List<(TransferRow Row, long Key)>> RowsAsync(
        DbConnection connection, TransferFilter filter, int limit, PageToken? after, string? match, CancellationToken cancellation)
    {
        var (lowest, beyond) = Keys(filter, after);
        var parameters = new List<(string, object?)> { ("lowest", lowest), ("beyond", beyond) };
        var conditions = new List<string>();
        void Where(string condition, string name, object? value)
        {
            if (value is null)
                return;
            conditions.Add(condition);
            parameters.Add((name, value));
        }
        Where("wallet = @wallet", "wallet", filter.Wallet);
        Where("vault = @vault", "vault", filter.Vault);
        Where("kind = @kind", "kind", filter.Kind);
        Where("status = @status", "status", filter.Status is { } status ? SnakeCase.Text(status) : null);
        Where("requested_at >= @from", "from", filter.From is { } from ? Sql.Microseconds(from) : null);
        Where("requested_at < @until", "until", filter.Until is { } until ? Sql.Microseconds(until) : null);
        Where("a.row = t.row AND a.address = @address", "address", filter.Address);

        // What leads is sorted by the row, and is read in that order until the page is full. A cross join is one that SQLite leaves in its order.
        var isAlone = conditions.Count == 0;
        var (lead, source) = filter.Address is null ? ("t", "transfers t") : ("a", "transfer_addresses a CROSS JOIN transfers t");
        if (match is null)
            return connection.QueryAsync(Select("", source, lead, $"{lead}.row"), Read, cancellation, [.. parameters]);
        // Sorted by what no index has: a planner that hopes for an early end would else walk the whole history in its order, looking for hits.
        parameters.Add(("words", match));
        conditions.Add("t.row = hits.row");
        return connection.QueryAsync(
            Select(
                $"""
                WITH hits AS MATERIALIZED (SELECT row FROM ({Dialect.Of(connection).MatchText("transfers")}) AS matches
                WHERE row >= @lowest AND row < @beyond{(isAlone ? $" ORDER BY row DESC LIMIT {Sql.Number(limit)}" : "")})
                """, $"hits CROSS JOIN {source}", "hits", "hits.row + 0"), Read, cancellation, [.. parameters]);

        string Select(string with, string from, string by, string order) =>
            $"{with} SELECT {Columns} FROM {from} WHERE {string.Join(" AND ", conditions.Prepend($"{by}.row >= @lowest AND {by}.row < @beyond"))} ORDER BY {order} DESC LIMIT {Sql.Number(limit)}";
    }

    static (TransferRow Row, long Key) Read(DbDataReader r) => (
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Text(5), r.Text(6), r.GetString(7), r.Text(8), r.GetString(9),
            r.Text(10), r.Text(11), r.GetString(12), r.GetString(13), r.Text(14), r.GetInt64(15), Sql.Time(r.GetInt64(16)), Sql.Time(r.GetInt64(17)), r.GetInt64(18)),
        r.GetInt64(19));
}
