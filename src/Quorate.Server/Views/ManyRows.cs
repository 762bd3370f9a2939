using System.Data.Common;

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
        await using var rows = Prepare(transaction, sql, columns);
        while (rows.Next())
            await rows.Command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>What a query finds for the rows, in no order.</summary>
    internal static async Task<List<T>> QueryManyAsync<T>(
        this DbTransaction transaction, string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params Column[] columns)
    {
        await using var rows = Prepare(transaction, sql, columns);
        var found = new List<T>();
        while (rows.Next())
        {
            await using var reader = await rows.Command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                found.Add(read(reader));
        }
        return found;
    }

    static Run Prepare(DbTransaction transaction, string sql, Column[] columns)
    {
        var connection = transaction.Connection!;
        var dialect = Dialect.Of(connection);
        return new(
            Sql.Command(connection, transaction, sql.Replace("@rows", dialect.Relation(columns), StringComparison.Ordinal), [.. columns.Select(c => (c.Name, (object?)c.Values))]),
            columns, dialect.TakesAllRows);
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
