using System.Text.Json.Nodes;
using Quorate.Policies;
using Quorate.Server.Acts;
using Quorate.Server.Governance;
using Quorate.Server.Ids;
using Quorate.Server.Nodes;
using Quorate.Server.Store;
using Quorate.Server.Tests.Nodes;
using Quorate.Server.Tests.Store;
using Quorate.Testing;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Governance;

/// <summary>Acts reach the nodes when enough administrators have signed them, in their order, and a node that was away catches up.</summary>
public sealed class ActDeliveryTests : IAsyncLifetime
{
    readonly ManualTime time = new();
    readonly Line line = new();
    readonly GenesisDocument genesis = Acme.Genesis();
    StoreHarness harness = null!;
    ServerStore store = null!;
    DeploymentBook book = null!;
    ActDelivery delivery = null!;

    public async Task InitializeAsync()
    {
        harness = InFiles();
        store = await harness.OpenAsync();
        book = new(genesis, store);
        delivery = new(store, book, new(line, [.. genesis.Nodes.Select(n => n.Id)], time), TimeSpan.FromSeconds(1), time);
    }

    static SqliteStoreHarness InFiles() => new();

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await harness.DisposeAsync();
    }

    [Fact]
    public async Task An_act_is_handed_on_once_enough_have_signed_and_is_in_force_when_a_node_has_taken_it()
    {
        var act = await DraftAsync(1, genesis.Hash, "bob");
        await RoundAsync();
        Assert.Empty(line.Handed);
        await ApproveAsync(act, "alice");
        await RoundAsync();
        Assert.Empty(line.Handed);
        await ApproveAsync(act, "bob");
        await RoundAsync();
        Assert.Equal(["1: 1", "2: 1"], line.Handed);
        Assert.Equal((1ul, act.Hash, 1), (book.Current.Acts, book.Current.LastAct, book.Current.Administrators.Threshold));
        // Who has it is not asked again.
        await RoundAsync();
        Assert.Equal(2, line.Handed.Count);
    }

    [Fact]
    public async Task A_node_that_was_away_gets_all_that_it_lacks_in_their_order_at_once()
    {
        var first = await DraftAsync(1, genesis.Hash, "bob", "alice", "bob");
        line.Away.Add(2);
        await RoundAsync();
        // From the first act on, one administrator is enough.
        await DraftAsync(2, first.Hash, "alice", "alice");
        await RoundAsync();
        line.Away.Clear();
        await RoundAsync();
        Assert.Equal(["1: 1", "1: 2", "2: 1 2"], line.Handed);
        Assert.Equal(2ul, book.Current.Acts);
    }

    [Fact]
    public async Task What_a_node_says_against_an_act_is_recorded_once()
    {
        line.Problem = "The clock is behind the journal.";
        var act = await DraftAsync(1, genesis.Hash, "bob", "alice", "bob");
        for (var round = 0; round < 5; round++)
            await RoundAsync();
        var declined = 0;
        await foreach (var recorded in store.Journal.ReadStreamAsync($"act/{Id(ResourceKind.Act, 1)}"))
            declined += recorded.Type == "act-declined" ? 1 : 0;
        Assert.Equal((2, 0ul), (declined, book.Current.Acts));
        line.Problem = "";
        await RoundAsync();
        Assert.Equal((1ul, act.Hash), (book.Current.Acts, book.Current.LastAct));
    }

    [Fact]
    public async Task An_act_that_names_another_before_it_goes_nowhere()
    {
        await DraftAsync(1, Hash("another deployment"), "bob", "alice", "bob");
        await DraftAsync(2, genesis.Hash, "bob", "alice", "bob");
        await RoundAsync();
        Assert.Empty(line.Handed);
        Assert.Equal(0ul, book.Current.Acts);
    }

    async Task RoundAsync()
    {
        await store.Projectors.Single(p => p.Name == store.Index.Name).CatchUpAsync();
        await delivery.RunAsync(line.Reports(), default);
    }

    // An act by which one administrator is enough, and its signatures.
    async Task<AdministrativeAct> DraftAsync(int number, Digest previous, string administrator, params string[] signers)
    {
        var document = Json(new JsonObject
        {
            ["quorateAct"] = 1, ["previous"] = previous.ToString(), ["number"] = number, ["expiresAt"] = "2026-11-30T12:00:00Z",
            ["change"] = new JsonObject { ["administrators"] = new JsonObject { ["threshold"] = 1, ["members"] = new JsonArray(number == 1 ? ["alice", "bob"] : [administrator]) } },
        }.ToJsonString());
        var id = Id(ResourceKind.Act, number);
        Assert.True((await store.Acts.DoAsync(id.ToString(), new ActCommand.Draft(time.GetUtcNow(), id, document, "alice"))).IsAccepted);
        var act = AdministrativeAct.Parse(Documents.Utf8(document));
        foreach (var signer in signers)
            await ApproveAsync(act, signer);
        return act;
    }

    async Task ApproveAsync(AdministrativeAct act, string member)
    {
        await store.Acts.DoAsync(Id(ResourceKind.Act, (int)act.Number).ToString(), new ActCommand.Approve(time.GetUtcNow(), member, "laptop", Acme.Approval(member, act.Hash)));
    }

    /// <summary>Nodes that take acts in their order, as real ones do.</summary>
    sealed class Line : QuietLine
    {
        readonly SortedDictionary<int, ulong> acts = new() { [1] = 0, [2] = 0 };

        internal HashSet<int> Away { get; } = [];

        internal string Problem { get; set; } = "";

        /// <summary>Who got which, in the order it came.</summary>
        internal List<string> Handed { get; } = [];

        internal Dictionary<int, NodeReport> Reports() => acts.Where(a => !Away.Contains(a.Key))
            .ToDictionary(a => a.Key, a => new NodeReport($"node-{a.Key}", default, a.Value, [], [], [], 0, default, 0, default));

        public override Task<string?> TakeActsAsync(
            NodeId node, IReadOnlyList<(ReadOnlyMemory<byte> Act, ReadOnlyMemory<byte> Approvals)> handed, TimeSpan timeout, CancellationToken cancellation)
        {
            var number = Acme.NumberOf(node);
            lock (Handed)
            {
                if (Problem.Length > 0)
                    return Task.FromResult<string?>(Problem);
                var numbers = handed.Select(h => AdministrativeAct.Parse(h.Act.Span).Number).ToArray();
                Handed.Add($"{number}: {string.Join(' ', numbers)}");
                Handed.Sort(StringComparer.Ordinal);
                acts[number] = numbers[^1];
                return Task.FromResult<string?>("");
            }
        }
    }
}
