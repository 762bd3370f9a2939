using Quorate.Server.Acts;
using Quorate.Server.Ids;
using Quorate.Server.Store;
using Quorate.Server.Tests.Store;
using Quorate.Server.Vaults;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Views;

/// <summary>Lists of resources, whatever the database.</summary>
public abstract class ResourceIndexContract<THarness> : IAsyncLifetime where THarness : StoreHarness, new()
{
    readonly THarness harness = new();
    ServerStore store = null!;

    public async Task InitializeAsync() => store = await harness.OpenAsync();

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await harness.DisposeAsync();
    }

    [Fact]
    public async Task Resources_are_listed_page_by_page_as_they_were_made_by_what_they_are_in_and_again_after_a_rebuild()
    {
        var vaults = Enumerable.Range(1, 5).Select(i => Id(ResourceKind.Vault, i)).ToArray();
        foreach (var vault in vaults)
            await store.Vaults.DoAsync(vault.ToString(), new VaultCommand.Open(Noon, vault, $"vault {vault}", null));
        var wallets = Enumerable.Range(1, 4).Select(i => Id(ResourceKind.Wallet, i)).ToArray();
        for (var i = 0; i < wallets.Length; i++)
            await store.Wallets.DoAsync(wallets[i].ToString(), new WalletCommand.Plan(Noon, wallets[i], vaults[i % 2], $"wallet-{i}", null));
        var projector = store.Projectors.Single(p => p.Name == store.Index.Name);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(vaults.Select(v => v.ToString()), await AllAsync("vault", null));
            Assert.Equal([wallets[1].ToString(), wallets[3].ToString()], await AllAsync("wallet", vaults[1].ToString()));
            await projector.RebuildAsync();
        }
        Assert.Equal("invalid_page_size", (await store.Index.ListAsync("vault", null, 0, null, default)).Refusal!.Code);
        Assert.Equal("invalid_page_token", (await store.Index.ListAsync("vault", null, 1, "nonsense", default)).Refusal!.Code);
        Assert.Equal(wallets[2].ToString(), await store.OwnerAsync("wallet_name", "wallet-2", default));
        Assert.Null(await store.OwnerAsync("wallet_name", "wallet-9", default));

        async Task<List<string>> AllAsync(string kind, string? parent)
        {
            await projector.CatchUpAsync();
            var (ids, token) = (new List<string>(), (string?)null);
            do
            {
                var (page, refusal) = await store.Index.ListAsync(kind, parent, 2, token, default);
                Assert.Null(refusal);
                ids.AddRange(page!.Items);
                token = page.NextPageToken;
            }
            while (token is not null);
            return ids;
        }
    }

    [Theory]
    [InlineData("""{"draft":"a hash"}""")]
    [InlineData("""{"draft":{"initiator":1}}""")]
    [InlineData("""{"by":3,"member":null}""")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("no JSON")]
    public async Task No_event_of_another_writer_stops_a_read_model(string payload)
    {
        await store.Journal.AppendAsync("lane/of-somebody", 0, [new("something-happened", 1, System.Text.Encoding.UTF8.GetBytes(payload))]);
        var vault = Id(ResourceKind.Vault, 1);
        await store.Vaults.DoAsync(vault.ToString(), new VaultCommand.Open(Noon, vault, "behind it", null));
        foreach (var projector in store.Projectors)
        {
            await projector.CatchUpAsync();
            Assert.Equal(0, (await projector.LagAsync()).Events);
        }
    }

    [Fact]
    public async Task What_has_ended_is_listed_no_more_among_what_is_open()
    {
        string[] acts = [.. Enumerable.Range(1, 3).Select(i => Id(ResourceKind.Act, i).ToString())];
        for (var i = 0; i < acts.Length; i++)
            Assert.True((await store.Acts.DoAsync(acts[i], new ActCommand.Draft(Noon, ResourceId.Parse(acts[i]), Json(
                $$$"""{"quorateAct":1,"previous":"{{{Hash("genesis")}}}","number":{{{i + 1}}},"expiresAt":"2026-11-30T12:00:00Z","change":{"unfreeze":"*"}}"""), "alice"))).IsAccepted);
        await store.Acts.DoAsync(acts[0], new ActCommand.End(Noon, "withdrawn"));
        await store.Projectors.Single(p => p.Name == store.Index.Name).CatchUpAsync();
        Assert.Equal(acts, await store.Index.AllAsync("act", isOpenOnly: false, default));
        Assert.Equal(acts[1..], await store.Index.AllAsync("act", isOpenOnly: true, default));

        // And only what has changed is listed of what has changed, last what did so last.
        var changed = await store.Index.ChangedAsync("act", 0, default);
        Assert.Equal([acts[1], acts[2], acts[0]], changed.Select(c => c.Id));
        Assert.Equal([acts[0]], (await store.Index.ChangedAsync("act", changed[1].Position, default)).Select(c => c.Id));
        Assert.Empty(await store.Index.ChangedAsync("act", changed[2].Position, default));
    }
}

public sealed class SqliteResourceIndexTests : ResourceIndexContract<SqliteStoreHarness>;

public sealed class PostgresResourceIndexTests : ResourceIndexContract<PostgresStoreHarness>;
