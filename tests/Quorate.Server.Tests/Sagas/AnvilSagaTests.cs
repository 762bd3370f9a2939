using Quorate.Chains;
using Quorate.Chains.Ethereum;
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
    static readonly Amount fee = (Amount)1_000_000 * 1_000_000_000;

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

    [Fact]
    public async Task What_the_caller_has_built_is_carried_out_as_it_is_or_refused_in_words()
    {
        // A transaction under the nonce that it names, hurried within what was approved.
        var context = scene!.Context;
        var bytes = await anvil.Chain().BuildAsync(
            new(context.Signer, anvil.Format.ParseAddress(SagaScene.Recipient), scene.Coin, 5_000UL, null), (Amount)100_000 * 1_000_000_000, default);
        var nonce = EthereumTransactionCodec.Decode(bytes).Transaction.Nonce;
        ResourceId raw = default;
        await anvil.WithoutMining(async () =>
        {
            raw = await servers!.RequestAsync(new TransferSubject.Unsigned(anvil.Format.Chain, context.Signer.Text, new(bytes)), fee);
            await UntilAsync(raw, s => s.Status == TransferStatus.Broadcast);
            Assert.Null(await servers![0].SpeedUpAsync(raw, default));
            await UntilAsync(raw, s => s.Transactions is [_, { Stage: TransactionStage.Broadcast }]);
        });
        await anvil.CallAsync("anvil_mine", "0x6");
        var state = await UntilAsync(raw, s => s.Phase == TransferPhase.Ended && !s.Due.Any());
        Assert.Equal((TransferStatus.Finalized, 1), (state.Status, state.Approvals.Length));
        Assert.True(bytes.Span.SequenceEqual(state.Transactions[0].Prepared.Unsigned.Bytes.Span));

        // Under a nonce that is used, dearer than it may be, and bytes that are no transaction.
        foreach (var (given, most, words) in ((byte[], Amount, string)[])[
            (EthereumTransactionCodec.Encode(EthereumTransactionCodec.Decode(bytes).Transaction with { Value = 6_000UL }), fee, $"Nonce {nonce} of {context.Signer} is used."),
            (bytes.ToArray(), 1UL, "1 is the most that it may"), (new byte[5], fee, "")])
        {
            var refused = await servers!.RequestAsync(new TransferSubject.Unsigned(anvil.Format.Chain, context.Signer.Text, new(given)), most);
            state = await UntilAsync(refused, s => s.Phase == TransferPhase.Ended && !s.Due.Any());
            Assert.Equal(TransferStatus.Failed, state.Status);
            Assert.Contains(words, state.EndReason, StringComparison.Ordinal);
        }

        // A message ends when it is signed.
        var message = new TransferSubject.Message(anvil.Format.Chain, context.Signer.Text, PayloadForm.PersonalMessage, new("I agree."u8.ToArray()));
        state = await UntilAsync(await servers!.RequestAsync(message, null), s => s.Phase == TransferPhase.Ended);
        Assert.Equal(TransferStatus.Signed, state.Status);
        var signature = Assert.Single(state.Transactions[0].Signatures);
        Assert.Equal(65, anvil.Format.Assemble(new PersonalMessage("I agree."u8), context,
            new InputSignature(0, signature.PublicKey.Bytes, signature.Value.Bytes, signature.RecoveryId)).Length);
        Assert.Empty(state.Reservations);
    }

    Task<ResourceId> RequestAsync(ulong amount) => servers!.RequestAsync(amount, fee);

    Task<TransferState> UntilAsync(ResourceId id, Func<TransferState, bool> isThere) => servers!.UntilAsync(id, isThere);
}
