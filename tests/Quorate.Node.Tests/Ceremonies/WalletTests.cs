using Quorate.Node.Ceremonies;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>The life of a wallet, by ceremonies alone.</summary>
public sealed class WalletTests
{
    [Fact]
    public async Task Three_nodes_make_a_wallet_of_all_kinds_and_every_two_sign()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        var order = fleet.Create();
        var done = await fleet.HoldAsync(2, order);
        Assert.Equal(["node-1", "node-2", "node-3"], done.Told);
        Assert.Equal(3, done.Keys.Count);
        foreach (var node in fleet.Nodes.Values)
        {
            Assert.Equal(done.Keys.Select(k => k.Id), KeyView.Of(node.Wallet()!).Select(k => k.Id));
            Assert.Equal(3, node.Vault.Keys.Count);
            Assert.Empty(node.Vault.PendingAttempts(order.Hash));
            Assert.Empty(node.Journal.State.Ceremonies);
            Assert.Equal(CeremonyState.Completed, (await node.ReadAsync("make")).Outcome);
            Assert.Empty(node.Vault.Verify());
        }
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
    }
}
