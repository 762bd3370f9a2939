using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Quorate.Server.Store;

/// <summary>
/// The SQLite file of the read models. They are made again from the journal, so nothing is flushed when they are written:
/// a loss of power costs the last pages of events, which are applied once more. Readers do not wait for writers.
/// </summary>
sealed class ViewsFile(string path) : DbDataSource
{
    // How SQLite works with the file is a matter of each connection. It waits for a lock in small steps, where the package waits 150 ms each
    // time; keeps up to 64 MiB of pages; and copies its log into the file when that has 64 MiB.
    const string Settings = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16000";

    // How long one writer waits for another, who may be making an index of all there is.
    const int WriterSeconds = 300;

    /// <inheritdoc/>
    public override string ConnectionString { get; } = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = WriterSeconds }.ToString();

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState != ConnectionState.Open)
                return;
            using var command = connection.CreateCommand();
            command.CommandText = Settings;
            command.ExecuteNonQuery();
        };
        return connection;
    }
}
