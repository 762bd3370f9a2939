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

/// <summary>A page, and where the next begins; null at the end. One before the end may have fewer rows than were asked for, or none.</summary>
sealed record Page<T>(IReadOnlyList<T> Items, string? NextPageToken);

/// <summary>Reads the history, newest first: by the second of the request, and within it as it was recorded.</summary>
sealed class TransferQuery(DbDataSource readModels, TimeProvider time)
{
    /// <summary>Rows in one page.</summary>
    internal const int MaxPageSize = 200;

    /// <summary>Words of one search.</summary>
    internal const int MaxWords = 8;

    /// <summary>Sections of the full text that are asked for in one trip, at most; the first time it is one, then four times as many.</summary>
    const int MaxSections = 16;

    /// <summary>
    /// After so many milliseconds a search ends with the section it is at, and its page with what was found: of words that are
    /// frequent and never together there may be nothing in all that is left.
    /// </summary>
    const int SearchMilliseconds = 10;

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
        var (rows, looked) = words.Length == 0
            ? (await RowsAsync(connection, filter, pageSize + 1, after, cancellation).ConfigureAwait(false), 0)
            : await SearchAsync(connection, filter, [.. SearchWords.Of($"{filter.Vault} {filter.Wallet}"), .. words], pageSize + 1, after, cancellation).ConfigureAwait(false);
        var items = rows.Take(pageSize).ToArray();
        var next = rows.Count > pageSize ? items[^1].Key : looked;
        return (new([.. items.Select(r => r.Row)], next > 0 ? new PageToken(next, 0).ToString() : null), null);
    }

    /// <summary>
    /// The newest hits, and the key down to which all was looked at; zero where that is all there is. The section that has the
    /// newest of what was not looked at comes first, until the page is full of what is newer than all of that, or the time is up.
    /// </summary>
    async Task<(List<(TransferRow Row, long Key)> Found, long Looked)> SearchAsync(
        DbConnection connection, TransferFilter filter, string[] words, int limit, PageToken? after, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var (lowest, beyond) = Keys(filter, after);
        var left = await TransferHistory.Words.SectionsAsync(connection, lowest, beyond, cancellation).ConfigureAwait(false);
        left = left.ConvertAll(s => s with { Highest = Math.Min(s.Highest, beyond - 1) });
        var found = new List<(TransferRow Row, long Key)>();
        for (var width = 1; left.Count > 0 && !(found.Count == limit && found[^1].Key > left[0].Highest); width = Math.Min(width * 4, MaxSections))
        {
            var looked = left.Take(Dialect.Of(connection).TakesAllRows ? width : 1).ToArray();
            var hits = await HitsAsync(connection, filter, words, looked, limit, lowest, cancellation).ConfigureAwait(false);
            found = [.. found.Concat(hits.Select(h => h.Hit)).OrderByDescending(h => h.Key).Take(limit)];
            // Where it ended early, the last section is looked at down to the last hit, and those behind it are not.
            var done = hits.Count < limit ? looked.Length : Array.FindIndex(looked, s => s.Number == hits[^1].Section);
            left.RemoveRange(0, done);
            if (hits.Count == limit)
            {
                left[0] = left[0] with { Highest = hits[^1].Hit.Key - 1 };
                left.Sort((a, b) => b.Highest.CompareTo(a.Highest));
            }
            // Not before it has come further than the page before: sections may overlap.
            if (left.Count > 0 && left[0].Highest < beyond - 1 && time.GetElapsedTime(begun).TotalMilliseconds > SearchMilliseconds)
                return (found.FindAll(f => f.Key > left[0].Highest), left[0].Highest + 1);
        }
        return (found, 0);
    }

    static Task<List<((TransferRow Row, long Key) Hit, long Section)>> HitsAsync(
        DbConnection connection, TransferFilter filter, string[] words, WordIndex.Section[] sections, int limit, long lowest, CancellationToken cancellation)
    {
        var dialect = Dialect.Of(connection);
        var (conditions, parameters) = Conditions(filter);
        var end = $"DESC LIMIT {Sql.Number(limit)}";
        var hits = $"{dialect.MatchText("transfers", "@rows.words", "@lowest", "@rows.highest")}{(conditions.Count == 0 ? $" ORDER BY row {end}" : "")}";
        return connection.QueryEachAsync(
            $"SELECT {Columns}, @rows.section FROM ({hits}) AS hits CROSS JOIN {Source(filter)} WHERE {string.Join(" AND ", conditions.Prepend("t.row = hits.row"))} ORDER BY {dialect.HitOrder} {end}",
            limit, r => (Read(r), r.GetInt64(20)),
            [
                new("section", sections.Select(s => s.Number).ToArray()), new("words", sections.Select(s => dialect.Words(words, s.Number)).ToArray()),
                new("highest", sections.Select(s => s.Highest).ToArray()),
            ], parameters.Append(("lowest", lowest)), cancellation);
    }

    static (long Lowest, long Beyond) Keys(TransferFilter filter, PageToken? after) => (
        filter.From is { } from ? RowKey.First(from) : 0,
        Math.Min(after?.First ?? long.MaxValue, filter.Until is { } until ? RowKey.Beyond(until) : long.MaxValue));

    static Task<List<(TransferRow Row, long Key)>> RowsAsync(
        DbConnection connection, TransferFilter filter, int limit, PageToken? after, CancellationToken cancellation)
    {
        var (lowest, beyond) = Keys(filter, after);
        var (conditions, parameters) = Conditions(filter);
        // What leads is sorted by the row, and is read in that order until the page is full.
        var lead = filter.Address is null ? "t" : "a";
        return connection.QueryAsync(
            $"SELECT {Columns} FROM {Source(filter)} WHERE {string.Join(" AND ", conditions.Prepend($"{lead}.row >= @lowest AND {lead}.row < @beyond"))} ORDER BY {lead}.row DESC LIMIT {Sql.Number(limit)}",
            Read, cancellation, [.. parameters, ("lowest", lowest), ("beyond", beyond)]);
    }

    // A cross join is one that SQLite leaves in its order.
    static string Source(TransferFilter filter) => filter.Address is null ? "transfers t" : "transfer_addresses a CROSS JOIN transfers t";

    static (List<string> Conditions, List<(string, object?)> Parameters) Conditions(TransferFilter filter)
    {
        var parameters = new List<(string, object?)>();
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
        return (conditions, parameters);
    }

    static (TransferRow Row, long Key) Read(DbDataReader r) => (
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Text(5), r.Text(6), r.GetString(7), r.Text(8), r.GetString(9),
            r.Text(10), r.Text(11), r.GetString(12), r.GetString(13), r.Text(14), r.GetInt64(15), Sql.Time(r.GetInt64(16)), Sql.Time(r.GetInt64(17)), r.GetInt64(18)),
        r.GetInt64(19));
}
