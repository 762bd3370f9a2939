using Microsoft.Data.Sqlite;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// Watches a running node's journal from outside, as anybody does who can read its disk, for one ceremony's steps. A commit of
/// the vault shows as the anchor that the journal keeps of it.
/// </summary>
sealed class JournalWatch : IDisposable
{
    readonly SqliteConnection connection;
    readonly string ceremony;
    long position;
    string last = "";

    /// <param name="file">The journal.</param>
    /// <param name="ceremony">The order's id.</param>
    internal JournalWatch(string file, string ceremony)
    {
        this.ceremony = ceremony;
        connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(position), 0) FROM events";
        position = (long)command.ExecuteScalar()!;
    }

    /// <summary>Waits for a step to be on the disk; false where <paramref name="ended"/> ends first.</summary>
    internal async Task<bool> UntilAsync(string step, Task ended)
    {
        while (true)
        {
            // Once more after the end: it may be the last step.
            var isEnded = ended.IsCompleted;
            foreach (var recorded in Read())
                if (recorded == step)
                    return true;
            if (isEnded)
                return false;
            await Task.Delay(1);
        }
    }

    /// <summary>The steps since the last look. Anchors are called by what they follow.</summary>
    List<string> Read()
    {
        var steps = new List<string>();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT position, stream, type FROM events WHERE position > @position ORDER BY position";
        command.Parameters.AddWithValue("@position", position);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            position = rows.GetInt64(0);
            var (stream, type) = (rows.GetString(1), rows.GetString(2));
            if (stream == "ceremony/" + ceremony)
                steps.Add(last = type);
            else if (type == "vault-anchored")
                steps.Add(last switch
                {
                    "ceremony-attempted" => "stored",
                    "ceremony-certified" => "activated",
                    _ => "",
                });
        }
        return steps;
    }

    public void Dispose() => connection.Dispose();
}
