using System.Data.Common;
using Npgsql;
using Quorate.Cryptography.Secrets;
using Quorate.Journal;
using Quorate.Journal.Events;
using Quorate.Journal.Projections;
using Quorate.Journal.Storage.Postgres;
using Quorate.Server.Acts;
using Quorate.Server.AddressBook;
using Quorate.Server.ApiKeys;
using Quorate.Server.Audit;
using Quorate.Server.Balances;
using Quorate.Server.Ceremonies;
using Quorate.Server.Deciding;
using Quorate.Server.Features;
using Quorate.Server.Events;
using Quorate.Server.Ids;
using Quorate.Server.PolicyDrafts;
using Quorate.Server.Sagas;
using Quorate.Server.Telemetry;
using Quorate.Server.Transfers;
using Quorate.Server.Vaults;
using Quorate.Server.Views;
using Quorate.Server.Wallets;
using Quorate.Server.Webhooks;

namespace Quorate.Server.Store;

/// <summary>
/// The server's journal, its aggregates and its read models, in SQLite files or one PostgreSQL database. Any number of
/// servers may have one PostgreSQL open, and several processes of one machine the same files.
/// </summary>
sealed class ServerStore : IAsyncDisposable
{
    readonly StreamFold<string?, ClaimEvent> claims;

    ServerStore(EventStore journal, DbDataSource readModels, DbDataSource deliveries, TimeProvider time)
    {
        (Journal, ReadModels, Deliveries) = (journal, readModels, deliveries);
        Ids = new(time, SystemRandom.Shared);
        claims = new(journal, ClaimEvent.Catalog, null, ClaimEvent.Evolve);
        Transfers = new(journal, TransferStreams.Decider);
        Vaults = new(journal, Vault.Decider);
        Wallets = new(journal, Wallet.Decider);
        Contacts = new(journal, Contact.Decider);
        Policies = new(journal, PolicyDraft.Decider);
        Acts = new(journal, Act.Decider);
        Ceremonies = new(journal, CeremonyCase.Decider);
        Webhooks = new(journal, Webhook.Decider);
        ApiKeys = new(journal, ApiKey.Decider);
        Balances = new(journal, Balance.Decider);
        Features = new(journal, Feature.Decider);
        Keys = new(journal);
        History = new(readModels, time);
        Index = new(readModels);
        Work = new(readModels);
        ReceiptsDue = new(readModels);
        Origins = new(readModels, time);
        Events = new(readModels);
        Feed = new(journal, Events, time);
        var log = new EventLog();
        Projectors = [.. ((IProjection[])[Work, Index, ReceiptsDue, new TransferHistory(), new BalanceSheet(), new AuditTrail(), log])
            .Select(p => new Projector(journal, readModels, p, time, p == Work ? () => WorkMoved?.Invoke() : p == log ? Feed.Wake : null))];
    }

    internal EventStore Journal { get; }

    internal DbDataSource ReadModels { get; }

    /// <summary>What is known of deliveries to endpoints, which no read model can be made of again: a file of its own.</summary>
    internal DbDataSource Deliveries { get; }

    /// <summary>Public events, as read.</summary>
    internal EventQuery Events { get; }

    /// <summary>Public events, as they come.</summary>
    internal EventFeed Feed { get; }

    internal IdSource Ids { get; }

    internal Aggregates<TransferState, TransferCommand, TransferEvent> Transfers { get; }

    internal Aggregates<Vault, VaultCommand, VaultEvent> Vaults { get; }

    internal Aggregates<Wallet, WalletCommand, WalletEvent> Wallets { get; }

    internal Aggregates<Contact, ContactCommand, ContactEvent> Contacts { get; }

    internal Aggregates<PolicyDraft, PolicyDraftCommand, PolicyDraftEvent> Policies { get; }

    internal Aggregates<Act, ActCommand, ActEvent> Acts { get; }

    internal Aggregates<CeremonyCase, CeremonyCommand, CeremonyEvent> Ceremonies { get; }

    internal Aggregates<Webhook, WebhookCommand, WebhookEvent> Webhooks { get; }

    internal Aggregates<ApiKey, ApiKeyCommand, ApiKeyEvent> ApiKeys { get; }

    internal Aggregates<Balance, BalanceCommand, BalanceEvent> Balances { get; }

    internal Aggregates<Feature, FeatureCommand, FeatureEvent> Features { get; }

    internal IdempotencyKeys Keys { get; }

    internal TransferQuery History { get; }

    internal ResourceIndex Index { get; }

    /// <summary>Which transfers want to be looked at.</summary>
    internal WorkTable Work { get; }

    /// <summary>Told when something wants to be looked at.</summary>
    internal Action? WorkMoved { get; set; }

    internal ReceiptsDue ReceiptsDue { get; }

    /// <summary>Which requests transfers go back to, for traces.</summary>
    internal TransferOrigins Origins { get; }

    /// <summary>What keeps the read models up: work, resources, history, balances, audit, events.</summary>
    internal IReadOnlyList<Projector> Projectors { get; }

    /// <summary>Who has a thing that only one may have; null for nobody.</summary>
    internal async Task<string?> OwnerAsync(string space, string key, CancellationToken cancellation) =>
        (await claims.ReadAsync(new Claim(space, key, "").Stream, cancellation).ConfigureAwait(false)).State;

    /// <summary>Opens the files of a directory: <c>journal.db</c>, <c>views.db</c> and <c>deliveries.db</c>, and makes them where they are not.</summary>
    /// <exception cref="JournalUnavailableException">The files cannot be opened.</exception>
    /// <exception cref="JournalCorruptException">The journal does not verify.</exception>
    internal static async Task<ServerStore> OpenSqliteAsync(string directory, JournalOptions? options = null)
    {
        options ??= new();
        var journal = await EventStore.OpenSqliteAsync(Path.Combine(directory, ServerJournal.FileName), options).ConfigureAwait(false);
        return new(journal, new ViewsFile(Path.Combine(directory, "views.db")), new ViewsFile(Path.Combine(directory, "deliveries.db")), options.Time);
    }

    /// <summary>Opens a PostgreSQL database: the journal in its schema, read models in the connection's own.</summary>
    /// <exception cref="JournalUnavailableException">No database, or one that does not flush commits to disk.</exception>
    /// <exception cref="JournalCorruptException">The journal does not verify.</exception>
    internal static async Task<ServerStore> OpenPostgresAsync(string connectionString, JournalOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        var journal = await EventStore.OpenPostgresAsync(connectionString, options, cancellation).ConfigureAwait(false);
        // Every query goes by an index, takes from it the order of what it lists, and looks up one row for another by its key; the planner,
        // which may have no statistics yet, is not asked. Where there is no way but one that it was told not to go, it thinks so much of the
        // cost that it would compile the query, or start processes for it.
        var settings = PostgresPool.Settings(connectionString);
        (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (64, 2);
        settings.Options = $"{settings.Options} -c enable_seqscan=off -c enable_sort=off -c enable_hashjoin=off -c enable_mergejoin=off -c max_parallel_workers_per_gather=0 -c jit=off".TrimStart();
        var database = NpgsqlDataSource.Create(settings);
        return new(journal, database, database, options.Time);
    }

    /// <summary>Keeps all read models up until cancelled. The failure of one ends all.</summary>
    internal async Task ProjectAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] running = [.. Projectors.Select(p => Task.Run(() => p.RunAsync(stop.Token), stop.Token))];
        await Task.WhenAny(running).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync().ConfigureAwait(false);
        await ReadModels.DisposeAsync().ConfigureAwait(false);
        await Deliveries.DisposeAsync().ConfigureAwait(false);
    }
}
