using System.Data.Common;
using System.Globalization;

namespace Quorate.Server.Views;

/// <summary>SQL with named parameters over either database. Both take <c>@name</c>, <c>ON CONFLICT</c> and row values; what they differ in stands in <see cref="Dialect"/>.</summary>
static class Sql
{
    /// <summary>Runs a statement; how many rows it changed.</summary>
    internal static async Task<int> RunAsync(
        this DbTransaction transaction, string sql, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(transaction.Connection!, transaction, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The rows of a query, read one by one.</summary>
    internal static Task<List<T>> QueryAsync<T>(
        this DbConnection connection, string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters) =>
        QueryAsync(connection, null, sql, read, parameters, cancellation);

    /// <summary>The rows of a query within a transaction, read one by one.</summary>
    internal static Task<List<T>> QueryAsync<T>(
        this DbTransaction transaction, string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters) =>
        QueryAsync(transaction.Connection!, transaction, sql, read, parameters, cancellation);

    static async Task<List<T>> QueryAsync<T>(
        DbConnection connection, DbTransaction? transaction, string sql, Func<DbDataReader, T> read, (string Name, object? Value)[] parameters, CancellationToken cancellation)
    {
        await using var command = Command(connection, transaction, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first row of a command, or null.</summary>
    internal static async Task<T?> FirstAsync<T>(this DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellation) where T : class
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await reader.ReadAsync(cancellation).ConfigureAwait(false) ? read(reader) : null;
    }

    /// <summary>A command with its parameters, to be run once or many times.</summary>
    internal static DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, params (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@{name}", value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>A text, or null.</summary>
    internal static string? Text(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>Microseconds since 1970, which both databases sort alike.</summary>
    internal static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time of so many microseconds.</summary>
    internal static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>A whole number in the one way of writing it.</summary>
    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
