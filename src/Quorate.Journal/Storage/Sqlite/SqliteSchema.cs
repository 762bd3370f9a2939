using Microsoft.Data.Sqlite;

namespace Quorate.Journal.Storage.Sqlite;

/// <summary>The tables of the SQLite journal, and how a connection to it is set up.</summary>
static class SqliteSchema
{
    /// <summary>"QJNL" in ASCII: tells the file(1) command and us whose file it is.</summary>
    const int ApplicationId = 0x514a4e4c;

    const int Format = 1;

    /// <summary>
    /// Pages in the log before it is copied into the file: 4 MiB. Bounds the log and the time to open after a crash; the
    /// copy costs one append in some hundred a second fsync.
    /// </summary>
    const int CheckpointPages = 1_000;

    // The triggers stop accidents, not attackers: those drop the trigger and meet the chain.
    const string Tables = """
        CREATE TABLE IF NOT EXISTS journal (id BLOB NOT NULL, format INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS events (
            position INTEGER PRIMARY KEY,
            stream TEXT NOT NULL,
            version INTEGER NOT NULL,
            id BLOB NOT NULL,
            type TEXT NOT NULL,
            schema_version INTEGER NOT NULL,
            recorded INTEGER NOT NULL,
            payload BLOB NOT NULL,
            hash BLOB NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, version);
        CREATE TABLE IF NOT EXISTS snapshots (
            stream TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            type TEXT NOT NULL,
            schema_version INTEGER NOT NULL,
            attested INTEGER NOT NULL,
            state BLOB NOT NULL) WITHOUT ROWID;
        CREATE TRIGGER IF NOT EXISTS events_are_not_changed BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are not changed'); END;
        CREATE TRIGGER IF NOT EXISTS events_are_not_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events are not deleted'); END;
        """;

    /// <summary>Opens a connection in the durable mode, or not at all.</summary>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    /// <exception cref="JournalUnavailableException">It is not durable.</exception>
    internal static SqliteConnection Connect(string path, int lockTimeoutMilliseconds)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            // SQLite's own handler waits in small steps; the package's waits in steps of 150 ms and is left nothing to do.
            DefaultTimeout = Math.Max(1, lockTimeoutMilliseconds / 1_000),
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {lockTimeoutMilliseconds}");
            // Full: fsync the log with every commit, not only when it is copied. The other two are for macOS, whose fsync alone does not.
            Require(connection, "PRAGMA journal_mode = WAL", "wal", "keep a write-ahead log here");
            Execute(connection, "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
            Require(connection, "PRAGMA synchronous", "2", "fsync with every commit");
            Execute(connection, $"PRAGMA wal_autocheckpoint = {CheckpointPages}; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes the tables where they are not there yet.</summary>
    /// <returns>The journal's id.</returns>
    internal static Guid Prepare(SqliteConnection connection, Func<Guid> newId)
    {
        Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            if (Scalar(connection, "PRAGMA application_id") is not (0L or (long)ApplicationId) and var other)
                throw new JournalUnavailableException($"The file is a database of another application, {other:x8}.", isOutcomeUnknown: false);
            // Written only once: a write would make every opening an fsync.
            if (Scalar(connection, "PRAGMA application_id") is 0L)
                Execute(connection, $"PRAGMA application_id = {ApplicationId}");
            Execute(connection, Tables);
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO journal (id, format) SELECT @id, @format WHERE NOT EXISTS (SELECT 1 FROM journal)";
            command.Parameters.AddWithValue("@id", newId().ToByteArray(bigEndian: true));
            command.Parameters.AddWithValue("@format", Format);
            command.ExecuteNonQuery();
            var id = ReadId(connection);
            Execute(connection, "COMMIT");
            return id;
        }
        catch
        {
            Execute(connection, "ROLLBACK");
            throw;
        }
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static Guid ReadId(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, format FROM journal";
        using var reader = command.ExecuteReader();
        if (!reader.Read() || reader.GetFieldValue<byte[]>(0) is not { Length: 16 } id)
            throw new JournalUnavailableException("The file has no journal's id.", isOutcomeUnknown: false);
        var format = reader.GetInt64(1);
        return format == Format
            ? new(id, bigEndian: true)
            : throw new JournalUnavailableException($"The journal is of format {format}; this build knows {Format}.", isOutcomeUnknown: false);
    }

    static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    static void Require(SqliteConnection connection, string pragma, string expected, string what)
    {
        var actual = Convert.ToString(Scalar(connection, pragma), System.Globalization.CultureInfo.InvariantCulture);
        if (actual != expected)
            throw new JournalUnavailableException($"SQLite does not {what}: {pragma} gives \"{actual}\".", isOutcomeUnknown: false);
    }
}
