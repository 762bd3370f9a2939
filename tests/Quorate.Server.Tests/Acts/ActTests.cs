using System.Text.Json;
using Quorate.Policies;
using Quorate.Server.Acts;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Store;
using static Quorate.Server.Tests.Transfers.TransferSamples;
using Act = Quorate.Server.Acts.Act;

namespace Quorate.Server.Tests.Acts;

public sealed class ActTests
{
    const string Unfreeze = """{"unfreeze":"*"}""";
    const string Device = """{"id":"alice","devices":[{"id":"laptop","ed25519":"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}]}""";

    static JsonElement Document(string change = Unfreeze, int number = 1, string expires = "2026-11-22T12:00:00Z") =>
        Json($$"""{"quorateAct":1,"previous":"{{Hash("genesis")}}","number":{{number}},"expiresAt":"{{expires}}","change":{{change}}}""");

    static readonly DateTimeOffset expiry = Noon.AddDays(1);
    static readonly ActCommand.Draft draft = new(Noon, Id(ResourceKind.Act), Document(), "alice");
    static readonly ActCommand.Approve approve = new(Noon, "bob", "phone", Json("{}"));
    static readonly ActCommand.NoteTaken taken = new(Noon, 1);
    static readonly ActCommand.NoteDeclined declined = new(Noon, 2, "expired");
    static readonly ActCommand.End end = new(Noon, "withdrawn");

    static string Answer(Act act, ActCommand command) => Act.Decider.Answer(act, command);

    [Theory]
    [InlineData((int)ChangeKind.Unfreeze, Unfreeze)]
    [InlineData((int)ChangeKind.Administrators, """{"administrators":{"threshold":1,"members":["alice"]}}""")]
    [InlineData((int)ChangeKind.Membership, """{"membership":{"quorateMembership":1,"relyingParty":{"id":"wallet.example.org","origins":["https://wallet.example.org"]},"members":[""" + Device + "]}}")]
    [InlineData((int)ChangeKind.Policy, """{"policy":{"quoratePolicy":1,"name":"a","rules":[{"id":"pay","effect":"allow","what":[{"kind":"transfer"}]}]}}""")]
    public void It_is_of_the_kind_that_its_document_says(int kind, string change)
    {
        var act = Act.Decider.After(draft with { Document = Document(change, number: 3) });
        Assert.Equal(((ChangeKind)kind, 3ul, expiry), (act.Kind, act.Number, act.ExpiresAt));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"quorateAct":1}""")]
    public void What_is_no_act_is_no_draft(string document) => Assert.Equal("invalid_document", Answer(Act.None, draft with { Document = Json(document) }));

    [Fact]
    public void It_is_drafted_once_before_it_expires()
    {
        Assert.Equal("expired", Answer(Act.None, draft with { At = expiry }));
        Assert.Equal("accepted", Answer(Act.None, draft with { At = expiry.AddSeconds(-1) }));
        var act = Act.Decider.After(draft);
        Assert.Equal("nothing", Answer(act, draft with { At = expiry.AddDays(1), By = "bob" }));
        Assert.Equal("already_exists", Answer(act, draft with { Document = Document(number: 2) }));
        Assert.Equal("already_exists", Answer(act, draft with { Document = Json("{}") }));
        Assert.Throws<ArgumentException>(() => Answer(Act.None, draft with { Id = Id(ResourceKind.Policy) }));
    }

    [Fact]
    public void It_is_approved_once_from_each_device_until_it_expires()
    {
        var act = Act.Decider.After(draft, approve, approve with { Device = "laptop" }, approve with { Member = "carol" });
        Assert.Equal(["bob", "bob", "carol"], act.Approvals.Select(a => a.Member));
        Assert.Equal("nothing", Answer(act, approve with { At = expiry, Approval = Json("1") }));
        Assert.Equal("expired", Answer(act, approve with { Member = "dave", At = expiry }));
        Assert.Equal("accepted", Answer(act, approve with { Member = "dave", At = expiry.AddTicks(-1) }));
    }

    [Fact]
    public void It_gathers_no_more_approvals_than_nodes_read()
    {
        var act = Act.Decider.After(draft) with { Approvals = [.. Enumerable.Range(0, ApprovalSet.MaxApprovals - 1).Select(i => new Server.Deciding.GatheredApproval($"member-{i}", "phone", Json("{}")))] };
        var full = Act.Decider.Next(act, approve);
        Assert.Equal("too_many_approvals", Answer(full, approve with { Member = "one-more" }));
        Assert.Equal("nothing", Answer(full, approve));
    }

    [Fact]
    public void What_a_node_has_taken_stays_taken_after_its_end()
    {
        var act = Act.Decider.After(draft);
        Assert.False(act.IsTaken);
        var ended = Act.Decider.Next(Act.Decider.Next(act, taken), end);
        Assert.Equal("nothing", Answer(ended, taken));
        // The others take it from nodes that have it: it is learned late.
        var everywhere = Act.Decider.Next(ended, taken with { Node = 2 });
        Assert.True(everywhere.IsTaken);
        Assert.Equal(new[] { 1, 2 }, everywhere.TakenBy.ToArray());
    }

    [Fact]
    public void What_has_ended_gathers_nothing_more()
    {
        var ended = Act.Decider.After(draft, end);
        Assert.Equal("withdrawn", ended.EndReason);
        Assert.Equal("nothing", Answer(ended, end with { Reason = "another" }));
        Assert.Equal("wrong_state", Answer(ended, approve));
        Assert.Equal("wrong_state", Answer(ended, declined));
    }

    [Fact]
    public void Every_command_may_be_sent_twice() => Act.Decider.HoldUnderAnyCommands(
        [draft, draft with { Document = Document(number: 2) }, draft with { At = expiry }],
        [approve, approve with { Device = "laptop" }, approve with { Member = "carol", At = expiry }, taken, taken with { Node = 2 }, declined, end, end with { Reason = "expired" }],
        // A node that says no may say so again for another reason: each is written down.
        command => command is ActCommand.NoteDeclined);
}
