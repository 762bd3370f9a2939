using System.Text;
using System.Text.Json.Nodes;
using Quorate.Node.Ceremonies;
using Quorate.Policies;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>Orders that no node carries out, and what each of them says.</summary>
public sealed class OrderRefusalTests
{
    static CeremonyRefusal Refusal(CeremonyResult result) => Assert.IsType<CeremonyResult.Refused>(result).Reason.Reason;

    [Fact]
    public async Task What_the_administrators_have_not_signed_together_is_not_done()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        var order = fleet.Create(schemes: ["ed25519"]);
        Assert.Equal(CeremonyRefusal.NotApproved, Refusal(await fleet.LeadAsync(1, order, "alice")));
        Assert.Equal(CeremonyRefusal.NotApproved, Refusal(await fleet[1].Ceremonies.LeadAsync(order, [], null, default)));
        Assert.Equal(CeremonyRefusal.NotApproved, Refusal(await fleet.LeadAsync(1, order, "alice", "alice")));
        // Signatures on another order are none on this one.
        var other = fleet.Create("other", schemes: ["bip340"]);
        Assert.Equal(CeremonyRefusal.NotApproved, Refusal(await fleet[1].Ceremonies.LeadAsync(order, fleet.Approve(other, "alice", "bob"), null, default)));
        Assert.All(fleet.Nodes.Values, node => Assert.Empty(node.Journal.State.Ceremonies));
    }

    [Fact]
    public async Task An_order_is_good_for_one_deployment_for_a_while_and_for_nodes_that_are_there()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        JsonObject Body(params int[] nodes) => new()
        {
            ["wallet"] = "vault", ["threshold"] = 2, ["nodes"] = CeremonyFleet.Names(nodes), ["schemes"] = new JsonArray("ed25519"),
        };
        Assert.Equal(CeremonyRefusal.WrongDeployment, Refusal(await fleet.LeadAsync(1, fleet.Order("a", "createWallet", Body(1, 2), deployment: new(new byte[32])))));
        Assert.Equal(CeremonyRefusal.Expired, Refusal(await fleet.LeadAsync(1, fleet.Order("b", "createWallet", Body(1, 2), expiresAt: fleet.Clock.Now))));
        Assert.Equal(CeremonyRefusal.ExpiresTooLate, Refusal(await fleet.LeadAsync(1, fleet.Order("c", "createWallet", Body(1, 2), expiresAt: fleet.Clock.Now.AddDays(8)))));
        Assert.Equal(CeremonyRefusal.UnknownNodeOrKey, Refusal(await fleet.LeadAsync(1, fleet.Order("d", "createWallet", Body(1, 9)))));
        Assert.Equal(CeremonyRefusal.NotConcerned, Refusal(await fleet.LeadAsync(1, fleet.Order("e", "createWallet", Body(2, 3)))));
        Assert.Equal(CeremonyRefusal.UnknownWallet, Refusal(await fleet.LeadAsync(1, fleet.Refresh())));
    }

    [Fact]
    public async Task A_wallet_is_made_once_and_renewed_from_the_epoch_that_is_in_force()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        var order = fleet.Create(schemes: ["ed25519"]);
        var made = await fleet.HoldAsync(1, order);
        // The same order again is the same ceremony.
        Assert.Equal(made.Keys[0].Id, (await fleet.HoldAsync(1, order)).Keys[0].Id);
        Assert.Equal(CeremonyRefusal.IdUsed, Refusal(await fleet.LeadAsync(1, fleet.Create(schemes: ["bip340"], wallet: "other"))));
        Assert.Equal(CeremonyRefusal.WalletExists, Refusal(await fleet.LeadAsync(1, fleet.Create("again", schemes: ["ed25519"]))));
        Assert.Equal(CeremonyRefusal.WrongEpoch, Refusal(await fleet.LeadAsync(1, fleet.Refresh(epoch: 1))));
        await fleet.HoldAsync(1, fleet.Refresh());
        Assert.Equal(CeremonyRefusal.WrongEpoch, Refusal(await fleet.LeadAsync(1, fleet.Refresh("late"))));
        var keys = new JsonArray(new string('0', 64));
        Assert.Equal(CeremonyRefusal.UnknownNodeOrKey, Refusal(await fleet.LeadAsync(1, fleet.Order("move", "reshare", new()
        {
            ["wallet"] = "vault", ["epoch"] = 1, ["threshold"] = 2, ["nodes"] = CeremonyFleet.Names(1, 2), ["keys"] = keys,
        }))));
    }

    [Fact]
    public async Task A_frozen_wallet_is_refreshed_and_nothing_else()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        await fleet.HoldAsync(1, fleet.Create(schemes: ["ed25519"]));
        foreach (var node in fleet.Nodes.Values)
            await node.Governance.FreezeByOperatorAsync("vault", "an alarm", default);
        await fleet.HoldAsync(1, fleet.Refresh());
        Assert.Equal(CeremonyRefusal.Frozen, Refusal(await fleet.LeadAsync(1, fleet.Reshare("move", 1, 2, [1, 2]))));
        Assert.Equal(CeremonyRefusal.Frozen, Refusal(await fleet.LeadAsync(1, fleet.Repair("mend", 1, 3))));
        foreach (var node in fleet.Nodes.Values)
            await node.Governance.FreezeByOperatorAsync("*", "an alarm", default);
        Assert.Equal(CeremonyRefusal.Frozen, Refusal(await fleet.LeadAsync(1, fleet.Order("copy", "backup", new() { ["nodes"] = CeremonyFleet.Names(1) }))));
        Assert.Equal(CeremonyRefusal.Frozen, Refusal(await fleet.LeadAsync(1, fleet.Create("more", schemes: ["ed25519"], wallet: "more"))));
        await fleet.HoldAsync(2, fleet.Refresh("again", 1));
    }

    [Fact]
    public async Task One_node_that_refuses_is_enough_for_nothing_to_happen()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        await fleet[3].Governance.FreezeByOperatorAsync("*", "an alarm", default);
        var failed = Assert.IsType<CeremonyResult.Failed>(await fleet.LeadAsync(1, fleet.Create(schemes: ["ed25519"])));
        Assert.Equal(["node-3"], failed.Attempt.Culprits);
        Assert.All(fleet.Nodes.Values, node => Assert.Empty(node.Vault.Keys));
    }

    [Theory]
    [InlineData("""{"createWallet":{"wallet":"w","threshold":1,"nodes":["a","b"],"schemes":["ed25519"]}}""")]
    [InlineData("""{"createWallet":{"wallet":"w","threshold":3,"nodes":["a","b"],"schemes":["ed25519"]}}""")]
    [InlineData("""{"createWallet":{"wallet":"w","threshold":2,"nodes":["a","a"],"schemes":["ed25519"]}}""")]
    [InlineData("""{"createWallet":{"wallet":"w","threshold":2,"nodes":["a"],"schemes":["ed25519"]}}""")]
    [InlineData("""{"createWallet":{"wallet":"w","threshold":2,"nodes":["a","b"],"schemes":[]}}""")]
    [InlineData("""{"createWallet":{"wallet":"w","threshold":2,"nodes":["a","b"],"schemes":["dsa"]}}""")]
    [InlineData("""{"createWallet":{"wallet":"*","threshold":2,"nodes":["a","b"],"schemes":["ed25519"]}}""")]
    [InlineData("""{"createWallet":{"wallet":"w","threshold":2,"nodes":["a","b"],"schemes":["ed25519"],"more":1}}""")]
    [InlineData("""{"refresh":{"wallet":"w","epoch":4294967296}}""")]
    [InlineData("""{"refresh":{"wallet":"w","epoch":1},"backup":{"nodes":["a"]}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"reshare":{"wallet":"w","epoch":1,"nodes":["a","b"],"threshold":2,"keys":[]}}""")]
    [InlineData("""{"repair":{"wallet":"w","epoch":1,"node":"a"}}""")]
    [InlineData("""{"importKey":{"wallet":"w","scheme":"ed25519","importer":"a","nodes":["a","b"],"threshold":2,"publicKey":"00","chainCode":"00"}}""")]
    [InlineData("""{"backup":{"nodes":[]}}""")]
    public void What_nobody_could_carry_out_is_no_order(string ceremony) => Assert.Throws<DocumentException>(() => CeremonyOrder.Parse(Encoding.UTF8.GetBytes(
        $$"""{"quorateCeremony":1,"deployment":"{{new string('0', 64)}}","id":"x","expiresAt":"2026-11-21T06:00:00Z","ceremony":{{ceremony}}}""")));
}
