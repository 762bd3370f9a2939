using System.Data.Common;
using System.Text.Json;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Deciding;

namespace Quorate.Server.Views;

/// <summary>A line of the audit: what happened to what, when, by whom. The event itself, and its proof, are in the journal at that position.</summary>
sealed record AuditLine(long Position, DateTimeOffset RecordedAt, string Stream, string Type, string? Actor, string EventId);

/// <summary>Every event by date. The index is a read model; cutting it off deletes nothing from the journal.</summary>
sealed class AuditTrail : IProjection
{
    // Members that name who did it, in the events of all deciders.
    static readonly string[] actors = ["by", "member", "caller"];

    /// <inheritdoc/>
    public string Name => "audit";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var sql in (string[])
        [
            "DROP TABLE IF EXISTS audit",
            "CREATE TABLE audit (position BIGINT PRIMARY KEY, recorded_at BIGINT NOT NULL, stream TEXT NOT NULL, type TEXT NOT NULL, actor TEXT, event TEXT NOT NULL)",
            "CREATE INDEX audit_by_time ON audit (recorded_at, position)",
            "CREATE INDEX audit_by_stream ON audit (stream, position)",
        ])
            await transaction.RunAsync(sql, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation) => transaction.RunManyAsync(
        "INSERT INTO audit SELECT * FROM @rows", cancellation,
        new Column("position", events.Select(e => e.Position).ToArray()), new Column("recorded_at", events.Select(e => e.RecordedMicroseconds).ToArray()),
        new Column("stream", events.Select(e => e.Stream).ToArray()), new Column("type", events.Select(e => e.Type).ToArray()),
        new Column("actor", events.Select(e => ActorOf(e.Payload)).ToArray()), new Column("event", events.Select(e => e.Id.ToString()).ToArray()));

    /// <summary>A page of lines in the order they happened, between two times or of one stream.</summary>
    internal static async Task<(Page<AuditLine>? Page, Refusal? Refusal)> ListAsync(
        DbDataSource readModels, DateTimeOffset from, DateTimeOffset until, string? stream, int pageSize, string? pageToken, CancellationToken cancellation = default)
    {
        if (pageSize is < 1 or > TransferQuery.MaxPageSize)
            return (null, new("invalid_page_size", $"A page has 1 to {TransferQuery.MaxPageSize}."));
        if (!PageToken.TryParse(pageToken, out var after))
            return (null, new("invalid_page_token", "That is no token of a page."));
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var rows = await connection.QueryAsync(
            $"""
            SELECT position, recorded_at, stream, type, actor, event FROM audit
            WHERE {(stream is null
                ? "(recorded_at, position) > (@after_time, @after) AND recorded_at < @until ORDER BY recorded_at, position"
                : "stream = @stream AND position > @after AND recorded_at > @after_time AND recorded_at < @until ORDER BY position")}
            LIMIT {Sql.Number(pageSize + 1)}
            """,
            r => new AuditLine(r.GetInt64(0), Sql.Time(r.GetInt64(1)), r.GetString(2), r.GetString(3), r.Text(4), r.GetString(5)), cancellation,
            [
                // The first page begins behind the last microsecond that is not asked for; that of a stream, which has an index of its own, at its first event.
                ("until", Sql.Microseconds(until)),
                ("after_time", (stream is null ? after?.First : null) ?? Sql.Microseconds(from) - 1),
                ("after", after?.Second ?? (stream is null ? long.MaxValue : 0)),
                .. stream is null ? [] : (IEnumerable<(string, object?)>)[("stream", stream)],
            ]).ConfigureAwait(false);
        var items = rows.Take(pageSize).ToArray();
        return (new(items, rows.Count > pageSize ? new PageToken(Sql.Microseconds(items[^1].RecordedAt), items[^1].Position).ToString() : null), null);
    }

    /// <summary>Forgets lines of before a time, as far as the retention lets it; how many.</summary>
    internal static async Task<(int Lines, Refusal? Refusal)> PruneAsync(
        DbDataSource readModels, Retention retention, DateTimeOffset before, DateTimeOffset now, CancellationToken cancellation = default)
    {
        if (retention.Check(before, now) is { } refusal)
            return (0, refusal);
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var lines = await transaction.RunAsync("DELETE FROM audit WHERE recorded_at < @before", cancellation, ("before", Sql.Microseconds(before))).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return (lines, null);
    }

    // An event of another writer need not be JSON.
    static string? ActorOf(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            // What one event calls a draft is another thing in another.
            if (json.RootElement.TryGetProperty("draft", out var draft) && draft.ValueKind == JsonValueKind.Object
                && draft.TryGetProperty("initiator", out var initiator) && initiator.ValueKind == JsonValueKind.String)
                return initiator.GetString();
            foreach (var name in actors)
                if (json.RootElement.TryGetProperty(name, out var actor) && actor.ValueKind == JsonValueKind.String)
                    return actor.GetString();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
