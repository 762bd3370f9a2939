using System.Text.Json;
using Quorate.Policies;
using Quorate.Server.Ceremonies;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Store;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Ceremonies;

public sealed class CeremonyCaseTests
{
    const string Refresh = """{"refresh":{"wallet":"hot","epoch":0}}""";

    static JsonElement Order(string ceremony = Refresh, string id = "refresh-hot", string expires = "2026-11-22T12:00:00Z") =>
        Json($$"""{"quorateCeremony":1,"deployment":"{{Hash("genesis")}}","id":"{{id}}","expiresAt":"{{expires}}","ceremony":{{ceremony}}}""");

    static readonly DateTimeOffset expiry = Noon.AddDays(1);
    static readonly CeremonyCommand.Draft draft = new(Noon, Id(ResourceKind.Ceremony), Order(), "alice");
    static readonly CeremonyCommand.Approve approve = new(Noon, "bob", "phone", Json("{}"));
    static readonly CeremonyCommand.Lead lead = new(Noon, 1);
    static readonly CeremonyCommand.NoteFailed failed = new(Noon, 1, "timed out", [2]);
    static readonly CeremonyCommand.End done = new(Noon, true, "completed");

    static string Answer(CeremonyCase order, CeremonyCommand command) => CeremonyCase.Decider.Answer(order, command);

    [Theory]
    [InlineData("hot", Refresh)]
    [InlineData("cold", """{"createWallet":{"wallet":"cold","threshold":2,"nodes":["node-1","node-2","node-3"],"schemes":["ecdsa"]}}""")]
    [InlineData(null, """{"backup":{"nodes":["node-1"]}}""")]
    public void It_knows_the_wallet_that_its_order_names(string? wallet, string ceremony)
    {
        var order = CeremonyCase.Decider.After(draft with { Order = Order(ceremony) });
        Assert.Equal((wallet, "refresh-hot", expiry), (order.Wallet, order.OrderId, order.ExpiresAt));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"quorateCeremony":1}""")]
    public void What_is_no_order_is_no_draft(string document) => Assert.Equal("invalid_document", Answer(CeremonyCase.None, draft with { Order = Json(document) }));

    [Fact]
    public void An_order_is_good_for_up_to_seven_days()
    {
        Assert.Equal("invalid_expiry", Answer(CeremonyCase.None, draft with { At = expiry }));
        Assert.Equal("accepted", Answer(CeremonyCase.None, draft with { At = expiry.AddSeconds(-1) }));
        Assert.Equal("accepted", Answer(CeremonyCase.None, draft with { At = expiry - CeremonyOrder.MaxLifetime }));
        Assert.Equal("invalid_expiry", Answer(CeremonyCase.None, draft with { At = expiry - CeremonyOrder.MaxLifetime - TimeSpan.FromTicks(1) }));
    }

    [Fact]
    public void It_is_drafted_once_and_its_orders_id_is_taken_for_ever()
    {
        var order = CeremonyCase.Decider.After(draft);
        Assert.Equal("nothing", Answer(order, draft with { At = expiry.AddDays(1) }));
        Assert.Equal("already_exists", Answer(order, draft with { Order = Order(id: "another") }));
        Assert.Equal("already_exists", Answer(order, draft with { Order = Json("{}") }));
        Assert.Throws<ArgumentException>(() => Answer(CeremonyCase.None, draft with { Id = Id(ResourceKind.Act) }));
        Assert.Equal([new("ceremony_order", "refresh-hot", draft.Id.ToString())], CeremonyCase.Decider.ClaimsOf(CeremonyCase.None, draft));
        Assert.Empty(CeremonyCase.Decider.ClaimsOf(order, done));
    }

    [Fact]
    public void It_is_approved_once_from_each_device_until_it_expires()
    {
        var order = CeremonyCase.Decider.After(draft, approve, approve with { Device = "laptop" });
        Assert.Equal(["phone", "laptop"], order.Approvals.Select(a => a.Device));
        Assert.Equal("nothing", Answer(order, approve));
        Assert.Equal("expired", Answer(order, approve with { Member = "carol", At = expiry }));
        Assert.Equal("accepted", Answer(order, approve with { Member = "carol", At = expiry.AddTicks(-1) }));
        var full = order with { Approvals = [.. Enumerable.Range(0, ApprovalSet.MaxApprovals).Select(i => new Server.Deciding.GatheredApproval($"member-{i}", "phone", Json("{}")))] };
        Assert.Equal("too_many_approvals", Answer(full, approve));
    }

    [Fact]
    public void One_node_leads_it_at_a_time()
    {
        var led = CeremonyCase.Decider.After(draft, lead);
        Assert.Equal((1, 1), (led.Lead, led.Attempts));
        Assert.Equal("nothing", Answer(led, lead with { At = expiry }));
        Assert.Equal("wrong_state", Answer(led, lead with { Node = 2 }));
        // What is said of a lead that is none any more is old.
        Assert.Equal("nothing", Answer(led, failed with { Node = 2 }));
        var free = CeremonyCase.Decider.Next(led, failed);
        Assert.Null(free.Lead);
        Assert.Equal("nothing", Answer(free, failed));
        Assert.Equal("expired", Answer(free, lead with { Node = 2, At = expiry }));
        Assert.Equal((2, 2), (CeremonyCase.Decider.Next(free, lead with { Node = 2 }).Lead, CeremonyCase.Decider.Next(free, lead with { Node = 2 }).Attempts));
    }

    [Fact]
    public void It_ends_once()
    {
        var ended = CeremonyCase.Decider.After(draft, lead, done);
        Assert.Equal((true, "completed", null), (ended.IsDone, ended.Outcome, ended.Lead));
        Assert.Equal("nothing", Answer(ended, done));
        Assert.Equal("wrong_state", Answer(ended, done with { IsDone = false }));
        Assert.Equal("wrong_state", Answer(ended, done with { Outcome = "gave up" }));
        Assert.All((CeremonyCommand[])[approve, lead, failed], c => Assert.Equal("wrong_state", Answer(ended, c)));
        Assert.False(CeremonyCase.Decider.After(draft, done with { IsDone = false, Outcome = "expired" }).IsDone);
    }

    [Fact]
    public void Every_command_may_be_sent_twice() => CeremonyCase.Decider.HoldUnderAnyCommands(
        [draft, draft with { Order = Order(id: "another") }, draft with { At = expiry }],
        [approve, approve with { Device = "laptop" }, approve with { Member = "carol", At = expiry }, lead, lead with { Node = 2 }, failed, failed with { Node = 2 }, done, done with { IsDone = false }]);
}
