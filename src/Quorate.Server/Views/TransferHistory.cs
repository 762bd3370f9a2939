using System.Data.Common;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;

namespace Quorate.Server.Views;

/// <summary>
/// Transfers, transactions and signatures as rows: where each stands, and what it can be found by. A row holds what a list
/// shows; the whole of a transfer is its stream. The state is the decider's own, folded on from the phase and the stages of
/// its transactions that the row keeps.
/// </summary>
sealed class TransferHistory(Dialect dialect) : IProjection
{
    /// <inheritdoc/>
    public string Name => "transfers";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var sql in Tables.Append(dialect.CreateText("transfers")))
            await transaction.RunAsync(sql, cancellation).ConfigureAwait(false);
    }

    // Lists are read newest first, by one of these and the row: each index gives a page without sorting.
    static readonly string[] Tables =
    [
        "DROP TABLE IF EXISTS transfers",
        """
        CREATE TABLE transfers (row BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, wallet TEXT NOT NULL, vault TEXT NOT NULL,
        chain TEXT NOT NULL, asset TEXT, amount TEXT, sender TEXT NOT NULL, recipient TEXT, initiator TEXT NOT NULL, external_id TEXT, note TEXT,
        status TEXT NOT NULL, sub_status TEXT NOT NULL, transaction_id TEXT, reorgs BIGINT NOT NULL, requested_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
        version BIGINT NOT NULL, folded TEXT NOT NULL)
        """,
        "CREATE INDEX transfers_by_wallet ON transfers (wallet, requested_at, row)",
        "CREATE INDEX transfers_by_vault ON transfers (vault, requested_at, row)",
        "CREATE INDEX transfers_by_status ON transfers (status, requested_at, row)",
        "CREATE INDEX transfers_by_time ON transfers (requested_at, row)",
        "DROP TABLE IF EXISTS transfer_addresses",
        "CREATE TABLE transfer_addresses (address TEXT NOT NULL, requested_at BIGINT NOT NULL, row BIGINT NOT NULL, PRIMARY KEY (address, requested_at, row))",
    ];

    /// <inheritdoc/>
    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        foreach (var stream in events.Where(e => e.Stream.StartsWith("transfer/", StringComparison.Ordinal)).GroupBy(e => e.Stream, StringComparer.Ordinal))
            await ApplyAsync(transaction, [.. stream], cancellation).ConfigureAwait(false);
    }

    async Task ApplyAsync(DbTransaction transaction, RecordedEvent[] events, CancellationToken cancellation)
    {
        var id = events[0].Stream["transfer/".Length..];
        var isNew = events[0].Version == 1;
        var (state, row) = isNew ? (TransferState.None, events[0].Position) : await FoldedAsync(transaction, id, cancellation).ConfigureAwait(false);
        var before = state.Transactions.Length;
        foreach (var recorded in events)
            state = TransferEvolution.Evolve(state, TransferEvent.Catalog.Decode(recorded));
        if (isNew)
            await InsertAsync(transaction, row, state, cancellation).ConfigureAwait(false);
        foreach (var address in state.Transactions.Skip(before).SelectMany(t => t.Prepared.Effects).SelectMany(e => (string?[])[e.From, e.To]).OfType<string>().Distinct())
            await AddressAsync(transaction, row, address, state, cancellation).ConfigureAwait(false);
        await transaction.RunAsync(
            """
            UPDATE transfers SET status = @status, sub_status = @sub, transaction_id = @transaction, reorgs = @reorgs, updated_at = @updated, version = @version, folded = @folded
            WHERE row = @row
            """, cancellation,
            ("status", SnakeCase.Text(state.Status)), ("sub", SnakeCase.Text(state.SubStatus)), ("transaction", state.Leading?.TransactionId), ("reorgs", (long)state.Reorgs),
            ("updated", events[^1].RecordedMicroseconds), ("version", events[^1].Version), ("folded", FoldedTransfer.Write(state)), ("row", row)).ConfigureAwait(false);
    }

    async Task InsertAsync(DbTransaction transaction, long row, TransferState state, CancellationToken cancellation)
    {
        var draft = state.Draft!;
        var payment = draft.Subject as TransferSubject.Payment;
        var sender = FoldedTransfer.SenderOf(draft.Subject);
        await transaction.RunAsync(
            """
            INSERT INTO transfers VALUES (@row, @id, @kind, @wallet, @vault, @chain, @asset, @amount, @sender, @recipient, @initiator, @external, @note,
            '', '', NULL, 0, @requested, 0, 0, '')
            """, cancellation,
            ("row", row), ("id", draft.Id.ToString()), ("kind", SnakeCase.Text(draft.Id.Kind)), ("wallet", draft.Wallet.ToString()), ("vault", draft.Vault.ToString()),
            ("chain", draft.Subject.Chain.ToString()), ("asset", payment?.Asset.ToString()), ("amount", payment?.Amount.ToString()), ("sender", sender),
            ("recipient", payment?.To), ("initiator", draft.Initiator), ("external", draft.ExternalId), ("note", draft.Note),
            ("requested", Sql.Microseconds(state.RequestedAt))).ConfigureAwait(false);
        await transaction.RunAsync(dialect.InsertText("transfers"), cancellation, ("row", row),
            ("text", string.Join(' ', ((string?[])[draft.Note, draft.ExternalId, draft.Initiator, sender, payment?.To, payment?.Memo, draft.Id.ToString()]).SelectMany(SearchWords.Of)))).ConfigureAwait(false);
        foreach (var address in ((string?[])[sender, payment?.To]).OfType<string>().Distinct())
            await AddressAsync(transaction, row, address, state, cancellation).ConfigureAwait(false);
    }

    static Task<int> AddressAsync(DbTransaction transaction, long row, string address, TransferState state, CancellationToken cancellation) =>
        transaction.RunAsync("INSERT INTO transfer_addresses VALUES (@address, @requested, @row) ON CONFLICT DO NOTHING", cancellation,
            ("address", address), ("requested", Sql.Microseconds(state.RequestedAt)), ("row", row));

    static async Task<(TransferState State, long Row)> FoldedAsync(DbTransaction transaction, string id, CancellationToken cancellation)
    {
        await using var command = Sql.Command(transaction.Connection!, transaction, "SELECT row, folded FROM transfers WHERE id = @id", ("id", id));
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await reader.ReadAsync(cancellation).ConfigureAwait(false)
            ? (FoldedTransfer.Read(reader.GetString(1)), reader.GetInt64(0))
            : throw new InvalidOperationException($"There is no row of {id}: rebuild the projection.");
    }
}
