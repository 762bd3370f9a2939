using Quorate.Server.Views;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Views;

public sealed class RetentionTests
{
    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(7 * 365 + 1)]
    public void Less_than_seven_years_can_not_be_configured(int days) => Assert.Throws<ArgumentOutOfRangeException>(() => new Retention(days));

    [Fact]
    public void More_can_and_nothing_younger_is_let_go()
    {
        Assert.Equal(7 * 365 + 2, new Retention().MinimumDays);
        var ten = new Retention(3_653);
        Assert.Null(ten.Check(Noon.AddDays(-3_653), Noon));
        Assert.Equal("below_retention", ten.Check(Noon.AddDays(-3_653).AddTicks(1), Noon)!.Code);
        Assert.Equal("below_retention", ten.Check(Noon.AddDays(1), Noon)!.Code);
    }
}
