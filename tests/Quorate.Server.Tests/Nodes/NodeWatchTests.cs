using Quorate.Policies;
using Quorate.Server.Ids;
using Quorate.Server.Nodes;
using Quorate.Server.Tests.Governance;
using Quorate.Server.Tests.Store;
using Quorate.Server.Tests.Wallets;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Nodes;

/// <summary>What nodes say of wallets that the server knows is recorded, once.</summary>
public sealed class NodeWatchTests : StoredTests
{
    static readonly string wallet = Id(ResourceKind.Wallet).ToString();
    static readonly WalletKey key = WalletTests.KeyOf(1) with { Nodes = [1, 2] };

    readonly GenesisDocument genesis = Acme.Genesis();
    readonly Line line = new();
    NodeWatch watch = null!;

    private protected override async Task BeginAsync()
    {
        watch = Watch();
        await Store.Wallets.DoAsync(wallet, new WalletCommand.Plan(Noon, ResourceId.Parse(wallet), Id(ResourceKind.Vault), "hot", null));
    }

    NodeWatch Watch() => new(Store, genesis, new(line, [.. genesis.Nodes.Select(n => n.Id)], Time), TimeSpan.FromSeconds(1), Time);

    [Fact]
    public async Task A_wallets_keys_are_believed_when_as_many_nodes_as_sign_have_said_the_same_and_nothing_is_said_twice()
    {
        line.Wallets[1] = [new("hot", 1, [key]), new("nobody planned it", 1, [key])];
        Assert.Equal([1], (await watch.RunAsync(default)).Keys);
        Assert.Null((await Store.Wallets.ReadAsync(wallet)).State.Keys);
        line.Wallets[2] = [new("hot", 1, [key])];
        Assert.Equal([1, 2], (await watch.RunAsync(default)).Keys.Order());
        Assert.Equal(1u, (await Store.Wallets.ReadAsync(wallet)).State.Keys!.Epoch);
        await watch.RunAsync(default);
        // Not by a server either that begins anew.
        watch = Watch();
        await watch.RunAsync(default);
        Assert.Equal(["wallet-planned", "wallet-keys-reported", "wallet-keys-reported"], await EventsAsync($"wallet/{wallet}"));
    }

    [Fact]
    public async Task Another_key_is_not_taken_and_a_new_sharing_of_the_same_is()
    {
        line.Wallets[1] = line.Wallets[2] = [new("hot", 1, [key])];
        await watch.RunAsync(default);
        line.Wallets[2] = [new("hot", 2, [WalletTests.KeyOf(2) with { Nodes = [1, 2] }])];
        await watch.RunAsync(default);
        Assert.Equal(key, Assert.Single((await Store.Wallets.ReadAsync(wallet)).State.Keys!.Keys));
        line.Wallets[1] = line.Wallets[2] = [new("hot", 3, [key])];
        await watch.RunAsync(default);
        Assert.Equal(3u, (await Store.Wallets.ReadAsync(wallet)).State.Keys!.Epoch);
    }

    [Fact]
    public async Task Who_does_not_answer_is_not_among_the_latest()
    {
        line.Wallets[1] = line.Wallets[2] = [];
        await watch.RunAsync(default);
        line.Wallets.Remove(1);
        await watch.RunAsync(default);
        Assert.Equal([2], watch.Latest.Keys);
    }

    sealed class Line : QuietLine
    {
        internal Dictionary<int, NodeWallet[]> Wallets { get; } = [];

        public override Task<NodeReport?> ReportAsync(NodeId node, TimeSpan timeout, CancellationToken cancellation) => Task.FromResult(
            Wallets.TryGetValue(Acme.NumberOf(node), out var wallets) ? new NodeReport("n", default, 0, [], [.. wallets], [], 0, default, 0, default) : null);
    }
}
