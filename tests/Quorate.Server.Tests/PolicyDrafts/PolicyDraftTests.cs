using System.Text.Json;
using Quorate.Server.Ids;
using Quorate.Server.PolicyDrafts;
using Quorate.Server.Tests.Store;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.PolicyDrafts;

public sealed class PolicyDraftTests
{
    static JsonElement Policy(string name) => Json($$"""{"quoratePolicy":1,"name":"{{name}}","rules":[{"id":"pay","effect":"allow","what":[{"kind":"transfer"},{"kind":"fee"}]}]}""");

    static PolicyDraftCommand.Write Write(string name) => new(Noon, Id(ResourceKind.Policy), Policy(name), "alice");

    static PolicyDraftCommand.NoteTested Tested(string name, int failed = 0) =>
        new(Noon, PolicyDraft.Decider.After(Write(name)).Hash, 4, failed, 0);

    static PolicyDraftCommand.Propose Propose(int act = 1) => new(Noon, Id(ResourceKind.Act, act));

    static PolicyDraftCommand.NotePublished Published(int act = 1) => new(Noon, Id(ResourceKind.Act, act));

    static string Answer(PolicyDraft draft, PolicyDraftCommand command) => PolicyDraft.Decider.Answer(draft, command);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"quoratePolicy":2,"name":"a","rules":[]}""")]
    [InlineData("""{"quoratePolicy":1,"name":"a","rules":[],"more":1}""")]
    public void What_is_no_policy_is_no_draft(string document)
    {
        var wrong = Write("a") with { Document = Json(document) };
        Assert.Equal("invalid_document", Answer(PolicyDraft.None, wrong));
        Assert.Equal("invalid_document", Answer(PolicyDraft.Decider.After(Write("a")), wrong));
    }

    [Fact]
    public void It_is_written_and_written_again()
    {
        var draft = PolicyDraft.Decider.After(Write("a"));
        // The same policy with a space more is the same policy.
        Assert.Equal("nothing", Answer(draft, Write("a") with { Document = Json(Policy("a").GetRawText().Replace(",", " ,\n", StringComparison.Ordinal)) }));
        Assert.Equal("already_exists", Answer(draft, Write("b") with { Id = Id(ResourceKind.Policy, 2) }));
        Assert.Throws<ArgumentException>(() => Answer(PolicyDraft.None, Write("a") with { Id = Id(ResourceKind.Act) }));
        var other = PolicyDraft.Decider.Next(draft, Write("b"));
        Assert.NotEqual(draft.Hash, other.Hash);
        Assert.Equal("b", other.Document.GetProperty("name").GetString());
    }

    [Fact]
    public void What_did_not_pass_its_examples_as_it_stands_is_not_proposed()
    {
        var draft = PolicyDraft.Decider.After(Write("a"));
        Assert.Equal("wrong_state", Answer(draft, Propose()));
        Assert.Equal("wrong_state", Answer(draft, Tested("b")));
        Assert.Equal("wrong_state", Answer(PolicyDraft.Decider.Next(draft, Tested("a", failed: 1)), Propose()));
        var tested = PolicyDraft.Decider.Next(draft, Tested("a"));
        Assert.Equal("accepted", Answer(tested, Propose()));
        // A failure takes it back; another text was never tested; the first text again was.
        Assert.Equal("wrong_state", Answer(PolicyDraft.Decider.Next(tested, Tested("a", failed: 1)), Propose()));
        var redrafted = PolicyDraft.Decider.Next(tested, Write("b"));
        Assert.Equal("wrong_state", Answer(redrafted, Propose()));
        Assert.Equal("accepted", Answer(PolicyDraft.Decider.Next(redrafted, Write("a")), Propose()));
        // The failure of one text says nothing of another.
        Assert.Equal("accepted", Answer(PolicyDraft.Decider.After(Write("a"), Tested("a"), Write("b"), Tested("b", failed: 2), Write("a")), Propose()));
    }

    [Fact]
    public void What_is_published_is_what_was_proposed_whatever_was_written_since()
    {
        var proposed = PolicyDraft.Decider.After(Write("a"), Tested("a"), Propose());
        Assert.Equal("nothing", Answer(proposed, Propose()));
        Assert.Equal("accepted", Answer(proposed, Propose(2)));
        Assert.Equal("wrong_state", Answer(proposed, Published(2)));
        Assert.Equal("wrong_state", Answer(PolicyDraft.Decider.After(Write("a")), Published()));
        Assert.Throws<ArgumentException>(() => Answer(proposed, Propose() with { Act = Id(ResourceKind.Policy) }));

        var published = PolicyDraft.Decider.Next(PolicyDraft.Decider.Next(proposed, Write("b")), Published());
        Assert.Equal(proposed.Hash, published.Published);
        Assert.NotEqual(published.Hash, published.Published);
        Assert.Equal("nothing", Answer(published, Published()));
    }

    [Fact]
    public void Every_command_may_be_sent_twice() => PolicyDraft.Decider.HoldUnderAnyCommands(
        [Write("a"), Write("b")], [Tested("a"), Tested("a", 1), Tested("b"), Tested("b", 1), Propose(), Propose(2), Published(), Published(2)],
        // Every run of the examples is written down.
        command => command is PolicyDraftCommand.NoteTested);
}
