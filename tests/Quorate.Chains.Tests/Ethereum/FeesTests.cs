using Quorate.Chains.Ethereum;

namespace Quorate.Chains.Tests.Ethereum;

public class FeesTests
{
    [Fact]
    public void The_suggestion_is_twice_the_base_fee_and_the_median_tip()
    {
        Assert.Equal(new EthereumFees(205, 5), EthereumFees.Suggest(100, [9, 1, 5], 1, 50));
        Assert.Equal(new EthereumFees(203, 3), EthereumFees.Suggest(100, [], 3, 50));
    }

    [Fact]
    public void The_tip_stays_within_its_bounds()
    {
        Assert.Equal((Amount)50, EthereumFees.Suggest(100, [1000], 3, 50).MaxPriorityFeePerGas);
        Assert.Equal((Amount)3, EthereumFees.Suggest(100, [1], 3, 50).MaxPriorityFeePerGas);
    }

    [Theory]
    [InlineData(100, 110)]
    [InlineData(101, 112)]
    [InlineData(1, 2)]
    [InlineData(0, 1)]
    [InlineData(9, 10)]
    public void Replacing_takes_a_tenth_more_rounded_up(ulong fee, ulong bumped) =>
        Assert.Equal(new EthereumFees(bumped, bumped), new EthereumFees(fee, fee).ToReplace());

    [Fact]
    public void The_larger_of_each_fee_is_kept() =>
        Assert.Equal(new EthereumFees(9, 4), new EthereumFees(9, 2).AtLeast(new(7, 4)));
}
