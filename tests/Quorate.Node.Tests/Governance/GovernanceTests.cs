using System.Text;
using System.Text.Json.Nodes;
using Quorate.Journal;
using Quorate.Node.Governance;
using Quorate.Policies;

namespace Quorate.Node.Tests.Governance;

public sealed class GovernanceTests : IAsyncLifetime
{
    readonly Deployment acme = new();
    readonly Clock clock = new(Deployment.Start);
    readonly string folder = Directory.CreateTempSubdirectory("quorate-governance").FullName;
    NodeJournal journal = null!;
    NodeGovernance governance = null!;

    public async Task InitializeAsync()
    {
        await OpenAsync();
        Assert.Null(await governance.InstallAsync(acme.Genesis, default));
    }

    public async Task DisposeAsync()
    {
        await journal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    async Task OpenAsync()
    {
        journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(Path.Combine(folder, "journal.db"), new() { Time = clock }), default);
        governance = new(journal, acme.Id("node-1"), clock);
    }

    static JsonObject NewPolicy(string name = "next") => new() { ["policy"] = Deployment.PolicyJson(name) };

    ApprovedAct Act(JsonObject change, params string[] approvers) => acme.Act(journal.State, change, approvers);

    async Task AssertRefusedAsync(string words, params ApprovedAct[] acts)
    {
        var before = journal.State;
        Assert.Contains(words, await governance.TakeAsync(acts, default), StringComparison.Ordinal);
        Assert.Same(before, journal.State);
    }

    static FreezeOrder Order(Digest deployment, string scope = "*", ulong unfreezings = 0) => FreezeOrder.Parse(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["quorateFreeze"] = 1, ["deployment"] = deployment.ToString(), ["scope"] = scope, ["unfreezings"] = unfreezings, ["reason"] = "an alarm",
    }.ToJsonString()));

    [Fact]
    public async Task A_deployment_is_pinned_once()
    {
        Assert.Null(await governance.InstallAsync(acme.Genesis, default));
        var other = acme.GenesisJson();
        other["organisation"] = "umbrella";
        var genesis = GenesisDocument.Parse(Encoding.UTF8.GetBytes(other.ToJsonString()));
        Assert.Contains("for ever", await governance.InstallAsync(genesis, default), StringComparison.Ordinal);
        Assert.Equal("acme", journal.State.Genesis!.Organisation);
    }

    [Fact]
    public async Task A_document_that_does_not_name_the_node_is_not_installed()
    {
        await using var store = await EventStore.OpenSqliteAsync(Path.Combine(folder, "other.db"));
        var other = new NodeGovernance(await NodeJournal.OpenAsync(store, default), acme.Id("stranger-node"), clock);
        Assert.Contains("does not name this node", await other.InstallAsync(acme.Genesis, default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_quorum_changes_the_policy_and_a_restart_keeps_it()
    {
        Assert.Null(await governance.TakeAsync([Act(NewPolicy(), "alice", "bob")], default));
        Assert.Equal("next", journal.State.Policy!.Name);
        var state = journal.State;
        await journal.DisposeAsync();
        await OpenAsync();
        Assert.Equal((state.Policy.Hash, state.LastAct, 1UL), (journal.State.Policy!.Hash, journal.State.LastAct, journal.State.Acts));
    }

    [Fact]
    public async Task Fewer_than_the_quorum_change_nothing()
    {
        await AssertRefusedAsync("signatures of 0", Act(NewPolicy()));
        await AssertRefusedAsync("signatures of 1", Act(NewPolicy(), "alice"));
        await AssertRefusedAsync("signatures of 1", Act(NewPolicy(), "alice", "alice"));
        var act = Act(NewPolicy(), "alice");
        await AssertRefusedAsync("signatures of 1", act with { Approvals = [.. act.Approvals, acme.Approve(act.Act.Hash, "mallory")] });
        // Bob's signature on something else.
        await AssertRefusedAsync("signatures of 1", act with { Approvals = [.. act.Approvals, acme.Approve(acme.Request().Intent.Hash, "bob")] });
    }

    [Fact]
    public async Task An_act_is_taken_once_and_in_its_place()
    {
        var first = Act(NewPolicy("first"), "alice", "bob");
        var rival = Act(NewPolicy("rival"), "alice", "carol");
        Assert.Null(await governance.TakeAsync([first], default));
        Assert.Null(await governance.TakeAsync([first], default));
        Assert.Equal(1UL, journal.State.Acts);
        Assert.Null(await governance.TakeAsync([rival], default));
        Assert.Equal("first", journal.State.Policy!.Name);
        var second = Act(NewPolicy("second"), "alice", "bob");
        await AssertRefusedAsync("does not follow", acme.Act(journal.State.Apply(second.Act), NewPolicy("third"), ["alice", "bob"]));
        // Another history's successor of the same number.
        await AssertRefusedAsync("does not follow", acme.Act(acme.State.Apply(rival.Act), NewPolicy("after-rival"), ["alice", "bob"]));
    }

    [Fact]
    public async Task A_node_that_was_away_catches_up_and_an_expired_act_alone_is_not_taken()
    {
        var first = acme.Act(journal.State, NewPolicy("first"), ["alice", "bob"], Deployment.Start.AddMinutes(1));
        var second = acme.Act(journal.State.Apply(first.Act), NewPolicy("second"), ["carol", "bob"], Deployment.Start.AddDays(2));
        clock.Now = Deployment.Start.AddDays(1);
        await AssertRefusedAsync("expired", first);
        Assert.Null(await governance.TakeAsync([first, second], default));
        Assert.Equal(("second", 2UL), (journal.State.Policy!.Name, journal.State.Acts));
    }

    [Fact]
    public async Task Acts_are_taken_all_or_none()
    {
        var first = Act(NewPolicy("first"), "alice", "bob");
        var second = acme.Act(journal.State.Apply(first.Act), NewPolicy("second"), ["carol"]);
        await AssertRefusedAsync("signatures of 1", first, second);
    }

    [Fact]
    public async Task The_membership_in_force_says_who_signs()
    {
        var membership = acme.MembershipJson("alice", "bob", "mallory");
        Assert.Null(await governance.TakeAsync([Act(new() { ["membership"] = membership }, "alice", "bob")], default));
        Assert.Null(await governance.TakeAsync(
            [Act(new() { ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray("alice", "mallory") } }, "alice", "bob")], default));
        await AssertRefusedAsync("signatures of 1", Act(NewPolicy(), "alice", "bob"));
        Assert.Null(await governance.TakeAsync([Act(NewPolicy(), "alice", "mallory")], default));
    }

    [Fact]
    public async Task No_act_makes_further_acts_impossible()
    {
        await AssertRefusedAsync("would have a device", Act(new() { ["membership"] = acme.MembershipJson("alice", "mallory") }, "alice", "bob"));
        await AssertRefusedAsync("would have a device",
            Act(new() { ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray("alice", "mallory") } }, "alice", "bob"));
        await AssertRefusedAsync("at least two",
            Act(new() { ["administrators"] = new JsonObject { ["threshold"] = 1, ["members"] = new JsonArray("alice", "bob") } }, "alice", "bob"));
    }

    [Fact]
    public async Task A_new_address_can_not_skip_its_delay()
    {
        var policy = Deployment.PolicyJson("next");
        policy["addressBook"] = new JsonObject
        {
            ["suppliers"] = new JsonObject
            {
                ["activationDelaySeconds"] = 86_400,
                ["entries"] = new JsonArray(new JsonObject { ["account"] = "eip155:1:" + Deployment.Stranger, ["addedAt"] = "2026-11-01T00:00:00Z" }),
            },
        };
        await AssertRefusedAsync("activation delay", Act(new() { ["policy"] = policy }, "alice", "bob"));
    }

    [Fact]
    public async Task Any_administrator_freezes_and_only_the_quorum_unfreezes()
    {
        var order = Order(acme.Genesis.Hash);
        Assert.Contains("does not count", await governance.FreezeAsync(order, acme.Approve(order.Hash, "mallory"), default), StringComparison.Ordinal);
        Assert.Null(await governance.FreezeAsync(order, acme.Approve(order.Hash, "carol"), default));
        Assert.True(journal.State.IsFrozen("treasury"));

        var unfreeze = new JsonObject { ["unfreeze"] = "*" };
        await AssertRefusedAsync("signatures of 1", Act(unfreeze, "alice"));
        Assert.Null(await governance.TakeAsync([Act(new() { ["unfreeze"] = "*" }, "alice", "bob")], default));
        Assert.False(journal.State.IsFrozen("treasury"));

        // The old order is not to be shown again; one that knows of the unfreezing counts.
        Assert.Contains("older", await governance.FreezeAsync(order, acme.Approve(order.Hash, "carol"), default), StringComparison.Ordinal);
        var next = Order(acme.Genesis.Hash, "treasury", 1);
        Assert.Null(await governance.FreezeAsync(next, acme.Approve(next.Hash, "alice"), default));
        Assert.True(journal.State.IsFrozen("treasury"));
        Assert.False(journal.State.IsFrozen("savings"));
        await AssertRefusedAsync("not frozen", Act(new() { ["unfreeze"] = "*" }, "alice", "bob"));
    }

    [Fact]
    public async Task An_order_for_another_deployment_freezes_nothing()
    {
        var order = Order(acme.State.Policy!.Hash);
        Assert.Contains("another deployment", await governance.FreezeAsync(order, acme.Approve(order.Hash, "alice"), default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_genesis_takes_nothing()
    {
        await using var store = await EventStore.OpenSqliteAsync(Path.Combine(folder, "empty.db"));
        var empty = new NodeGovernance(await NodeJournal.OpenAsync(store, default), acme.Id("node-1"), clock);
        Assert.Contains("No deployment", await empty.TakeAsync([Act(NewPolicy(), "alice", "bob")], default), StringComparison.Ordinal);
        var order = Order(acme.Genesis.Hash);
        Assert.Contains("another deployment", await empty.FreezeAsync(order, acme.Approve(order.Hash, "alice"), default), StringComparison.Ordinal);
    }
}
