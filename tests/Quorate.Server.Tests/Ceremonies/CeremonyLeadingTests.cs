using Quorate.Policies;
using Quorate.Server.Ceremonies;
using Quorate.Server.Governance;
using Quorate.Server.Ids;
using Quorate.Server.Nodes;
using Quorate.Server.Tests.Governance;
using Quorate.Server.Tests.Nodes;
using Quorate.Server.Tests.Store;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Ceremonies;

/// <summary>Orders that enough administrators have signed are led by a node, by another where it fails, and come to an end.</summary>
public sealed class CeremonyLeadingTests : StoredTests
{
    static readonly CeremonyReport led = new("", true, "", "", [], "round 1");
    static readonly string id = Id(ResourceKind.Ceremony).ToString();

    readonly GenesisDocument genesis = Acme.Genesis();
    readonly Line line = new();
    DeploymentBook book = null!;
    NodeWatch watch = null!;
    CeremonyLeading leading = null!;

    private protected override async Task BeginAsync()
    {
        book = new(genesis, Store);
        watch = new(Store, genesis, new(line, [.. genesis.Nodes.Select(n => n.Id)], Time), TimeSpan.FromSeconds(1), Time);
        leading = Leading();
        await DraftAsync("""{"backup":{"nodes":["node-1","node-2"]}}""");
    }

    // A server that has just begun.
    CeremonyLeading Leading() => new(Store, book, watch, line, TimeSpan.FromSeconds(1), Time);

    [Fact]
    public async Task An_order_is_led_when_enough_administrators_have_signed_and_ends_when_the_node_says_so()
    {
        await ApproveAsync("alice");
        await RoundAsync();
        Assert.Empty(line.Led);
        await ApproveAsync("bob");
        line.Answer = led;
        await RoundAsync();
        Assert.Equal([1], line.Led);
        // Followed without being asked to lead again, as long as it does.
        await RoundAsync();
        Assert.Equal([1], line.Led);
        Assert.Equal(1, (await OrderAsync()).Lead);
        line.Answer = led with { IsLeading = false, Outcome = "completed" };
        await RoundAsync();
        var order = await OrderAsync();
        Assert.Equal((true, "completed"), (order.IsDone, order.Outcome));
    }

    [Fact]
    public async Task Where_a_node_fails_the_next_is_asked_after_a_rest_that_grows_and_whom_it_names_is_recorded()
    {
        await SignedAsync();
        line.Answer = new("", false, "", "Timeout", ["node-2"], "");
        await RoundAsync();
        Assert.Equal(("Timeout", null), ((await OrderAsync()).LastFault, (await OrderAsync()).Lead));
        await RoundAsync();
        Assert.Equal([1], line.Led);
        foreach (var (rest, node) in ((int, int)[])[(2, 2), (4, 1), (8, 2)])
        {
            var before = line.Led.Count;
            Time.Advance(TimeSpan.FromSeconds(rest) - TimeSpan.FromTicks(1));
            await RoundAsync();
            Assert.Equal(before, line.Led.Count);
            Time.Advance(TimeSpan.FromTicks(1));
            await RoundAsync();
            Assert.Equal(node, line.Led[^1]);
        }
        var failed = new List<CeremonyEvent.CeremonyFailed>();
        await foreach (var recorded in Store.Journal.ReadStreamAsync($"ceremony/{id}"))
            if (CeremonyEvent.Catalog.Decode(recorded) is CeremonyEvent.CeremonyFailed e)
                failed.Add(e);
        Assert.All(failed, e => Assert.Equal(2, Assert.Single(e.Culprits)));
    }

    [Fact]
    public async Task A_refusal_and_no_answer_are_failures_too_and_after_eight_of_them_it_is_over()
    {
        await SignedAsync();
        for (var i = 0; i < CeremonyLeading.MaxLeads; i++)
        {
            line.Answer = i % 2 == 0 ? null : new("Expired: too late", false, "", "", [], "");
            await RoundAsync();
            Assert.Equal(i % 2 == 0 ? "node-1 does not answer" : "Expired: too late", (await OrderAsync()).LastFault);
            Time.Advance(TimeSpan.FromSeconds(2 << i));
        }
        await RoundAsync();
        Assert.Equal((false, CeremonyLeading.MaxLeads), ((await OrderAsync()).IsDone, line.Led.Count));
        Assert.Contains("none brought it to an end", (await OrderAsync()).Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_takes_part_and_answers_is_asked()
    {
        await SignedAsync();
        line.Answer = led;
        line.Away.UnionWith([1, 2]);
        await RoundAsync();
        Assert.Empty(line.Led);
        line.Away.Remove(2);
        await RoundAsync();
        Assert.Equal([2], line.Led);
    }

    [Fact]
    public async Task A_server_that_begins_anew_goes_on_with_the_node_that_it_has_written_down()
    {
        await SignedAsync();
        line.Answer = led;
        await RoundAsync();
        leading = Leading();
        // Of the order that it was to lead the node knows nothing: the question had not come through.
        line.Forgets = true;
        await RoundAsync();
        Assert.Equal([1, 1], line.Led);
        Assert.Equal(1, (await OrderAsync()).Attempts);
    }

    [Fact]
    public async Task An_order_that_nobody_leads_ends_with_its_time()
    {
        Time.Advance(TimeSpan.FromDays(1));
        await RoundAsync();
        Assert.Equal("its time ran out", (await OrderAsync()).Outcome);
    }

    async Task RoundAsync()
    {
        await CatchUpAsync();
        await watch.RunAsync(default);
        await leading.RunAsync(default);
    }

    async Task DraftAsync(string ceremony) => Assert.True((await Store.Ceremonies.DoAsync(id, new CeremonyCommand.Draft(Time.GetUtcNow(), ResourceId.Parse(id), Json(
        $$"""{"quorateCeremony":1,"deployment":"{{genesis.Hash}}","id":"backup-1","expiresAt":"2026-11-22T12:00:00Z","ceremony":{{ceremony}}}"""), "alice"))).IsAccepted);

    async Task SignedAsync()
    {
        await ApproveAsync("alice");
        await ApproveAsync("bob");
    }

    async Task ApproveAsync(string member) => Assert.True((await Store.Ceremonies.DoAsync(
        id, new CeremonyCommand.Approve(Time.GetUtcNow(), member, "laptop", Acme.Approval(member, (await OrderAsync()).Hash)))).IsAccepted);

    async Task<CeremonyCase> OrderAsync() => (await Store.Ceremonies.ReadAsync(id)).State;

    sealed class Line : QuietLine
    {
        internal CeremonyReport? Answer { get; set; }

        internal bool Forgets { get; set; }

        internal HashSet<int> Away { get; } = [];

        /// <summary>Who was asked to lead, in that order.</summary>
        internal List<int> Led { get; } = [];

        public override Task<NodeReport?> ReportAsync(NodeId node, TimeSpan timeout, CancellationToken cancellation) =>
            Task.FromResult(Away.Contains(Acme.NumberOf(node)) ? null : new NodeReport("n", default, 0, [], [], [], 0, default, 0, default));

        public override Task<CeremonyReport?> CeremonyAsync(NodeId node, string order, TimeSpan timeout, CancellationToken cancellation) =>
            Task.FromResult(Forgets || Led.Count == 0 || Led[^1] != Acme.NumberOf(node) ? null : Answer);

        public override Task<CeremonyReport?> LeadAsync(
            NodeId node, ReadOnlyMemory<byte> order, ReadOnlyMemory<byte> approvals, TimeSpan timeout, CancellationToken cancellation)
        {
            Led.Add(Acme.NumberOf(node));
            Assert.Equal("backup-1", CeremonyOrder.Parse(order.Span).Id);
            Assert.Equal(2, ApprovalJson.Parse(approvals.Span).Length);
            return Task.FromResult(Answer);
        }
    }
}
