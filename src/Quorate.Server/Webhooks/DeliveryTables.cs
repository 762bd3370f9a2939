using System.Data.Common;
using Quorate.Server.Views;

namespace Quorate.Server.Webhooks;

/// <summary>Where a delivery stands.</summary>
enum DeliveryState
{
    /// <summary>To be tried, now or later.</summary>
    Pending = 0,

    /// <summary>The endpoint has it.</summary>
    Delivered = 1,

    /// <summary>It was tried for more than a day.</summary>
    GivenUp = 2,
}

/// <summary>
/// The tables of deliveries. They are no read model: what an endpoint has answered stands nowhere else. Should they be lost,
/// deliveries go on with what happens from then on, and what is missing can be sent again by its time.
/// </summary>
static class DeliveryTables
{
    // A lane is what is pending for one endpoint about one resource: it is claimed as a whole, so what happens to one thing is
    // told in order, and what happens to others meanwhile is not kept waiting.
    static readonly string[] tables =
    [
        "CREATE TABLE IF NOT EXISTS webhook_cursor (one INTEGER PRIMARY KEY, position BIGINT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS webhook_endpoints (id TEXT PRIMARY KEY, after BIGINT NOT NULL, kinds TEXT NOT NULL, is_paused INTEGER NOT NULL, failing_since BIGINT NOT NULL)",
        """
        CREATE TABLE IF NOT EXISTS webhook_deliveries (webhook TEXT NOT NULL, position BIGINT NOT NULL, event TEXT NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL,
        sequence BIGINT NOT NULL, state INTEGER NOT NULL, tries INTEGER NOT NULL, PRIMARY KEY (webhook, position))
        """,
        "CREATE INDEX IF NOT EXISTS webhook_deliveries_by_resource ON webhook_deliveries (webhook, resource, position)",
        "CREATE INDEX IF NOT EXISTS webhook_deliveries_by_state ON webhook_deliveries (webhook, state, position)",
        """
        CREATE TABLE IF NOT EXISTS webhook_lanes (webhook TEXT NOT NULL, resource TEXT NOT NULL, due BIGINT NOT NULL, owner TEXT NOT NULL, woken BIGINT NOT NULL,
        seen BIGINT NOT NULL, PRIMARY KEY (webhook, resource))
        """,
        "CREATE INDEX IF NOT EXISTS webhook_lanes_by_due ON webhook_lanes (webhook, due)",
        """
        CREATE TABLE IF NOT EXISTS webhook_attempts (webhook TEXT NOT NULL, position BIGINT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, latency BIGINT NOT NULL,
        status INTEGER, error TEXT, excerpt TEXT NOT NULL, server TEXT NOT NULL, PRIMARY KEY (webhook, position, number))
        """,
    ];

    internal static async Task CreateAsync(DbDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        foreach (var sql in tables)
        {
            try
            {
                await using var command = Sql.Command(connection, null, sql);
                await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            }
            catch (DbException other) when (other.SqlState is "23505" or "42P07" or "42710")
            {
                // PostgreSQL lets two sessions begin to make one table, and tells the second that it is there.
            }
        }
    }

    /// <summary>Runs something in a transaction.</summary>
    internal static async Task<T> InTransactionAsync<T>(this DbDataSource database, Func<DbTransaction, Task<T>> run, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var result = await run(transaction).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return result;
    }

    /// <summary>Puts events into an endpoint's queue. One that is there already is pending again.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="rows">Endpoint and event.</param>
    /// <param name="now">From when on they are due.</param>
    /// <param name="isPushed">Whether what waits for another try of the same resource waits no longer.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static async Task EnqueueAsync(
        DbTransaction transaction, IReadOnlyList<(string Webhook, Events.PublicEvent Event)> rows, DateTimeOffset now, bool isPushed, CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return;
        await transaction.RunManyAsync(
            """
            INSERT INTO webhook_deliveries (webhook, position, event, type, resource, sequence, state, tries)
            SELECT rows.webhook, rows.position, rows.event, rows.type, rows.resource, rows.sequence, 0, 0 FROM @rows WHERE true
            ON CONFLICT (webhook, position) DO UPDATE SET state = 0, tries = 0
            """, cancellation,
            new Column("webhook", rows.Select(r => r.Webhook).ToArray()), new Column("position", rows.Select(r => r.Event.Position).ToArray()),
            new Column("event", rows.Select(r => r.Event.Id.ToString()).ToArray()), new Column("type", rows.Select(r => r.Event.Type).ToArray()),
            new Column("resource", rows.Select(r => r.Event.Resource).ToArray()), new Column("sequence", rows.Select(r => r.Event.Sequence).ToArray())).ConfigureAwait(false);
        // In one order, whoever does it: so that no two wait for each other.
        var lanes = rows.Select(r => (r.Webhook, r.Event.Resource)).Distinct().Order().ToArray();
        var due = now.ToUnixTimeMilliseconds();
        await transaction.RunManyAsync(
            $"""
            INSERT INTO webhook_lanes (webhook, resource, due, owner, woken, seen)
            SELECT rows.webhook, rows.resource, rows.due, '', 1, 0 FROM @rows WHERE true
            ON CONFLICT (webhook, resource) DO UPDATE SET woken = webhook_lanes.woken + 1{(isPushed ? ", due = CASE WHEN webhook_lanes.owner = '' THEN excluded.due ELSE webhook_lanes.due END" : "")}
            """, cancellation,
            new Column("webhook", lanes.Select(l => l.Webhook).ToArray()), new Column("resource", lanes.Select(l => l.Resource).ToArray()),
            new Column("due", lanes.Select(_ => due).ToArray())).ConfigureAwait(false);
    }
}
