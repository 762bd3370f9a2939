using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Tests.Bitcoin;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;

namespace Quorate.Server.Tests.Sagas;

/// <summary>The saga on a real bcoin. It knows nothing of Taproot's rules, so the coins are P2WPKH; P2TR is in the simulation.</summary>
public sealed class BcoinSagaTests : IAsyncLifetime
{
    const ulong MaxFee = 50_000;

    readonly BcoinNode node = new();
    readonly BitcoinPurse purse = new(BcoinNode.Network, "wpkh");
    SagaScene? scene;
    SagaServers? servers;

    public async Task InitializeAsync()
    {
        await node.InitializeAsync();
        scene = purse.Scene();
        servers = await SagaServers.StartAsync(scene, log =>
        {
            var accounts = new BitcoinAccounts(BcoinNode.Network, node.Esplora, purse.Random);
            accounts.Add(purse.Open());
            return new BitcoinDesk(accounts, log);
        });
    }

    public async Task DisposeAsync()
    {
        if (servers is not null)
            await servers.DisposeAsync();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task A_transfer_is_confirmed_replaced_cancelled_accelerated_reorganised_and_healed_on_a_real_chain()
    {
        var wallet = purse.Open();
        var first = await node.FundAsync(wallet.Receive(0).AddressOn(BcoinNode.Network), 800_000);
        await node.FundAsync(wallet.Receive(3).AddressOn(BcoinNode.Network), 700_000);
        await node.FundAsync(wallet.Receive(5).AddressOn(BcoinNode.Network), 600_000);

        // Sent, confirmed, final, from a coin that was named.
        var point = new OutPoint(first, await IndexOfAsync(first, 800_000)).ToString();
        var paid = await servers!.RequestAsync(Payment(100_000) with { Coins = new([point]) }, MaxFee);
        var state = await servers.UntilAsync(paid, s => s.Status == TransferStatus.Broadcast);
        Assert.Equal([point], Psbt.Decode(state.Transactions[0].Prepared.Unsigned.Bytes.Span).Transaction.Inputs.Select(i => i.Previous.ToString()));
        await node.MineAsync(1);
        await servers.UntilAsync(paid, s => s.Status == TransferStatus.Confirmed);
        await node.MineAsync(5);
        Assert.Equal(TransferStatus.Finalized, (await servers.EndAsync(paid)).Status);

        // Stuck, and replaced by one that spends the same coins and pays more: no approval but the first.
        var hurried = await servers.RequestAsync(120_000, MaxFee);
        await servers.UntilAsync(hurried, s => s.Status == TransferStatus.Broadcast);
        Assert.Null(await servers[0].SpeedUpAsync(hurried, default));
        await servers.UntilAsync(hurried, s => s.Transactions is [_, { Stage: TransactionStage.Broadcast }]);
        await node.MineAsync(6);
        state = await servers.EndAsync(hurried);
        Assert.Equal((TransferStatus.Finalized, 1, TransactionStage.Finalized), (state.Status, state.Approvals.Length, state.Transactions[1].Stage));

        // Stuck, and taken back: the same coins to the wallet itself.
        var before = await BalanceAsync();
        var taken = await servers.RequestAsync(130_000, MaxFee);
        await servers.UntilAsync(taken, s => s.Status == TransferStatus.Broadcast);
        Assert.Null(await servers[1].CancelAsync(taken, "alice", "changed my mind", default));
        await servers.UntilAsync(taken, s => s.Transactions is [_, { Stage: TransactionStage.Broadcast }]);
        await node.MineAsync(6);
        Assert.Equal(TransferStatus.Cancelled, (await servers.EndAsync(taken)).Status);
        Assert.Equal(before, await BalanceAsync());

        // Stuck, and its change spent by a child that pays for both. From then on it is the child that can be hurried.
        var parent = await servers.RequestAsync(140_000, MaxFee);
        state = await servers.UntilAsync(parent, s => s.Status == TransferStatus.Broadcast);
        var wish = await ((BitcoinDesk)servers.Desk).ChildForAsync(state, default);
        var child = await servers.RequestAsync(wish!, MaxFee);
        await servers.UntilAsync(child, s => s.Status == TransferStatus.Broadcast);
        await Assert.ThrowsAsync<ChainException>(() => servers[0].SpeedUpAsync(parent, default));
        Assert.Null(await servers[0].SpeedUpAsync(child, default));
        await servers.UntilAsync(child, s => s.Transactions is [_, { Stage: TransactionStage.Broadcast }]);
        await node.MineAsync(6);
        Assert.Equal((TransferStatus.Finalized, TransferStatus.Finalized), ((await servers.EndAsync(parent)).Status, (await servers.EndAsync(child)).Status));

        // Confirmed, reorganised away, seen, and confirmed again.
        var healed = await servers.RequestAsync(150_000, MaxFee);
        await servers.UntilAsync(healed, s => s.Status == TransferStatus.Broadcast);
        await node.MineAsync(2);
        state = await servers.UntilAsync(healed, s => s.Status == TransferStatus.Confirmed);
        await node.InvalidateAsync(state.Transactions[0].BlockHash!);
        await servers.UntilAsync(healed, s => s.Reorgs > 0 && s.Status == TransferStatus.Broadcast);
        await node.MineAsync(6);
        Assert.Equal(TransferStatus.Finalized, (await servers.EndAsync(healed)).Status);
        Assert.Equal(before + (Amount)(140_000 + 150_000), await BalanceAsync());
        Assert.True(await servers.IsIntactAsync());
    }

    [Fact]
    public async Task What_a_caller_has_built_is_sent_as_it_is_or_refused_in_words()
    {
        var wallet = purse.Open();
        await node.FundAsync(wallet.Receive(0).AddressOn(BcoinNode.Network), 300_000);
        var chain = new BitcoinChain(node.Esplora, wallet, purse.Random);
        var built = await chain.BuildAsync(new(scene!.Context.Signer, scene.Format.ParseAddress(scene.To), scene.Coin, 50_000), MaxFee, default);

        var id = await servers!.RequestAsync(new TransferSubject.Unsigned(scene.Format.Chain, scene.Context.Signer.Text, new(built)), MaxFee);
        var state = await servers.UntilAsync(id, s => s.Status == TransferStatus.Broadcast);
        Assert.True(state.Transactions[0].Prepared.Unsigned.Bytes.Span.SequenceEqual(built.Span));
        await node.MineAsync(6);
        Assert.Equal(TransferStatus.Finalized, (await servers.EndAsync(id)).Status);

        foreach (var (bytes, fee, words) in new (byte[], ulong, string)[]
        {
            ([1, 2, 3], MaxFee, "not one that can be signed"), (built.ToArray(), 10, "are allowed"), (Foreign(), MaxFee, "spends a coin that is not"),
        })
        {
            state = await servers.EndAsync(await servers.RequestAsync(new TransferSubject.Unsigned(scene.Format.Chain, scene.Context.Signer.Text, new(bytes)), fee));
            Assert.Equal(TransferStatus.Failed, state.Status);
            Assert.Contains(words, state.EndReason, StringComparison.Ordinal);
        }
    }

    // Of a wallet with another key.
    static byte[] Foreign()
    {
        using var stranger = new Quorate.Testing.SeededRandom(9, "stranger");
        var wallet = new BitcoinPurse(BcoinNode.Network, "wpkh", seed: 9).Open();
        var from = new BitcoinTransaction(2, [new(new(TxId.Parse(new string('7', 64)), 0), 0)], [new(100_000, wallet.Receive(0).Script)], 0);
        return Spending.Build(BcoinNode.Network, new()
        {
            Required = [new(new(from.Id, 0), 100_000, wallet.Receive(0), from, true)], Change = wallet.Change(0), FeeRate = new(5_000), MaxFee = MaxFee,
        }, stranger).Psbt.Encode();
    }

    TransferSubject.Payment Payment(ulong amount) => new(scene!.Coin, amount, scene.To, scene.Context.Signer.Text, null);

    async Task<uint> IndexOfAsync(TxId id, ulong value) =>
        (uint)(await node.Esplora.GetTransactionAsync(id, default))!.Outputs.ToList().FindIndex(o => o.Value == value);

    Task<Amount> BalanceAsync() => new BitcoinChain(node.Esplora, purse.Open(), purse.Random).GetBalanceAsync(scene!.Format.ParseAddress(scene.To), scene.Coin, default);
}
