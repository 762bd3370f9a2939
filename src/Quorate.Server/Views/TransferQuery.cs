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

/// <summary>Reads the history, newest first.</summary>
sealed class TransferQuery(DbDataSource readModels)
{
    /// <summary>Rows in one page.</summary>
    internal const int MaxPageSize = 200;

    /// <summary>Words of one search.</summary>
    internal const int MaxWords = 8;

    const string Columns =
        "id, kind, wallet, vault, chain, asset, amount, sender, recipient, initiator, external_id, note, status, sub_status, transaction_id, reorgs, t.requested_at, updated_at, version, t.row";

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
        var (sql, parameters) = Build(filter, pageSize + 1, after, Dialect.Of(connection));
        var rows = await connection.QueryAsync(sql, Read, cancellation, parameters).ConfigureAwait(false);
        var hasMore = rows.Count > pageSize;
        var items = rows.Take(pageSize).ToArray();
        return (new([.. items.Select(r => r.Row)], hasMore ? items[^1].Token.ToString() : null), null);
    }

    static (string Sql, (string, object?)[] Parameters) Build(TransferFilter filter, int limit, PageToken? after, Dialect dialect)
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
        // The address's own table is sorted the same way, so that it leads where it is asked for.
        var byAddress = filter.Address is not null;
        var order = byAddress ? "a" : "t";
        Where("wallet = @wallet", "wallet", filter.Wallet);
        Where("vault = @vault", "vault", filter.Vault);
        Where("kind = @kind", "kind", filter.Kind);
        Where("status = @status", "status", filter.Status is { } status ? SnakeCase.Text(status) : null);
        Where("a.address = @address", "address", filter.Address);
        Where($"{order}.requested_at >= @from", "from", filter.From is { } from ? Sql.Microseconds(from) : null);
        Where($"{order}.requested_at < @until", "until", filter.Until is { } until ? Sql.Microseconds(until) : null);
        var words = SearchWords.Of(filter.Text).Take(MaxWords).ToArray();
        if (words.Length > 0)
            Where($"t.{dialect.MatchText("transfers")}", "words", dialect.Words(words));
        if (after is { } token)
        {
            conditions.Add($"({order}.requested_at, {order}.row) < (@time, @row)");
            parameters.AddRange([("time", token.First), ("row", token.Second)]);
        }
        var source = byAddress ? "transfer_addresses a JOIN transfers t ON t.row = a.row" : "transfers t";
        var where = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
        return ($"SELECT {Columns} FROM {source} {where} ORDER BY {order}.requested_at DESC, {order}.row DESC LIMIT {Sql.Number(limit)}", [.. parameters]);
    }

    static (TransferRow Row, PageToken Token) Read(DbDataReader r) => (
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Text(5), r.Text(6), r.GetString(7), r.Text(8), r.GetString(9),
            r.Text(10), r.Text(11), r.GetString(12), r.GetString(13), r.Text(14), r.GetInt64(15), Sql.Time(r.GetInt64(16)), Sql.Time(r.GetInt64(17)), r.GetInt64(18)),
        new(r.GetInt64(16), r.GetInt64(19)));
}
