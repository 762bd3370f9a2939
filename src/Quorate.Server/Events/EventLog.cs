using System.Data.Common;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;
using Quorate.Server.Views;
using Quorate.Server.Wallets;

namespace Quorate.Server.Events;

/// <summary>
/// Public events as rows, in the journal's order, each with what it can be found by and with where its resource stood after
/// it. A row is written once and never changed, so what was read of them is read again the same, on every server and after
/// a rebuild.
/// </summary>
sealed class EventLog : IProjection
{
    const string TransferPrefix = "transfer/";

    /// <inheritdoc/>
    public string Name => "events";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IReadOnlyList<string> Indexes { get; } =
    [
        // Lists are read in the order of positions, by one of these: each gives a page without sorting.
        "CREATE INDEX IF NOT EXISTS public_events_by_type ON public_events (type, position)",
        "CREATE INDEX IF NOT EXISTS public_events_by_resource ON public_events (resource, position)",
        "CREATE INDEX IF NOT EXISTS public_events_by_vault ON public_events (vault, position)",
        "CREATE INDEX IF NOT EXISTS public_events_by_wallet ON public_events (wallet, position)",
        "CREATE INDEX IF NOT EXISTS public_events_by_time ON public_events (at, position)",
    ];

    static readonly string[] tables =
    [
        "DROP TABLE IF EXISTS public_events",
        """
        CREATE TABLE public_events (position BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, resource TEXT NOT NULL, vault TEXT, wallet TEXT,
        sequence BIGINT NOT NULL, at BIGINT NOT NULL, status TEXT, sub_status TEXT, data TEXT NOT NULL)
        """,
        "DROP TABLE IF EXISTS event_places",
        "CREATE TABLE event_places (resource TEXT PRIMARY KEY, vault TEXT NOT NULL, wallet TEXT NOT NULL, folded TEXT NOT NULL)",
        "DROP TABLE IF EXISTS event_head",
        "CREATE TABLE event_head (one INTEGER PRIMARY KEY, position BIGINT NOT NULL, at BIGINT NOT NULL)",
        "INSERT INTO event_head VALUES (1, 0, 0)",
    ];

    /// <summary>What a resource's events have in common, and a transfer's state.</summary>
    sealed class Place
    {
        internal string? Vault { get; set; }

        internal string? Wallet { get; set; }

        internal TransferState State { get; set; } = TransferState.None;

        internal bool IsChanged { get; set; }
    }

    /// <inheritdoc/>
    public async Task ResetAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        foreach (var sql in tables)
            await transaction.RunAsync(sql, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        var places = await PlacesAsync(transaction, events, cancellation).ConfigureAwait(false);
        var at = (await transaction.QueryAsync("SELECT at FROM event_head", r => r.GetInt64(0), cancellation).ConfigureAwait(false))[0];
        var rows = new List<PublicEvent>(events.Count);
        foreach (var recorded in events)
        {
            var id = recorded.Stream[(recorded.Stream.IndexOf('/', StringComparison.Ordinal) + 1)..];
            if (recorded.Stream.StartsWith(TransferPrefix, StringComparison.Ordinal))
                Fold(places[id], recorded);
            else if (recorded.Type == "wallet-planned" && places.TryGetValue(id, out var planned) && WalletEvent.Catalog.Decode(recorded) is WalletEvent.WalletPlanned wallet)
                (planned.Vault, planned.Wallet, planned.IsChanged) = (wallet.Vault.ToString(), id, true);
            if (EventRules.Of(recorded) is not { } rule)
                continue;
            var place = places.GetValueOrDefault(id);
            var (type, data) = rule.Read(recorded);
            // A clock that was set back does not set back what callers see.
            at = Math.Max(at, recorded.RecordedMicroseconds);
            var state = recorded.Stream.StartsWith(TransferPrefix, StringComparison.Ordinal) ? place!.State : null;
            rows.Add(new(
                recorded.Position, EventId.Of(recorded), type, id, rule.Prefix == "vault/" ? id : place?.Vault, place?.Wallet, recorded.Version, Sql.Time(at),
                state is null ? null : SnakeCase.Text(state.Status), state is null or { SubStatus: SubStatus.None } ? null : SnakeCase.Text(state.SubStatus), data.ToJsonString()));
        }
        await InsertAsync(transaction, rows, cancellation).ConfigureAwait(false);
        (string Id, Place Place)[] changed = [.. places.Where(p => p.Value.IsChanged).Select(p => (p.Key, p.Value))];
        await transaction.RunManyAsync(
            """
            INSERT INTO event_places SELECT rows.resource, rows.vault, rows.wallet, rows.folded FROM @rows WHERE true
            ON CONFLICT (resource) DO UPDATE SET folded = excluded.folded
            """, cancellation,
            new Column("resource", changed.Select(c => c.Id).ToArray()), new Column("vault", changed.Select(c => c.Place.Vault).ToArray()),
            new Column("wallet", changed.Select(c => c.Place.Wallet).ToArray()), new Column("folded", changed.Select(c => FoldedTransfer.Write(c.Place.State)).ToArray())).ConfigureAwait(false);
        await transaction.RunAsync("UPDATE event_head SET position = @position, at = @at", cancellation, ("position", events[^1].Position), ("at", at)).ConfigureAwait(false);
    }

    static void Fold(Place place, RecordedEvent recorded)
    {
        var happened = TransferEvent.Catalog.Decode(recorded);
        if (happened is TransferEvent.Requested requested)
            (place.Vault, place.Wallet) = (requested.Draft.Vault.ToString(), requested.Draft.Wallet.ToString());
        place.State = TransferEvolution.Evolve(place.State, happened);
        place.IsChanged = true;
    }

    static async Task<Dictionary<string, Place>> PlacesAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
    {
        string[] ids =
        [
            .. events.Where(e => e.Stream.StartsWith(TransferPrefix, StringComparison.Ordinal) || e.Stream.StartsWith("wallet/", StringComparison.Ordinal))
                .Select(e => e.Stream[(e.Stream.IndexOf('/', StringComparison.Ordinal) + 1)..]).Distinct(StringComparer.Ordinal),
        ];
        var known = await transaction.QueryManyAsync(
            "SELECT event_places.resource, event_places.vault, event_places.wallet, event_places.folded FROM @rows JOIN event_places ON event_places.resource = rows.resource",
            r => (Id: r.GetString(0), Place: new Place { Vault = r.GetString(1), Wallet = r.GetString(2), State = FoldedTransfer.Read(r.GetString(3)) }), cancellation,
            new Column("resource", ids)).ConfigureAwait(false);
        var places = known.ToDictionary(k => k.Id, k => k.Place, StringComparer.Ordinal);
        foreach (var id in ids)
            places.TryAdd(id, new());
        return places;
    }

    static Task InsertAsync(DbTransaction transaction, List<PublicEvent> rows, CancellationToken cancellation)
    {
        Column Texts(string name, Func<PublicEvent, string?> text) => new(name, rows.Select(text).ToArray());
        return transaction.RunManyAsync("INSERT INTO public_events SELECT * FROM @rows", cancellation,
            new("position", rows.Select(r => r.Position).ToArray()), Texts("id", r => r.Id.ToString()), Texts("type", r => r.Type), Texts("resource", r => r.Resource),
            Texts("vault", r => r.Vault), Texts("wallet", r => r.Wallet), new("sequence", rows.Select(r => r.Sequence).ToArray()),
            new("at", rows.Select(r => Sql.Microseconds(r.At)).ToArray()), Texts("status", r => r.Status), Texts("sub_status", r => r.SubStatus), Texts("data", r => r.Data));
    }
}
