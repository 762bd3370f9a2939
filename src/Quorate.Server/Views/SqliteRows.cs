using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Quorate.Server.Views;

/// <summary>
/// A statement of SQLite that changes something, run for each of many rows. The package's commands look every parameter up by
/// its name again for every row, and make an object of every value: half of what a row costs.
/// </summary>
static class SqliteRows
{
    /// <summary>Runs it within the connection's transaction.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="sql">One statement, whose parameters are the columns' names with an @.</param>
    /// <param name="columns">Values.</param>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    internal static void Run(SqliteConnection connection, string sql, Column[] columns)
    {
        var database = connection.Handle;
        Check(raw.sqlite3_prepare_v2(database, sql, out var statement));
        using (statement)
        {
            var places = Array.ConvertAll(columns, c => raw.sqlite3_bind_parameter_index(statement, $"@{c.Name}"));
            var buffer = new byte[1_024];
            for (var row = 0; row < columns[0].Values.Length; row++)
            {
                for (var i = 0; i < columns.Length; i++)
                    // What a statement does not name has no place.
                    if (places[i] > 0)
                        Check(Bind(statement, places[i], columns[i].Values, row, ref buffer));
                if (raw.sqlite3_step(statement) is not raw.SQLITE_DONE)
                    Check(raw.sqlite3_errcode(database));
                Check(raw.sqlite3_reset(statement));
            }
        }

        void Check(int code) => SqliteException.ThrowExceptionForRC(code, database);
    }

    static int Bind(sqlite3_stmt statement, int place, Array values, int row, ref byte[] buffer) => values switch
    {
        long[] numbers => raw.sqlite3_bind_int64(statement, place, numbers[row]),
        long?[] numbers => numbers[row] is { } number ? raw.sqlite3_bind_int64(statement, place, number) : raw.sqlite3_bind_null(statement, place),
        string?[] texts => texts[row] is { } text ? Bind(statement, place, text, ref buffer) : raw.sqlite3_bind_null(statement, place),
        _ => throw new ArgumentException($"A column of {values.GetType()}.", nameof(values)),
    };

    static int Bind(sqlite3_stmt statement, int place, string text, ref byte[] buffer)
    {
        // No bytes would be no text but null.
        if (text.Length == 0)
            return raw.sqlite3_bind_text(statement, place, "");
        if (buffer.Length < Encoding.UTF8.GetMaxByteCount(text.Length))
            buffer = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return raw.sqlite3_bind_text(statement, place, buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer)));
    }
}
