using System.Data.Common;
using System.Globalization;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Lanes;

namespace Quorate.Server.Sagas;

/// <summary>How much work there is.</summary>
/// <param name="All">Transfers under way.</param>
/// <param name="Due">Those that nobody has claimed and that could go on now.</param>
/// <param name="OldestDue">How long the oldest of them has been due; zero where none is.</param>
readonly record struct WorkDepth(long All, long Due, TimeSpan OldestDue);

/// <summary>
/// The queue of work as a table beside the read models, in SQLite or PostgreSQL. It is made from the journal: whatever
/// happens to a transfer wakes it in the transaction that moves the checkpoint, so nothing is forgotten between a transfer
/// and its work, and a table that is lost is made anew.
/// </summary>
sealed class WorkTable(DbDataSource database) : IWorkQueue, IProjection
{
    /// <summary>What the streams of transfers begin with.</summary>
    const string Prefix = "transfer/";

    /// <summary>How many of those who wait for a place in a lane are woken by one event of it: as many places as one event can make free.</summary>
    const int MaxWoken = NonceLane.MaxInFlight;

    public string Name => "work";

    public int Version => 2;

    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        await RunAsync(transaction.Connection!, transaction, "DROP TABLE IF EXISTS work", cancellation).ConfigureAwait(false);
        // Woken counts up, so that what was woken while somebody had it is seen when it is given back.
        await RunAsync(transaction.Connection!, transaction,
            "CREATE TABLE work (item TEXT PRIMARY KEY, due BIGINT NOT NULL, owner TEXT NOT NULL, until BIGINT NOT NULL, woken BIGINT NOT NULL, seen BIGINT NOT NULL, full_lane TEXT)",
            cancellation).ConfigureAwait(false);
        await RunAsync(transaction.Connection!, transaction, "CREATE INDEX work_by_due ON work (due)", cancellation).ConfigureAwait(false);
        await RunAsync(transaction.Connection!, transaction, "CREATE INDEX work_by_lane ON work (full_lane, item) WHERE full_lane IS NOT NULL", cancellation).ConfigureAwait(false);
    }

    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        foreach (var item in events.Where(e => e.Stream.StartsWith(Prefix, StringComparison.Ordinal)).Select(e => e.Stream[Prefix.Length..]).Distinct(StringComparer.Ordinal))
            await RunAsync(transaction.Connection!, transaction,
                """
                INSERT INTO work (item, due, owner, until, woken, seen) VALUES (@item, 0, '', 0, 1, 0)
                ON CONFLICT (item) DO UPDATE SET due = 0, woken = work.woken + 1
                """, cancellation, ("@item", item)).ConfigureAwait(false);
        // Whoever waits longest first: items are named by when they were made. Who misses it, because he was just about to wait, looks again soon.
        foreach (var lane in events.Where(NonceEvent.MayMakeRoom).Select(e => e.Stream).Distinct(StringComparer.Ordinal))
            await RunAsync(transaction.Connection!, transaction,
                string.Create(CultureInfo.InvariantCulture,
                    $"""
                    UPDATE work SET due = 0, woken = work.woken + 1, full_lane = NULL
                    WHERE item IN (SELECT item FROM work WHERE full_lane = @lane ORDER BY item LIMIT {MaxWoken})
                    """), cancellation, ("@lane", lane)).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<string>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        // Begun as a writer: SQLite lets nobody wait who has read first and then wants to write.
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        // The condition stands twice: what another server has claimed while this statement waited is looked at again.
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"""
            UPDATE work SET owner = @owner, until = @until, seen = woken, full_lane = NULL
            WHERE until <= @now AND due <= @now AND item IN (SELECT item FROM work WHERE until <= @now AND due <= @now ORDER BY due, item LIMIT {limit})
            RETURNING item
            """);
        Bind(command, ("@owner", owner), ("@now", now.ToUnixTimeMilliseconds()), ("@until", (now + lease).ToUnixTimeMilliseconds()));
        var items = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                items.Add(reader.GetString(0));
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return items;
    }

    /// <summary>How much there is.</summary>
    internal async Task<WorkDepth> DepthAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        // What was woken is due at zero, from when on nobody knows.
        command.CommandText = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN until <= @now AND due <= @now THEN 1 ELSE 0 END), 0), COALESCE(MIN(CASE WHEN until <= @now AND due > 0 AND due <= @now THEN due END), @now) FROM work";
        Bind(command, ("@now", now.ToUnixTimeMilliseconds()));
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        return new(reader.GetInt64(0), reader.GetInt64(1), TimeSpan.FromMilliseconds(now.ToUnixTimeMilliseconds() - reader.GetInt64(2)));
    }

    /// <summary>Gives back whatever a server of this name has claimed: a server that was killed has it no more when it begins anew.</summary>
    internal async Task ForgetAsync(string owner, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await RunAsync(connection, transaction, "UPDATE work SET owner = '', until = 0, due = 0 WHERE owner = @owner", cancellation, ("@owner", owner)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    public async Task ReturnAsync(string item, string owner, DateTimeOffset due, string? fullLane, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await RunAsync(connection, transaction,
            """
            UPDATE work SET owner = '', until = 0, due = CASE WHEN woken > seen THEN 0 ELSE @due END, full_lane = NULLIF(@lane, '')
            WHERE item = @item AND owner = @owner
            """, cancellation, ("@item", item), ("@owner", owner), ("@due", due.ToUnixTimeMilliseconds()), ("@lane", fullLane ?? "")).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    public async Task CompleteAsync(string item, string owner, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await RunAsync(connection, transaction, "DELETE FROM work WHERE item = @item AND owner = @owner AND woken = seen", cancellation, ("@item", item), ("@owner", owner)).ConfigureAwait(false);
        await RunAsync(connection, transaction, "UPDATE work SET owner = '', until = 0, due = 0 WHERE item = @item AND owner = @owner", cancellation, ("@item", item), ("@owner", owner)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    static async Task RunAsync(DbConnection connection, DbTransaction transaction, string sql, CancellationToken cancellation, params (string Name, object Value)[] values)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        Bind(command, values);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    static void Bind(DbCommand command, params (string Name, object Value)[] values)
    {
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
    }
}
