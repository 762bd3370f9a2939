using System.Data.Common;

namespace Quorate.Journal.Projections;

/// <summary>
/// Where projections stand, in the database of their read models: the head behind the last event applied, so that a journal
/// that was exchanged or rolled back is noticed. SQL that both databases take.
/// </summary>
static class CheckpointTable
{
    internal static async Task CreateAsync(DbConnection connection, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(connection, null,
                """
                CREATE TABLE IF NOT EXISTS quorate_checkpoints
                (projection TEXT PRIMARY KEY, version INTEGER NOT NULL, journal TEXT NOT NULL, position BIGINT NOT NULL, hash TEXT NOT NULL)
                """, cancellation).ConfigureAwait(false);
        }
        catch (DbException other) when (other.SqlState is "23505" or "42P07" or "42710")
        {
            // PostgreSQL lets two sessions begin to make one table, and tells the second that it is there.
        }
    }

    /// <summary>The checkpoint and the projection's version that made it; null where it never ran.</summary>
    internal static async Task<(int Version, Head Head)?> ReadAsync(DbConnection connection, string projection, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT version, journal, position, hash FROM quorate_checkpoints WHERE projection = @projection";
        Add(command, "@projection", projection);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await reader.ReadAsync(cancellation).ConfigureAwait(false)
            ? (reader.GetInt32(0), new(Guid.ParseExact(reader.GetString(1), "N"), reader.GetInt64(2), ChainHash.FromBytes(Convert.FromHexString(reader.GetString(3)))))
            : null;
    }

    /// <summary>Puts the checkpoint somewhere, whatever it was.</summary>
    internal static Task SetAsync(DbTransaction transaction, IProjection projection, Head head, CancellationToken cancellation) =>
        RunAsync(transaction.Connection!, transaction,
            """
            INSERT INTO quorate_checkpoints (projection, version, journal, position, hash) VALUES (@projection, @version, @journal, @position, @hash)
            ON CONFLICT (projection) DO UPDATE SET version = excluded.version, journal = excluded.journal, position = excluded.position, hash = excluded.hash
            """, cancellation,
            ("@projection", projection.Name), ("@version", projection.Version), ("@journal", head.Journal.ToString("N")),
            ("@position", head.Position), ("@hash", head.Hash.ToString()));

    /// <summary>
    /// Moves the checkpoint on, and holds its row to the end of the transaction. False if it is no longer where it was: another
    /// process has applied these events, or reset the projection.
    /// </summary>
    internal static async Task<bool> MoveAsync(DbTransaction transaction, IProjection projection, Head from, Head to, CancellationToken cancellation) =>
        await RunAsync(transaction.Connection!, transaction,
            """
            UPDATE quorate_checkpoints SET position = @position, hash = @hash
            WHERE projection = @projection AND version = @version AND position = @before AND hash = @hash_before
            """, cancellation,
            ("@projection", projection.Name), ("@version", projection.Version), ("@before", from.Position), ("@hash_before", from.Hash.ToString()),
            ("@position", to.Position), ("@hash", to.Hash.ToString())).ConfigureAwait(false) == 1;

    /// <summary>Runs a statement, however long it takes or waits for another process; how many rows it changed.</summary>
    internal static async Task<int> RunAsync(
        DbConnection connection, DbTransaction? transaction, string sql, CancellationToken cancellation, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction, command.CommandTimeout) = (sql, transaction, 0);
        foreach (var (name, value) in parameters)
            Add(command, name, value);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
