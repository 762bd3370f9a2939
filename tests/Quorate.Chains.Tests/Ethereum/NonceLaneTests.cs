using Quorate.Chains.Ethereum;

namespace Quorate.Chains.Tests.Ethereum;

public class NonceLaneTests
{
    [Fact]
    public void Nonces_are_handed_out_once_from_where_the_network_stands()
    {
        var lane = new NonceLane();
        Assert.Equal((5UL, 6UL, 7UL), (lane.Take(5, 5), lane.Take(5, 5), lane.Take(5, 6)));
        Assert.Equal(8UL, lane.Take(8, 8));
        Assert.Equal(20UL, lane.Take(8, 20));
    }

    [Fact]
    public void A_returned_nonce_is_taken_before_new_ones()
    {
        var lane = new NonceLane();
        for (var i = 0; i < 3; i++)
            lane.Take(0, 0);
        lane.Return(1);
        Assert.Equal((1UL, 3UL), (lane.Take(0, 0), lane.Take(0, 0)));
    }

    [Fact]
    public void Gaps_are_what_later_nonces_wait_for()
    {
        var lane = new NonceLane();
        for (var i = 0; i < 4; i++)
            lane.Take(0, 0);
        Assert.Equal([0UL], lane.Gaps(0, 0));
        lane.Return(2);
        Assert.Equal([0UL, 2], lane.Gaps(0, 0));
        Assert.Equal([1UL, 2], lane.Gaps(0, 1));
        Assert.Empty(lane.Gaps(3, 3));
        Assert.Empty(lane.Gaps(0, 4));
        Assert.Empty(new NonceLane().Gaps(0, 0));
    }

    [Fact]
    public void Many_takers_never_get_the_same()
    {
        var lane = new NonceLane();
        var taken = new ulong[200];
        Parallel.For(0, taken.Length, i => taken[i] = lane.Take(3, 3));
        Assert.Equal(Enumerable.Range(3, 200).Select(n => (ulong)n), taken.Order());
    }
}
