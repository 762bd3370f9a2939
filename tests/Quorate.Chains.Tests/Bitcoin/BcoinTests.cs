using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>
/// On a real node: fund, send, replace, accelerate, double-spend, reorganise. bcoin does not know Taproot's rules, so the
/// signatures of P2TR are checked by others (<see cref="PeerTests"/>, <see cref="FrostSpendTests"/>).
/// </summary>
public class BcoinTests(BcoinNode node) : IClassFixture<BcoinNode>
{
    static int wallets;

    [Theory]
    [InlineData("wpkh(@/<0;1>/*)", false)]
    [InlineData("wpkh(@/<0;1>/*)", true)]
    [InlineData("sh(wpkh(@/<0;1>/*))", false)]
    [InlineData("sh(wpkh(@/<0;1>/*))", true)]
    [InlineData("pkh(@/<0;1>/*)", false)]
    [InlineData("pkh(@/<0;1>/*)", true)]
    public async Task Coins_come_in_go_out_and_become_final(string form, bool overCore)
    {
        using var purse = Open(form, overCore);
        await node.FundAsync(purse.Receive(0), 1_000_000);
        await node.FundAsync(purse.Receive(3), 2_000_000);
        await node.FundAsync(purse.Receive(3), 500_000);
        Assert.Equal(3_500_000UL, await purse.Chain.GetBalanceAsync(default));
        Assert.Equal(2_500_000UL, await purse.Chain.GetBalanceAsync(purse.Receive(3), purse.Chain.Coin, default));
        using var payee = Open("wpkh(@/<0;1>/*)", overCore);
        var to = payee.Receive(0);

        var transfer = new Transfer(purse.Receive(0), to, purse.Chain.Coin, 2_700_000, "thanks");
        var fee = await purse.Chain.EstimateFeeAsync(transfer, default);
        var unsigned = await purse.Chain.BuildAsync(transfer, 10_000, default);
        var effects = purse.Chain.Decode(unsigned, purse.Context);
        Assert.Empty(effects.NotUnderstood);
        Assert.Equal([(to, (Amount)2_700_000UL)], effects.Items.OfType<Effect.Transfer>().Where(t => !t.ToSelf).Select(t => (t.Recipient!, t.Amount)));
        Assert.True(effects.Fee!.Maximum <= 10_000UL && fee.Maximum <= 10_000UL);
        var signed = purse.Sign(unsigned);
        var id = await purse.Chain.BroadcastAsync(signed, default);

        Assert.Equal(id, await purse.Chain.BroadcastAsync(signed, default));
        Assert.Equal(TransactionState.Pending, (await purse.Chain.GetStatusAsync(id, default)).State);
        await node.MineAsync(1);
        var status = await purse.Chain.GetStatusAsync(id, default);
        Assert.Equal((TransactionState.Confirmed, 1UL), (status.State, status.Confirmations));
        Assert.Equal(id, await purse.Chain.BroadcastAsync(signed, default));
        await node.MineAsync(5);
        Assert.Equal((TransactionState.Finalized, 6UL), (await purse.Chain.GetStatusAsync(id, default) is var s ? (s.State, s.Confirmations) : default));
        Assert.Equal(2_700_000UL, await payee.Chain.GetBalanceAsync(to, payee.Chain.Coin, default));
        Assert.Equal(3_500_000UL - 2_700_000UL - effects.Fee.Maximum, await purse.Chain.GetBalanceAsync(default));

        if (!overCore)
        {
            var history = await purse.Chain.GetHistoryAsync(purse.Receive(0), default);
            Assert.Equal((id, 2), (history[0].Id.ToString(), history.Length));
            Assert.Equal([new AccountTransaction(id, status.BlockHeight)], (await purse.Chain.GetHistoryAsync(purse.Receive(0), 1, default)).AsEnumerable());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_stuck_is_replaced_and_what_was_replaced_is_dead(bool overCore)
    {
        using var purse = Open("wpkh(@/<0;1>/*)", overCore);
        using var payee = Open("wpkh(@/<0;1>/*)", overCore);
        await node.FundAsync(purse.Receive(0), 1_000_000);
        var transfer = new Transfer(purse.Receive(0), payee.Receive(0), purse.Chain.Coin, 300_000);
        var stuck = await purse.Chain.PlanAsync(transfer, 100_000, FeeRate.Minimum, default);
        var first = BitcoinTransaction.Decode(purse.Sign(stuck.Psbt.Encode()));
        await purse.Chain.BroadcastAsync(first.Encode(), default);

        // The same coins again at the same rate: below what replacing takes.
        var tooLow = Spending.Build(BcoinNode.Network, stuck.Request with { Payments = [new(payee.Receive(1), 310_000)] }, purse.Random);
        var refused = await Assert.ThrowsAsync<ChainException>(() => purse.Chain.BroadcastAsync(purse.Sign(tooLow.Psbt.Encode()), default));
        Assert.Equal(ChainError.FeeTooLow, refused.Error);

        var better = Spending.Replace(BcoinNode.Network, stuck, new(5000), 100_000, purse.Random);
        var id = await purse.Chain.BroadcastAsync(purse.Sign(better.Psbt.Encode()), default);
        var status = await purse.Chain.GetStatusAsync(first, default);
        Assert.Equal((TransactionState.Unknown, id), (status.State, status.ReplacedBy));
        var cancelled = Spending.Cancel(BcoinNode.Network, better, new(9000), 100_000, purse.Random);
        var last = await purse.Chain.BroadcastAsync(purse.Sign(cancelled.Psbt.Encode()), default);
        await node.MineAsync(1);

        Assert.Equal(TransactionState.Confirmed, (await purse.Chain.GetStatusAsync(last, default)).State);
        Assert.Equal(Amount.Zero, await payee.Chain.GetBalanceAsync(default));
        if (!overCore)
        {
            // Esplora still names the spender once it is in a block; Bitcoin Core has no index of it.
            status = await purse.Chain.GetStatusAsync(first, default);
            Assert.Equal((TransactionState.Dead, last), (status.State, status.ReplacedBy));
        }
    }

    [Fact]
    public async Task A_child_gets_its_parent_confirmed()
    {
        using var purse = Open("wpkh(@/<0;1>/*)", overCore: false);
        var parent = await node.FundAsync(purse.Receive(0), 500_000, confirm: false);
        Assert.Equal(Amount.Zero, await purse.Chain.GetBalanceAsync(default));
        var unconfirmed = new BitcoinChain(node.Esplora, purse.Wallet, purse.Random, new() { SpendsUnconfirmed = true });
        var coin = Assert.Single(await unconfirmed.GetCoinsAsync(default));
        Assert.Equal((parent, false), (coin.Point.Transaction, coin.IsConfirmed));

        var child = Spending.Accelerate(
            BcoinNode.Network, coin, parentFee: 0, coin.Previous!.VirtualSize,
            new() { Change = purse.Wallet.Change(0), FeeRate = new(20_000), MaxFee = 100_000 }, purse.Random);
        var id = await purse.Chain.BroadcastAsync(purse.Sign(child.Psbt.Encode()), default);
        await node.MineAsync(1);

        Assert.Equal(TransactionState.Confirmed, (await purse.Chain.GetStatusAsync(id, default)).State);
        Assert.Equal(TransactionState.Confirmed, (await purse.Chain.GetStatusAsync(parent.ToString(), default)).State);
        Assert.Equal(500_000 - child.Fee, await purse.Chain.GetBalanceAsync(default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_double_spend_is_refused(bool overCore)
    {
        using var purse = Open("wpkh(@/<0;1>/*)", overCore);
        await node.FundAsync(purse.Receive(0), 500_000);
        var plan = await purse.Chain.PlanAsync(new(purse.Receive(0), purse.Receive(1), purse.Chain.Coin, 100_000), 100_000, null, default);
        var final = Spending.Build(BcoinNode.Network, plan.Request with { IsReplaceable = false }, purse.Random);
        var rival = Spending.Build(BcoinNode.Network, plan.Request with { FeeRate = new(50_000), Payments = [new(purse.Receive(2), 100_000)] }, purse.Random);
        await purse.Chain.BroadcastAsync(purse.Sign(final.Psbt.Encode()), default);

        var waiting = await Assert.ThrowsAsync<ChainException>(() => purse.Chain.BroadcastAsync(purse.Sign(rival.Psbt.Encode()), default));
        Assert.Equal(ChainError.Stale, waiting.Error);
        await node.MineAsync(1);
        var spent = await Assert.ThrowsAsync<ChainException>(() => purse.Chain.BroadcastAsync(purse.Sign(rival.Psbt.Encode()), default));
        Assert.Equal(ChainError.Stale, spent.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reorganisation_is_seen_and_healed(bool overCore)
    {
        using var purse = Open("wpkh(@/<0;1>/*)", overCore);
        await node.FundAsync(purse.Receive(0), 500_000);
        var signed = purse.Sign(await purse.Chain.BuildAsync(new(purse.Receive(0), purse.Receive(1), purse.Chain.Coin, 100_000), 100_000, default));
        var id = await purse.Chain.BroadcastAsync(signed, default);
        await node.MineAsync(3);
        var before = await purse.Chain.GetStatusAsync(id, default);
        Assert.Equal((TransactionState.Confirmed, 3UL), (before.State, before.Confirmations));

        await node.InvalidateAsync(before.BlockHash!);
        Assert.Equal(TransactionState.Pending, (await purse.Chain.GetStatusAsync(id, default)).State);
        Assert.Equal(id, await purse.Chain.BroadcastAsync(signed, default));
        await node.MineAsync(4);

        var after = await purse.Chain.GetStatusAsync(id, default);
        Assert.Equal((TransactionState.Confirmed, 4UL), (after.State, after.Confirmations));
        Assert.NotEqual(before.BlockHash, after.BlockHash);
    }

    [Fact]
    public async Task Dust_and_missing_funds_are_refused_before_the_node_sees_them_and_by_it()
    {
        using var purse = Open("wpkh(@/<0;1>/*)", overCore: false);
        async Task Refused(ChainError error, ulong amount, ulong maxFee = 100_000) => Assert.Equal(error, (await Assert.ThrowsAsync<ChainException>(
            () => purse.Chain.BuildAsync(new(purse.Receive(0), purse.Receive(1), purse.Chain.Coin, amount), maxFee, default))).Error);
        await Refused(ChainError.InsufficientFunds, 1000);
        await node.FundAsync(purse.Receive(0), 100_000);
        await Refused(ChainError.Dust, 293);
        await Refused(ChainError.InsufficientFunds, 100_000);
        await Refused(ChainError.FeeTooHigh, 50_000, maxFee: 10);
        using var stranger = Open("wpkh(@/<0;1>/*)", overCore: false);
        Assert.Equal(ChainError.Unsupported, (await Assert.ThrowsAsync<ChainException>(
            () => purse.Chain.BuildAsync(new(stranger.Receive(0), purse.Receive(1), purse.Chain.Coin, 1000), 1000, default))).Error);

        // Around the builder: the node says dust as well, and refuses what spends nothing that is there.
        var coin = Assert.Single(await purse.Chain.GetCoinsAsync(default));
        var dust = new BitcoinTransaction(2, [new(coin.Point, 0xffffffff)], [new(50, coin.Owner.Script), new(90_000, coin.Owner.Script)], 0);
        var psbt = Psbt.Create(dust, [new PsbtMap().Add(PsbtField.NonWitnessUtxo, [], coin.Previous!.Encode())], [new(), new()]);
        Assert.Equal(ChainError.Dust, (await Assert.ThrowsAsync<ChainException>(() => purse.Chain.BroadcastAsync(purse.Sign(psbt.Encode()), default))).Error);
        var nothing = new BitcoinTransaction(2, [new(new(TxId.Parse(new string('7', 64)), 0), 0)], [new(10_000, coin.Owner.Script)], 0);
        Assert.Equal(ChainError.Stale, (await Assert.ThrowsAsync<ChainException>(() => purse.Chain.BroadcastAsync(nothing.Encode(), default))).Error);
        Assert.Equal(TransactionState.Unknown, (await purse.Chain.GetStatusAsync(nothing, default)).State);
    }

    [Fact]
    public async Task Many_small_coins_become_one()
    {
        using var purse = Open("wpkh(@/<0;1>/*)", overCore: false);
        for (uint i = 0; i < 5; i++)
            await node.FundAsync(purse.Receive(i), 20_000 + i);
        var coins = await purse.Chain.GetCoinsAsync(default);
        Assert.Equal(5, coins.Length);

        // Coin control: all but the last one.
        var plan = Spending.Consolidate(BcoinNode.Network, [.. coins.OrderBy(c => c.Value).Take(4)], purse.Wallet.Change(0), FeeRate.Minimum, 10_000, purse.Random);
        var effects = purse.Chain.Decode(plan.Psbt.Encode(), purse.Context);
        Assert.Empty(effects.NotUnderstood);
        Assert.True(Assert.IsType<Effect.Transfer>(Assert.Single(effects.Items)).ToSelf);
        var id = await purse.Chain.BroadcastAsync(purse.Sign(plan.Psbt.Encode()), default);
        await node.MineAsync(1);

        Assert.Equal(TransactionState.Confirmed, (await purse.Chain.GetStatusAsync(id, default)).State);
        Assert.Equal([20_004UL, 80_006 - plan.Fee], (await purse.Chain.GetCoinsAsync(default)).Select(c => c.Value).Order());
    }

    // P2WPKH and the form around it, from keys that nobody has whole; the replacement is another quorum's.
    [Theory]
    [InlineData("wpkh(@/<0;1>/*)", 1, 2)]
    [InlineData("wpkh(@/<0;1>/*)", 2, 3)]
    [InlineData("sh(wpkh(@/<0;1>/*))", 3, 1)]
    public async Task Two_of_three_spend_from_addresses_below_their_key(string form, int first, int second)
    {
        var seed = (ulong)Interlocked.Increment(ref wallets);
        using var key = new ThresholdKey(seed);
        using var random = new SeededRandom(seed, "threshold");
        var wallet = DescriptorWallet.Parse(BcoinNode.Network, form.Replace("@", key.Root.Encode(Bip32Network.Testnet), StringComparison.Ordinal));
        var chain = new BitcoinChain(node.Esplora, wallet, random);
        Address Receive(uint index) => wallet.Receive(index).AddressOn(BcoinNode.Network);
        var context = new DecodeContext(Receive(0), Bip32Path.Root);
        BitcoinTransaction Signed(PlannedSpend plan, int a, int b)
        {
            var unsigned = plan.Psbt.Encode();
            Assert.Empty(chain.Decode(unsigned, context).NotUnderstood);
            var signed = chain.Assemble(unsigned, context, [.. chain.GetSigningInputs(unsigned, context).Select(input => key.Sign(input, a, b))]);
            return BitcoinTransaction.Decode(signed.Span);
        }
        await node.FundAsync(Receive(0), 600_000);
        await node.FundAsync(Receive(4), 700_000);
        using var payee = Open("wpkh(@/<0;1>/*)", overCore: false);

        var plan = await chain.PlanAsync(new(Receive(0), payee.Receive(0), chain.Coin, 1_000_000), 100_000, FeeRate.Minimum, default);
        var stuck = Signed(plan, first, second);
        Assert.Equal(2, stuck.Inputs.Length);
        if (!form.StartsWith("sh", StringComparison.Ordinal))
            Assert.Equal([true, true], PeerTests.Verify(stuck, plan.Coins));
        await chain.BroadcastAsync(stuck.Encode(), default);
        var better = Signed(Spending.Replace(BcoinNode.Network, plan, new(8000), 100_000, random), second, 6 - first - second);
        var id = await chain.BroadcastAsync(better.Encode(), default);
        await node.MineAsync(6);

        Assert.Equal(TransactionState.Finalized, (await chain.GetStatusAsync(id, default)).State);
        Assert.Equal((TransactionState.Dead, id), await chain.GetStatusAsync(stuck, default) is var dead ? (dead.State, dead.ReplacedBy) : default);
        Assert.Equal(1_000_000UL, await payee.Chain.GetBalanceAsync(default));
    }

    Purse Open(string form, bool overCore) => new(form, (ulong)Interlocked.Increment(ref wallets), overCore ? node.Core : node.Esplora);

    /// <summary>A wallet with its whole key.</summary>
    sealed class Purse : IDisposable
    {
        readonly ExtendedPrivateKey master;

        public Purse(string form, ulong seed, IBitcoinNode node)
        {
            Random = new(seed, "purse");
            var bytes = new byte[32];
            Random.Fill(bytes);
            master = ExtendedPrivateKey.FromSeed(bytes);
            Wallet = DescriptorWallet.Parse(BcoinNode.Network, form.Replace("@", master.Public.Encode(Bip32Network.Testnet), StringComparison.Ordinal));
            Chain = new(node, Wallet, Random);
        }

        public SeededRandom Random { get; }

        public DescriptorWallet Wallet { get; }

        public BitcoinChain Chain { get; }

        public DecodeContext Context => new(Receive(0), Bip32Path.Root);

        public Address Receive(uint index) => Wallet.Receive(index).AddressOn(BcoinNode.Network);

        public byte[] Sign(ReadOnlyMemory<byte> unsigned)
        {
            var signatures = Chain.GetSigningInputs(unsigned, Context).Select(input =>
            {
                using var child = master.Derive(input.Path!);
                using var key = new EcdsaKey(child.Secret.Copy());
                return new InputSignature(input.Index, key.PublicKey.Encode(), key.Sign(input.Payload.Span).Signature.EncodeCompact());
            });
            return Chain.Assemble(unsigned, Context, [.. signatures]).ToArray();
        }

        public void Dispose()
        {
            Random.Dispose();
            master.Dispose();
        }
    }
}
