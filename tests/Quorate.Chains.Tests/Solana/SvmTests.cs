using System.Text.Json.Nodes;
using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

/// <summary>On the real runtime: fund, send, tokens, nonces, get stuck and recover, reorganise, and every refusal with its numbers.</summary>
public class SvmTests(SvmNode node) : IClassFixture<SvmNode>
{
    const ulong Sol = 1_000_000_000, WalletDeposit = 890_880;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Coins_come_in_go_out_and_become_final(bool isThreshold)
    {
        var chain = node.Chain();
        var payer = await node.FundedAsync(5 * Sol, isThreshold ? SvmWallet.Frost(node.Format) : null);
        var payee = SvmWallet.Single(node.Format);
        var transfer = new Transfer(payer.Address, payee.Address, chain.Coin, 2 * Sol, "thanks");
        var estimate = await chain.EstimateFeeAsync(transfer, default);
        var unsigned = await chain.BuildAsync(transfer, 100_000, default);
        var effects = chain.Decode(unsigned, payer.Context);
        Assert.Empty(effects.NotUnderstood);
        Assert.Equal([new Effect.Transfer(payer.Address, payee.Address, chain.Coin, 2 * Sol)], effects.Items.OfType<Effect.Transfer>());
        Assert.Equal(estimate, effects.Fee);
        Assert.Null(await chain.SimulateAsync(unsigned, default));

        var signed = payer.Sign(unsigned);
        var id = await chain.BroadcastAsync(signed, default);
        Assert.Equal(SolanaFormat.TransactionId(signed.Span), id);
        Assert.Equal(TransactionState.Pending, (await SvmNode.StatusAsync(chain, id, s => s.State != TransactionState.Unknown)).State);
        Assert.Equal(id, await chain.BroadcastAsync(signed, default));
        await node.AdvanceAsync(1);
        var status = await SvmNode.StatusAsync(chain, id, s => s.State != TransactionState.Pending);
        Assert.Equal((TransactionState.Confirmed, 2UL), (status.State, status.Confirmations));
        Assert.NotNull(status.BlockHash);
        await node.AdvanceAsync(30);
        status = await SvmNode.StatusAsync(chain, id, s => s.State != TransactionState.Confirmed);
        Assert.Equal((TransactionState.Finalized, 32UL), (status.State, status.Confirmations));
        await node.AdvanceAsync(200);
        Assert.Equal(id, await chain.BroadcastAsync(signed, default));

        Assert.Equal(2 * Sol, await chain.GetBalanceAsync(payee.Address, chain.Coin, default));
        Assert.Equal((Amount)(3 * Sol) - estimate.Maximum, await chain.GetBalanceAsync(payer.Address, chain.Coin, default));
        var history = await chain.GetHistoryAsync(payer.Address, chain.Coin, null, 10, default);
        Assert.Equal([(id, false), (history[1].Id, false)], history.Select(e => (e.Id, e.HasFailed)));
        Assert.Equal(history.Select(entry => entry.Id), (await chain.GetHistoryAsync(payer.Address, 10, default)).Select(entry => entry.TransactionId));
        Assert.Equal<SolanaHistoryEntry>([history[1]], await chain.GetHistoryAsync(payer.Address, chain.Coin, before: id, 10, default));
    }

    public static TheoryData<string, bool, bool> Tokens => new()
    {
        { ProgramIds.Token.ToString(), false, false },
        { ProgramIds.Token.ToString(), false, true },
        { ProgramIds.Token2022.ToString(), false, false },
        { ProgramIds.Token2022.ToString(), true, true },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Tokens_go_to_an_account_that_is_opened_for_them(string program, bool withFee, bool isThreshold)
    {
        var payer = await node.FundedAsync(Sol, isThreshold ? SvmWallet.Frost(node.Format) : null);
        var payee = SvmWallet.Single(node.Format);
        var token = await payer.IssueAsync(node, SolanaAddress.Parse(program), 1_000_000, withFee);
        var format = new SolanaFormat(node.Cluster, KnownAccounts.None.WithMint(
            node.Format.MintOf(token), new(SolanaAddress.Parse(program), 6, WithholdsFees: withFee)));
        var chain = node.Chain(format: format);
        var before = await chain.GetBalanceAsync(payer.Address, chain.Coin, default);

        var draft = await chain.PlanAsync(new(payer.Address, payee.Address, token, 400_000, "invoice 7"), 100_000, null, default);
        var effects = chain.Decode(draft.Message, payer.Context);
        Assert.Contains(new Effect.Transfer(payer.Address, payee.Address, token, 400_000), effects.Items);
        Assert.Contains(new Effect.Memo(Convert.ToHexStringLower("invoice 7"u8)), effects.Items);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, draft.Message)).State);

        // The deposit is to the lamport what the account took.
        Assert.Equal(before - draft.Fee.Maximum - (Amount)draft.Deposit, await chain.GetBalanceAsync(payer.Address, chain.Coin, default));
        Assert.True(draft.Deposit >= 2_039_280);
        Assert.Equal(600_000UL, await chain.GetBalanceAsync(payer.Address, token, default));
        Assert.Equal(withFee ? 396_000UL : 400_000UL, await chain.GetBalanceAsync(payee.Address, token, default));

        var second = await chain.PlanAsync(new(payer.Address, payee.Address, token, 600_000), 100_000, null, default);
        Assert.Equal(0UL, second.Deposit);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, second.Message)).State);
        Assert.Equal(Amount.Zero, await chain.GetBalanceAsync(payer.Address, token, default));
        Assert.Equal(2, (await chain.GetHistoryAsync(payee.Address, token, null, 10, default)).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_under_a_nonce_does_not_get_old_and_excludes_its_rivals(bool isThreshold)
    {
        var chain = node.Chain();
        var payer = await node.FundedAsync(Sol, isThreshold ? SvmWallet.Frost(node.Format) : null);
        var payee = SvmWallet.Single(node.Format);
        var (opening, account) = await chain.BuildNonceAsync(payer.Address, "withdrawals", default);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, opening)).State);
        var nonce = await chain.GetNonceAsync(account, default);
        Assert.Equal(payer.Key, nonce!.Authority);
        await node.AdvanceAsync(1);

        var transfer = new Transfer(payer.Address, payee.Address, chain.Coin, 10_000_000);
        var first = await chain.PlanAsync(transfer, 100_000, account, default);
        var rival = await chain.PlanAsync(transfer with { Amount = 20_000_000 }, 100_000, account, default);
        Assert.Null(first.Window.LastHeight);
        await node.AdvanceAsync(400);
        var (signed, other) = (payer.Sign(first.Message), payer.Sign(rival.Message));
        var status = await chain.GetStatusAsync(other, null, default);
        Assert.Equal(TransactionState.Unknown, status.State);
        var id = await chain.BroadcastAsync(signed, default);
        await node.AdvanceAsync(1);
        await SvmNode.StatusAsync(chain, id, s => s.State == TransactionState.Confirmed);

        Assert.Equal(ChainError.Unavailable, (await RefusedAsync(() => chain.BroadcastAsync(other, default))).Error);
        Assert.Equal(TransactionState.Unknown, (await chain.GetStatusAsync(other, rival.Window, default)).State);
        Assert.Equal(ChainError.Unavailable, (await RefusedAsync(() => chain.RefreshAsync(other, rival.Window, transfer, 100_000, default))).Error);
        await node.AdvanceAsync(40);
        Assert.Equal(TransactionState.Dead, (await chain.GetStatusAsync(other, rival.Window, default)).State);
        Assert.Equal(ChainError.Stale, (await RefusedAsync(() => chain.BroadcastAsync(other, default))).Error);
        Assert.Equal(10_000_000UL, await chain.GetBalanceAsync(payee.Address, chain.Coin, default));

        // In place of one that waits, at any time: the same value of the nonce lets one of them through.
        var waiting = payer.Sign((await chain.PlanAsync(transfer, 100_000, account, default)).Message);
        var replacement = await chain.RefreshAsync(waiting, null, transfer with { Amount = 30_000_000 }, 100_000, default);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, replacement.Message)).State);
        Assert.Equal(ChainError.Unavailable, (await RefusedAsync(() => chain.BroadcastAsync(waiting, default))).Error);
        Assert.Equal(40_000_000UL, await chain.GetBalanceAsync(payee.Address, chain.Coin, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_got_lost_is_replaced_when_it_is_provably_too_old_and_not_before(bool isForgotten)
    {
        var chain = node.Chain();
        var payer = await node.FundedAsync(Sol);
        var payee = SvmWallet.Single(node.Format);
        var transfer = new Transfer(payer.Address, payee.Address, chain.Coin, 10_000_000);
        var draft = await chain.PlanAsync(transfer, 100_000, null, default);
        var signed = payer.Sign(draft.Message);
        await node.CallAsync("devnet_setDropping", true);
        var id = await chain.BroadcastAsync(signed, default);
        await node.CallAsync("devnet_setDropping", false);
        Assert.Equal(TransactionState.Unknown, (await chain.GetStatusAsync(id, default)).State);
        Assert.Equal(ChainError.Unavailable, (await RefusedAsync(() => chain.RefreshAsync(signed, draft.Window, transfer, 100_000, default))).Error);

        // Whoever has no memory of the blockhash takes it for the newest that there can be.
        var later = isForgotten ? node.Chain() : chain;
        MessageWindow? window = isForgotten ? null : draft.Window;
        Assert.Equal(TransactionState.Unknown, (await later.GetStatusAsync(signed, window, default)).State);
        await node.AdvanceAsync(160);
        // No block takes it any more, but one that did might not be final yet.
        Assert.Equal(TransactionState.Unknown, (await later.GetStatusAsync(signed, window, default)).State);
        Assert.Equal(ChainError.Unavailable, (await RefusedAsync(() => later.BroadcastAsync(signed, default))).Error);
        Assert.Equal(ChainError.Unavailable, (await RefusedAsync(() => later.RefreshAsync(signed, window, transfer, 100_000, default))).Error);
        await node.AdvanceAsync(isForgotten ? 200 : 40);
        var dead = await later.GetStatusAsync(signed, window, default);
        Assert.Equal(TransactionState.Dead, dead.State);
        Assert.Contains("was good up to height", dead.Reason, StringComparison.Ordinal);
        Assert.Equal(ChainError.Stale, (await RefusedAsync(() => later.BroadcastAsync(signed, default))).Error);
        // By its id alone nothing is dead.
        Assert.Equal(TransactionState.Unknown, (await later.GetStatusAsync(id, default)).State);

        var again = await later.RefreshAsync(signed, window, transfer, 100_000, default);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(later, payer, again.Message)).State);
        Assert.Equal(ChainError.Rejected, (await RefusedAsync(() => later.RefreshAsync(payer.Sign(again.Message), again.Window, transfer, 100_000, default))).Error);
        Assert.Equal(10_000_000UL, await chain.GetBalanceAsync(payee.Address, chain.Coin, default));
    }

    [Fact]
    public async Task A_fork_that_is_lost_is_seen_and_healed()
    {
        var chain = node.Chain();
        var payer = await node.FundedAsync(Sol);
        var payee = SvmWallet.Single(node.Format);
        await node.AdvanceAsync(1);
        var signed = payer.Sign(await chain.BuildAsync(new(payer.Address, payee.Address, chain.Coin, 10_000_000), 100_000, default));
        var fork = (await node.CallAsync("devnet_snapshot"))!.GetValue<int>();
        var id = await chain.BroadcastAsync(signed, default);
        await node.AdvanceAsync(3);
        var before = await SvmNode.StatusAsync(chain, id, s => s.State == TransactionState.Confirmed);

        await node.CallAsync("devnet_revert", fork);
        Assert.Equal(TransactionState.Unknown, (await SvmNode.StatusAsync(chain, id, s => s.State != TransactionState.Confirmed)).State);
        Assert.Equal(TransactionState.Unknown, (await chain.GetStatusAsync(signed, null, default)).State);
        Assert.Equal(Amount.Zero, await chain.GetBalanceAsync(payee.Address, chain.Coin, default));
        Assert.Equal(id, await chain.BroadcastAsync(signed, default));
        await node.AdvanceAsync(1);

        var after = await SvmNode.StatusAsync(chain, id, s => s.State == TransactionState.Confirmed);
        Assert.NotEqual(before.BlockHash, after.BlockHash);
        Assert.Equal(10_000_000UL, await chain.GetBalanceAsync(payee.Address, chain.Coin, default));
    }

    [Fact]
    public async Task Equal_transfers_are_two_payments()
    {
        var chain = node.Chain();
        var payer = await node.FundedAsync(Sol);
        var payee = SvmWallet.Single(node.Format);
        var transfer = new Transfer(payer.Address, payee.Address, chain.Coin, 10_000_000);
        var messages = new[] { await chain.BuildAsync(transfer, 100_000, default), await chain.BuildAsync(transfer, 100_000, default), await chain.BuildAsync(transfer, 100_000, default) };
        foreach (var message in messages)
            Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, message)).State);

        Assert.Equal(30_000_000UL, await chain.GetBalanceAsync(payee.Address, chain.Coin, default));
    }

    [Fact]
    public async Task A_message_that_was_signed_twice_is_paid_once_and_its_second_id_is_never_taken_for_sent()
    {
        var chain = node.Chain();
        var payer = await node.FundedAsync(Sol, SvmWallet.Frost(node.Format));
        var payee = SvmWallet.Single(node.Format);
        var transfer = new Transfer(payer.Address, payee.Address, chain.Coin, 10_000_000);
        var draft = await chain.PlanAsync(transfer, 100_000, null, default);
        var (first, second) = (payer.Sign(draft.Message), payer.Sign(draft.Message));
        Assert.NotEqual(first.ToArray(), second.ToArray());
        await chain.BroadcastAsync(first, default);
        await node.AdvanceAsync(1);

        Assert.Equal(ChainError.Unavailable, (await RefusedAsync(() => chain.BroadcastAsync(second, default))).Error);
        await node.AdvanceAsync(200);
        Assert.Equal(TransactionState.Dead, (await chain.GetStatusAsync(second, draft.Window, default)).State);
        var refused = await RefusedAsync(() => chain.RefreshAsync(second, draft.Window, transfer, 100_000, default));
        Assert.Equal(ChainError.Rejected, refused.Error);
        Assert.Contains(SolanaFormat.TransactionId(first.Span), refused.Message, StringComparison.Ordinal);
        Assert.Equal(10_000_000UL, await chain.GetBalanceAsync(payee.Address, chain.Coin, default));
    }

    [Fact]
    public async Task What_fails_on_chain_has_paid_its_fee_and_is_final_before_it_is_replaced()
    {
        var chain = node.Chain();
        var payer = await node.FundedAsync(Sol);
        var payee = SvmWallet.Single(node.Format);
        var transfer = new Transfer(payer.Address, payee.Address, chain.Coin, 600_000_000);
        var (first, second) = (await chain.PlanAsync(transfer, 100_000, null, default), await chain.PlanAsync(transfer, 100_000, null, default));
        await node.SendAsync(chain, payer, first.Message);
        var signed = payer.Sign(second.Message);
        var refused = await RefusedAsync(() => chain.BroadcastAsync(signed, default));
        Assert.Equal(ChainError.InsufficientFunds, refused.Error);
        Assert.Contains("Custom 1", refused.Message, StringComparison.Ordinal);

        // Around the trial that nodes make before they take anything.
        await node.CallAsync("sendTransaction", Convert.ToBase64String(signed.Span), new JsonObject { ["encoding"] = "base64", ["skipPreflight"] = true });
        await node.AdvanceAsync(1);
        var status = await SvmNode.StatusAsync(chain, SolanaFormat.TransactionId(signed.Span), s => s.State == TransactionState.Failed);
        Assert.Equal("InstructionError 2: Custom 1", status.Reason);
        Assert.Equal((Amount)(Sol - 600_000_000) - first.Fee.Maximum - second.Fee.Maximum, await chain.GetBalanceAsync(payer.Address, chain.Coin, default));
        Assert.True((await chain.GetHistoryAsync(payer.Address, chain.Coin, null, 1, default))[0].HasFailed);
        var smaller = transfer with { Amount = 10_000_000 };
        Assert.Equal(ChainError.Unavailable, (await RefusedAsync(() => chain.RefreshAsync(signed, second.Window, smaller, 100_000, default))).Error);
        await node.AdvanceAsync(31);
        var again = await chain.RefreshAsync(signed, second.Window, smaller, 100_000, default);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, again.Message)).State);
    }

    static Task<ChainException> RefusedAsync(Func<Task> what) => Assert.ThrowsAsync<ChainException>(what);
}
