using System.Data.Common;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Deciding;
using Quorate.Server.Wallets;

namespace Quorate.Server.Views;

/// <summary>
/// Which vaults, wallets, acts, ceremonies, features and so on there are, in the order they were made, and which of them have not
/// ended. What they are is in their streams.
/// </summary>
sealed class ResourceIndex(DbDataSource readModels) : IProjection
{
    /// <summary>Ids in one page.</summary>
    internal const int MaxPageSize = 200;

    static readonly HashSet<string> kinds = new(StringComparer.Ordinal) { "vault", "wallet", "contact", "policy", "act", "ceremony", "webhook", "api-key", "feature" };

    public string Name => "resources";

    public int Version => 2;

    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var sql in (string[])
        [
            "DROP TABLE IF EXISTS resources",
            "CREATE TABLE resources (id TEXT PRIMARY KEY, kind TEXT NOT NULL, parent TEXT, position BIGINT NOT NULL, is_open INTEGER NOT NULL, changed BIGINT NOT NULL)",
            "CREATE INDEX resources_by_kind ON resources (kind, position)",
            "CREATE INDEX resources_by_change ON resources (kind, changed)",
        ])
            await transaction.RunAsync(sql, cancellation).ConfigureAwait(false);
    }

    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        foreach (var recorded in events)
        {
            var slash = recorded.Stream.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || !kinds.Contains(recorded.Stream[..slash]))
                continue;
            var id = recorded.Stream[(slash + 1)..];
            if (recorded.Version == 1)
                await transaction.RunAsync("INSERT INTO resources VALUES (@id, @kind, @parent, @position, 1, @position)", cancellation,
                    ("id", id), ("kind", recorded.Stream[..slash]), ("parent", ParentOf(recorded)), ("position", recorded.Position)).ConfigureAwait(false);
            else
                await transaction.RunAsync($"UPDATE resources SET changed = @position{(recorded.Type.EndsWith("-ended", StringComparison.Ordinal) ? ", is_open = 0" : "")} WHERE id = @id",
                    cancellation, ("id", id), ("position", recorded.Position)).ConfigureAwait(false);
        }
    }

    /// <summary>A page of ids of a kind, oldest first.</summary>
    /// <param name="kind">What their streams begin with.</param>
    /// <param name="parent">What they are in; null for all.</param>
    /// <param name="pageSize">1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="pageToken">Null for the first page.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<(Page<string>? Page, Refusal? Refusal)> ListAsync(
        string kind, string? parent, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > MaxPageSize)
            return (null, new("invalid_page_size", $"A page has 1 to {MaxPageSize}."));
        if (!PageToken.TryParse(pageToken, out var after))
            return (null, new("invalid_page_token", "That is no token of a page."));
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var rows = await connection.QueryAsync(
            $"SELECT id, position FROM resources WHERE kind = @kind AND position > @after{(parent is null ? "" : " AND parent = @parent")} ORDER BY position LIMIT {pageSize + 1}",
            r => (Id: r.GetString(0), Position: r.GetInt64(1)), cancellation,
            [("kind", kind), ("after", after?.First ?? 0), .. parent is null ? [] : (ReadOnlySpan<(string, object?)>)[("parent", parent)]]).ConfigureAwait(false);
        var items = rows.Take(pageSize).ToArray();
        return (new([.. items.Select(r => r.Id)], rows.Count > pageSize ? new PageToken(items[^1].Position, 0).ToString() : null), null);
    }

    /// <summary>All ids of a kind, or those alone that have not ended, oldest first.</summary>
    internal async Task<IReadOnlyList<string>> AllAsync(string kind, bool isOpenOnly, CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return await connection.QueryAsync(
            $"SELECT id FROM resources WHERE kind = @kind{(isOpenOnly ? " AND is_open = 1" : "")} ORDER BY position", r => r.GetString(0), cancellation, ("kind", kind)).ConfigureAwait(false);
    }

    /// <summary>Those of a kind that something has happened to behind a position, with the position of the last of it, in that order.</summary>
    internal async Task<IReadOnlyList<(string Id, long Position)>> ChangedAsync(string kind, long after, CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return await connection.QueryAsync("SELECT id, changed FROM resources WHERE kind = @kind AND changed > @after ORDER BY changed",
            r => (r.GetString(0), r.GetInt64(1)), cancellation, ("kind", kind), ("after", after)).ConfigureAwait(false);
    }

    static string? ParentOf(RecordedEvent recorded) =>
        recorded.Type == "wallet-planned" && WalletEvent.Catalog.Decode(recorded) is WalletEvent.WalletPlanned planned ? planned.Vault.ToString() : null;
}
