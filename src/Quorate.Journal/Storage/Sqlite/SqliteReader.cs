using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Quorate.Journal.Storage.Sqlite;

/// <summary>A connection that reads, with its statements prepared. For one caller at a time.</summary>
sealed class SqliteReader : IDisposable
{
    internal const string LastSql = "SELECT position, hash FROM events ORDER BY position DESC LIMIT 1";
    internal const string VersionSql = "SELECT version FROM events WHERE stream = @stream ORDER BY version DESC LIMIT 1";

    readonly SqliteConnection connection;
    readonly SqliteCommand last, hashAt, page, streamPage, index, snapshot;

    internal SqliteReader(SqliteConnection connection)
    {
        this.connection = connection;
        connection.Execute("PRAGMA query_only = ON");
        last = Prepare(connection, LastSql);
        hashAt = Prepare(connection, "SELECT hash FROM events WHERE position = @position", "@position");
        page = Prepare(connection,
            $"SELECT {PageReader.Columns} FROM events WHERE position > @after ORDER BY position LIMIT @limit", "@after", "@limit");
        streamPage = Prepare(connection,
            $"""
            SELECT {PageReader.Columns}, (SELECT p.hash FROM events p WHERE p.position = events.position - 1)
            FROM events WHERE stream = @stream AND version > @after ORDER BY version LIMIT @limit
            """, "@stream", "@after", "@limit");
        // Three columns that the index has: the rows are not looked at.
        index = Prepare(connection,
            "SELECT stream, version, position FROM events WHERE (stream, version) > (@stream, @version) ORDER BY stream, version LIMIT @limit",
            "@stream", "@version", "@limit");
        snapshot = Prepare(connection,
            "SELECT stream, version, type, schema_version, attested, state FROM snapshots WHERE stream = @stream", "@stream");
    }

    internal static SqliteCommand Prepare(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            command.Parameters.Add(new() { ParameterName = name });
        return command;
    }

    internal (long Position, ChainHash? Hash) Last() => Last(last);

    internal static (long Position, ChainHash? Hash) Last(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), PageReader.HashOf(reader.GetInt64(0), reader, 1)) : (0, null);
    }

    internal ChainHash? HashAt(long position)
    {
        hashAt.Parameters[0].Value = position;
        using var reader = hashAt.ExecuteReader();
        return reader.Read() ? PageReader.HashOf(position, reader, 0) : null;
    }

    internal StoredPage Page(long after, int limit)
    {
        (page.Parameters[0].Value, page.Parameters[1].Value) = (after, limit);
        return Read(page, limit);
    }

    internal StoredPage StreamPage(string stream, long after, int limit)
    {
        (streamPage.Parameters[0].Value, streamPage.Parameters[1].Value, streamPage.Parameters[2].Value) = (stream, after, limit);
        return Read(streamPage, limit);
    }

    internal IReadOnlyList<IndexEntry> Index(IndexEntry after, int limit)
    {
        (index.Parameters[0].Value, index.Parameters[1].Value, index.Parameters[2].Value) = (after.Stream, after.Version, limit);
        var entries = new List<IndexEntry>();
        using var reader = index.ExecuteReader();
        while (reader.Read())
            entries.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        return entries;
    }

    internal StoredSnapshot? Snapshot(string stream)
    {
        snapshot.Parameters[0].Value = stream;
        using var reader = snapshot.ExecuteReader();
        return reader.Read()
            ? new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetFieldValue<byte[]>(5))
            : null;
    }

    // A column of SQLite holds values of any type, and its reader turns one type into another. A value of another type than was
    // written reads the same and sorts elsewhere, so that the index no longer finds it.
    static string? MistypedIn(SqliteDataReader reader)
    {
        for (var column = 0; column < PageReader.Types.Length; column++)
            if (reader.GetFieldType(column) != PageReader.Types[column])
                return reader.GetName(column);
        return null;
    }

    static StoredPage Read(SqliteCommand command, int limit)
    {
        var rows = new List<StoredRow>();
        var bytes = 0L;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = MistypedIn(reader) is { } column
                ? new StoredRow(reader.GetInt64(0), null, $"the column {column} has a value of the wrong type")
                : PageReader.Read(reader, GuidIn);
            bytes += row.Event?.Payload.Length ?? 0;
            if (rows.Count > 0 && bytes > JournalLimits.MaxPageBytes)
                return new(rows, IsEnd: false);
            rows.Add(row);
        }
        return new(rows, rows.Count < limit);
    }

    static Guid GuidIn(DbDataReader reader, int column) => new(reader.GetFieldValue<byte[]>(column), bigEndian: true);

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[last, hashAt, page, streamPage, index, snapshot])
            command.Dispose();
        connection.Dispose();
    }
}
