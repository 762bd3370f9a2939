using System.Data.Common;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Policies;
using Quorate.Server.Balances;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Quorate.Server.Store;
using Quorate.Server.Transfers;
using Quorate.Server.Vaults;
using Quorate.Server.Views;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Store;

/// <summary>What the server's store does, whatever the database.</summary>
public abstract class StoreContract<THarness> : IAsyncLifetime where THarness : StoreHarness, new()
{
    readonly THarness harness = new();
    ServerStore store = null!;

    public async Task InitializeAsync() => store = await harness.OpenAsync();

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await harness.DisposeAsync();
    }

    static Task<Outcome<Vault, VaultEvent>> OpenVaultAsync(ServerStore at, int number, string name)
    {
        var id = Id(ResourceKind.Vault, number);
        return at.Vaults.DoAsync(id.ToString(), new VaultCommand.Open(Noon, id, name, null));
    }

    async Task<TransferState> DoAsync(TransferDraft draft, params TransferCommand[] commands)
    {
        var state = TransferState.None;
        foreach (var command in commands.Prepend(new TransferCommand.Request(draft.ExpiresAt.AddDays(-1), draft)))
        {
            var outcome = await store.Transfers.DoAsync(draft.Id.ToString(), command);
            Assert.True(outcome.IsAccepted, outcome.Refusal?.ToString());
            state = outcome.State;
        }
        return state;
    }

    static TransferCommand[] ToFinal(params TransferCommand[] last) =>
    [
        new TransferCommand.Submit(Noon, Noon.AddMinutes(1)), new TransferCommand.Reserve(Noon, new("funds", ReservationKind.Funds, "lane/a", [], Ether, 1_000)),
        new TransferCommand.Prepare(Noon, Prepared(0, uses: "funds")), new TransferCommand.Judge(Noon, 0, Verdict.Allow, Hash("p"), [], "trace"),
        new TransferCommand.Queue(Noon, Noon.AddMinutes(1)), new TransferCommand.BeginSigning(Noon, 0, 1, "node", Noon.AddMinutes(1)),
        new TransferCommand.Sign(Noon, 0, 1, [Signature()], new Blob("signed"u8.ToArray())), new TransferCommand.BeginBroadcast(Noon, 0, Hash("signed"), Noon.AddMinutes(1)),
        new TransferCommand.AcceptBroadcast(Noon, 0, "0xid"), .. last,
    ];

    async Task ProjectAsync()
    {
        foreach (var projector in store.Projectors)
            await projector.CatchUpAsync();
    }

    [Fact]
    public async Task Two_servers_on_one_database_never_give_one_name_twice()
    {
        await using var other = await harness.OpenAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => OpenVaultAsync(i % 2 == 0 ? store : other, i, $"name {i % 4}"))));

        Assert.Equal(4, outcomes.Count(o => o.IsAccepted));
        Assert.All(outcomes.Where(o => !o.IsAccepted), o => Assert.Equal("vault_name_taken", o.Refusal!.Code));
        Assert.True((await store.Journal.VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task A_name_that_was_given_up_can_be_taken_again()
    {
        await OpenVaultAsync(store, 1, "a");
        Assert.True((await store.Vaults.DoAsync(Id(ResourceKind.Vault).ToString(), new VaultCommand.Rename(Noon, "b"))).IsAccepted);
        Assert.True((await OpenVaultAsync(store, 2, "a")).IsAccepted);
        Assert.Equal("vault_name_taken", (await OpenVaultAsync(store, 3, "b")).Refusal!.Code);
    }

    [Fact]
    public async Task An_external_id_is_taken_for_ever_and_the_refusal_names_who_has_it()
    {
        await DoAsync(Payment(1) with { ExternalId = "order/1 ü" }, new TransferCommand.Cancel(Noon, "alice", "no"));
        var draft = Payment(2) with { ExternalId = "order/1 ü" };
        var refused = await store.Transfers.DoAsync(draft.Id.ToString(), new TransferCommand.Request(Noon, draft));
        Assert.Equal("external_id_taken", refused.Refusal!.Code);
        Assert.Contains(Id(ResourceKind.Transfer, 1).ToString(), refused.Refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(0, (await store.Transfers.ReadAsync(draft.Id.ToString())).Version);
    }

    [Fact]
    public async Task Commands_of_many_at_once_are_all_decided_on_what_is_there()
    {
        await using var other = await harness.OpenAsync();
        await DoAsync(Payment(), [.. ToFinal().Take(3)]);
        var id = Payment().Id.ToString();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() =>
            (i % 2 == 0 ? store : other).Transfers.DoAsync(id, new TransferCommand.Approve(Noon, 0, $"member{i % 6}", "phone", Json("{}"))))));
        Assert.Equal(6, (await store.Transfers.ReadAsync(id)).State.Approvals.Length);
    }

    [Fact]
    public async Task A_version_that_is_minded_is_compared()
    {
        var opened = await OpenVaultAsync(store, 1, "a");
        var id = Id(ResourceKind.Vault).ToString();
        Assert.Equal("version_mismatch", (await store.Vaults.DoAsync(id, new VaultCommand.Rename(Noon, "b"), expectedVersion: opened.Version + 1)).Refusal!.Code);
        Assert.True((await store.Vaults.DoAsync(id, new VaultCommand.Rename(Noon, "b"), expectedVersion: opened.Version)).IsAccepted);
    }

    [Fact]
    public async Task An_idempotency_key_is_taken_once_replayed_refused_freed_and_outlives_its_server()
    {
        var until = Noon.AddMinutes(1);
        var rulings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.Keys.TakeAsync("key_1", "k", Hash("body"), Noon, until))));
        var go = Assert.Single(rulings.OfType<KeyRuling.Go>());
        Assert.Equal(7, rulings.OfType<KeyRuling.Running>().Count());
        Assert.IsType<KeyRuling.Mismatch>(await store.Keys.TakeAsync("key_1", "k", Hash("other"), Noon, until));
        Assert.IsType<KeyRuling.Go>(await store.Keys.TakeAsync("key_2", "k", Hash("other"), Noon, until));

        // The answer goes into the commit of what was done.
        var draft = Payment();
        await store.Transfers.DoAsync(draft.Id.ToString(), new TransferCommand.Request(Noon, draft), beside: _ => [IdempotencyKeys.Answer("key_1", "k", go, 201, new("{}"u8.ToArray()))]);
        var replay = Assert.IsType<KeyRuling.Replay>(await store.Keys.TakeAsync("key_1", "k", Hash("body"), Noon.AddDays(900), until));
        Assert.Equal((201, "{}"), (replay.Status, System.Text.Encoding.UTF8.GetString(replay.Body.Bytes.Span)));

        var freed = Assert.IsType<KeyRuling.Go>(await store.Keys.TakeAsync("key_1", "f", Hash("body"), Noon, until));
        await store.Journal.AppendAsync([IdempotencyKeys.Free("key_1", "f", freed, "no funds")]);
        Assert.IsType<KeyRuling.Go>(await store.Keys.TakeAsync("key_1", "f", Hash("other"), Noon, until));
        // Whoever took it and died is not waited for longer than it said; its late answer finds the key taken by another.
        var late = Assert.IsType<KeyRuling.Go>(await store.Keys.TakeAsync("key_1", "d", Hash("body"), Noon, until));
        Assert.IsType<KeyRuling.Go>(await store.Keys.TakeAsync("key_1", "d", Hash("body"), until, until.AddMinutes(1)));
        await Assert.ThrowsAsync<VersionConflictException>(() => store.Journal.AppendAsync([IdempotencyKeys.Answer("key_1", "d", late, 201, default)]));
    }

    [Fact]
    public async Task The_history_shows_where_a_transfer_stands_after_every_step()
    {
        var draft = Payment() with { Note = "rent" };
        var state = TransferState.None;
        foreach (var command in ToFinal(
            new TransferCommand.Track(Noon, 0, new(TransactionState.Confirmed, "b1", 1, 1), 3, 10), new TransferCommand.Track(Noon, 0, new(TransactionState.Pending), 3, 10),
            new TransferCommand.Track(Noon, 0, new(TransactionState.Finalized, "b2", 1, 20), 3, 10)).Prepend(new TransferCommand.Request(Noon, draft)))
        {
            state = (await store.Transfers.DoAsync(draft.Id.ToString(), command)).State;
            await ProjectAsync();
            var row = Assert.Single((await store.History.ListAsync(new(), 10, null)).Page!.Items);
            Assert.Equal((SnakeCase.Text(state.Status), SnakeCase.Text(state.SubStatus), (long)state.Reorgs), (row.Status, row.SubStatus, row.Reorgs));
        }
        Assert.Equal((TransferStatus.Finalized, 1), (state.Status, state.Reorgs));
        await AssertSameAfterRebuildAsync();
    }

    async Task AssertSameAfterRebuildAsync()
    {
        async Task<string> AllAsync() => string.Join('\n', (await store.History.ListAsync(new(), 200, null)).Page!.Items)
            + string.Join('\n', await BalanceSheet.ReadAsync(store.ReadModels, Id(ResourceKind.Wallet).ToString()))
            + string.Join('\n', (await AuditTrail.ListAsync(store.ReadModels, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, null, 200, null)).Page!.Items);
        await ProjectAsync();
        var before = await AllAsync();
        foreach (var projector in store.Projectors)
            await projector.RebuildAsync();
        Assert.Equal(before, await AllAsync());
    }

    [Fact]
    public async Task The_history_is_found_by_everything_and_its_pages_are_stable()
    {
        for (var i = 0; i < 9; i++)
            await DoAsync(Payment(i, to: $"0xB{i % 3}") with
            {
                Wallet = Id(ResourceKind.Wallet, i % 2), Vault = Id(ResourceKind.Vault, i % 3), Note = $"Invoice {i} für Müller", ExternalId = $"ext-{i}", ExpiresAt = Expiry.AddMinutes(i),
            });
        await store.Transfers.DoAsync(Payment(4).Id.ToString(), new TransferCommand.Cancel(Noon, "alice", "no"));
        await ProjectAsync();

        async Task<string[]> FindAsync(TransferFilter filter) => [.. (await store.History.ListAsync(filter, 50, null)).Page!.Items.Select(r => r.ExternalId![4..])];
        Assert.Equal(["8", "6", "4", "2", "0"], await FindAsync(new() { Wallet = Id(ResourceKind.Wallet, 0).ToString() }));
        Assert.Equal(["7", "4", "1"], await FindAsync(new() { Vault = Id(ResourceKind.Vault, 1).ToString() }));
        Assert.Equal(["4"], await FindAsync(new() { Status = TransferStatus.Cancelled }));
        Assert.Equal(["8", "5", "2"], await FindAsync(new() { Address = "0xB2" }));
        Assert.Equal(["2", "1"], await FindAsync(new() { From = Noon.AddMinutes(1), Until = Noon.AddMinutes(3) }));
        Assert.Equal(["7"], await FindAsync(new() { Text = "INVOICE 7 fü" }));
        Assert.Equal(["7"], await FindAsync(new() { Text = "ext-7 mü" }));
        Assert.Equal(9, (await FindAsync(new() { Text = "müll" })).Length);
        Assert.Empty(await FindAsync(new() { Text = "\" OR 1=1 NEAR( invoice* & | ! nothing" }));
        Assert.Equal(["8", "2"], await FindAsync(new() { Address = "0xB2", Wallet = Id(ResourceKind.Wallet, 0).ToString() }));

        var (pages, token) = (new List<string>(), (string?)null);
        do
        {
            var page = (await store.History.ListAsync(new(), 4, token)).Page!;
            pages.AddRange(page.Items.Select(r => r.ExternalId![4..]));
            token = page.NextPageToken;
            await DoAsync(Payment(100 + pages.Count) with { ExpiresAt = Expiry.AddHours(1) });
            await ProjectAsync();
        }
        while (token is not null);
        Assert.Equal(["8", "7", "6", "5", "4", "3", "2", "1", "0"], pages);
        Assert.Equal("invalid_page_token", (await store.History.ListAsync(new(), 4, "x")).Refusal!.Code);
        Assert.Equal("invalid_page_size", (await store.History.ListAsync(new(), 0, null)).Refusal!.Code);
    }

    [Fact]
    public async Task Nothing_is_available_twice_and_what_the_chain_lacks_is_said()
    {
        async Task<BalanceLine> ReadAsync()
        {
            await ProjectAsync();
            return Assert.Single(await BalanceSheet.ReadAsync(store.ReadModels, Id(ResourceKind.Wallet).ToString()));
        }
        Task ReconcileAsync(int minute, ulong amount) => store.Balances.DoAsync(Balance.IdOf(Id(ResourceKind.Wallet), Ether),
            new BalanceCommand.Reconcile(Noon.AddMinutes(minute), Id(ResourceKind.Wallet), Ether, amount));

        await ReconcileAsync(0, 5_000);
        await DoAsync(Payment(), [.. ToFinal().Take(2)]);
        Assert.Equal((5_000, 1_000, 4_000), Numbers(await ReadAsync()));
        await DoAsync(Payment(), [.. ToFinal(new TransferCommand.Track(Noon.AddMinutes(2), 0, new(TransactionState.Finalized, "b", 1, 20), 3, 10))]);
        // It is spent, and the chain was not asked since: it is not available all the same.
        Assert.Equal((5_000, 1_000, 4_000), Numbers(await ReadAsync()));
        await ReconcileAsync(1, 5_000);
        Assert.Equal((5_000, 1_000, 4_000), Numbers(await ReadAsync()));
        await ReconcileAsync(3, 4_000);
        var agreed = await ReadAsync();
        Assert.Equal((4_000, 0, 4_000), Numbers(agreed));
        Assert.Equal((Noon.AddMinutes(3), Amount.Zero), (agreed.ReconciledAt!.Value, agreed.Unexplained));
        await ReconcileAsync(4, 3_700);
        Assert.Equal((Amount)300, (await ReadAsync()).Unexplained);
        await DoAsync(Payment(2), [.. ToFinal().Take(2)]);
        await DoAsync(Payment(2), [.. ToFinal().Take(2), new TransferCommand.Cancel(Noon, "alice", "no")]);
        Assert.Equal((3_700, 0, 3_700), Numbers(await ReadAsync()));
        await AssertSameAfterRebuildAsync();

        static (int, int, int) Numbers(BalanceLine line) => (Int(line.OnChain), Int(line.Pending), Int(line.Available));
        static int Int(Amount amount) => amount.TryToUInt64(out var value) ? (int)value : -1;
    }

    [Fact]
    public async Task The_audit_lists_by_date_and_keeps_what_retention_asks_for()
    {
        await OpenVaultAsync(store, 1, "a");
        await store.Vaults.DoAsync(Id(ResourceKind.Vault).ToString(), new VaultCommand.Freeze(Noon, "mallory", "test"));
        await DoAsync(Payment());
        await ProjectAsync();
        var now = DateTimeOffset.UtcNow;
        var all = (await AuditTrail.ListAsync(store.ReadModels, now.AddHours(-1), now.AddHours(1), null, 100, null)).Page!.Items;
        Assert.Equal((await store.Journal.HeadAsync()).Position, all.Count);
        Assert.Equal(["vault-opened", "claimed", "vault-frozen", "transfer-requested"], all.Select(l => l.Type));
        Assert.Equal([null, null, "mallory", "alice"], all.Select(l => l.Actor));
        Assert.Equal(2, (await AuditTrail.ListAsync(store.ReadModels, now.AddHours(-1), now.AddHours(1), all[0].Stream, 100, null)).Page!.Items.Count);
        Assert.Empty((await AuditTrail.ListAsync(store.ReadModels, now.AddHours(1), now.AddHours(2), null, 100, null)).Page!.Items);
        var first = (await AuditTrail.ListAsync(store.ReadModels, now.AddHours(-1), now.AddHours(1), null, 3, null)).Page!;
        Assert.Equal(all[3], Assert.Single((await AuditTrail.ListAsync(store.ReadModels, now.AddHours(-1), now.AddHours(1), null, 3, first.NextPageToken)).Page!.Items));

        Assert.Equal(4, (await store.Journal.HeadAsync()).Position);
    }

    [Fact]
    public async Task Tidying_keeps_everything_younger_than_the_retention_and_the_journal_keeps_all()
    {
        await OpenVaultAsync(store, 1, "a");
        await store.Vaults.DoAsync(Id(ResourceKind.Vault).ToString(), new VaultCommand.Freeze(Noon, "mallory", "test"));
        await DoAsync(Payment());
        await ProjectAsync();
        async Task<IReadOnlyList<AuditLine>> AllAsync() => (await AuditTrail.ListAsync(store.ReadModels, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, null, 100, null)).Page!.Items;
        var all = await AllAsync();
        // Seven years after the third of the four lines.
        var (third, now) = (all[2].RecordedAt, all[2].RecordedAt.AddDays(Retention.SevenYears));

        Assert.Equal("below_retention", (await AuditTrail.PruneAsync(store.ReadModels, new(), third.AddTicks(1), now)).Refusal!.Code);
        Assert.Equal("below_retention", (await AuditTrail.PruneAsync(store.ReadModels, new(Retention.SevenYears + 1), third, now)).Refusal!.Code);
        Assert.Equal(all, await AllAsync());
        Assert.Equal((2, null), await AuditTrail.PruneAsync(store.ReadModels, new(), third, now));
        Assert.Equal(all.Skip(2), await AllAsync());
        Assert.Equal((0, null), await AuditTrail.PruneAsync(store.ReadModels, new(), third, now));
        Assert.Equal(4, (await store.Journal.HeadAsync()).Position);
        Assert.True((await store.Journal.VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task Words_are_found_newest_first_over_all_sections_though_clocks_disagree()
    {
        // Each is in a section of its own, and every third was requested by a clock that is behind.
        for (var i = 0; i < 12; i++)
        {
            await DoAsync(Payment(i, to: $"0xB{i % 2}") with { Note = i % 4 == 0 ? $"rent {i}" : $"rental {i}", ExternalId = $"ext-{i}", ExpiresAt = Expiry.AddMinutes(i % 3 == 0 ? i - 5 : i) });
            await ProjectAsync();
            await using var connection = await store.ReadModels.OpenConnectionAsync();
            await using var fill = Sql.Command(connection, null, "UPDATE transfers_sections SET entries = @rows", ("rows", WordIndex.SectionRows));
            Assert.Equal(i + 1, await fill.ExecuteNonQueryAsync());
        }
        int[] newestFirst = [11, 10, 8, 7, 5, 9, 4, 2, 6, 1, 3, 0];
        // With a clock that stands still a page is full; with one for which every section takes longer than a search may, it is what a section has.
        var (history, isHurried, cut) = (new TransferQuery(store.ReadModels, new Steps(0)), false, 0);
        async Task<int[]> FindAsync(TransferFilter filter, int pageSize)
        {
            var (found, token) = (new List<int>(), (string?)null);
            do
            {
                var page = (await history.ListAsync(filter, pageSize, token)).Page!;
                Assert.True(page.Items.Count == pageSize || page.NextPageToken is null || isHurried);
                cut += page.Items.Count < pageSize && page.NextPageToken is not null ? 1 : 0;
                found.AddRange(page.Items.Select(r => int.Parse(r.ExternalId![4..], System.Globalization.CultureInfo.InvariantCulture)));
                token = page.NextPageToken;
            }
            while (token is not null);
            return [.. found];
        }
        foreach (var (pageSize, step) in from size in new[] { 1, 2, 3, 7, 50 } from step in new[] { 0, 20 } select (size, step))
        {
            (history, isHurried) = (new(store.ReadModels, new Steps(step)), step > 0);
            Assert.Equal(newestFirst, await FindAsync(new(), pageSize));
            Assert.Equal(newestFirst, await FindAsync(new() { Text = "rent" }, pageSize));
            Assert.Equal(newestFirst.Where(i => i % 4 == 0), await FindAsync(new() { Text = "rent ext" }, pageSize));
            Assert.Equal(newestFirst.Where(i => i % 2 == 1), await FindAsync(new() { Text = "ren", Address = "0xB1" }, pageSize));
            Assert.Equal(newestFirst.Where(i => i is 8 or 7 or 5), await FindAsync(new() { Text = "rent", From = Noon.AddMinutes(4).AddMilliseconds(1), Until = Noon.AddMinutes(10) }, pageSize));
            Assert.Equal(new[] { 10 }, await FindAsync(new() { Text = "10" }, pageSize));
            // A section's number is nothing that could be asked for: these are two words.
            Assert.Equal(new[] { 1 }, await FindAsync(new() { Text = "1:rent" }, pageSize));
            Assert.Equal(new[] { 2 }, await FindAsync(new() { Text = "rental 2 ext" }, pageSize));
            Assert.Empty(await FindAsync(new() { Text = "rent rental" }, pageSize));
        }
        Assert.True(cut > 100);
    }

    // A clock that goes on by so many milliseconds whenever it is looked at.
    sealed class Steps(int milliseconds) : TimeProvider
    {
        long now;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => now += milliseconds;
    }

    // The history, by a process that is killed before it commits events, or before it makes indexes.
    sealed class Killed(bool isIndexing) : IProjection
    {
        readonly TransferHistory history = new();

        public string Name => history.Name;

        public int Version => history.Version;

        public IReadOnlyList<string> Indexes => isIndexing ? [history.Indexes[0], "CREATE INDEX nowhere ON transfers (nothing)", .. history.Indexes] : [];

        public Task ResetAsync(DbTransaction transaction, CancellationToken cancellation) => history.ResetAsync(transaction, cancellation);

        public async Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation)
        {
            await history.ApplyAsync(transaction, events, cancellation);
            if (!isIndexing)
                throw new InvalidOperationException("killed");
        }
    }

    [Fact]
    public async Task A_rebuild_of_the_history_that_is_killed_goes_on_where_it_was_and_is_read_meanwhile()
    {
        async Task<string> FoundAsync() => string.Join('\n', await Task.WhenAll(
            ((TransferFilter[])[new(), new() { Wallet = Id(ResourceKind.Wallet, 1).ToString() }, new() { Status = TransferStatus.Cancelled }, new() { Address = "0xB1" },
                new() { Address = Payment().Subject.From }, new() { Text = "rent" }, new() { Text = "rent", Wallet = Id(ResourceKind.Wallet, 1).ToString() }])
            .Select(async filter => string.Join(' ', (await store.History.ListAsync(filter, 50, null)).Page!.Items))));
        Projector Of(IProjection projection) => new(store.Journal, store.ReadModels, projection, TimeProvider.System);
        Task PayAsync(int i, params TransferCommand[] commands) => DoAsync(Payment(i, to: $"0xB{i % 2}") with { Wallet = Id(ResourceKind.Wallet, i % 3), Note = "rent" }, commands);
        for (var i = 0; i < 6; i++)
            await PayAsync(i, i % 2 == 0 ? ToFinal() : []);
        await ProjectAsync();
        var before = await FoundAsync();

        await Assert.ThrowsAnyAsync<DbException>(() => Of(new Killed(isIndexing: true)).RebuildAsync());
        Assert.Equal(before, await FoundAsync());
        await store.Transfers.DoAsync(Payment(1).Id.ToString(), new TransferCommand.Cancel(Noon, "alice", "no"));
        await PayAsync(6, ToFinal());
        await Assert.ThrowsAsync<InvalidOperationException>(() => Of(new Killed(isIndexing: false)).CatchUpAsync());
        Assert.Equal(before, await FoundAsync());

        await ProjectAsync();
        var after = await FoundAsync();
        Assert.NotEqual(before, after);
        await Of(new TransferHistory()).RebuildAsync();
        Assert.Equal(after, await FoundAsync());
    }

    [Fact]
    public async Task Ids_are_words_and_what_is_empty_is_not_what_is_missing()
    {
        for (var i = 0; i < 3; i++)
            await DoAsync(Payment(i) with { Wallet = Id(ResourceKind.Wallet, i), Note = i == 0 ? "" : i == 1 ? null : $"instead of {Payment(0).Id}" });
        await ProjectAsync();
        async Task<string[]> FindAsync(string text) => [.. (await store.History.ListAsync(new() { Text = text }, 50, null)).Page!.Items.Select(r => r.Id)];
        string[] ids = [.. Enumerable.Range(0, 3).Select(i => Payment(i).Id.ToString())];
        Assert.Equal([ids[1]], await FindAsync(ids[1]));
        Assert.Equal([ids[2], ids[0]], (await FindAsync(ids[0])).Order().Reverse());
        Assert.Equal([ids[1]], await FindAsync(ids[1][..^2].ToUpperInvariant()));
        Assert.Equal([ids[1]], await FindAsync(Id(ResourceKind.Wallet, 1).ToString()));
        Assert.Equal([ids[1]], await FindAsync($"{ids[1]} alice"));
        Assert.Equal([null, "", $"instead of {ids[0]}"], (await store.History.ListAsync(new(), 50, null)).Page!.Items.OrderBy(r => Array.IndexOf([ids[1], ids[0], ids[2]], r.Id)).Select(r => r.Note));
    }

    [Fact]
    public async Task Read_models_follow_by_themselves_with_two_servers_at_work()
    {
        await using var other = await harness.OpenAsync();
        using var stop = new CancellationTokenSource();
        Task[] running = [store.ProjectAsync(stop.Token), other.ProjectAsync(stop.Token)];
        for (var i = 0; i < 10; i++)
            await DoAsync(Payment(i), [.. ToFinal().Take(2)]);
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        foreach (var projector in store.Projectors)
            while ((await projector.LagAsync()).Events > 0)
            {
                Assert.All(running, r => Assert.False(r.IsFaulted, r.Exception?.ToString()));
                Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(60));
                await Task.Delay(10);
            }
        await stop.CancelAsync();
        foreach (var task in running)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.Equal(10, (await store.History.ListAsync(new() { Status = TransferStatus.PendingPolicy }, 50, null)).Page!.Items.Count);
        await AssertSameAfterRebuildAsync();
    }
}

public sealed class SqliteStoreTests : StoreContract<SqliteStoreHarness>;

public sealed class PostgresStoreTests : StoreContract<PostgresStoreHarness>;
