using Quorate.Node.Channel;
using Quorate.Node.Transport;
using Quorate.Testing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Transport;

public class OutboxTests
{
    readonly ManualTime time = new();

    Outbox New(int count = 4, long bytes = 1000) =>
        new(new() { MaxHeldPerPeer = count, MaxHeldBytesPerPeer = bytes, Lifetime = TimeSpan.FromMinutes(1) }, time, ulong.MaxValue);

    static Packet To(int node, int size = 10) => new(Id(node), new byte[size]);

    static async Task<ulong> Next(Outbox outbox) => (await outbox.NextAsync(default)).Id;

    [Fact]
    public async Task What_has_not_arrived_is_sent_again_on_a_new_connection_in_order()
    {
        var outbox = New();
        for (var i = 0; i < 3; i++)
            await outbox.AddAsync(To(1), default);
        // Names of envelopes go around.
        ulong[] ids = [await Next(outbox), await Next(outbox), await Next(outbox)];
        Assert.Equal([ulong.MaxValue, 0, 1], ids);

        outbox.Remove(Id(1), 0);
        outbox.Remove(Id(2), 1);
        outbox.StartOver();
        Assert.Equal([1, ulong.MaxValue], new[] { await Next(outbox), await Next(outbox) });
        Assert.False(Next(outbox).IsCompleted);
    }

    [Fact]
    public async Task A_peer_that_is_away_makes_only_its_own_senders_wait()
    {
        var outbox = New(count: 2);
        await outbox.AddAsync(To(1), default);
        await outbox.AddAsync(To(1), default);
        var third = outbox.AddAsync(To(1), default).AsTask();
        await outbox.AddAsync(To(2), default);
        Assert.False(third.IsCompleted);

        outbox.Remove(Id(1), ulong.MaxValue);
        await third.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(3, outbox.Count);
    }

    [Fact]
    public async Task Bytes_are_bounded_too_but_one_packet_of_any_length_is_taken()
    {
        var outbox = New(bytes: 1000);
        await outbox.AddAsync(To(1, 5000), default);
        var second = outbox.AddAsync(To(1, 1), default).AsTask();
        Assert.False(second.IsCompleted);
        outbox.Remove(Id(1), ulong.MaxValue);
        await second.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Waiting_for_room_can_be_given_up()
    {
        var outbox = New(count: 1);
        await outbox.AddAsync(To(1), default);
        using var giveUp = new CancellationTokenSource();
        var second = outbox.AddAsync(To(1), giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(1, outbox.Count);
    }

    [Fact]
    public async Task What_nobody_took_in_time_is_dropped()
    {
        var outbox = New(count: 1);
        await outbox.AddAsync(To(1), default);
        time.Advance(TimeSpan.FromSeconds(61));
        await outbox.AddAsync(To(1), default).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(1, outbox.Count);
        Assert.Equal(0UL, await Next(outbox));
    }

    [Fact]
    public async Task What_was_refused_is_queued_again_once_for_each_time_it_was_sent()
    {
        var outbox = New();
        await outbox.AddAsync(To(1), default);
        Assert.False(outbox.Postpone(ulong.MaxValue));
        var id = await Next(outbox);
        Assert.True(outbox.Postpone(id));
        Assert.False(outbox.Postpone(id));
        Assert.False(outbox.Postpone(77));
        outbox.Queue(id);
        Assert.Equal(id, await Next(outbox));
    }
}
