using System.Data.Common;
using Microsoft.Data.Sqlite;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Tests.Ethereum;
using Quorate.Journal;
using Quorate.Journal.Projections;
using Quorate.Server.Ids;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Server.Store;
using Quorate.Server.Tests.Relay;
using Quorate.Server.Tests.Transfers;
using Quorate.Server.Transfers;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// The saga over a real journal, a real queue and a real node. The key is one single key behind the Nodes port; that
/// threshold keys sign the same is tested where nodes are.
/// </summary>
public sealed class AnvilSagaTests : IAsyncLifetime
{
    static readonly SagaOptions options = new()
    {
        TrackEvery = TimeSpan.FromMilliseconds(50), FirstRetry = TimeSpan.FromMilliseconds(50), LastRetry = TimeSpan.FromMilliseconds(200), Confirmations = 1,
    };

    readonly Anvil anvil = new();
    readonly string directory = Directory.CreateTempSubdirectory("quorate-saga-").FullName;
    readonly List<(SagaLoop Loop, TransferChanges Changes, Projector Projector)> servers = [];
    EventStore? store;
    DbDataSource? database;
    SagaScene? scene;
    TransferBook? transfers;
    Aggregates<TransferState, TransferCommand, TransferEvent>? requests;
    int number;

    public async Task InitializeAsync()
    {
        await anvil.InitializeAsync();
        scene = new(anvil.Format);
        await anvil.FundAsync(scene.Context.Signer, (Amount)1_000_000_000 * 1_000_000_000);
        store = await EventStore.OpenSqliteAsync(Path.Combine(directory, "journal.db"));
        database = SqliteFactory.Instance.CreateDataSource($"Data Source={Path.Combine(directory, "work.db")};Pooling=False");
        transfers = new(new JournalLog(store));
        requests = new(store, TransferStreams.Decider);
        var line = new SingleKeyLine(scene, TimeProvider.System);
        foreach (var name in (string[])["one", "two"])
        {
            var (log, table) = (new JournalLog(store), new WorkTable(database));
            var desk = new EthereumDesk(new EthereumNetwork(anvil.Chain(new() { FinalityDepth = 5 })), log, options, TimeProvider.System);
            var office = new TransferOffice(new(log), new Dictionary<ChainId, ITransferDesk> { [anvil.Format.Chain] = desk }, scene, options, TimeProvider.System);
            var runner = new SagaRunner(office, new(line, [.. Enumerable.Range(1, 3).Select(RelayFleet.Id)], TimeProvider.System));
            servers.Add((new(runner, new(office, AskAsync), table, name, options, TimeProvider.System), new(office), new(store, database, table, TimeProvider.System)));
        }
    }

    public async Task DisposeAsync()
    {
        await anvil.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
        if (store is not null)
            await store.DisposeAsync();
        Directory.Delete(directory, recursive: true);
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
            Assert.Null(await servers[0].Changes.SpeedUpAsync(hurried, default));
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
            Assert.Null(await servers[1].Changes.CancelAsync(taken, "alice", "changed my mind", default));
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
        Assert.True((await store!.VerifyAsync()).IsIntact);
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
            raw = await RequestAsync(Given(new TransferSubject.Unsigned(anvil.Format.Chain, context.Signer.Text, new(bytes))));
            await UntilAsync(raw, s => s.Status == TransferStatus.Broadcast);
            Assert.Null(await servers[0].Changes.SpeedUpAsync(raw, default));
            await UntilAsync(raw, s => s.Transactions is [_, { Stage: TransactionStage.Broadcast }]);
        });
        await anvil.CallAsync("anvil_mine", "0x6");
        var state = await UntilAsync(raw, s => s.Phase == TransferPhase.Ended && !s.Due.Any());
        Assert.Equal((TransferStatus.Finalized, 1), (state.Status, state.Approvals.Length));
        Assert.True(bytes.Span.SequenceEqual(state.Transactions[0].Prepared.Unsigned.Bytes.Span));

        // Under a nonce that is used, dearer than it may be, and bytes that are no transaction.
        foreach (var (given, fee, words) in ((byte[], Amount, string)[])[
            (EthereumTransactionCodec.Encode(EthereumTransactionCodec.Decode(bytes).Transaction with { Value = 6_000UL }), Fee, $"Nonce {nonce} of {context.Signer} is used."),
            (bytes.ToArray(), 1UL, "1 is the most that it may"), (new byte[5], Fee, "")])
        {
            var refused = await RequestAsync(Given(new TransferSubject.Unsigned(anvil.Format.Chain, context.Signer.Text, new(given)), fee));
            state = await UntilAsync(refused, s => s.Phase == TransferPhase.Ended && !s.Due.Any());
            Assert.Equal(TransferStatus.Failed, state.Status);
            Assert.Contains(words, state.EndReason, StringComparison.Ordinal);
        }

        // A message ends when it is signed.
        var message = new TransferSubject.Message(anvil.Format.Chain, context.Signer.Text, PayloadForm.PersonalMessage, new("I agree."u8.ToArray()));
        state = await UntilAsync(await RequestAsync(Given(message, null)), s => s.Phase == TransferPhase.Ended);
        Assert.Equal(TransferStatus.Signed, state.Status);
        var signature = Assert.Single(state.Transactions[0].Signatures);
        Assert.Equal(65, anvil.Format.Assemble(new PersonalMessage("I agree."u8), context,
            new InputSignature(0, signature.PublicKey.Bytes, signature.Value.Bytes, signature.RecoveryId)).Length);
        Assert.Empty(state.Reservations);
    }

    static Amount Fee => (Amount)1_000_000 * 1_000_000_000;

    TransferDraft Given(TransferSubject subject) => Given(subject, Fee);

    TransferDraft Given(TransferSubject subject, Amount? fee) => scene!.Payment(1, 1, SagaScene.Recipient, Fee, DateTimeOffset.UtcNow.AddMinutes(30)) with
    {
        Id = TransferSamples.Id(TransferDraft.KindOf(subject), ++number), Subject = subject, MaxFee = fee is { } most ? new(scene.Coin, most) : null,
    };

    async Task<Deciding.Refusal?> AskAsync(TransferDraft draft, CancellationToken cancellation) =>
        (await requests!.DoAsync(draft.Id.ToString(), new TransferCommand.Request(DateTimeOffset.UtcNow, draft), cancellation: cancellation)).Refusal;

    Task<ResourceId> RequestAsync(ulong amount) => RequestAsync(scene!.Payment(
        ++number, amount, SagaScene.Recipient, (Amount)1_000_000 * 1_000_000_000, DateTimeOffset.UtcNow.AddMinutes(30)));

    async Task<ResourceId> RequestAsync(TransferDraft draft)
    {
        var now = DateTimeOffset.UtcNow;
        Assert.Null(await AskAsync(draft, default));
        await transfers!.DecideAsync(draft.Id, new TransferCommand.Submit(now, now.AddMinutes(5)), default);
        return draft.Id;
    }

    // Both servers work in turn, and the initiator signs whatever asks for it.
    async Task<TransferState> UntilAsync(ResourceId id, Func<TransferState, bool> isThere)
    {
        for (var end = Environment.TickCount64 + 60_000; ; await Task.Delay(20))
        {
            foreach (var (loop, _, projector) in servers)
            {
                await projector.CatchUpAsync();
                await loop.RunOnceAsync(default);
            }
            var state = await transfers!.ReadAsync(id, default);
            if (isThere(state))
                return state;
            if (state.Current is { Stage: TransactionStage.Prepared } && !state.CurrentApprovals.Any())
                await transfers.DecideAsync(id, SagaScene.Approve(state, "alice", DateTimeOffset.UtcNow), default);
            Assert.True(Environment.TickCount64 < end, $"It is {state.Status} {state.SubStatus}: {string.Join("; ", state.Transactions.Select(t => $"{t.Stage} {t.Fault}"))} {state.EndReason}");
        }
    }
}
