using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Quorate.Server.Views;

/// <summary>
/// Statements about many rows, of which <c>@rows</c> is the relation: one text for both databases, a round trip for all of
/// them where trips cost.
/// </summary>
static class ManyRows
{
    /// <summary>Runs a statement that changes something.</summary>
    internal static async Task RunManyAsync(this DbTransaction transaction, string sql, CancellationToken cancellation, params Column[] columns)
    {
        if (columns[0].Values.Length == 0)
            return;
        var connection = transaction.Connection!;
        var whole = sql.Replace("@rows", Dialect.Of(connection).Relation(columns), StringComparison.Ordinal);
        if (connection is SqliteConnection file)
            SqliteRows.Run(file, whole, columns);
        else
            await transaction.RunAsync(whole, cancellation, [.. columns.Select(c => (c.Name, (object?)c.Values))]).ConfigureAwait(false);
    }

    /// <summary>What a query finds for the rows, in no order.</summary>
    internal static async Task<List<T>> QueryManyAsync<T>(
        this DbTransaction transaction, string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params Column[] columns)
    {
        await using var rows = Prepare(transaction.Connection!, transaction, d => sql.Replace("@rows", d.Relation(columns), StringComparison.Ordinal), columns, []);
        return await ReadAsync(rows, read, int.MaxValue, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// What a query finds for one row after the other, whose values are <c>@rows.name</c>, until it has found
    /// <paramref name="limit"/>: those of a row in the query's order, and perhaps not all of the last.
    /// </summary>
    internal static async Task<List<T>> QueryEachAsync<T>(
        this DbConnection connection, string query, int limit, Func<DbDataReader, T> read, Column[] columns, IEnumerable<(string, object?)> parameters, CancellationToken cancellation)
    {
        await using var rows = Prepare(connection, null, d => d.ForEach(query, columns, limit), columns, parameters);
        return await ReadAsync(rows, read, limit, cancellation).ConfigureAwait(false);
    }

    static async Task<List<T>> ReadAsync<T>(Run rows, Func<DbDataReader, T> read, int limit, CancellationToken cancellation)
    {
        var found = new List<T>();
        while (found.Count < limit && rows.Next())
        {
            await using var reader = await rows.Command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            while (found.Count < limit && await reader.ReadAsync(cancellation).ConfigureAwait(false))
                found.Add(read(reader));
        }
        return found;
    }

    static Run Prepare(DbConnection connection, DbTransaction? transaction, Func<Dialect, string> sql, Column[] columns, IEnumerable<(string, object?)> parameters)
    {
        var dialect = Dialect.Of(connection);
        return new(Sql.Command(connection, transaction, sql(dialect), [.. columns.Select(c => (c.Name, (object?)c.Values)), .. parameters]), columns, dialect.TakesAllRows);
    }

    sealed class Run(DbCommand command, Column[] columns, bool takesAll) : IAsyncDisposable
    {
        int next;

        internal DbCommand Command => command;

        /// <summary>Puts the next row into the command, or all; false when there is none.</summary>
        internal bool Next()
        {
            if (next >= columns[0].Values.Length)
                return false;
            if (takesAll)
            {
                next = columns[0].Values.Length;
                return true;
            }
            for (var i = 0; i < columns.Length; i++)
                command.Parameters[i].Value = columns[i].Values.GetValue(next) ?? DBNull.Value;
            next++;
            return true;
        }

        public ValueTask DisposeAsync() => command.DisposeAsync();
    }
}
