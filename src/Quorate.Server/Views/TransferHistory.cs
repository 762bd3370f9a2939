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

    // In no address.
    const char Between = '\n';

    /// <inheritdoc/>
    public string Name => "transfers";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var sql in Tables(Dialect.Of(transaction.Connection!)))
            await transaction.RunAsync(sql, cancellation).ConfigureAwait(false);
        await Words.ResetAsync(transaction, cancellation).ConfigureAwait(false);
    }

    static string[] Tables(Dialect dialect) =>
    [
        "DROP TABLE IF EXISTS transfers",
        $"""
        CREATE TABLE transfers (row {dialect.Key} PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, wallet TEXT NOT NULL, vault TEXT NOT NULL,
        chain TEXT NOT NULL, asset TEXT, amount TEXT, sender TEXT NOT NULL, recipient TEXT, initiator TEXT NOT NULL, external_id TEXT, note TEXT,
        status TEXT NOT NULL, sub_status TEXT NOT NULL, transaction_id TEXT, reorgs BIGINT NOT NULL, requested_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
        version BIGINT NOT NULL, folded TEXT NOT NULL, named TEXT)
        """,
        "DROP TABLE IF EXISTS transfer_addresses",
        "CREATE TABLE transfer_addresses (address TEXT NOT NULL, row BIGINT NOT NULL)",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Indexes { get; } =
    [
        // Lists are read newest first, by one of these and the row: each gives a page without sorting.
        "CREATE INDEX IF NOT EXISTS transfers_by_wallet ON transfers (wallet, row)",
        "CREATE INDEX IF NOT EXISTS transfers_by_vault ON transfers (vault, row)",
        "CREATE INDEX IF NOT EXISTS transfers_by_status ON transfers (status, row)",
        "CREATE INDEX IF NOT EXISTS transfers_by_vault_and_status ON transfers (vault, status, row)",
        "CREATE INDEX IF NOT EXISTS transfer_addresses_by_address ON transfer_addresses (address, row)",
    ];

    // What a page of events brings to a transfer: added are the addresses that it did not name before, and named are all but payer and payee.
    sealed record Line(string Id, long Row, TransferState State, string[] Added, string[] Named, long UpdatedAt, long Version);

    sealed record Known(long Row, string Folded, string Sender, string? Recipient, string[] Named);

    /// <inheritdoc/>
    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        var streams = events.Where(e => e.Stream.StartsWith(Prefix, StringComparison.Ordinal))
            .GroupBy(e => e.Stream, (stream, own) => (Id: stream[Prefix.Length..], Events: own.ToArray()), StringComparer.Ordinal)
            .ToLookup(s => s.Events[0].Version == 1);
        var added = streams[true].Select(s => Fold(s.Id, null, s.Events)).ToArray();
        var known = await KnownAsync(transaction, [.. streams[false].Select(s => s.Id)], cancellation).ConfigureAwait(false);
        var changed = streams[false].Select(s => known.TryGetValue(s.Id, out var row) ? Fold(s.Id, row, s.Events)
            : throw new InvalidOperationException($"There is no row of {s.Id}: rebuild the projection.")).ToArray();

        await InsertAsync(transaction, added, cancellation).ConfigureAwait(false);
        await UpdateAsync(transaction, changed, cancellation).ConfigureAwait(false);
        (string Address, long Row)[] addresses = [.. added.Concat(changed).SelectMany(l => l.Added.Select(a => (a, l.Row)))];
        await transaction.RunManyAsync(
            "INSERT INTO transfer_addresses SELECT rows.address, rows.row FROM @rows", cancellation,
            new Column("address", addresses.Select(a => a.Address).ToArray()), new Column("row", addresses.Select(a => a.Row).ToArray())).ConfigureAwait(false);
    }

    static Line Fold(string id, Known? known, RecordedEvent[] events)
    {
        var before = known is null ? TransferState.None : FoldedTransfer.Read(known.Folded);
        var state = events.Select(TransferEvent.Catalog.Decode).Aggregate(before, TransferEvolution.Evolve);
        var (from, to) = known is null ? (state.Draft!.Subject.From, (state.Draft.Subject as TransferSubject.Payment)?.To) : (known.Sender, known.Recipient);
        string[] earlier = known?.Named ?? [];
        string[] named =
        [
            .. state.Transactions.Skip(before.Transactions.Length).SelectMany(t => t.Prepared.Effects).SelectMany(e => (string?[])[e.From, e.To])
                .OfType<string>().Except([.. earlier, from, to ?? from], StringComparer.Ordinal),
        ];
        return new(
            id, known?.Row ?? RowKey.Of(state.RequestedAt, events[0].Position), state,
            known is null ? [.. ((string[])[from, to ?? from]).Distinct(StringComparer.Ordinal), .. named] : named, [.. earlier, .. named],
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
            .. drafts.Select(d => (d.Line.Row, ((string?[])[d.Draft.Note, d.Draft.ExternalId, d.Draft.Initiator, d.Draft.Subject.From, d.Payment?.To, d.Payment?.Memo, d.Line.Id, d.Draft.Vault.ToString(), d.Draft.Wallet.ToString()])
                .SelectMany(SearchWords.Of))),
        ], cancellation).ConfigureAwait(false);
    }

    static Task UpdateAsync(DbTransaction transaction, Line[] changed, CancellationToken cancellation) => transaction.RunManyAsync(
        """
        UPDATE transfers SET status = rows.status, sub_status = rows.sub_status, transaction_id = rows.transaction_id, reorgs = rows.reorgs,
        updated_at = rows.updated_at, version = rows.version, folded = rows.folded, named = rows.named
        FROM @rows WHERE transfers.row = rows.row
        """, cancellation, [new("row", changed.Select(l => l.Row).ToArray()), .. Standing(changed)]);

    // What changes, in the table's order.
    static Column[] Standing(Line[] lines) =>
    [
        new("status", lines.Select(l => SnakeCase.Text(l.State.Status)).ToArray()), new("sub_status", lines.Select(l => SnakeCase.Text(l.State.SubStatus)).ToArray()),
        new("transaction_id", lines.Select(l => l.State.Leading?.TransactionId).ToArray()), new("reorgs", lines.Select(l => (long)l.State.Reorgs).ToArray()),
        new("updated_at", lines.Select(l => l.UpdatedAt).ToArray()), new("version", lines.Select(l => l.Version).ToArray()),
        new("folded", lines.Select(l => FoldedTransfer.Write(l.State)).ToArray()),
        new("named", lines.Select(l => l.Named.Length == 0 ? null : string.Join(Between, l.Named)).ToArray()),
    ];

    static async Task<Dictionary<string, Known>> KnownAsync(DbTransaction transaction, string[] ids, CancellationToken cancellation) =>
        (await transaction.QueryManyAsync("SELECT transfers.id, transfers.row, folded, sender, recipient, named FROM @rows JOIN transfers ON transfers.id = rows.id",
            r => (Id: r.GetString(0), Known: new Known(r.GetInt64(1), r.GetString(2), r.GetString(3), r.Text(4), r.Text(5)?.Split(Between) ?? [])),
            cancellation, new Column("id", ids)).ConfigureAwait(false))
        .ToDictionary(r => r.Id, r => r.Known, StringComparer.Ordinal);
}
