using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Quorate.Server.Ids;
using Quorate.Server.Views;

namespace Quorate.Server.Telemetry;

/// <summary>
/// The trace context of the request that moved a transfer last, so that what is done about it later, maybe by another server,
/// is linked to it. Beside the read models and not in the journal: it proves nothing, may be lost, and is forgotten after a
/// week. Nothing is written while nobody traces.
/// </summary>
sealed class TransferOrigins(DbDataSource database, TimeProvider time)
{
    /// <summary>How many are kept in memory; older ones are asked of the database.</summary>
    const int MaxInMemory = 10_000;

    static readonly TimeSpan kept = TimeSpan.FromDays(7);

    readonly ConcurrentDictionary<string, string> recent = new(StringComparer.Ordinal);
    volatile bool isThere;
    int noted;

    /// <summary>The present request moves a transfer. What fails is forgotten.</summary>
    internal async Task NoteAsync(string transfer, CancellationToken cancellation)
    {
        if (Activity.Current is not { Recorded: true, IdFormat: ActivityIdFormat.W3C, Id: { } origin })
            return;
        if (recent.Count >= MaxInMemory)
            recent.Clear();
        recent[transfer] = origin;
        try
        {
            var now = time.GetUtcNow();
            await using var connection = await OpenAsync(cancellation).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            await transaction.RunAsync(
                "INSERT INTO transfer_origins (transfer, origin, at) VALUES (@transfer, @origin, @at) ON CONFLICT (transfer) DO UPDATE SET origin = @origin, at = @at",
                cancellation, ("transfer", transfer), ("origin", origin), ("at", now.ToUnixTimeSeconds())).ConfigureAwait(false);
            if (Interlocked.Increment(ref noted) % 1_000 == 0)
                await transaction.RunAsync("DELETE FROM transfer_origins WHERE at < @old", cancellation, ("old", (now - kept).ToUnixTimeSeconds())).ConfigureAwait(false);
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or OperationCanceledException)
        {
            // A link less.
        }
    }

    /// <summary>Where a transfer comes from; null where nobody knows.</summary>
    internal async Task<ActivityContext?> FindAsync(ResourceId transfer, CancellationToken cancellation)
    {
        var id = transfer.ToString();
        if (!recent.TryGetValue(id, out var origin))
        {
            try
            {
                await using var connection = await OpenAsync(cancellation).ConfigureAwait(false);
                origin = (await connection.QueryAsync(
                    "SELECT origin FROM transfer_origins WHERE transfer = @transfer", row => row.GetString(0), cancellation, ("transfer", id)).ConfigureAwait(false)).FirstOrDefault();
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException)
            {
                return null;
            }
        }
        return ActivityContext.TryParse(origin, null, isRemote: true, out var context) ? context : null;
    }

    async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        if (isThere)
            return connection;
        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE IF NOT EXISTS transfer_origins (transfer TEXT PRIMARY KEY, origin TEXT NOT NULL, at BIGINT NOT NULL)";
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            isThere = true;
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
