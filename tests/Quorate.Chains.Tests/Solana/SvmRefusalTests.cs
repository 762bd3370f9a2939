using System.Text.Json.Nodes;
using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

/// <summary>What is refused before it is signed, what a unit of computation costs, and nodes that lag or lie.</summary>
public class SvmRefusalTests(SvmNode node) : IClassFixture<SvmNode>
{
    const ulong Sol = 1_000_000_000, WalletDeposit = 890_880;

    [Fact]
    public async Task Missing_funds_and_dust_are_refused_with_their_numbers()
    {
        var chain = node.Chain();
        var payee = SvmWallet.Single(node.Format);
        var nobody = SvmWallet.Single(node.Format);
        await Refused(ChainError.InsufficientFunds, $"{nobody.Address} has 0 lamports and not the 1000000 to send.", nobody, 1_000_000);
        var payer = await node.FundedAsync(2_000_000);
        await Refused(ChainError.InsufficientFunds, $"{payer.Address} has 2000000 lamports and not the 2000001 to send.", payer, 2_000_001);
        await Refused(ChainError.InsufficientFunds, "has 2000000 lamports and not the 1999999 to send with a fee of up to 5000.", payer, 1_999_999);
        await Refused(ChainError.Dust, $"{payee.Address} would have 890879 lamports; an account is only kept with 890880 or more.", payer, WalletDeposit - 1);
        await Refused(ChainError.Dust, $"{payer.Address} would be left with 494999 lamports", payer, 1_500_000);

        // All of it, to the last lamport, is fine.
        var fee = (await chain.EstimateFeeAsync(new(payer.Address, payee.Address, chain.Coin, 1_000_000), default)).Maximum;
        var all = await chain.BuildAsync(new(payer.Address, payee.Address, chain.Coin, (Amount)2_000_000UL - fee), 100_000, default);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, all)).State);
        Assert.Equal(Amount.Zero, await chain.GetBalanceAsync(payer.Address, chain.Coin, default));
        // And a lamport more to somebody who is there is fine too.
        var rich = await node.FundedAsync(Sol);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, rich, await chain.BuildAsync(new(rich.Address, payee.Address, chain.Coin, 1), 100_000, default))).State);

        async Task Refused(ChainError error, string words, SvmWallet from, ulong amount)
        {
            var refused = await Assert.ThrowsAsync<ChainException>(() => chain.BuildAsync(new(from.Address, payee.Address, chain.Coin, amount), 100_000, default));
            Assert.Equal(error, refused.Error);
            Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Missing_and_frozen_tokens_and_missing_deposits_are_refused_with_their_numbers()
    {
        var chain = node.Chain();
        var (payee, issuer) = (SvmWallet.Single(node.Format), await node.FundedAsync(Sol));
        var token = await issuer.IssueAsync(node, ProgramIds.Token, 1_000);
        await Refused(ChainError.InsufficientFunds, $"{issuer.Address} has 1000 of {token} in its associated account and not the 1001 to send.", issuer, token, 1_001);
        await Refused(ChainError.InsufficientFunds, $"has 0 of {token}", await node.FundedAsync(Sol), token, 1);
        await Refused(ChainError.Unsupported, "is no token", issuer, node.Format.Token(issuer.Key), 1);
        await Refused(ChainError.Unsupported, "is no token", issuer, node.Format.Token(payee.Key), 1);
        await Refused(ChainError.Unsupported, "is neither", issuer, AssetId.Create(chain.Chain, "nft", payee.Address.Text), 1);

        var poor = await node.FundedAsync(1_500_000);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, issuer, await chain.BuildAsync(new(issuer.Address, poor.Address, token, 100), 100_000, default))).State);
        await Refused(ChainError.InsufficientFunds, $"has 1500000 lamports and not the fee of up to 5000 and the 2039280 for a token account of {payee.Address}", poor, token, 50);

        const byte freezeAccount = 10;
        var (mint, frozen) = (node.Format.MintOf(token), ProgramAddress.AssociatedTokenAccount(poor.Key, node.Format.MintOf(token), ProgramIds.Token));
        await issuer.SendAsync(node, new SolanaInstruction(
            ProgramIds.Token, [SolanaAccount.Writable(frozen), SolanaAccount.ReadOnly(mint), SolanaAccount.Signer(issuer.Key)], (byte[])[freezeAccount]));
        await Refused(ChainError.Rejected, "has frozen the account", poor, token, 50);

        async Task Refused(ChainError error, string words, SvmWallet from, AssetId asset, ulong amount)
        {
            var refused = await Assert.ThrowsAsync<ChainException>(() => chain.BuildAsync(new(from.Address, payee.Address, asset, amount), 100_000, default));
            Assert.Equal(error, refused.Error);
            Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_unit_costs_what_others_pay_for_the_same_accounts_within_bounds()
    {
        var (payer, payee) = (await node.FundedAsync(Sol), await node.FundedAsync(Sol));
        var transfer = new Transfer(payer.Address, payee.Address, node.Chain().Coin, 1_000_000);
        Assert.Equal(1_000UL, await PriceAsync(new()));
        for (var i = 0UL; i < 3; i++)
        {
            await payer.SendAsync(node, ComputeBudget.SetUnitLimit(1_000), ComputeBudget.SetUnitPrice(2_000_000 + i * 1_000_000), SystemProgram.Transfer(payer.Key, payee.Key, 1));
        }

        Assert.Equal(3_000_000UL, await PriceAsync(new()));
        Assert.Equal(4_000_000UL, await PriceAsync(new() { UnitPricePercentile = 100 }));
        Assert.Equal(2_500_000UL, await PriceAsync(new() { MaxUnitPrice = 2_500_000 }));
        Assert.Equal(4_500_000UL, await PriceAsync(new() { MinUnitPrice = 4_500_000 }));

        // Cut to what the fee may be, and refused where the least price does not fit.
        var chain = node.Chain();
        var cheap = await chain.PlanAsync(transfer, 5_100, null, default);
        Assert.Equal(5_100UL, cheap.Fee.Maximum);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, cheap.Message)).State);
        var refused = await Assert.ThrowsAsync<ChainException>(() => chain.PlanAsync(transfer, 5_000, null, default));
        Assert.Equal(ChainError.FeeTooHigh, refused.Error);
        Assert.Contains("5001 lamports", refused.Message, StringComparison.Ordinal);

        async Task<ulong> PriceAsync(SolanaChainOptions options) =>
            ComputeBudget.Of(SolanaMessage.Decode((await node.Chain(options).BuildAsync(transfer, 100_000, default)).Span)).UnitPrice;
    }

    [Fact]
    public async Task The_fee_is_to_the_lamport_what_the_node_says_and_the_units_are_those_used_and_a_margin()
    {
        var chain = node.Chain(new() { UnitMarginPercent = 0 });
        var (payer, payee) = (await node.FundedAsync(Sol), await node.FundedAsync(Sol));
        var draft = await chain.PlanAsync(new(payer.Address, payee.Address, chain.Coin, 1_000_000), 100_000, null, default);
        var said = await node.CallAsync("getFeeForMessage", Convert.ToBase64String(draft.Message.Span), new JsonObject { ["commitment"] = "confirmed" });
        Assert.Equal(said!["value"]!.GetValue<ulong>(), draft.Fee.Maximum);

        // Two instructions for the budget and one transfer, 150 units each: not one too many.
        Assert.Equal(450u, ComputeBudget.Of(SolanaMessage.Decode(draft.Message.Span)).UnitLimit);
        Assert.Equal(TransactionState.Confirmed, (await node.SendAsync(chain, payer, draft.Message)).State);
    }

    [Fact]
    public async Task A_node_of_another_cluster_is_refused()
    {
        var elsewhere = new SolanaFormat(SolanaCluster.Mainnet);
        var chain = node.Chain(format: elsewhere);
        var wallet = SvmWallet.Single(elsewhere);
        var refused = await Assert.ThrowsAsync<ChainException>(() => chain.GetBalanceAsync(wallet.Address, chain.Coin, default));
        Assert.Equal(ChainError.BadNode, refused.Error);
        Assert.Contains("mainnet-beta", refused.Message, StringComparison.Ordinal);

        var stranger = SvmWallet.Single(node.Format);
        var mixed = await Assert.ThrowsAsync<ChainException>(() => node.Chain().BuildAsync(new(stranger.Address, wallet.Address, node.Chain().Coin, 1), 1, default));
        Assert.Equal(ChainError.Unsupported, mixed.Error);
    }

    [Theory]
    [InlineData("behind")]
    [InlineData("pruned")]
    [InlineData("no")]
    public async Task A_node_that_lags_or_forgets_proves_nobody_dead(string flaw)
    {
        var payer = await node.FundedAsync(Sol);
        var honest = node.Chain();
        var draft = await honest.PlanAsync(new(payer.Address, payer.Address, honest.Coin, 1), 100_000, null, default);
        var signed = payer.Sign(draft.Message);
        await node.AdvanceAsync(200);
        var chain = node.MeddledChain((method, result) =>
        {
            // The height is of a node that is up to date, the signatures of one that is not.
            if (flaw == "behind" && method == "getSignatureStatuses")
                result!["context"]!["slot"] = result["context"]!["slot"]!.GetValue<ulong>() - 40;
            return flaw == "pruned" && method == "getFirstAvailableBlock" ? draft.Window.FirstSlot + 1 : result;
        });

        var status = await chain.GetStatusAsync(signed, draft.Window, default);
        Assert.Equal(flaw == "no" ? TransactionState.Dead : TransactionState.Unknown, status.State);
        if (flaw != "no")
            Assert.Contains(flaw == "behind" ? "may not know" : "keeps blocks from", status.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Nonsense => new()
    {
        { "getGenesisHash", "7" },
        { "getGenesisHash", "\"abc\"" },
        { "getLatestBlockhash", """{"context":{"slot":1},"value":{"blockhash":"x","lastValidBlockHeight":1}}""" },
        { "getLatestBlockhash", """{"context":{"slot":1},"value":{"blockhash":"11111111111111111111111111111111","lastValidBlockHeight":18446744073709551615}}""" },
        { "getLatestBlockhash", "null" },
        { "getMultipleAccounts", """{"context":{"slot":1},"value":[null]}""" },
        { "getMultipleAccounts", """{"context":{"slot":1},"value":[{"lamports":1.5,"owner":"11111111111111111111111111111111","data":["","base64"]},null]}""" },
        { "getMultipleAccounts", """{"context":{"slot":1},"value":[{"lamports":-1,"owner":"11111111111111111111111111111111","data":["","base64"]},null]}""" },
        { "getMultipleAccounts", """{"context":{"slot":1},"value":[{"lamports":1,"owner":"1","data":["","base64"]},null]}""" },
        { "getMultipleAccounts", """{"context":{"slot":1},"value":[{"lamports":1,"owner":"11111111111111111111111111111111","data":["%","base64"]},null]}""" },
        { "getMultipleAccounts", """{"context":{"slot":1},"value":[{"lamports":1,"owner":"11111111111111111111111111111111","data":"1111"},null]}""" },
        { "getMinimumBalanceForRentExemption", "\"890880\"" },
        { "getRecentPrioritizationFees", """[{"slot":1}]""" },
        { "getRecentPrioritizationFees", "{}" },
        { "simulateTransaction", """{"context":{"slot":1},"value":{"err":{"InstructionError":[0]},"logs":[]}}""" },
        { "simulateTransaction", """{"context":{"slot":1},"value":{"err":{"A":1,"B":2},"logs":[]}}""" },
        { "simulateTransaction", """{"context":{"slot":1},"value":{"err":null,"logs":[7]}}""" },
        { "simulateTransaction", """{"value":{"err":null}}""" },
        { "sendTransaction", "\"5\"" },
        { "sendTransaction", "\"2bynDHq47oZZfbParqcFpyrqFxwXc9nwKKU18DUUTxZaJmbHJ2GiRYF74PVcpDZiYa5cvefdBogW8USeG655sAsS\"" },
        { "getSignatureStatuses", """{"context":{"slot":1},"value":[]}""" },
        { "getSignatureStatuses", """{"context":{"slot":1},"value":[{"slot":1,"confirmations":0,"err":null,"confirmationStatus":"certain"}]}""" },
        { "getSignatureStatuses", """{"context":{"slot":1},"value":[null,null]}""" },
        { "getBlock", """{"blockhash":5}""" },
        { "getBalance", """{"context":{"slot":1},"value":"7"}""" },
        { "getSignaturesForAddress", """[{"signature":"x","slot":1,"err":null}]""" },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task An_answer_that_can_not_be_is_a_bad_node(string method, string answer)
    {
        var payer = await node.FundedAsync(Sol);
        var chain = node.MeddledChain((asked, result) => asked == method ? JsonNode.Parse(answer) : result);
        var refused = await Assert.ThrowsAsync<ChainException>(async () =>
        {
            var id = await chain.BroadcastAsync(payer.Sign(await chain.BuildAsync(new(payer.Address, payer.Address, chain.Coin, 1), 100_000, default)), default);
            await node.AdvanceAsync(1);
            await chain.GetStatusAsync(id, default);
            await chain.GetBalanceAsync(payer.Address, chain.Coin, default);
            await chain.GetHistoryAsync(payer.Address, chain.Coin, null, 5, default);
        });
        Assert.Equal(ChainError.BadNode, refused.Error);
    }
}
