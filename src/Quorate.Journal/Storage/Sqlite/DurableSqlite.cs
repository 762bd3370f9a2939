using Microsoft.Data.Sqlite;

namespace Quorate.Journal.Storage.Sqlite;

/// <summary>
/// SQLite files whose commits outlive a crash: a write-ahead log, flushed with every commit, read back and insisted on.
/// Public because a node's vault wants exactly what the journal wants, and internals are opened to tests only.
/// </summary>
public static class DurableSqlite
{
    /// <summary>
    /// Pages in the log before it is copied into the file: 4 MiB. Bounds the log and the time to open after a crash; the
    /// copy costs one commit in some hundred a second fsync.
    /// </summary>
    const int CheckpointPages = 1_000;

    /// <summary>Loads SQLite once; its version, for people.</summary>
    public static string Version => NativeSqlite.Version;

    /// <summary>Makes an empty file of mode 0600 where there is none yet.</summary>
    /// <exception cref="IOException">The file system refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void CreatePrivately(string path)
    {
        var create = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // Opening and closing would drop POSIX locks that this process holds on the file through SQLite.
        if (!File.Exists(path))
            new FileStream(path, create).Dispose();
    }

    /// <summary>Opens a connection to a file that exists, in the durable mode or not at all.</summary>
    /// <param name="path">The database.</param>
    /// <param name="lockTimeoutMilliseconds">How long a statement waits for another connection's lock.</param>
    /// <param name="isExclusive">Whether the first statement that reads locks everybody else out until the connection is closed.</param>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    /// <exception cref="IOException">It would not be durable.</exception>
    public static SqliteConnection Open(string path, int lockTimeoutMilliseconds, bool isExclusive = false)
    {
        _ = Version;
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
            connection.Execute($"PRAGMA busy_timeout = {lockTimeoutMilliseconds}");
            // Before the log is opened: then it needs no memory shared with other processes.
            if (isExclusive)
                connection.Execute("PRAGMA locking_mode = EXCLUSIVE");
            // Full: fsync the log with every commit, not only when it is copied. The other two are for macOS, whose fsync alone does not.
            Require(connection, "PRAGMA journal_mode = WAL", "wal", "keep a write-ahead log here");
            connection.Execute("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
            Require(connection, "PRAGMA synchronous", "2", "fsync with every commit");
            connection.Execute($"PRAGMA wal_autocheckpoint = {CheckpointPages}; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that return nothing.</summary>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, or null.</summary>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    public static object? Scalar(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    static void Require(SqliteConnection connection, string pragma, string expected, string what)
    {
        var actual = Convert.ToString(connection.Scalar(pragma), System.Globalization.CultureInfo.InvariantCulture);
        if (actual != expected)
            throw new IOException($"SQLite does not {what}: {pragma} gives \"{actual}\".");
    }
}
