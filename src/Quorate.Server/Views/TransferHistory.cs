using System.Data.Common;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;

namespace Quorate.Server.Views;

/// <summary>
/// Transfers, transactions and signatures as rows: where each stands, and what it can be found by. A row holds what a list
/// shows; the whole of a transfer is its stream. The state is the decider's own, folded on from the phase and the stages of
/// its transactions that the row keeps. All that a page of events brings to one transfer is folded first and written once.
/// </summary>
sealed class TransferHistory : IProjection
{
    /// <summary>Their full text.</summary>
    internal static WordIndex Words { get; } = new("transfers");

    const string Prefix = "transfer/";

    /// <inheritdoc/>
    public string Name => "transfers";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var sql in tables.Append(
            $"CREATE TABLE transfer_addresses (address TEXT NOT NULL, row BIGINT NOT NULL, PRIMARY KEY (address, row)){Dialect.Of(transaction.Connection!).IsIndex}"))
            await transaction.RunAsync(sql, cancellation).ConfigureAwait(false);
        await Words.ResetAsync(transaction, cancellation).ConfigureAwait(false);
    }

    // Lists are read newest first, by one of these and the row: each index gives a page without sorting.
    static readonly string[] tables =
    [
        "DROP TABLE IF EXISTS transfers",
        """
        CREATE TABLE transfers (row BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, wallet TEXT NOT NULL, vault TEXT NOT NULL,
        chain TEXT NOT NULL, asset TEXT, amount TEXT, sender TEXT NOT NULL, recipient TEXT, initiator TEXT NOT NULL, external_id TEXT, note TEXT,
        status TEXT NOT NULL, sub_status TEXT NOT NULL, transaction_id TEXT, reorgs BIGINT NOT NULL, requested_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
        version BIGINT NOT NULL, folded TEXT NOT NULL)
        """,
        "CREATE INDEX transfers_by_wallet ON transfers (wallet, row)",
        "CREATE INDEX transfers_by_vault ON transfers (vault, row)",
        "CREATE INDEX transfers_by_status ON transfers (status, row)",
        "CREATE INDEX transfers_by_vault_and_status ON transfers (vault, status, row)",
        "DROP TABLE IF EXISTS transfer_addresses",
    ];

    sealed record Line(string Id, long Row, TransferState State, string[] Addresses, long UpdatedAt, long Version);

    /// <inheritdoc/>
    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        var streams = events.Where(e => e.Stream.StartsWith(Prefix, StringComparison.Ordinal))
            .GroupBy(e => e.Stream, (stream, own) => (Id: stream[Prefix.Length..], Events: own.ToArray()), StringComparer.Ordinal)
            .ToLookup(s => s.Events[0].Version == 1);
        var added = streams[true].Select(s => Fold(s.Id, null, TransferState.None, s.Events)).ToArray();
        var known = await FoldedAsync(transaction, [.. streams[false].Select(s => s.Id)], cancellation).ConfigureAwait(false);
        var changed = streams[false].Select(s => known.TryGetValue(s.Id, out var row) ? Fold(s.Id, row.Row, FoldedTransfer.Read(row.Folded), s.Events)
            : throw new InvalidOperationException($"There is no row of {s.Id}: rebuild the projection.")).ToArray();

        await InsertAsync(transaction, added, cancellation).ConfigureAwait(false);
        await UpdateAsync(transaction, changed, cancellation).ConfigureAwait(false);
        (string Address, long Row)[] addresses = [.. added.Concat(changed).SelectMany(l => l.Addresses.Select(a => (a, l.Row)))];
        await transaction.RunManyAsync(
            "INSERT INTO transfer_addresses SELECT rows.address, rows.row FROM @rows WHERE true ON CONFLICT DO NOTHING", cancellation,
            new Column("address", addresses.Select(a => a.Address).ToArray()), new Column("row", addresses.Select(a => a.Row).ToArray())).ConfigureAwait(false);
    }

    static Line Fold(string id, long? row, TransferState before, RecordedEvent[] events)
    {
        var state = events.Select(TransferEvent.Catalog.Decode).Aggregate(before, TransferEvolution.Evolve);
        var named = state.Transactions.Skip(before.Transactions.Length).SelectMany(t => t.Prepared.Effects).SelectMany(e => (string?[])[e.From, e.To]);
        return new(
            id, row ?? RowKey.Of(state.RequestedAt, events[0].Position), state,
            [.. (row is null ? named.Prepend(state.Draft!.Subject.From).Prepend((state.Draft.Subject as TransferSubject.Payment)?.To) : named)
                .OfType<string>().Distinct(StringComparer.Ordinal)],
            events[^1].RecordedMicroseconds, events[^1].Version);
    }

    static async Task InsertAsync(DbTransaction transaction, Line[] added, CancellationToken cancellation)
    {
        (Line Line, TransferDraft Draft, TransferSubject.Payment? Payment)[] drafts = [.. added.Select(l => (l, l.State.Draft!, l.State.Draft!.Subject as TransferSubject.Payment))];
        var standing = Standing(added);
        Column Texts(string name, Func<(Line Line, TransferDraft Draft, TransferSubject.Payment? Payment), string?> text) => new(name, drafts.Select(text).ToArray());
        await transaction.RunManyAsync("INSERT INTO transfers SELECT * FROM @rows", cancellation,
        [
            new("row", added.Select(l => l.Row).ToArray()), Texts("id", d => d.Line.Id), Texts("kind", d => SnakeCase.Text(d.Draft.Id.Kind)),
            Texts("wallet", d => d.Draft.Wallet.ToString()), Texts("vault", d => d.Draft.Vault.ToString()), Texts("chain", d => d.Draft.Subject.Chain.ToString()),
            Texts("asset", d => d.Payment?.Asset.ToString()), Texts("amount", d => d.Payment?.Amount.ToString()), Texts("sender", d => d.Draft.Subject.From),
            Texts("recipient", d => d.Payment?.To), Texts("initiator", d => d.Draft.Initiator), Texts("external_id", d => d.Draft.ExternalId), Texts("note", d => d.Draft.Note),
            .. standing[..4], new("requested_at", added.Select(l => Sql.Microseconds(l.State.RequestedAt)).ToArray()), .. standing[4..],
        ]).ConfigureAwait(false);
        await Words.AddAsync(transaction,
        [
            .. drafts.Select(d => (d.Line.Row, ((string?[])[d.Draft.Note, d.Draft.ExternalId, d.Draft.Initiator, d.Draft.Subject.From, d.Payment?.To, d.Payment?.Memo, d.Line.Id])
                .SelectMany(SearchWords.Of))),
        ], cancellation).ConfigureAwait(false);
    }

    static Task UpdateAsync(DbTransaction transaction, Line[] changed, CancellationToken cancellation) => transaction.RunManyAsync(
        """
        UPDATE transfers SET status = rows.status, sub_status = rows.sub_status, transaction_id = rows.transaction_id, reorgs = rows.reorgs,
        updated_at = rows.updated_at, version = rows.version, folded = rows.folded
        FROM @rows WHERE transfers.row = rows.row
        """, cancellation, [new("row", changed.Select(l => l.Row).ToArray()), .. Standing(changed)]);

    // What changes, in the table's order.
    static Column[] Standing(Line[] lines) =>
    [
        new("status", lines.Select(l => SnakeCase.Text(l.State.Status)).ToArray()), new("sub_status", lines.Select(l => SnakeCase.Text(l.State.SubStatus)).ToArray()),
        new("transaction_id", lines.Select(l => l.State.Leading?.TransactionId).ToArray()), new("reorgs", lines.Select(l => (long)l.State.Reorgs).ToArray()),
        new("updated_at", lines.Select(l => l.UpdatedAt).ToArray()), new("version", lines.Select(l => l.Version).ToArray()),
        new("folded", lines.Select(l => FoldedTransfer.Write(l.State)).ToArray()),
    ];

    static async Task<Dictionary<string, (long Row, string Folded)>> FoldedAsync(DbTransaction transaction, string[] ids, CancellationToken cancellation) =>
        (await transaction.QueryManyAsync("SELECT transfers.id, transfers.row, folded FROM @rows JOIN transfers ON transfers.id = rows.id",
            r => (Id: r.GetString(0), Row: r.GetInt64(1), Folded: r.GetString(2)), cancellation, new Column("id", ids)).ConfigureAwait(false))
        .ToDictionary(r => r.Id, r => (r.Row, r.Folded), StringComparer.Ordinal);
}
