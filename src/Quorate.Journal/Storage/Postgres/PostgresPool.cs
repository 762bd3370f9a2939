using System.Data.Common;
using Npgsql;

namespace Quorate.Journal.Storage.Postgres;

/// <summary>How many connections a process takes of a database.</summary>
public static class PostgresPool
{
    /// <summary>Where the connection string does not say: several processes of us fit into PostgreSQL's hundred.</summary>
    public const int Size = 20;

    // Whoever waits for a connection of its own process waits for milliseconds; whoever is refused one by a server that is full tries again.
    const string Keyword = "Maximum Pool Size";

    /// <summary>The settings of a connection string with the pool's size in them.</summary>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Settings(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!Says(settings.ConnectionString))
            settings.MaxPoolSize = Size;
        return settings;
    }

    // The builder knows every keyword, said or not, but writes what was said, under its own name.
    static bool Says(string canonical) => new DbConnectionStringBuilder { ConnectionString = canonical }.ContainsKey(Keyword);
}
