using Microsoft.Data.Sqlite;

namespace Quorate.Journal.Storage.Sqlite;

/// <summary>The tables of the SQLite journal.</summary>
static class SqliteSchema
{
    /// <summary>"QJNL" in ASCII: tells the file(1) command and us whose file it is.</summary>
    const int ApplicationId = 0x514a4e4c;

    const int Format = 1;

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

    /// <summary>Makes the tables where they are not there yet.</summary>
    /// <returns>The journal's id.</returns>
    internal static Guid Prepare(SqliteConnection connection, Func<Guid> newId)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            if (connection.Scalar("PRAGMA application_id") is not (0L or (long)ApplicationId) and var other)
                throw new JournalUnavailableException($"The file is a database of another application, {other:x8}.", isOutcomeUnknown: false);
            // Written only once: a write would make every opening an fsync.
            if (connection.Scalar("PRAGMA application_id") is 0L)
                connection.Execute($"PRAGMA application_id = {ApplicationId}");
            connection.Execute(Tables);
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO journal (id, format) SELECT @id, @format WHERE NOT EXISTS (SELECT 1 FROM journal)";
            command.Parameters.AddWithValue("@id", newId().ToByteArray(bigEndian: true));
            command.Parameters.AddWithValue("@format", Format);
            command.ExecuteNonQuery();
            var id = ReadId(connection);
            connection.Execute("COMMIT");
            return id;
        }
        catch
        {
            connection.Execute("ROLLBACK");
            throw;
        }
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
}
