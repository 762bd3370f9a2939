using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Npgsql;

namespace Quorate.Journal.Storage.Postgres;

/// <summary>The tables of the PostgreSQL journal, and the statements on them, in one schema.</summary>
sealed partial class PostgresSchema
{
    const int Format = 1;

    /// <summary>Key of the advisory lock under which tables are made: "QJNL" in ASCII.</summary>
    const long SetupLock = 0x514a4e4c;

    readonly string schema;

    /// <summary>Statements for the tables of a schema.</summary>
    /// <exception cref="ArgumentException">The name would need quoting.</exception>
    internal PostgresSchema(string schema)
    {
        if (!PlainName().IsMatch(schema))
            throw new ArgumentException($"A schema's name is 1 to 63 of a-z 0-9 _, and no digit first, not \"{schema}\".", nameof(schema));
        this.schema = schema;
        Events = $"{schema}.events";
    }

    string Events { get; }

    /// <summary>
    /// Waits for the lock that every writer takes to the end of its transaction, and tells whether commits are flushed.
    /// $1: the journal's key. Positions come from behind this lock and not from a sequence, so none is ever skipped, and
    /// a later position is never visible before an earlier one.
    /// </summary>
    internal const string Lock =
        """
        SELECT pg_advisory_xact_lock($1), current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')
        """;

    internal string Last => $"SELECT position, hash FROM {Events} ORDER BY position DESC LIMIT 1";

    internal string HashAt => $"SELECT hash FROM {Events} WHERE position = $1";

    /// <summary>$1: streams.</summary>
    internal string Versions =>
        $"""
        SELECT s, v.version FROM unnest($1::text[]) AS s
        CROSS JOIN LATERAL (SELECT version FROM {Events} WHERE stream = s ORDER BY version DESC LIMIT 1) AS v
        """;

    /// <summary>$1 to $9: a column of all rows each.</summary>
    internal string Insert =>
        $"""
        INSERT INTO {Events} ({PageReader.Columns})
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::int[], $7::bigint[], $8::bytea[], $9::bytea[])
        """;

    /// <summary>$1 to $6: the columns.</summary>
    internal string InsertSnapshot =>
        $"""
        INSERT INTO {schema}.snapshots AS old (stream, version, type, schema_version, attested, state) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (stream) DO UPDATE SET version = excluded.version, type = excluded.type,
            schema_version = excluded.schema_version, attested = excluded.attested, state = excluded.state
        WHERE excluded.version >= old.version
        """;

    internal string Snapshot => $"SELECT stream, version, type, schema_version, attested, state FROM {schema}.snapshots WHERE stream = $1";

    /// <summary>$1: position behind which; $2: limit; $3: payload bytes, beyond which the page ends behind its first row.</summary>
    internal string Page => Bounded($"SELECT {PageReader.Columns}, NULL::bytea AS before FROM {Events} WHERE position > $1 ORDER BY position LIMIT $2", "position");

    /// <summary>$1: version behind which; $2: limit; $3: payload bytes; $4: stream.</summary>
    internal string StreamPage => Bounded(
        $"""
        SELECT {PageReader.Columns}, (SELECT p.hash FROM {Events} p WHERE p.position = e.position - 1) AS before
        FROM {Events} e WHERE stream = $4 AND version > $1 ORDER BY version LIMIT $2
        """, "version");

    /// <summary>$1, $2: stream and version behind which; $3: limit.</summary>
    internal string Index => $"SELECT stream, version, position FROM {Events} WHERE (stream, version) > ($1, $2) ORDER BY stream, version LIMIT $3";

    /// <summary>The key of a journal's lock: the first eight bytes of its id.</summary>
    internal static long LockKey(Guid journal) => BinaryPrimitives.ReadInt64BigEndian(journal.ToByteArray(bigEndian: true));

    /// <summary>Makes the tables where they are not there yet.</summary>
    /// <returns>The journal's id.</returns>
    internal async Task<Guid> PrepareAsync(NpgsqlDataSource source, Func<Guid> newId, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using (var tables = new NpgsqlCommand(await ExistsAsync(connection, cancellation).ConfigureAwait(false) ? Lockless : Tables(), connection))
            await tables.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await using (var insert = new NpgsqlCommand(
            $"INSERT INTO {schema}.journal (id, format) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM {schema}.journal)", connection))
        {
            insert.Parameters.Add(new() { Value = newId() });
            insert.Parameters.Add(new() { Value = Format });
            await insert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
        var id = await ReadIdAsync(connection, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return id;
    }

    /// <summary>What is run where the tables are there: nothing.</summary>
    const string Lockless = "SELECT 1";

    async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({SetupLock}); SELECT to_regclass('{schema}.journal') IS NOT NULL", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await reader.NextResultAsync(cancellation).ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        return reader.GetBoolean(0);
    }

    async Task<Guid> ReadIdAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT id, format FROM {schema}.journal", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        var format = reader.GetInt32(1);
        return format == Format
            ? reader.GetGuid(0)
            : throw new JournalUnavailableException($"The journal is of format {format}; this build knows {Format}.", isOutcomeUnknown: false);
    }

    // "C" compares bytes, whatever the database's locale. The triggers stop accidents, not attackers: those drop the
    // trigger and meet the chain. Payloads are left uncompressed: they are mostly small, and often sealed.
    string Tables() =>
        $"""
        CREATE SCHEMA IF NOT EXISTS {schema};
        CREATE TABLE {schema}.journal (id uuid NOT NULL, format int NOT NULL);
        CREATE TABLE {Events} (
            position bigint PRIMARY KEY,
            version bigint NOT NULL,
            recorded bigint NOT NULL,
            id uuid NOT NULL,
            schema_version int NOT NULL,
            stream text COLLATE "C" NOT NULL,
            type text COLLATE "C" NOT NULL,
            hash bytea NOT NULL,
            payload bytea NOT NULL);
        ALTER TABLE {Events} ALTER COLUMN payload SET STORAGE EXTERNAL;
        CREATE UNIQUE INDEX events_by_stream ON {Events} (stream, version);
        CREATE TABLE {schema}.snapshots (
            stream text COLLATE "C" PRIMARY KEY,
            version bigint NOT NULL,
            type text COLLATE "C" NOT NULL,
            schema_version int NOT NULL,
            attested bigint NOT NULL,
            state bytea NOT NULL);
        CREATE FUNCTION {schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'events are not changed or deleted'; END $$;
        CREATE TRIGGER events_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {Events}
            FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse();
        """;

    // octet_length does not fetch a payload that is stored apart, and the window reads no further than the limit.
    static string Bounded(string page, string order) =>
        $"""
        SELECT {PageReader.Columns}, before FROM (
            SELECT *, sum(octet_length(payload)) OVER (ORDER BY {order}) - octet_length(payload) AS bytes_before FROM ({page}) AS page
        ) AS sized WHERE bytes_before < $3 ORDER BY {order}
        """;

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex PlainName();
}
