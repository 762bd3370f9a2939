using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>
/// From wish to finality on a real node. Whoever signs does it through <see cref="SignAsync"/>, so that a threshold
/// protocol can take the single key's place.
/// </summary>
public sealed class AnvilTests(Anvil anvil) : IClassFixture<Anvil>
{
    static readonly Amount ether = (Amount)1_000_000_000_000_000_000;
    static readonly Amount feeLimit = ether / 100;
    static ulong seeds = 100;

    readonly EthereumFormat format = anvil.Format;

    static CancellationToken Now => CancellationToken.None;

    /// <summary>A signature for each input, from whoever holds the key.</summary>
    static Task<ReadOnlyMemory<byte>> SignAsync(EthereumFormat format, EcdsaKey key, ReadOnlyMemory<byte> unsigned) =>
        Task.FromResult(Signing.Sign(format, key, unsigned));

    async Task<ReadOnlyMemory<byte>> SignedAsync(EthereumChain chain, EcdsaKey key, Transfer transfer) =>
        await SignAsync(format, key, await chain.BuildAsync(transfer, feeLimit, Now));

    Task<(EcdsaKey Key, Address Address)> FundedAsync(ulong gwei = 10_000_000_000) => anvil.FundedAsync(Interlocked.Increment(ref seeds), gwei);

    Address Fresh() => format.ToAddress(new([.. new byte[12], .. BitConverter.GetBytes(Interlocked.Increment(ref seeds))]));

    [Fact]
    public async Task Coins_go_from_wish_to_finality()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var to = Fresh();
        var wish = new Transfer(from, to, chain.Coin, ether);

        var estimate = await chain.EstimateFeeAsync(wish, Now);
        var unsigned = await chain.BuildAsync(wish, feeLimit, Now);
        var context = Signing.ContextOf(format, key);
        var effects = chain.Decode(unsigned, context);
        Assert.True(effects.IsFullyUnderstood);
        Assert.Equal([new Effect.Transfer(from, to, chain.Coin, ether)], effects.Items.AsEnumerable());
        Assert.True(effects.Fee!.Maximum > 0UL && effects.Fee.Maximum <= feeLimit);
        Assert.Equal(estimate, effects.Fee);
        Assert.Null(await chain.SimulateAsync(unsigned, context, Now));

        var signed = await SignAsync(format, key, unsigned);
        var before = await chain.GetBalanceAsync(from, chain.Coin, Now);
        var id = await chain.BroadcastAsync(signed, Now);
        Assert.Equal(EthereumFormat.TransactionId(signed.Span), id);
        var status = await Anvil.MinedAsync(chain, id);
        Assert.Equal((TransactionState.Confirmed, 1UL), (status.State, status.Confirmations));
        Assert.Equal(ether, await chain.GetBalanceAsync(to, chain.Coin, Now));
        var spent = before - await chain.GetBalanceAsync(from, chain.Coin, Now);
        Assert.True(spent > ether && spent <= ether + effects.Fee.Maximum);

        // Once more is no mistake.
        Assert.Equal(id, await chain.BroadcastAsync(signed, Now));
        await anvil.CallAsync("anvil_mine", "0x5");
        status = await Anvil.MinedAsync(chain, id);
        Assert.Equal((TransactionState.Finalized, 6UL), (status.State, status.Confirmations));
        var byDepth = await anvil.Chain(new() { FinalityDepth = 7 }).GetStatusAsync(id, Now);
        Assert.Equal(TransactionState.Confirmed, byDepth.State);
        Assert.Equal(TransactionState.Finalized, (await anvil.Chain(new() { FinalityDepth = 6 }).GetStatusAsync(id, Now)).State);
    }

    async Task<EthereumAddress> DeployTokenAsync(EthereumChain chain, EcdsaKey key, Address from)
    {
        using var code = new StreamReader(typeof(AnvilTests).Assembly.GetManifestResourceStream("TestToken.hex")!);
        var template = EthereumTransactionCodec.Decode(await chain.BuildAsync(new(from, from, chain.Coin, Amount.Zero), feeLimit, Now)).Transaction;
        var unsigned = EthereumTransactionCodec.Encode(template with { To = null, GasLimit = 1_000_000, Data = Convert.FromHexString((await code.ReadToEndAsync()).Trim()) });
        var deployment = (Effect.Deployment)format.Decode(unsigned, Signing.ContextOf(format, key)).Items[0];
        var id = await chain.BroadcastAsync(await SignAsync(format, key, unsigned), Now);
        Assert.Equal(TransactionState.Confirmed, (await Anvil.MinedAsync(chain, id)).State);
        return format.ToBytes(deployment.Contract!);
    }

    [Fact]
    public async Task Tokens_are_deployed_sent_counted_and_found_in_history()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var contract = await DeployTokenAsync(chain, key, from);
        var token = format.Token(TokenKind.Erc20, contract);
        var to = Fresh();
        Assert.Equal((Amount)1_000_000_000_000, await chain.GetBalanceAsync(from, token, Now));

        var unsigned = await chain.BuildAsync(new(from, to, token, 250), feeLimit, Now);
        var effects = format.Decode(unsigned, Signing.ContextOf(format, key));
        Assert.True(effects.IsFullyUnderstood);
        Assert.Equal(new Effect.Transfer(from, to, token, 250), effects.Items[1]);
        var id = await chain.BroadcastAsync(await SignAsync(format, key, unsigned), Now);
        Assert.Equal(TransactionState.Confirmed, (await Anvil.MinedAsync(chain, id)).State);
        Assert.Equal((Amount)250, await chain.GetBalanceAsync(to, token, Now));

        var head = Convert.ToUInt64((string)(await anvil.CallAsync("eth_blockNumber"))!, 16);
        var history = await anvil.Chain(new() { MaxLogBlocks = 3 }).GetTokenTransfersAsync(from, 0, head, Now);
        Assert.Equal([(Amount)1_000_000_000_000, (Amount)250], history.Select(h => h.Transfer.Amount));
        Assert.Equal((id, new Effect.Transfer(from, to, token, 250)), (history[1].TransactionId, history[1].Transfer));
        Assert.Equal(history[1].Transfer, Assert.Single(await chain.GetTokenTransfersAsync(to, 0, head, Now)).Transfer);

        var small = anvil.Chain(new() { MaxLogBlocks = 1 });
        Assert.Equal([new(id, history[1].BlockHeight), new(history[0].TransactionId, history[0].BlockHeight)], (await small.GetHistoryAsync(from, 10, Now)).AsEnumerable());
        Assert.Equal(id, Assert.Single(await small.GetHistoryAsync(from, 1, Now)).TransactionId);
        await anvil.CallAsync("anvil_mine", "0x3");
        Assert.Empty(await anvil.Chain(new() { HistoryBlocks = 2 }).GetHistoryAsync(from, 10, Now));

        var tooMuch = await Assert.ThrowsAsync<ChainException>(() => chain.BuildAsync(new(to, from, token, 251), feeLimit, Now));
        Assert.Equal(ChainError.InsufficientFunds, tooMuch.Error);
        Assert.Contains("has 250 of", tooMuch.Message, StringComparison.Ordinal);
        var nowhere = await Assert.ThrowsAsync<ChainException>(() => chain.GetBalanceAsync(from, format.Token(TokenKind.Erc20, Hex.Address(99)), Now));
        Assert.Equal(ChainError.Unsupported, nowhere.Error);
    }

    [Fact]
    public async Task A_call_that_would_fail_is_told_beforehand_with_the_contracts_reason()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var contract = await DeployTokenAsync(chain, key, from);
        var template = EthereumTransactionCodec.Decode(await chain.BuildAsync(new(from, from, chain.Coin, Amount.Zero), feeLimit, Now)).Transaction;
        var data = AbiFunction.Parse("transferFrom(address,address,uint256)").Encode(AbiValue.From(Hex.Address(9)), AbiValue.From(Hex.Address(8)), AbiValue.From(1));
        var unsigned = EthereumTransactionCodec.Encode(template with { To = contract, Data = data, GasLimit = 100_000 });

        Assert.Equal("allowance too low", await chain.SimulateAsync(unsigned, Signing.ContextOf(format, key), Now));
        var id = await chain.BroadcastAsync(await SignAsync(format, key, unsigned), Now);
        var status = await Anvil.MinedAsync(chain, id);
        Assert.Equal(TransactionState.Failed, status.State);
        Assert.NotNull(status.BlockHash);
    }

    [Fact]
    public async Task A_stuck_transaction_is_sped_up_and_the_old_one_is_dead()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var context = Signing.ContextOf(format, key);
        var to = Fresh();
        ReadOnlyMemory<byte> stuck = default, faster = default;
        await anvil.WithoutMining(async () =>
        {
            stuck = await SignedAsync(chain, key, new(from, to, chain.Coin, ether));
            var id = await chain.BroadcastAsync(stuck, Now);
            Assert.Equal(TransactionState.Pending, (await chain.GetStatusAsync(id, Now)).State);

            var unsigned = await chain.SpeedUpAsync(stuck, context, feeLimit, Now);
            var (old, better) = (EthereumTransactionCodec.Decode(stuck).Transaction, EthereumTransactionCodec.Decode(unsigned).Transaction);
            Assert.True(better.IsSameButForFees(old));
            Assert.True(better.MaxFeePerGas * 100 >= old.MaxFeePerGas * 110 && better.MaxPriorityFeePerGas * 100 >= old.MaxPriorityFeePerGas * 110);
            faster = await SignAsync(format, key, unsigned);
            await chain.BroadcastAsync(faster, Now);
        });
        Assert.Equal(TransactionState.Confirmed, (await Anvil.MinedAsync(chain, faster)).State);
        var dead = await Anvil.MinedAsync(chain, stuck);
        Assert.Equal((TransactionState.Dead, EthereumFormat.TransactionId(faster.Span)), (dead.State, dead.ReplacedBy));
        Assert.Equal(ether, await chain.GetBalanceAsync(to, chain.Coin, Now));

        // Its nonce is used: sending it again is refused, replacing it too.
        Assert.Equal(ChainError.Stale, (await Assert.ThrowsAsync<ChainException>(() => chain.BroadcastAsync(stuck, Now))).Error);
        Assert.Equal(ChainError.Stale, (await Assert.ThrowsAsync<ChainException>(() => chain.SpeedUpAsync(stuck, context, feeLimit, Now))).Error);
    }

    [Fact]
    public async Task A_stuck_transaction_is_cancelled()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var context = Signing.ContextOf(format, key);
        var to = Fresh();
        ReadOnlyMemory<byte> stuck = default;
        await anvil.WithoutMining(async () =>
        {
            stuck = await SignedAsync(chain, key, new(from, to, chain.Coin, ether));
            await chain.BroadcastAsync(stuck, Now);
            var cheap = await Assert.ThrowsAsync<ChainException>(() => chain.CancelAsync(stuck, context, 1, Now));
            Assert.Equal(ChainError.FeeTooHigh, cheap.Error);
            var cancel = await chain.CancelAsync(stuck, context, feeLimit, Now);
            Assert.Equal([new Effect.Transfer(from, from, chain.Coin, Amount.Zero, ToSelf: true)], format.Decode(cancel, context).Items.AsEnumerable());
            await chain.BroadcastAsync(await SignAsync(format, key, cancel), Now);
        });
        Assert.Equal(TransactionState.Dead, (await Anvil.MinedAsync(chain, stuck)).State);
        Assert.Equal(Amount.Zero, await chain.GetBalanceAsync(to, chain.Coin, Now));
    }

    [Fact]
    public async Task A_replacement_that_pays_too_little_is_refused()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        await anvil.WithoutMining(async () =>
        {
            var first = EthereumTransactionCodec.Decode(await chain.BuildAsync(new(from, Fresh(), chain.Coin, 1), feeLimit, Now)).Transaction;
            await chain.BroadcastAsync(await SignAsync(format, key, EthereumTransactionCodec.Encode(first)), Now);
            // anvil wants more than before; geth and those after it want the tenth that SpeedUpAsync adds.
            var cheap = EthereumTransactionCodec.Encode(first with { Value = 2 });
            var refused = await Assert.ThrowsAsync<ChainException>(async () => await chain.BroadcastAsync(await SignAsync(format, key, cheap), Now));
            Assert.Equal(ChainError.FeeTooLow, refused.Error);
        });
    }

    [Fact]
    public async Task A_gap_keeps_later_transactions_waiting_until_it_is_filled()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var to = Fresh();
        var never = await SignedAsync(chain, key, new(from, to, chain.Coin, 1));
        var waiting = await SignedAsync(chain, key, new(from, to, chain.Coin, 2));
        await chain.BroadcastAsync(waiting, Now);

        Assert.Equal(TransactionState.Pending, (await chain.GetStatusAsync(waiting, Now)).State);
        var gap = Assert.Single(await chain.GetNonceGapsAsync(from, Now));
        Assert.Equal(EthereumTransactionCodec.Decode(never).Transaction.Nonce, gap);
        await chain.BroadcastAsync(await SignAsync(format, key, await chain.FillGapAsync(from, gap, feeLimit, Now)), Now);

        Assert.Equal(TransactionState.Confirmed, (await Anvil.MinedAsync(chain, waiting)).State);
        Assert.Empty(await chain.GetNonceGapsAsync(from, Now));
        Assert.Equal(TransactionState.Dead, (await Anvil.MinedAsync(chain, never)).State);
        Assert.Equal((Amount)2, await chain.GetBalanceAsync(to, chain.Coin, Now));
    }

    [Fact]
    public async Task A_nonce_that_is_given_back_is_taken_next()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var dropped = await chain.BuildAsync(new(from, Fresh(), chain.Coin, 1), feeLimit, Now);
        var later = await SignedAsync(chain, key, new(from, Fresh(), chain.Coin, 2));
        await chain.BroadcastAsync(later, Now);
        chain.ReturnNonce(from, dropped);
        var next = await SignedAsync(chain, key, new(from, Fresh(), chain.Coin, 3));

        Assert.Equal(EthereumTransactionCodec.Decode(dropped).Transaction.Nonce, EthereumTransactionCodec.Decode(next).Transaction.Nonce);
        await chain.BroadcastAsync(next, Now);
        Assert.Equal(TransactionState.Confirmed, (await Anvil.MinedAsync(chain, later)).State);
    }

    [Fact]
    public async Task What_the_account_can_not_pay_is_refused_in_numbers()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync(gwei: 1_000_000_000);
        using var _ = key;
        async Task<ChainException> Refused(Transfer wish, Amount limit) =>
            await Assert.ThrowsAsync<ChainException>(() => chain.BuildAsync(wish, limit, Now));

        var more = await Refused(new(from, Fresh(), chain.Coin, ether + 1UL), feeLimit);
        Assert.Equal(ChainError.InsufficientFunds, more.Error);
        Assert.Contains("1000000000000000000 wei", more.Message, StringComparison.Ordinal);
        var withFee = await Refused(new(from, Fresh(), chain.Coin, ether), feeLimit);
        Assert.Equal(ChainError.InsufficientFunds, withFee.Error);
        Assert.Equal(ChainError.FeeTooHigh, (await Refused(new(from, Fresh(), chain.Coin, 1), 1)).Error);
        Assert.Equal(ChainError.InsufficientFunds, (await Refused(new(Fresh(), from, chain.Coin, 1), feeLimit)).Error);

        // And by the node, where nobody asked before.
        var t = EthereumTransactionCodec.Decode(await chain.BuildAsync(new(from, Fresh(), chain.Coin, 1), feeLimit, Now)).Transaction;
        var unpaid = Signing.Sign(format, key, EthereumTransactionCodec.Encode(t with { Value = ether * 5 }));
        Assert.Equal(ChainError.InsufficientFunds, (await Assert.ThrowsAsync<ChainException>(() => chain.BroadcastAsync(unpaid, Now))).Error);
    }

    [Fact]
    public async Task A_reorganisation_is_seen_and_healed()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var to = Fresh();
        var snapshot = await anvil.CallAsync("evm_snapshot");
        var signed = await SignedAsync(chain, key, new(from, to, chain.Coin, ether));
        await chain.BroadcastAsync(signed, Now);
        var confirmed = await Anvil.MinedAsync(chain, signed);
        Assert.Equal(TransactionState.Confirmed, confirmed.State);

        // Back to before it, and another block in its place.
        await anvil.CallAsync("evm_revert", snapshot!.DeepClone());
        await anvil.CallAsync("evm_increaseTime", 100);
        await anvil.CallAsync("evm_mine");
        var gone = await chain.GetStatusAsync(signed, Now);
        Assert.Equal((TransactionState.Unknown, null), (gone.State, gone.BlockHash));
        Assert.Equal(Amount.Zero, await chain.GetBalanceAsync(to, chain.Coin, Now));

        await chain.BroadcastAsync(signed, Now);
        var again = await Anvil.MinedAsync(chain, signed);
        Assert.Equal(TransactionState.Confirmed, again.State);
        Assert.NotEqual(confirmed.BlockHash, again.BlockHash);
        Assert.Equal(ether, await chain.GetBalanceAsync(to, chain.Coin, Now));
    }

    [Fact]
    public async Task Another_kind_of_transaction_is_accepted_by_the_node_too()
    {
        var chain = anvil.Chain();
        var (key, from) = await FundedAsync();
        using var _ = key;
        var (authority, authorityAddress) = await FundedAsync();
        using var __ = authority;
        var (legacy, list, code) = (EthereumTransactionType.Legacy, EthereumTransactionType.AccessList, EthereumTransactionType.SetCode);
        foreach (var type in (EthereumTransactionType[])[legacy, list, code])
        {
            var t = EthereumTransactionCodec.Decode(await chain.BuildAsync(new(from, Fresh(), chain.Coin, 5), feeLimit, Now)).Transaction;
            t = t with
            {
                Type = type, GasLimit = 100_000, MaxPriorityFeePerGas = type == code ? t.MaxPriorityFeePerGas : t.MaxFeePerGas,
                AccessList = type == legacy ? [] : [new(Hex.Address(7), [new byte[32]])],
                Authorizations = type == code ? [RandomTransactions.Authorization(authority, Anvil.ChainNumber, Hex.Address(7), 0)] : [],
            };
            var id = await chain.BroadcastAsync(await SignAsync(format, key, EthereumTransactionCodec.Encode(t)), Now);
            Assert.Equal(TransactionState.Confirmed, (await Anvil.MinedAsync(chain, id)).State);
        }
        // 0xef0100 and the delegate: EIP-7702's mark.
        Assert.Equal("0xef01000000000000000000000000000000000000000007", (string?)await anvil.CallAsync("eth_getCode", authorityAddress.Text, "latest"));
    }

    [Fact]
    public async Task A_node_of_another_chain_is_not_used()
    {
        var chain = anvil.Chain(format: new(1));
        var wrong = await Assert.ThrowsAsync<ChainException>(() => chain.GetBalanceAsync(chain.ParseAddress(Hex.Address(1).ToString()), chain.Coin, Now));

        Assert.Equal(ChainError.BadNode, wrong.Error);
        Assert.Contains("31337", wrong.Message, StringComparison.Ordinal);
    }
}
