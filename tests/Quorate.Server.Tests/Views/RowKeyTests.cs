using Quorate.Server.Views;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Views;

public sealed class RowKeyTests
{
    static readonly DateTimeOffset end = DateTimeOffset.FromUnixTimeSeconds(uint.MaxValue);

    [Fact]
    public void Rows_are_sorted_by_the_second_and_then_as_they_were_recorded()
    {
        Assert.True(RowKey.Of(Noon, 2) < RowKey.Of(Noon.AddSeconds(1), 1));
        Assert.True(RowKey.Of(Noon.AddMilliseconds(999), 1) < RowKey.Of(Noon, 2));
        Assert.True(RowKey.Of(Noon, int.MaxValue) < RowKey.Of(Noon.AddSeconds(1), 0));
    }

    [Fact]
    public void A_time_is_a_range_of_keys()
    {
        Assert.Equal(RowKey.First(Noon), RowKey.Of(Noon.AddMilliseconds(999), 1L << 31));
        Assert.Equal(RowKey.First(Noon.AddSeconds(1)), RowKey.Beyond(Noon));
        Assert.True(RowKey.Of(Noon.AddMilliseconds(999), int.MaxValue) < RowKey.Beyond(Noon));
    }

    [Fact]
    public void What_is_beyond_the_time_that_is_told_apart_counts_as_its_end()
    {
        Assert.Equal(0, RowKey.First(DateTimeOffset.MinValue));
        Assert.Equal(0, RowKey.Beyond(DateTimeOffset.MinValue));
        Assert.Equal(RowKey.Of(end, 1), RowKey.Of(DateTimeOffset.MaxValue, 1));
        Assert.Equal(long.MaxValue, RowKey.Beyond(end));
        Assert.True(RowKey.Of(end, int.MaxValue - 1) < RowKey.Beyond(DateTimeOffset.MaxValue));
        Assert.True(RowKey.Beyond(end.AddSeconds(-1)) <= RowKey.First(end));
    }
}
