using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Server.Relay;
using Quorate.Testing;
using static Quorate.Server.Tests.Relay.RawNode;
using static Quorate.Server.Tests.Relay.RelayFleet;

namespace Quorate.Server.Tests.Relay;

/// <summary>The relay's own rules, spoken to by hand.</summary>
public class RelayTests
{
    [Theory]
    [InlineData(1, 2, Name)]
    [InlineData(7, 7, Name)]
    [InlineData(1, 1, "another relay")]
    public async Task Who_does_not_prove_to_be_a_node_is_not_let_in(int claimed, int signer, string relay)
    {
        await using var fleet = await RelayFleet.Start(0);
        using var raw = new RawNode(fleet.Address);
        await raw.Answer(claimed, signer, relay);
        Assert.Equal(StatusCode.Unauthenticated, await raw.End());
    }

    [Fact]
    public async Task An_old_proof_is_good_for_no_other_connection()
    {
        await using var fleet = await RelayFleet.Start(0);
        using var first = new RawNode(fleet.Address);
        using var second = new RawNode(fleet.Address);
        var nonce = (await first.Next()).Challenge.Nonce;
        Assert.NotEqual(nonce, (await second.Next()).Challenge.Nonce);
        await second.Send(new()
        {
            Login = new()
            {
                Node = Key(1),
                Proof = Google.Protobuf.ByteString.CopyFrom(Cryptography.Signatures.ConnectionProof.Sign(Identity(1), Name, nonce.Span)),
            },
        });
        Assert.Equal(StatusCode.Unauthenticated, await second.End());
    }

    [Fact]
    public async Task Nobody_sends_before_logging_in()
    {
        await using var fleet = await RelayFleet.Start(0);
        using var raw = new RawNode(fleet.Address);
        await raw.Send(2, 1);
        await raw.Next();
        Assert.Equal(StatusCode.Unauthenticated, await raw.End());
        Assert.Equal(0, fleet.Relay.Waiting);
    }

    [Fact]
    public async Task Silence_instead_of_a_login_is_not_waited_for()
    {
        await using var fleet = await RelayFleet.Start(0, o => o with { Login = TimeSpan.FromMilliseconds(300) });
        using var raw = new RawNode(fleet.Address);
        await raw.Next();
        Assert.NotEqual(StatusCode.OK, await raw.End());
    }

    [Fact]
    public async Task An_envelope_goes_from_who_logged_in_to_whom_it_names_and_its_receipt_back()
    {
        await using var fleet = await RelayFleet.Start(0);
        using var one = await LogIn(fleet, 1);
        using var two = await LogIn(fleet, 2);
        await one.Send(2, 77);
        var delivered = (await two.Next()).Deliver;
        Assert.Equal(Key(1), delivered.Peer);
        Assert.Equal(77UL, delivered.Id);
        Assert.Equal(1, fleet.Relay.Waiting);
        await two.Received(1, 77);
        var receipt = (await one.Next()).Arrived;
        Assert.Equal((Key(2), 77UL), (receipt.Peer, receipt.Id));
        Assert.Equal(0, fleet.Relay.Waiting);
    }

    [Fact]
    public async Task What_was_not_received_is_delivered_again_on_a_new_connection_and_kept_once()
    {
        await using var fleet = await RelayFleet.Start(0);
        using var one = await LogIn(fleet, 1);
        using var two = await LogIn(fleet, 2);
        await one.Send(2, 1);
        await one.Send(2, 2);
        Assert.Equal(1UL, (await two.Next()).Deliver.Id);
        // Sent again, as after a connection of its own broke.
        await one.Send(2, 1);

        using var newer = await LogIn(fleet, 2);
        Assert.Equal(StatusCode.OK, await two.End());
        Assert.Equal(1UL, (await newer.Next()).Deliver.Id);
        Assert.Equal(2UL, (await newer.Next()).Deliver.Id);
        await newer.Received(1, 1);
        Assert.Equal(1UL, (await one.Next()).Arrived.Id);
        Assert.Equal(1, fleet.Relay.Waiting);
    }

    [Fact]
    public async Task Nobody_acknowledges_anothers_mail()
    {
        await using var fleet = await RelayFleet.Start(0);
        using var one = await LogIn(fleet, 1);
        using var three = await LogIn(fleet, 3);
        await one.Send(2, 1);
        await Until(() => fleet.Relay.Waiting == 1);
        await three.Received(1, 1);
        await three.Send(3, 5);
        Assert.Equal(5UL, (await three.Next()).Deliver.Id);
        // Its own, and the other's still.
        Assert.Equal(2, fleet.Relay.Waiting);
    }

    [Fact]
    public async Task A_sender_fills_its_own_room_and_nobody_elses()
    {
        await using var fleet = await RelayFleet.Start(0, o => o with { MaxQueued = 3, MaxQueuedBytes = 100 });
        using var one = await LogIn(fleet, 1);
        using var three = await LogIn(fleet, 3);
        for (var i = 0UL; i < 5; i++)
            await one.Send(2, i);
        Assert.Equal(3UL, (await one.Next()).Refused.Id);
        Assert.Equal(4UL, (await one.Next()).Refused.Id);
        await three.Send(2, 0, size: 90);
        await three.Send(2, 1, size: 20);
        Assert.Equal(1UL, (await three.Next()).Refused.Id);
        // A single one of any length is taken.
        await three.Send(4, 2, size: 5000);
        await Until(() => fleet.Relay.Waiting == 5);
    }

    [Fact]
    public async Task Mail_for_nobody_is_refused()
    {
        await using var fleet = await RelayFleet.Start(0);
        using var one = await LogIn(fleet, 1);
        await one.Send(7, 9);
        Assert.Equal(9UL, (await one.Next()).Refused.Id);
        Assert.Equal(0, fleet.Relay.Waiting);
    }

    [Fact]
    public async Task An_envelope_that_is_too_long_ends_the_connection()
    {
        await using var fleet = await RelayFleet.Start(0, o => o with { MaxBodyBytes = 1000 });
        using var one = await LogIn(fleet, 1);
        await one.Send(2, 1, size: 1000);
        await one.Send(2, 2, size: 1001);
        Assert.Equal(StatusCode.ResourceExhausted, await one.End());
        Assert.Equal(1, fleet.Relay.Waiting);
    }

    [Fact]
    public async Task A_second_login_or_nothing_at_all_ends_the_connection()
    {
        await using var fleet = await RelayFleet.Start(0);
        using var one = await LogIn(fleet, 1);
        await one.Send(new FromNode { Login = new() { Node = Key(2) } });
        Assert.Equal(StatusCode.InvalidArgument, await one.End());
        using var two = await LogIn(fleet, 2);
        await two.Send(new FromNode());
        Assert.Equal(StatusCode.InvalidArgument, await two.End());
    }

    [Fact]
    public async Task Who_sends_too_fast_is_read_more_slowly()
    {
        var time = new ManualTime();
        await using var fleet = await RelayFleet.Start(0, o => o with { MessagesPerSecond = 10, BurstSeconds = 1 }, time: time);
        using var one = await LogIn(fleet, 1);
        for (var i = 0UL; i < 15; i++)
            await one.Send(2, i);
        await Until(() => fleet.Relay.Waiting == 10 && time.Pending > 0);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await Until(() => fleet.Relay.Waiting >= 11);
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(20);
            time.Advance(TimeSpan.FromSeconds(0.1));
        }
        await Until(() => fleet.Relay.Waiting == 15);
    }

    [Fact]
    public async Task What_nobody_fetches_is_forgotten()
    {
        var time = new ManualTime();
        await using var fleet = await RelayFleet.Start(0, o => o with { Lifetime = TimeSpan.FromMinutes(1), MaxQueued = 1 }, time: time);
        using var one = await LogIn(fleet, 1);
        await one.Send(2, 1);
        await Until(() => fleet.Relay.Waiting == 1);
        time.Advance(TimeSpan.FromMinutes(2));
        await one.Send(2, 2);
        using var two = await LogIn(fleet, 2);
        Assert.Equal(2UL, (await two.Next()).Deliver.Id);
    }

    [Fact]
    public void A_pace_lets_a_burst_through_and_then_its_rate()
    {
        var time = new ManualTime();
        var pace = new Pace(10, 20, time);
        for (var i = 0; i < 20; i++)
            Assert.Equal(TimeSpan.Zero, pace.Take(1));
        Assert.Equal(TimeSpan.FromSeconds(0.1), pace.Take(1));
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(TimeSpan.Zero, pace.Take(1));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Take(30));
    }
}
