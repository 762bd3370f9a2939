using Quorate.Node.Ceremonies;
using Quorate.Node.V1;
using static Quorate.Node.Tests.Processes.ProcessFleet;

namespace Quorate.Node.Tests.Processes;

/// <summary>Ceremonies of real processes with nodes and networks that are not as they should be.</summary>
public sealed class CeremonyProcessTests
{
    [Fact]
    public async Task A_node_that_hangs_in_a_key_generation_is_named_and_the_next_attempt_has_it()
    {
        await using var fleet = await StartEmptyAsync();
        var order = fleet.NewWallet("make", "treasury", 1, 2, 3);
        using (var watch = new JournalWatch(fleet.FileOf(3, "journal.db"), order.Id))
        {
            await fleet.BeginAsync(1, order);
            Assert.True(await watch.UntilAsync("ceremony-attempted", Task.Delay(TimeSpan.FromSeconds(60))));
            fleet.Nodes[3].Signal("STOP");
        }
        var status = await fleet.Nodes[1].CeremonyAsync(order.Id);
        for (var i = 0; i < 600 && status.Lead is { IsLeading: true, Step: not "rest" }; i++)
        {
            await Task.Delay(50);
            status = await fleet.Nodes[1].CeremonyAsync(order.Id);
        }
        fleet.Nodes[3].Signal("CONT");
        // Whether the lead's letters missed it or its session: named, and not proven.
        Assert.Contains("node-3", status.Lead.Culprits);
        Assert.False(status.Lead.IsProven);
        Assert.Null(await fleet.WalletAsync(1, "treasury"));
        var end = await fleet.HoldAsync(1, order);
        Assert.True(end.Attempt > 1);
        fleet.Acme.Wallet = KeysOf(end.Keys);
        var request = fleet.Payment();
        fleet.RequireSigned(request, await fleet.Nodes[3].SignAsync(ToMessage(request)));
    }

    [Fact]
    public async Task Without_a_node_nothing_is_made_and_with_it_the_same_order_is_carried_out()
    {
        await using var fleet = await StartEmptyAsync();
        await fleet.Nodes[2].KillAsync();
        var order = fleet.NewWallet("make", "treasury", ["ed25519"], 1, 2, 3);
        var failed = await fleet.LeadAsync(3, order);
        Assert.Equal((CeremonyStage.Allowed, 2u), (failed.Stage, failed.Lead.Attempts));
        Assert.Equal(["node-2"], failed.Lead.Named);
        Assert.Equal(["make"], (await fleet.Nodes[3].StatusAsync()).Ceremonies.Select(open => open.Id));
        await fleet.RestartAsync(2);
        var end = await fleet.HoldAsync(1, order);
        Assert.Equal(3, end.Lead.Told.Count);
        Assert.Empty((await fleet.Nodes[3].StatusAsync()).Ceremonies);
        // The relay is answered as the operator is, by hash as by id.
        var asked = CeremonyStatus.Parser.ParseFrom(await fleet.Relay.AskAsync(
            fleet.Acme.Id("node-1"), "GetCeremony", new GetCeremonyRequest { Order = end.Order }, TimeSpan.FromSeconds(30), default));
        Assert.Equal((order.Id, end.Keys), (asked.Id, asked.Keys));
        // Handed in again it is the same ceremony; the order under another's id is none.
        Assert.Equal(CeremonyState.Completed, (await fleet.LeadAsync(2, order)).Outcome);
        Assert.Equal(nameof(CeremonyRefusal.IdUsed), (await fleet.LeadAsync(2, fleet.NewWallet("make", "other", ["ed25519"], 1, 2, 3))).Refused);
        Assert.Equal(Rpc.StatusCode.NotFound, (await Assert.ThrowsAsync<Rpc.RpcException>(() => fleet.Nodes[1].CeremonyAsync("never"))).StatusCode);
    }

    [Fact]
    public async Task A_hostile_relay_delays_a_key_generation_and_no_more()
    {
        await using var fleet = await StartEmptyAsync();
        await using var relay = await fleet.BetrayAsync(new(Drop: 1, Delay: 20, Repeat: 10, Change: 1, Misattribute: 1, Replay: 10), 3);
        var order = fleet.NewWallet("make", "treasury", ["bip340", "ed25519"], 1, 2, 3);
        var status = await fleet.LeadAsync(1, order);
        Assert.True(relay.Tampered > 0);
        Assert.Equal("", status.Refused);
        foreach (var node in fleet.Nodes.Values)
            Assert.DoesNotContain((await node.StatusAsync()).Ceremonies, open => open.IsProven);
        await relay.DisposeAsync();
        await fleet.StartRelayAsync();
        await fleet.UntilConnectedAsync();
        var end = await fleet.HoldAsync(2, order);
        for (var node = 1; node <= 3; node++)
            Assert.Equal(end.Keys, await UntilKnownAsync(fleet, node, "treasury"));
        using var copies = new VaultCopies(fleet, 1, 2, 3);
        copies.RequireSignatures(KeysOf(end.Keys));
    }

    [Fact]
    public async Task A_node_restored_onto_an_empty_machine_knows_its_wallets_again_by_an_order()
    {
        await using var fleet = await ProcessFleet.StartAsync();
        await fleet.HoldAsync(1, fleet.BackUp("copy", 1, 2, 3));
        var wallet = (await fleet.WalletAsync(1, "treasury"))!;
        var backup = Path.GetTempFileName();
        File.Copy(fleet.FileOf(3, "node-3.copy.backup"), backup, overwrite: true);
        var configuration = await File.ReadAllTextAsync(fleet.FileOf(3, "node.json"));
        // The machine is gone. What is left: the backup, what opens it, the genesis document and the configuration.
        await fleet.Nodes[3].KillAsync();
        foreach (var file in Directory.GetFiles(fleet.PlaceOf(3)))
            File.Delete(file);
        await Executable.DoAsync("backup", "restore", backup, "--data", fleet.PlaceOf(3), "--backup-key-file", fleet.KeyFile(3), "--key-file", fleet.KeyFile(3), "--no-passphrase");
        File.Delete(backup);
        await File.WriteAllBytesAsync(fleet.FileOf(3, "genesis.json"), fleet.Acme.GenesisUtf8());
        await Executable.DoAsync("node", "genesis", "install", fleet.FileOf(3, "genesis.json"), "--data", fleet.PlaceOf(3), "--key-file", fleet.KeyFile(3));
        await File.WriteAllTextAsync(fleet.FileOf(3, "node.json"), configuration);
        await fleet.RestartAsync(3);

        // It has its shares and does not know what of.
        Assert.Null(await fleet.WalletAsync(3, "treasury"));
        var request = fleet.Payment();
        Assert.NotNull((await fleet.Nodes[3].SignAsync(ToMessage(request))).Refused);
        await fleet.HoldAsync(1, fleet.Repair("repair", wallet, 3));
        Assert.Equal(wallet, await UntilKnownAsync(fleet, 3, "treasury"));
        var renewed = await fleet.HoldAsync(2, fleet.Refresh("refresh", wallet));
        fleet.Acme.Wallet = KeysOf(renewed.Keys);
        using (var copies = new VaultCopies(fleet, 1, 2, 3))
            copies.RequireSignatures(fleet.Acme.Wallet);
        await fleet.Nodes[1].KillAsync();
        var payment = Deployment.Payment(Deployment.Ether / 10_000, nonce: 9);
        var last = fleet.Acme.Request(payment, fleet.Acme.IntentOf(payment, "last", expiresAt: Soon, epoch: renewed.Keys.Epoch), "alice");
        fleet.RequireSigned(last, await fleet.Nodes[3].SignAsync(ToMessage(last)));
    }

    static async Task<Wallet?> UntilKnownAsync(ProcessFleet fleet, int node, string name)
    {
        for (var i = 0; i < 200 && await fleet.WalletAsync(node, name) is null; i++)
            await Task.Delay(100);
        return await fleet.WalletAsync(node, name);
    }
}
