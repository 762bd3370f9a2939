using Quorate.Chains;
using Quorate.Chains.Solana.Programs;
using Quorate.Chains.Tests.Solana;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// The saga on the real runtime, litesvm. It has no leaders: what is taken is executed at once, so a price can not decide
/// between two messages under one nonce. What is lost on the way is played by a node that drops.
/// </summary>
public sealed class SvmSagaTests : IAsyncLifetime
{
    const ulong MaxFee = 200_000, Sol = 1_000_000_000;

    readonly SvmNode node = new();
    SagaScene? scene;
    SagaServers? servers;
    SvmWallet? wallet;

    public async Task InitializeAsync()
    {
        await node.InitializeAsync();
        scene = SolanaWorld.SceneOn(node.Format);
        wallet = SvmWallet.Of(node.Format, SolanaWorld.Key);
        await node.FundedAsync(10 * Sol, wallet);
        servers = await SagaServers.StartAsync(scene, log => new SolanaDesk(new SolanaNetwork(node.Chain(), node.Format), log, SagaServers.Options));
    }

    public async Task DisposeAsync()
    {
        if (servers is not null)
            await servers.DisposeAsync();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Coins_and_tokens_are_sent_what_is_lost_is_made_anew_and_a_fork_heals()
    {
        var paid = await servers!.RequestAsync(900_000, MaxFee);
        await servers.UntilAsync(paid, s => s.Status == TransferStatus.Broadcast);
        await node.AdvanceAsync(1);
        await servers.UntilAsync(paid, s => s.Status == TransferStatus.Confirmed);
        await node.AdvanceAsync(31);
        Assert.Equal(TransferStatus.Finalized, (await servers.EndAsync(paid)).Status);

        var token = await wallet!.IssueAsync(node, ProgramIds.Token, 1_000_000);
        await node.AdvanceAsync(1);
        var tokens = await servers.RequestAsync(new TransferSubject.Payment(token, 400_000, scene!.To, scene.Context.Signer.Text, null), MaxFee);
        await servers.UntilAsync(tokens, s => s.Status == TransferStatus.Broadcast);
        await node.AdvanceAsync(32);
        Assert.Equal(TransferStatus.Finalized, (await servers.EndAsync(tokens)).Status);
        Assert.Equal(400_000UL, await node.Chain().GetBalanceAsync(scene.Format.ParseAddress(scene.To), token, default));

        // Taken and lost until its blockhash is too old for good; then made anew, approved again, and paid once.
        await node.CallAsync("devnet_setDropping", true);
        var lost = await servers.RequestAsync(300_000, MaxFee);
        await servers.UntilAsync(lost, s => s.Status == TransferStatus.Broadcast);
        await node.AdvanceAsync(200);
        await node.CallAsync("devnet_setDropping", false);
        var state = await servers.UntilAsync(lost, s => s.Transactions is [{ Stage: TransactionStage.Dead }, { Stage: TransactionStage.Broadcast }]);
        Assert.Equal((TransactionPurpose.Refresh, 2), (state.Transactions[1].Prepared.Purpose, state.Approvals.Length));
        await node.AdvanceAsync(32);
        Assert.Equal(TransferStatus.Finalized, (await servers.EndAsync(lost)).Status);

        // Another fork without it: seen, sent again, confirmed.
        var healed = await servers.RequestAsync(200_000, MaxFee);
        await servers.UntilAsync(healed, s => s.Current is { Stage: TransactionStage.Prepared }, approves: false);
        await node.AdvanceAsync(1);
        var fork = (await node.CallAsync("devnet_snapshot"))!.GetValue<int>();
        await servers.UntilAsync(healed, s => s.Status == TransferStatus.Broadcast);
        await node.AdvanceAsync(2);
        await servers.UntilAsync(healed, s => s.Status == TransferStatus.Confirmed);
        await node.CallAsync("devnet_revert", fork);
        await servers.UntilAsync(healed, s => s.Reorgs > 0);
        await node.AdvanceAsync(40);
        Assert.Equal(TransferStatus.Finalized, (await servers.EndAsync(healed)).Status);
        Assert.Equal(1_400_000UL, await node.Chain().GetBalanceAsync(scene.Format.ParseAddress(scene.To), scene.Coin, default));
        Assert.True(await servers.IsIntactAsync());
    }

    [Fact]
    public async Task Under_a_durable_nonce_approvals_take_their_time_and_what_is_stuck_is_replaced_or_taken_back()
    {
        var (opening, nonce) = await node.Chain().BuildNonceAsync(wallet!.Address, "withdrawals", default);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(node.Chain(), wallet, opening)).State);
        await node.AdvanceAsync(40);
        var desk = (SolanaDesk)servers!.Desk;
        Assert.Null(await desk.AddNonceAsync(wallet.Address, nonce, default));
        Assert.NotNull(await desk.AddNonceAsync(wallet.Address, wallet.Address, default));

        // Days go by before it is approved, and it is lost besides: the same again at a higher price, and one of the two is paid.
        var slow = await servers.RequestAsync(900_000, MaxFee);
        await servers.UntilAsync(slow, s => s.Status == TransferStatus.PendingApproval, approves: false);
        await node.AdvanceAsync(1_000);
        await node.CallAsync("devnet_setDropping", true);
        await servers.UntilAsync(slow, s => s.Status == TransferStatus.Broadcast);
        Assert.Null(await servers[0].SpeedUpAsync(slow, default));
        await servers.UntilAsync(slow, s => s.Transactions is [{ Stage: TransactionStage.Missing }, { WasBroadcast: true }]);
        await node.CallAsync("devnet_setDropping", false);
        await servers.UntilAsync(slow, s => s.Transactions.Any(t => t.Stage == TransactionStage.Broadcast));
        await node.AdvanceAsync(1);
        await servers.UntilAsync(slow, s => s.Leading is { IsInBlock: true });
        await node.AdvanceAsync(40);
        var state = await servers.EndAsync(slow);
        Assert.Equal((TransferStatus.Finalized, 1, 2), (state.Status, state.Approvals.Length, state.Transactions.Length));

        // Taken back by nothing in its place. Both are signed; the network has the second alone.
        await node.CallAsync("devnet_setDropping", true);
        var taken = await servers.RequestAsync(300_000, MaxFee);
        await servers.UntilAsync(taken, s => s.Status == TransferStatus.Broadcast);
        Assert.Null(await servers[1].CancelAsync(taken, "alice", "changed my mind", default));
        state = await servers.UntilAsync(taken, s => s.Transactions is [_, { Stage: TransactionStage.Signed or TransactionStage.Broadcasting or TransactionStage.Broadcast or TransactionStage.Missing }]);
        await node.CallAsync("devnet_setDropping", false);
        await node.Chain().BroadcastAsync(state.Transactions[1].Signed!.Value.Bytes, default);
        await node.AdvanceAsync(40);
        Assert.Equal(TransferStatus.Cancelled, (await servers.EndAsync(taken)).Status);
        Assert.Equal(900_000UL, await node.Chain().GetBalanceAsync(scene!.Format.ParseAddress(scene.To), scene.Coin, default));

        // What a caller has built under a nonce that is not kept here is refused in words.
        var (other, account) = await node.Chain().BuildNonceAsync(wallet.Address, "another", default);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(node.Chain(), wallet, other)).State);
        await node.AdvanceAsync(1);
        var draft = await node.Chain().PlanAsync(new(wallet.Address, scene.Format.ParseAddress(scene.To), scene.Coin, 100_000), MaxFee, account, default);
        state = await servers.EndAsync(await servers.RequestAsync(new TransferSubject.Unsigned(scene.Format.Chain, wallet.Address.Text, new(draft.Message)), MaxFee));
        Assert.Contains("not among those", state.EndReason, StringComparison.Ordinal);
        // And what lives by a blockhash is sent as it is.
        var built = await node.Chain().BuildAsync(new(wallet.Address, scene.Format.ParseAddress(scene.To), scene.Coin, 100_000), MaxFee, default);
        var raw = await servers.RequestAsync(new TransferSubject.Unsigned(scene.Format.Chain, wallet.Address.Text, new(built)), MaxFee);
        await servers.UntilAsync(raw, s => s.Status == TransferStatus.Broadcast);
        await node.AdvanceAsync(40);
        Assert.Equal(TransferStatus.Finalized, (await servers.EndAsync(raw)).Status);
    }
}
