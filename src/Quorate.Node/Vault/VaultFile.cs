using Microsoft.Data.Sqlite;
using Quorate.Journal.Storage.Sqlite;
using Quorate.Policies;

namespace Quorate.Node.Vault;

/// <summary>A row as it was found: nothing in it is believed yet. The body is null where it was only hashed.</summary>
readonly record struct StoredRecord(string Name, byte[] Header, byte[]? Body, Digest Hash);

/// <summary>A row to be written, or to be deleted where the body is null.</summary>
readonly record struct RecordWrite(string Name, byte[] Header, byte[]? Body);

/// <summary>What opens a vault: who it is, how its KEK is found, and a key wrapped to prove that it is the right one.</summary>
readonly record struct VaultOpening(Guid Id, byte[] Parameters, byte[] Proof);

/// <summary>The vault's SQLite file: one connection that locks everybody else out. Rows in, rows out; no secrets, no judgement.</summary>
sealed class VaultFile : IDisposable
{
    /// <summary>"QVLT" in ASCII: tells the file(1) command and us whose file it is.</summary>
    const int ApplicationId = 0x51564c54;

    const int Format = 1;

    /// <summary>Long enough for another process that is just closing, and short for a person.</summary>
    const int LockTimeoutMilliseconds = 500;

    const int Busy = 5, Locked = 6, Corrupt = 11, DiskFull = 13, NotADatabase = 26;

    const string Tables = """
        CREATE TABLE vault (format INTEGER NOT NULL, id BLOB NOT NULL, parameters BLOB NOT NULL, proof BLOB NOT NULL);
        CREATE TABLE records (name TEXT PRIMARY KEY, header BLOB NOT NULL, body BLOB NOT NULL);
        """;

    readonly string path;

    VaultFile(string path, SqliteConnection connection) => (this.path, Connection) = (path, connection);

    internal SqliteConnection Connection { get; }

    /// <summary>Fills an empty file with a vault's first commit and closes it again.</summary>
    internal static void Fill(string path, VaultOpening opening, IEnumerable<RecordWrite> records)
    {
        using var file = Connect(path);
        file.Run(isCommit: false, () => file.Connection.Execute($"PRAGMA application_id = {ApplicationId}"));
        file.Transact(() =>
        {
            file.Connection.Execute(Tables);
            using var insert = file.Command("INSERT INTO vault (format, id, parameters, proof) VALUES (@format, @id, @parameters, @proof)");
            insert.Parameters.AddWithValue("@format", Format);
            insert.Parameters.AddWithValue("@id", opening.Id.ToByteArray(bigEndian: true));
            insert.Parameters.AddWithValue("@parameters", opening.Parameters);
            insert.Parameters.AddWithValue("@proof", opening.Proof);
            insert.ExecuteNonQuery();
            file.Write(records);
        });
    }

    internal static VaultFile Open(string path, out VaultOpening opening)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such vault.", path);
        var file = Connect(path);
        try
        {
            opening = file.Run(isCommit: false, file.ReadOpening);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The rows of one name: more than one only where somebody has changed the table itself.</summary>
    internal List<StoredRecord> Read(string name) => Run(isCommit: false, () =>
    {
        using var select = Command("SELECT name, header, body FROM records WHERE name = @name");
        select.Parameters.AddWithValue("@name", name);
        return Rows(select, withBody: true).ToList();
    });

    /// <summary>Every row, by name, its body hashed and dropped.</summary>
    internal ILookup<string, StoredRecord> Scan() => Run(isCommit: false, () =>
    {
        // Not by the index: what stands in the table is what counts.
        using var select = Command("SELECT name, header, body FROM records NOT INDEXED");
        return Rows(select, withBody: false).ToLookup(r => r.Name, StringComparer.Ordinal);
    });

    /// <summary>Writes all or nothing, durably, if the manifest in the file is still the one given.</summary>
    internal void Commit(byte[] manifestHeader, IEnumerable<RecordWrite> records) => Transact(() =>
    {
        using var select = Command("SELECT header FROM records WHERE name = 'manifest'");
        // Somebody else has written, or this process is a copy of one that has: what it knows is not what is.
        if (select.ExecuteScalar() is not byte[] stored || !stored.AsSpan().SequenceEqual(manifestHeader))
            throw new VaultException(VaultFault.Edited, "manifest", "it is not the one that this process has written.");
        Write(records);
    });

    /// <summary>Moves the log into the file and empties it, so that what has been overwritten is not left in it.</summary>
    internal void EmptyLog() => Run(isCommit: false, () => Connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)"));

    public void Dispose() => Connection.Dispose();

    static VaultFile Connect(string path)
    {
        try
        {
            var file = new VaultFile(path, DurableSqlite.Open(path, LockTimeoutMilliseconds, isExclusive: true));
            // What is deleted or replaced is overwritten with zeros.
            file.Connection.Execute("PRAGMA secure_delete = ON");
            return file;
        }
        catch (SqliteException problem)
        {
            throw Failed(path, problem, isCommit: false);
        }
        catch (IOException problem)
        {
            throw new VaultException(VaultFault.Unavailable, null, $"{path}: {problem.Message}", problem);
        }
    }

    VaultOpening ReadOpening()
    {
        VaultException Unknown(string detail) => new(VaultFault.UnknownFormat, null, $"{path}: {detail}");

        if (Connection.Scalar("PRAGMA application_id") is not (long)ApplicationId)
            throw Unknown("not a vault.");
        using var select = Command("SELECT format, id, parameters, proof FROM vault");
        using var reader = select.ExecuteReader();
        if (!reader.Read())
            throw Unknown("the vault's own row is missing.");
        if (reader.GetValue(0) is not long format || format != Format)
            throw Unknown($"a vault of format {reader.GetValue(0)}; this build knows {Format}.");
        var opening = reader.GetValue(1) is byte[] { Length: 16 } id
            && reader.GetValue(2) is byte[] { Length: <= RecordSeal.MaxWrappedSize } parameters
            && reader.GetValue(3) is byte[] { Length: <= RecordSeal.MaxWrappedSize } proof
            ? new VaultOpening(new(id, bigEndian: true), parameters, proof)
            : throw Unknown("the vault's own row is not what was written.");
        return reader.Read() ? throw Unknown("there are two vaults in the file.") : opening;
    }

    static IEnumerable<StoredRecord> Rows(SqliteCommand select, bool withBody)
    {
        using var reader = select.ExecuteReader();
        while (reader.Read())
        {
            var name = reader.GetValue(0) as string ?? "";
            if (reader.GetValue(1) is not byte[] { Length: RecordHeader.Size } header || reader.GetValue(2) is not byte[] { Length: <= RecordSeal.MaxSealedSize } body)
                (header, body) = ([], []);
            yield return new(name, header, withBody ? body : null, ManifestEntry.HashOf(body));
        }
    }

    void Write(IEnumerable<RecordWrite> records)
    {
        using var put = Command(
            "INSERT INTO records (name, header, body) VALUES (@name, @header, @body) ON CONFLICT (name) DO UPDATE SET header = excluded.header, body = excluded.body");
        using var delete = Command("DELETE FROM records WHERE name = @name");
        foreach (var record in records)
        {
            var command = record.Body is null ? delete : put;
            command.Parameters.Clear();
            command.Parameters.AddWithValue("@name", record.Name);
            if (record.Body is not null)
            {
                command.Parameters.AddWithValue("@header", record.Header);
                command.Parameters.AddWithValue("@body", record.Body);
            }
            command.ExecuteNonQuery();
        }
    }

    SqliteCommand Command(string sql)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    void Transact(Action work)
    {
        Run(isCommit: false, () => Connection.Execute("BEGIN IMMEDIATE"));
        try
        {
            Run(isCommit: false, work);
            Run(isCommit: true, () => Connection.Execute("COMMIT"));
        }
        catch
        {
            try
            {
                Connection.Execute("ROLLBACK");
            }
            catch (SqliteException)
            {
                // SQLite has rolled back itself: some errors end the transaction.
            }
            throw;
        }
    }

    void Run(bool isCommit, Action work) => Run(isCommit, () =>
    {
        work();
        return true;
    });

    T Run<T>(bool isCommit, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException problem)
        {
            throw Failed(path, problem, isCommit);
        }
    }

    static VaultException Failed(string path, SqliteException problem, bool isCommit)
    {
        var (fault, detail) = problem.SqliteErrorCode switch
        {
            Busy or Locked => (VaultFault.InUse, "another process has the vault open."),
            DiskFull => (VaultFault.Full, "the disk is full; nothing has been changed."),
            NotADatabase => (VaultFault.UnknownFormat, "not a vault."),
            Corrupt => (VaultFault.Damaged, problem.Message),
            // A table or column that is not there.
            1 => (VaultFault.Damaged, problem.Message),
            _ => (VaultFault.Unavailable, problem.Message),
        };
        // A commit that failed on its way to disk may be found there after a crash. Whether it is, only opening tells.
        return new(fault, null, $"{path}: {detail}", problem) { IsOutcomeUnknown = isCommit && fault is not (VaultFault.Full or VaultFault.InUse) };
    }
}
