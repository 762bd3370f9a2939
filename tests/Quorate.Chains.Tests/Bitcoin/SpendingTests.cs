using Quorate.Chains.Bitcoin;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>Coin selection and what is built from it.</summary>
public class SpendingTests
{
    [Fact]
    public void Branch_and_bound_finds_the_least_excess_that_there_is()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            using var scene = new Scene(seed);
            var owner = scene.Key(KeyScript.Taproot).Script;
            var coins = Enumerable.Range(0, 1 + scene.Random.Below(10)).Select(_ => scene.CoinOf(1000 + (ulong)scene.Random.Below(3000), owner)).ToArray();
            var rate = new FeeRate(1000 + (ulong)scene.Random.Below(3000));
            Int128 target = 4000 * (1000 + scene.Random.Below(12_000)), tolerance = 4000 * 120;

            var found = CoinSelection.BranchAndBound(coins, rate, target, tolerance);

            var best = Enumerable.Range(1, (1 << coins.Length) - 1)
                .Select(set => coins.Where((_, i) => (set >> i & 1) == 1).Aggregate((Int128)0, (s, c) => s + c.EffectiveValue(rate)) - target)
                .Where(excess => excess >= 0 && excess <= tolerance).Order().Cast<Int128?>().FirstOrDefault();
            Assert.Equal(best, found?.Aggregate((Int128)0, (s, c) => s + c.EffectiveValue(rate)) - target);
        }
    }

    [Fact]
    public void Branch_and_bound_gives_up_in_time()
    {
        using var scene = new Scene(1);
        var owner = scene.Key(KeyScript.Taproot).Script;
        var coins = Enumerable.Range(0, 300).Select(i => scene.CoinOf(100_000 + 2 * (ulong)i, owner)).ToArray();
        var watch = global::System.Diagnostics.Stopwatch.StartNew();
        Assert.Null(CoinSelection.BranchAndBound(coins, new(1000), 4000 * (Int128)5_000_000 + 4001, 1));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_draw_covers_its_target_or_there_is_none_and_it_varies()
    {
        using var scene = new Scene(2);
        var owner = scene.Key(KeyScript.Taproot).Script;
        var coins = Enumerable.Range(0, 20).Select(_ => scene.CoinOf(10_000, owner)).ToArray();
        var draws = Enumerable.Range(0, 10).Select(_ => CoinSelection.SingleRandomDraw(coins, new(1000), 4000 * (Int128)50_000, scene.Random)!).ToArray();

        Assert.All(draws, draw => Assert.True(draw.Distinct().Count() == draw.Count && draw.Aggregate((Int128)0, (s, c) => s + c.EffectiveValue(new(1000))) >= 4000 * (Int128)50_000));
        Assert.True(draws.Select(d => d[0]).Distinct().Count() > 1);
        Assert.Null(CoinSelection.SingleRandomDraw(coins, new(1000), 4000 * (Int128)200_000, scene.Random));
    }

    [Fact]
    public void Fees_are_the_rates_and_never_far_above()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            using var scene = new Scene(seed);
            var coins = Enumerable.Range(0, 1 + scene.Random.Below(30)).Select(_ => scene.Coin((ulong)scene.Random.Below(200_000))).ToArray();
            var rate = new FeeRate(1000 + (ulong)scene.Random.Below(50_000));
            var request = scene.Request(coins) with { Payments = [scene.Pay(20_000 + (ulong)scene.Random.Below(200_000))], FeeRate = rate };
            PlannedSpend plan;
            try
            {
                plan = Spending.Build(Scene.Network, request, scene.Random);
            }
            catch (ChainException e)
            {
                // Rightly: all coins that are worth spending do not cover it.
                Assert.Equal(ChainError.InsufficientFunds, e.Error);
                var useful = coins.Select(c => c.EffectiveValue(rate)).Where(v => v > 0).Aggregate((Int128)0, (s, v) => s + v);
                Assert.True(useful < 4000 * ((Int128)request.Payments[0].Value + rate.Of(100)));
                continue;
            }
            Assert.True(plan.Fee >= rate.Of(plan.VirtualSize), $"{plan.Fee} for {plan.VirtualSize} at {rate}");
            // Without change: at most what change would have cost now and later, and dust.
            var most = rate.Of(plan.VirtualSize) + (plan.ChangeIndex is null ? rate.Of(40) + 400 : 0);
            Assert.True(plan.Fee <= most, $"{plan.Fee} for {plan.VirtualSize} at {rate}, at most {most}");
            if (plan.ChangeIndex is { } change)
                Assert.True(plan.Psbt.Transaction.Outputs[change].Value >= 294);
            var signed = BitcoinTransaction.Decode(scene.SignedBy(plan.Psbt, scene.Context()));
            Assert.True(signed.VirtualSize <= plan.VirtualSize);
        }
    }

    [Fact]
    public void What_can_not_be_is_refused_with_its_error()
    {
        using var scene = new Scene(3);
        var coin = scene.Coin(100_000, KeyScript.WitnessKeyHash);
        var request = scene.Request(coin);
        void Refused(ChainError error, SpendRequest wrong) =>
            Assert.Equal(error, Assert.Throws<ChainException>(() => Spending.Build(Scene.Network, wrong, scene.Random)).Error);

        Refused(ChainError.InsufficientFunds, request with { Payments = [scene.Pay(100_000)] });
        Refused(ChainError.InsufficientFunds, request with { Payments = [scene.Pay(BitcoinTransaction.MaxMoney), scene.Pay(1000)] });
        Refused(ChainError.InsufficientFunds, request with { Available = [], Payments = [scene.Pay(1000)] });
        Refused(ChainError.Dust, request with { Payments = [new(scene.Format.AddressOf(OutputScript.KeyHash(new byte[20]))!, 545)] });
        Refused(ChainError.FeeTooHigh, request with { Payments = [scene.Pay(1000)], MaxFee = 100 });
        Refused(ChainError.FeeTooHigh, request with { Payments = [scene.Pay(1000)], FeeRate = new(2_000_000) });
        Refused(ChainError.FeeTooLow, request with { Payments = [scene.Pay(1000)], FeeRate = new(999) });
        Refused(ChainError.Unsupported, request with { Payments = [scene.Pay(1000)], Memo = new byte[81] });
        Refused(ChainError.Unsupported, request with { Payments = [scene.Pay(1000)], Available = [new(coin.Point, coin.Value, coin.Owner, null, true)] });
        Assert.Throws<ArgumentException>(() => new Coin(coin.Point, coin.Value + 1, coin.Owner, coin.Previous, true));
    }

    // Bitcoin Core's dust limits at its default rate.
    [Theory]
    [InlineData(ScriptKind.KeyHash, 546)]
    [InlineData(ScriptKind.ScriptHash, 540)]
    [InlineData(ScriptKind.WitnessKeyHash, 294)]
    [InlineData(ScriptKind.WitnessScriptHash, 330)]
    [InlineData(ScriptKind.Taproot, 330)]
    [InlineData(ScriptKind.Anchor, 240)]
    [InlineData(ScriptKind.Data, 0)]
    public void Dust_limits_are_those_of_bitcoin_core(ScriptKind kind, ulong limit)
    {
        var script = kind switch
        {
            ScriptKind.KeyHash => OutputScript.KeyHash(new byte[20]),
            ScriptKind.ScriptHash => OutputScript.ScriptHash(new byte[20]),
            ScriptKind.WitnessKeyHash => OutputScript.Witness(0, new byte[20]),
            ScriptKind.WitnessScriptHash => OutputScript.Witness(0, new byte[32]),
            ScriptKind.Taproot => OutputScript.Witness(1, new byte[32]),
            ScriptKind.Anchor => OutputScript.AnchorScript.ToArray(),
            _ => OutputScript.Data(new byte[5]),
        };
        Assert.Equal(kind, OutputScript.Classify(script));
        Assert.Equal(limit, Weights.DustLimit(script));
    }

    [Fact]
    public void A_replacement_spends_the_same_and_pays_by_the_rules_of_BIP_125()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            using var scene = new Scene(seed);
            var coins = Enumerable.Range(0, 10).Select(_ => scene.Coin(50_000 + (ulong)scene.Random.Below(100_000), isConfirmed: scene.Random.Below(3) > 0)).ToArray();
            var original = Spending.Build(Scene.Network, scene.Request(coins) with { Payments = [scene.Pay(80_000)] }, scene.Random);
            var rate = new FeeRate(1000 + (ulong)scene.Random.Below(5000));

            var replacement = Spending.Replace(Scene.Network, original, rate, 1_000_000, scene.Random, descendantFees: 500);

            Assert.Subset(replacement.Coins.Select(c => c.Point).ToHashSet(), original.Coins.Select(c => c.Point).ToHashSet());
            Assert.All(replacement.Coins.Except(original.Coins), coin => Assert.True(coin.IsConfirmed));
            Assert.True(replacement.Fee >= original.Fee + 500 + FeeRate.Minimum.Of(replacement.VirtualSize));
            Assert.True(replacement.Fee * (ulong)original.VirtualSize > original.Fee * (ulong)replacement.VirtualSize);
            Assert.True(replacement.Fee >= rate.Of(replacement.VirtualSize));
            Assert.Contains(replacement.Psbt.Transaction.Outputs, o => o.Value == 80_000);

            var cancelled = Spending.Cancel(Scene.Network, original, rate, 1_000_000, scene.Random);
            Assert.Equal(replacement.Request.Change.Script.ToArray(), Assert.Single(cancelled.Psbt.Transaction.Outputs).Script.ToArray());
        }
    }

    [Fact]
    public void What_does_not_signal_is_not_replaced()
    {
        using var scene = new Scene(4);
        var original = Spending.Build(Scene.Network, scene.Request(scene.Coin(100_000)) with { Payments = [scene.Pay(50_000)], IsReplaceable = false }, scene.Random);
        Assert.All(original.Psbt.Transaction.Inputs, input => Assert.True(input.Sequence > TxInput.ReplaceableSequence));
        Assert.Throws<ChainException>(() => Spending.Replace(Scene.Network, original, new(9000), 1_000_000, scene.Random));
    }

    [Fact]
    public void A_child_pays_for_its_parent()
    {
        using var scene = new Scene(5);
        var output = scene.Coin(100_000, KeyScript.WitnessKeyHash, isConfirmed: false);
        var child = Spending.Accelerate(Scene.Network, output, parentFee: 200, parentVirtualSize: 200, scene.Request() with { FeeRate = new(10_000) }, scene.Random);

        Assert.Same(output, Assert.Single(child.Coins));
        Assert.InRange(child.Fee + 200, 10UL * (ulong)(child.VirtualSize + 200), 10UL * (ulong)(child.VirtualSize + 200) + 10);
        // A parent that pays more than enough leaves the child its own rate.
        var easy = Spending.Accelerate(Scene.Network, output, parentFee: 90_000, parentVirtualSize: 200, scene.Request() with { FeeRate = new(10_000) }, scene.Random);
        Assert.Equal(10UL * (ulong)easy.VirtualSize, easy.Fee);
    }

    [Fact]
    public void Consolidation_leaves_one_output()
    {
        using var scene = new Scene(6);
        var coins = Enumerable.Range(0, 40).Select(_ => scene.Coin(5000)).ToArray();
        var plan = Spending.Consolidate(Scene.Network, [.. coins], scene.Key(KeyScript.Taproot).Script, new(1000), 100_000, scene.Random);
        Assert.Equal(40, plan.Coins.Length);
        Assert.Equal(200_000 - plan.Fee, Assert.Single(plan.Psbt.Transaction.Outputs).Value);
        Assert.Equal(FeeRate.Minimum.Of(plan.VirtualSize), plan.Fee);
    }
}
