using Quorate.Journal.Projections;
using Quorate.Server.Events;
using Quorate.Server.Ids;
using Quorate.Server.Store;
using Quorate.Server.Tests.Store;
using Quorate.Server.Transfers;
using Quorate.Server.Vaults;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Events;

/// <summary>Events, listed and followed, whatever the database.</summary>
public abstract class EventFeedContract<THarness> : IAsyncLifetime where THarness : StoreHarness, new()
{
    readonly THarness harness = new();
    ServerStore store = null!;

    public async Task InitializeAsync() => store = await harness.OpenAsync();

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await harness.DisposeAsync();
    }

    static Projector Of(ServerStore store) => store.Projectors.Single(p => p.Name == "events");

    static async Task OpenVaultAsync(ServerStore store, int number) => await store.Vaults.DoAsync(
        Id(ResourceKind.Vault, number).ToString(), new VaultCommand.Open(Noon, Id(ResourceKind.Vault, number), $"vault {number}", null));

    async Task FillAsync()
    {
        for (var i = 1; i <= 6; i++)
        {
            await OpenVaultAsync(store, i);
            var id = Id(ResourceKind.Transfer, i);
            await store.Transfers.DoAsync(id.ToString(), new TransferCommand.Request(Noon, Payment(i) with { Vault = Id(ResourceKind.Vault, i % 2), Wallet = Id(ResourceKind.Wallet, i % 3) }));
            await store.Transfers.DoAsync(id.ToString(), new TransferCommand.Submit(Noon, Noon.AddMinutes(5)));
            await store.Transfers.DoAsync(id.ToString(), new TransferCommand.Reserve(Noon, new("funds", ReservationKind.Funds, "lane", [], Ether, 1)));
            if (i % 2 == 0)
                await store.Transfers.DoAsync(id.ToString(), new TransferCommand.Cancel(Noon, "alice", "no"));
        }
        await Of(store).CatchUpAsync();
    }

    async Task<List<PublicEvent>> AllAsync(EventFilter filter, bool isNewestFirst = false, int pageSize = 3)
    {
        var (found, token) = (new List<PublicEvent>(), (string?)null);
        do
        {
            var (page, refusal) = await store.Events.ListAsync(filter, isNewestFirst, pageSize, token, default);
            Assert.Null(refusal);
            found.AddRange(page!.Items);
            token = page.NextPageToken;
        }
        while (token is not null);
        return found;
    }

    [Fact]
    public async Task Events_are_listed_by_all_they_can_be_found_by_in_order_and_again_the_same_after_a_rebuild()
    {
        await FillAsync();
        var all = await AllAsync(EventFilter.All);
        Assert.Equal(6 + 6 + 6 + 3, all.Count);
        Assert.Equal(all.Select(e => e.Position).Order(), all.Select(e => e.Position));
        Assert.Equal(all.Count, all.Select(e => e.Id).Distinct().Count());
        Assert.Equal(Enumerable.Reverse(all), await AllAsync(EventFilter.All, isNewestFirst: true, pageSize: 4));
        foreach (var filter in (EventFilter[])
        [
            new() { Types = ["transfer.requested"] }, new() { Types = ["transfer.cancelled", "vault.opened"] }, new() { Vault = Id(ResourceKind.Vault, 1).ToString() },
            new() { Wallet = Id(ResourceKind.Wallet, 2).ToString() }, new() { Resource = Id(ResourceKind.Transfer, 4).ToString() },
            new() { Wallet = Id(ResourceKind.Wallet, 0).ToString(), Types = ["transfer.submitted", "transfer.cancelled"] }, new() { Types = [.. EventRules.Types.Keys] },
        ])
        {
            var expected = all.Where(e => (filter.Types?.Contains(e.Type) ?? true) && (filter.Vault ?? e.Vault) == e.Vault && (filter.Wallet ?? e.Wallet) == e.Wallet
                && (filter.Resource ?? e.Resource) == e.Resource).ToList();
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await AllAsync(filter));
            Assert.Equal(Enumerable.Reverse(expected), await AllAsync(filter, isNewestFirst: true, pageSize: 2));
        }
        await Of(store).RebuildAsync();
        Assert.Equal(all, await AllAsync(EventFilter.All));
        Assert.Equal("invalid_page_size", (await store.Events.ListAsync(EventFilter.All, false, 0, null, default)).Refusal!.Code);
        Assert.Equal("invalid_page_token", (await store.Events.ListAsync(EventFilter.All, false, 1, "x", default)).Refusal!.Code);
    }

    [Fact]
    public async Task An_event_says_where_its_resource_stood_after_it_and_a_time_is_a_range_of_them()
    {
        await FillAsync();
        var own = await AllAsync(new() { Resource = Id(ResourceKind.Transfer, 2).ToString() });
        Assert.Equal(["transfer.requested/draft", "transfer.submitted/pending_policy", "transfer.cancelled/cancelled"], own.Select(e => $"{e.Type}/{e.Status}"));
        Assert.Equal(own.Select(e => e.Sequence).Order(), own.Select(e => e.Sequence));
        Assert.Equal(own[^1], await store.Events.FindAsync(own[^1].Id, default));
        Assert.Null(await store.Events.FindAsync(Id(ResourceKind.Event), default));

        var all = await AllAsync(EventFilter.All);
        Assert.Equal(all.Select(e => e.At).Order(), all.Select(e => e.At));
        var (since, until) = (all[4].At, all[9].At);
        Assert.Equal(all.Where(e => e.At >= since && e.At < until), await AllAsync(new() { Since = since, Until = until }));
        Assert.Empty(await AllAsync(new() { Since = all[^1].At.AddSeconds(1) }));
        Assert.Empty(await AllAsync(new() { Until = all[0].At }));
    }

    [Fact]
    public async Task A_reader_that_resumes_after_every_event_on_either_server_gets_each_once_while_others_write()
    {
        await using var other = await harness.OpenAsync();
        using var stop = new CancellationTokenSource();
        await Of(store).CatchUpAsync();
        Task[] projecting = [store.ProjectAsync(stop.Token), other.ProjectAsync(stop.Token)];
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= 40; i++)
                await OpenVaultAsync(i % 2 == 0 ? store : other, i);
        });
        var (seen, token, random) = (new List<PublicEvent>(), ResumeToken.Beginning.ToString(), new Random(7));
        while (seen.Count < 40)
        {
            var from = seen.Count % 2 == 0 ? store : other;
            var (at, refusal) = await from.Feed.ResumeAsync(token, default);
            Assert.Null(refusal);
            var take = random.Next(1, 5);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await foreach (var batch in from.Feed.FollowAsync(at.Position, EventFilter.All, patience.Token))
            {
                seen.AddRange(batch.Events.Take(take));
                if (batch.Events.Count > 0)
                    break;
            }
            token = ResumeToken.Behind(seen[^1]).ToString();
        }
        await writing;
        Assert.Equal(40, seen.Count);
        Assert.Equal(await AllAsync(EventFilter.All, pageSize: 200), seen);
        await stop.CancelAsync();
        await Task.WhenAll(projecting).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_token_that_is_none_that_is_ahead_or_that_is_of_another_history_is_told_apart()
    {
        await FillAsync();
        var last = (await store.Events.LastAsync(default))!;
        async Task<string?> CodeAsync(string token) => (await store.Feed.ResumeAsync(token, default)).Refusal?.Code;

        Assert.Null(await CodeAsync(ResumeToken.Behind(last).ToString()));
        Assert.Null(await CodeAsync(ResumeToken.Beginning.ToString()));
        var good = ResumeToken.Behind(last).ToString();
        foreach (var garbage in (string[])["x", good[..^1], good + "A", new string('A', good.Length), " " + good])
            Assert.Equal("invalid_resume_token", await CodeAsync(garbage));
        Assert.Equal("resume_token_ahead", await CodeAsync(new ResumeToken(1_000_000, 5).ToString()));
        Assert.Equal("resume_token_foreign", await CodeAsync(ResumeToken.Behind(last) with { Mark = 1 } is var foreign ? foreign.ToString() : ""));
    }

    [Fact]
    public async Task Who_waits_for_a_resource_is_told_as_soon_as_its_stream_has_moved_whoever_has_moved_it()
    {
        await using var other = await harness.OpenAsync();
        using var stop = new CancellationTokenSource();
        var watch = new ChangeWatch(store.Journal, TimeProvider.System);
        var watching = watch.RunAsync(stop.Token);
        await OpenVaultAsync(store, 1);
        var vault = Id(ResourceKind.Vault);

        Assert.Equal(1, await watch.WaitForAsync(vault, 0, TimeSpan.FromSeconds(30), default));
        Assert.Equal(1, await watch.WaitForAsync(vault, 1, TimeSpan.FromMilliseconds(30), default));
        var waiting = Enumerable.Range(0, 20).Select(_ => watch.WaitForAsync(vault, 1, TimeSpan.FromSeconds(30), default)).ToArray();
        await OpenVaultAsync(other, 2);
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        await other.Vaults.DoAsync(vault.ToString(), new VaultCommand.Rename(Noon, "moved"));
        Assert.All(await Task.WhenAll(waiting), version => Assert.Equal(2, version));

        using var gone = new CancellationTokenSource();
        var given = watch.WaitForAsync(vault, 2, TimeSpan.FromSeconds(30), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }
}

public sealed class SqliteEventFeedTests : EventFeedContract<SqliteStoreHarness>;

public sealed class PostgresEventFeedTests : EventFeedContract<PostgresStoreHarness>;
