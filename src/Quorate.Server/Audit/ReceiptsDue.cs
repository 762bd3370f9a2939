using System.Data.Common;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Transfers;
using Quorate.Server.Views;

namespace Quorate.Server.Audit;

/// <summary>Which signed transactions have no receipt yet. Made from the journal, so that no signature is forgotten.</summary>
sealed class ReceiptsDue(DbDataSource readModels) : IProjection
{
    public string Name => "receipts_due";

    public int Version => 1;

    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        await transaction.RunAsync("DROP TABLE IF EXISTS receipts_due", cancellation).ConfigureAwait(false);
        await transaction.RunAsync(
            "CREATE TABLE receipts_due (position BIGINT PRIMARY KEY, transfer TEXT NOT NULL, transaction_index INTEGER NOT NULL)", cancellation).ConfigureAwait(false);
        await transaction.RunAsync("CREATE INDEX receipts_due_by_transfer ON receipts_due (transfer)", cancellation).ConfigureAwait(false);
    }

    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        foreach (var recorded in events)
        {
            if (recorded.Type == "transfer-transaction-signed" && TransferEvent.Catalog.Decode(recorded) is TransferEvent.TransactionSigned signed)
                await transaction.RunAsync("INSERT INTO receipts_due VALUES (@position, @transfer, @index)", cancellation,
                    ("position", recorded.Position), ("transfer", IdOf(recorded)), ("index", signed.Transaction)).ConfigureAwait(false);
            else if (recorded.Stream.StartsWith(ReceiptKeeping.Prefix, StringComparison.Ordinal))
                await transaction.RunAsync("DELETE FROM receipts_due WHERE transfer = @transfer AND transaction_index = @index", cancellation,
                    ("transfer", IdOf(recorded)), ("index", DecisionsGathered.Catalog.Decode(recorded).Transaction)).ConfigureAwait(false);
        }
    }

    /// <summary>Some of them behind a position, oldest first.</summary>
    internal async Task<IReadOnlyList<(long Position, string Transfer, int Transaction)>> ListAsync(long after, int limit, CancellationToken cancellation)
    {
        await using var connection = await readModels.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        return await connection.QueryAsync($"SELECT position, transfer, transaction_index FROM receipts_due WHERE position > @after ORDER BY position LIMIT {limit}",
            r => (r.GetInt64(0), r.GetString(1), r.GetInt32(2)), cancellation, ("after", after)).ConfigureAwait(false);
    }

    static string IdOf(RecordedEvent recorded) => recorded.Stream[(recorded.Stream.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
