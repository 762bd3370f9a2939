using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Quorate.Rpc;
using Quorate.Rpc.V1;
using Quorate.Server.Views;

namespace Quorate.Server.Access;

/// <summary>
/// Nonces of all servers on one PostgreSQL database: of requests that may change anything, so that none of them takes what
/// another has taken. What only reads is remembered by the server that answered.
/// </summary>
sealed class SharedNonces : ISeenNonces
{
    // Rows that were forgotten make room about as fast as new ones come.
    const int SweepEvery = 1_000;

    readonly DbDataSource database;
    readonly ISeenNonces own;
    readonly TimeProvider time;
    int taken;

    SharedNonces(DbDataSource database, ISeenNonces own, TimeProvider time) => (this.database, this.own, this.time) = (database, own, time);

    /// <summary>Opens them, and makes the table where there is none.</summary>
    /// <param name="database">The database.</param>
    /// <param name="own">What this server has seen itself.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static async Task<SharedNonces> OpenAsync(DbDataSource database, ISeenNonces own, TimeProvider time, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await connection.MakeAsync(cancellation, "CREATE TABLE IF NOT EXISTS request_nonces (nonce BYTEA PRIMARY KEY, until BIGINT NOT NULL)").ConfigureAwait(false);
        return new(database, own, time);
    }

    public async Task<bool> IsNewAsync(string nonce, DateTimeOffset until, bool changes, CancellationToken cancellation)
    {
        if (!await own.IsNewAsync(nonce, until, changes, cancellation).ConfigureAwait(false))
            return false;
        if (!changes)
            return true;
        try
        {
            if (Interlocked.Increment(ref taken) % SweepEvery == 0)
                await RunAsync("DELETE FROM request_nonces WHERE until < @now", cancellation, ("now", time.GetUtcNow().ToUnixTimeSeconds())).ConfigureAwait(false);
            return await RunAsync("INSERT INTO request_nonces VALUES (@nonce, @until) ON CONFLICT DO NOTHING", cancellation,
                ("nonce", SHA256.HashData(Encoding.UTF8.GetBytes(nonce))), ("until", until.ToUnixTimeSeconds())).ConfigureAwait(false) == 1;
        }
        catch (DbException)
        {
            throw new Problem { Code = "unavailable", Retryable = true }.ToRpcException(StatusCode.Unavailable, "The database does not answer. Nothing was done.");
        }
    }

    async Task<int> RunAsync(string sql, CancellationToken cancellation, params (string Name, object? Value)[] values)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var rows = await transaction.RunAsync(sql, cancellation, values).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return rows;
    }
}
