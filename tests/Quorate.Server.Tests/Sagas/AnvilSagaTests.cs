using Quorate.Chains;
using Quorate.Chains.Tests.Ethereum;
using Quorate.Server.Ids;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// The saga over a real journal, a real queue and a real node. The key is one single key behind the Nodes port; that
/// threshold keys sign the same is tested where nodes are.
/// </summary>
public sealed class AnvilSagaTests : IAsyncLifetime
{
    readonly Anvil anvil = new();
    SagaScene? scene;
    SagaServers? servers;

    public async Task InitializeAsync()
    {
        await anvil.InitializeAsync();
        scene = new(anvil.Format);
        await anvil.FundAsync(scene.Context.Signer, (Amount)1_000_000_000 * 1_000_000_000);
        servers = await SagaServers.StartAsync(
            scene, log => new EthereumDesk(new EthereumNetwork(anvil.Chain(new() { FinalityDepth = 5 })), log, SagaServers.Options, TimeProvider.System));
    }

    public async Task DisposeAsync()
    {
        await anvil.DisposeAsync();
        if (servers is not null)
            await servers.DisposeAsync();
    }

    [Fact]
    public async Task A_transfer_is_confirmed_replaced_cancelled_reorganised_and_healed_on_a_real_chain()
    {
        // Created, approved by its initiator, confirmed, final.
        var paid = await RequestAsync(1_000);
        await UntilAsync(paid, s => s.Status == TransferStatus.Confirmed);
        await anvil.CallAsync("anvil_mine", "0x6");
        var state = await UntilAsync(paid, s => s.Phase == TransferPhase.Ended && !s.Due.Any());
        Assert.Equal(TransferStatus.Finalized, state.Status);

        // Stuck, and replaced by one that pays more: no approval but the first.
        ResourceId hurried = default, taken = default;
        await anvil.WithoutMining(async () =>
        {
            hurried = await RequestAsync(2_000);
            await UntilAsync(hurried, s => s.Status == TransferStatus.Broadcast);
            Assert.Null(await servers![0].SpeedUpAsync(hurried, default));
            await UntilAsync(hurried, s => s.Transactions is [_, { Stage: TransactionStage.Broadcast }]);
        });
        await anvil.CallAsync("anvil_mine", "0x6");
        state = await UntilAsync(hurried, s => s.Phase == TransferPhase.Ended);
        Assert.Equal((TransferStatus.Finalized, 1), (state.Status, state.Approvals.Length));
        Assert.Equal(TransactionStage.Finalized, state.Transactions[1].Stage);

        // Stuck, and taken back by nothing in its place, which its initiator signs for.
        var before = await anvil.Chain().GetBalanceAsync(anvil.Format.ParseAddress(SagaScene.Recipient), scene!.Coin, default);
        await anvil.WithoutMining(async () =>
        {
            taken = await RequestAsync(3_000);
            await UntilAsync(taken, s => s.Status == TransferStatus.Broadcast);
            Assert.Null(await servers![1].CancelAsync(taken, "alice", "changed my mind", default));
            await UntilAsync(taken, s => s.Transactions is [_, { Stage: TransactionStage.Broadcast }]);
        });
        await anvil.CallAsync("anvil_mine", "0x6");
        Assert.Equal(TransferStatus.Cancelled, (await UntilAsync(taken, s => s.Phase == TransferPhase.Ended)).Status);
        Assert.Equal(before, await anvil.Chain().GetBalanceAsync(anvil.Format.ParseAddress(SagaScene.Recipient), scene.Coin, default));

        // Confirmed, reorganised away, sent again and confirmed.
        var snapshot = (await anvil.CallAsync("evm_snapshot"))!.GetValue<string>();
        var healed = await RequestAsync(4_000);
        await UntilAsync(healed, s => s.Status == TransferStatus.Confirmed);
        await anvil.CallAsync("evm_setAutomine", false);
        await anvil.CallAsync("evm_revert", snapshot);
        await UntilAsync(healed, s => s.Reorgs > 0 && s.Status == TransferStatus.Broadcast);
        await anvil.CallAsync("evm_setAutomine", true);
        await anvil.CallAsync("evm_mine");
        await UntilAsync(healed, s => s.Status == TransferStatus.Confirmed);
        await anvil.CallAsync("anvil_mine", "0x6");
        Assert.Equal(TransferStatus.Finalized, (await UntilAsync(healed, s => s.Phase == TransferPhase.Ended)).Status);
        Assert.True(await servers!.IsIntactAsync());
    }

    Task<ResourceId> RequestAsync(ulong amount) => servers!.RequestAsync(amount, (Amount)1_000_000 * 1_000_000_000);

    Task<TransferState> UntilAsync(ResourceId id, Func<TransferState, bool> isThere) => servers!.UntilAsync(id, isThere);
}
