using Quorate.Chains.Bitcoin;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>What may take a transaction's place without anybody being asked again.</summary>
public sealed class ReplacingTests : IDisposable
{
    readonly Scene scene = new(7);
    readonly PlannedSpend original;
    readonly Address payee;

    public ReplacingTests()
    {
        payee = scene.Format.AddressOf(OutputScript.Witness(0, scene.Bytes(20)))!;
        original = Build(scene.Request(scene.Coin(60_000), scene.Coin(70_000)) with { Payments = [new(payee, 100_000)], Memo = new byte[] { 1, 2 } });
    }

    public void Dispose() => scene.Dispose();

    PlannedSpend Build(SpendRequest request) => Spending.Build(Scene.Network, request, scene.Random);

    string? WhyNot(Psbt replacement, PlannedSpend? of = null) =>
        scene.Format.WhyNotReplacing((of ?? original).Psbt.Encode(), replacement.Encode(), scene.Context());

    [Fact]
    public void What_a_higher_fee_makes_of_it_replaces_it_whatever_comes_back()
    {
        foreach (var rate in (ulong[])[3_000, 10_000, 60_000])
        {
            var better = Spending.Replace(Scene.Network, original, new(rate), 100_000, scene.Random);
            Assert.True(better.Fee > original.Fee);
            Assert.Null(WhyNot(better.Psbt));
            // And so do all replacements of one original replace each other: all spend its coins.
            Assert.Null(WhyNot(original.Psbt, of: better));
        }
        Assert.Null(WhyNot(original.Psbt));
    }

    [Fact]
    public void More_of_the_wallets_coins_may_go_in_and_not_fewer()
    {
        var more = Build(original.Request with { Required = [.. original.Coins, scene.Coin(50_000)], Available = [] });
        Assert.Null(WhyNot(more.Psbt));
        Assert.Contains("both could get in", WhyNot(original.Psbt, of: more), StringComparison.Ordinal);
        var others = Build(original.Request with { Required = [], Available = [scene.Coin(200_000)] });
        Assert.Contains("both could get in", WhyNot(others.Psbt), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_is_paid_otherwise()
    {
        var thief = scene.Format.AddressOf(OutputScript.Witness(0, scene.Bytes(20)))!;
        SpendRequest again = original.Request with { Required = original.Coins, Available = [] };
        foreach (var changed in (SpendRequest[])[
            again with { Payments = [new(thief, 100_000)] }, again with { Payments = [new(payee, 99_999)] }, again with { Payments = [new(payee, 100_001)] },
            again with { Payments = [new(payee, 50_000), new(payee, 50_000)] }, again with { Payments = [new(payee, 100_000), new(thief, 1_000)] },
            again with { Payments = [] }, again with { Memo = default }, again with { Memo = new byte[] { 1, 3 } }])
            Assert.Contains("pays to others", WhyNot(Build(changed).Psbt), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_lock_time_or_another_version_is_no_replacement()
    {
        var t = original.Psbt.Transaction;
        foreach (var changed in (BitcoinTransaction[])[new(t.Version, t.Inputs, t.Outputs, 900_000), new(t.Version + 1, t.Inputs, t.Outputs, t.LockTime)])
            Assert.Contains("lock time", WhyNot(Psbt.Create(changed, original.Psbt.Inputs.Select(i => i.Map), original.Psbt.Outputs.Select(o => o.Map))), StringComparison.Ordinal);
    }
}
