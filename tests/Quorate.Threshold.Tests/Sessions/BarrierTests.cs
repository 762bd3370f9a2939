using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>What a session does with each kind of bytes, in front of a barrier without echo.</summary>
public sealed class BarrierTests
{
    [Fact]
    public void The_barrier_opens_with_the_last_message_and_not_before()
    {
        using var seat = new Seat(Scripts.OneBroadcast);
        Assert.Equal([1], seat.Sent());
        seat.Say(4, 1, "z");
        seat.Say(2, 1, "x");
        Assert.True(seat.Session.IsRunning);
        Assert.Equal([new PartyId(3)], seat.Session.WaitingFor);
        seat.Say(3, 1, "y");
        Assert.Empty(seat.Session.WaitingFor);
        seat.AssertFinished("m1,x,y,z");
    }

    [Fact]
    public void A_party_alone_finishes_at_once()
    {
        using var seat = new Seat(Scripts.Echoed, parties: 1);
        seat.AssertFinished("m1");
    }

    [Fact]
    public void A_declared_rounds_early_message_waits_for_its_barrier()
    {
        using var seat = new Seat(Scripts.TwoBroadcasts, parties: 2);
        seat.Say(2, 2, "y");
        Assert.Equal([1], seat.Sent());
        seat.Say(2, 1, "x");
        Assert.Equal([2], seat.Sent());
        seat.AssertFinished("a,x|b,y");
    }

    [Fact]
    public void A_message_for_a_round_not_yet_declared_waits_too()
    {
        using var seat = new Seat(Scripts.LateRound, parties: 2);
        seat.Say(2, 2, "y");
        seat.Say(2, 2, "y");
        seat.Say(2, 1, "x");
        seat.AssertFinished("a,x|b,y");
    }

    [Fact]
    public void Identical_duplicates_are_ignored_early_in_time_and_late()
    {
        using var seat = new Seat(Scripts.LateRound, parties: 3);
        for (var i = 0; i < 5; i++)
            seat.Say(2, 2, "y");
        for (var i = 0; i < 5; i++)
            seat.Say(2, 1, "x");
        seat.Say(3, 1, "x");
        for (var i = 0; i < 5; i++)
            seat.Say(2, 1, "x");
        seat.Say(3, 2, "y");
        seat.AssertFinished("a,x,x|b,y,y");
    }

    [Fact, Commits(Fault.Equivocation)]
    public void Two_different_messages_in_one_round_are_equivocation()
    {
        using var seat = new Seat(Scripts.OneBroadcast);
        seat.Say(2, 1, "x");
        seat.Say(2, 1, "y");
        Assert.True(seat.Session.IsRunning);
        seat.Say(3, 1, "x");
        seat.Say(4, 1, "x");
        seat.AssertAborted((Fault.Equivocation, 2));
    }

    [Fact, Commits(Fault.Equivocation)]
    public void Two_different_messages_are_equivocation_before_their_round_is_declared()
    {
        using var seat = new Seat(Scripts.LateRound, parties: 2);
        seat.Say(2, 2, "x");
        seat.Say(2, 2, "y");
        seat.Say(2, 1, "x");
        seat.AssertAborted((Fault.Equivocation, 2));
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_fault_in_a_later_round_waits_for_that_round()
    {
        // The others are still waiting for what this party says in round 2, and would suspect it if it stopped here.
        using var seat = new Seat(Scripts.TwoBroadcasts, parties: 3);
        seat.Hear(2, seat.Message(2, "x").AsSpan()[..^1]);
        seat.Say(2, 1, "x");
        Assert.Equal([1], seat.Sent());
        seat.Say(3, 1, "x");
        Assert.Equal([2], seat.Sent());
        Assert.Equal([new PartyId(3)], seat.Session.WaitingFor);
        seat.Say(3, 2, "x");
        seat.AssertAborted((Fault.MalformedMessage, 2));
    }

    [Fact, Commits(Fault.MalformedMessage)]
    public void A_broken_header_in_a_later_round_waits_for_that_round_too()
    {
        using var seat = new Seat(Scripts.TwoBroadcasts, parties: 2);
        seat.Hear(2, seat.Message(2, "x").AsSpan(0, 34));
        seat.Say(2, 1, "x");
        Assert.Equal([1, 2], seat.Sent());
        seat.AssertAborted((Fault.MalformedMessage, 2));
    }

    [Fact, Commits(Fault.MalformedMessage), Commits(Fault.Equivocation)]
    public void A_verdict_names_faults_of_later_rounds_as_well()
    {
        using var seat = new Seat(Scripts.TwoBroadcasts, parties: 3);
        seat.Hear(2, seat.Message(2, "x").AsSpan()[..^1]);
        seat.Say(3, 1, "x");
        seat.Say(3, 1, "y");
        seat.Say(2, 1, "x");
        seat.AssertAborted((Fault.MalformedMessage, 2), (Fault.Equivocation, 3));
    }

    [Fact, Commits(Fault.Equivocation)]
    public void A_second_version_of_an_old_message_is_equivocation_at_the_next_barrier()
    {
        using var seat = new Seat(Scripts.TwoBroadcasts, parties: 3);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "x");
        seat.Say(2, 1, "y");
        seat.Say(3, 2, "x");
        seat.AssertAborted((Fault.Equivocation, 2));
    }

    [Fact]
    public void Another_session_another_protocol_and_strangers_are_ignored()
    {
        using var seat = new Seat(Scripts.OneBroadcast, parties: 3);
        var before = seat.Session.WaitingFor;
        foreach (var other in new[]
        {
            new Scripted(2, PartySet.Range(3), Scripts.OneBroadcast, id: 2),
            new Scripted(2, PartySet.Range(3), Scripts.OneBroadcast, name: "test/2"),
            new Scripted(2, PartySet.Range(2), Scripts.OneBroadcast),
            new Scripted(2, PartySet.Range(3), Scripts.OneBroadcast, agreed: [1]),
            new Scripted(2, PartySet.Range(3), Scripts.OneBroadcast, agreed: [[], []]),
        })
        {
            using var session = other.Start();
            seat.Hear(2, session.TakeOutgoing()[0].Bytes.Span);
        }
        seat.Say(4, 1, "a stranger");
        seat.Session.Receive(default, seat.Message(1, "nobody"));
        seat.Say(1, 1, "m1");
        seat.Say(1, 1, "not what I said");
        Assert.Equal(before, seat.Session.WaitingFor);

        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        seat.AssertFinished("m1,x,y");
    }

    [Fact]
    public void Garbage_is_ignored()
    {
        using var seat = new Seat(Scripts.OneBroadcast, parties: 2);
        var random = new SeededRandom(1);
        for (var length = 0; length < 200; length++)
        {
            var garbage = new byte[length];
            random.Fill(garbage);
            seat.Hear(2, garbage);
        }
        var frame = seat.Message(1, "x");
        for (var length = 0; length < 33; length++)
            seat.Hear(2, frame.AsSpan(0, length));
        frame[0]++;
        seat.Hear(2, frame);
        Assert.True(seat.Session.IsRunning);
        seat.Say(2, 1, "x");
        seat.AssertFinished("m1,x");
    }

    public static TheoryData<string, byte[]> Malformed()
    {
        using var seat = new Seat(Scripts.OneBroadcast);
        var good = seat.Message(1, "x");
        return new()
        {
            { "no round", good[..33] },
            { "no kind", good[..34] },
            { "no count", good[..36] },
            { "no payload", good[..37] },
            { "truncated payload", good[..^1] },
            { "trailing byte", [.. good, 0] },
            { "unknown kind", [.. good[..34], 2, .. good[35..]] },
            { "digests nobody asked for", seat.Message(1, "x", new byte[32]) },
            { "fewer digests than announced", [.. good[..35], 1, 0, .. good[37..]] },
            { "more digests than parties can be", [.. good[..35], 1, 1, .. new byte[257 * 32]] },
            { "an echo with a payload", seat.Forge(1, isEcho: true, [0, 0]) },
            { "payload above the type's limit", seat.Forge(1, isEcho: false, [0, 62, .. new byte[63]]) },
            { "frame above every limit", seat.Forge(1, isEcho: false, new byte[1 << 20]) },
        };
    }

    [Theory, MemberData(nameof(Malformed)), Commits(Fault.MalformedMessage)]
    public void Malformed_frames_of_the_session_are_named(string what, byte[] frame)
    {
        using var seat = new Seat(Scripts.OneBroadcast);
        seat.Hear(3, frame);
        Assert.True(seat.Session.IsRunning, what);
        Assert.DoesNotContain(new PartyId(3), seat.Session.WaitingFor);
        seat.Say(2, 1, "x");
        seat.Say(4, 1, "x");
        seat.AssertAborted((Fault.MalformedMessage, 3));
    }

    [Fact, Commits(Fault.UnexpectedMessage)]
    public void Speaking_in_a_round_of_others_and_echoing_where_there_is_no_echo_are_unexpected()
    {
        static IEnumerable<Round> OnlyTwoSpeaks(Scripted p)
        {
            var round1 = p.Round<Note>(1, senders: new([new(2)]));
            var round2 = p.Round<Note>(2);
            round2.Broadcast(new("b"));
            yield return round1;
            yield return round2;
            p.Finish(new(round1[new(2)].Text));
        }

        using var honest = new Seat(OnlyTwoSpeaks, parties: 3);
        honest.Say(2, 2, "x");
        honest.Say(3, 2, "x");
        Assert.Equal([new PartyId(2)], honest.Session.WaitingFor);
        honest.Say(2, 1, "y");
        honest.AssertFinished("y");

        using var seat = new Seat(OnlyTwoSpeaks, parties: 4);
        seat.Say(3, 1, "x");
        seat.Echo(4, 2);
        seat.Say(2, 1, "x");
        seat.AssertAborted((Fault.UnexpectedMessage, 3), (Fault.UnexpectedMessage, 4));
    }

    [Fact, Commits(Fault.UnexpectedMessage)]
    public void Messages_for_unknown_rounds_are_bounded_and_do_not_stop_the_session()
    {
        using (var seat = new Seat(Scripts.OneBroadcast, parties: 2))
        {
            seat.Say(2, 200, "x");
            seat.Say(2, 201, "x");
            seat.Say(2, 200, "x");
            seat.Say(2, 1, "x");
            seat.AssertFinished("m1,x");
        }
        using (var seat = new Seat(Scripts.OneBroadcast, parties: 3))
        {
            for (byte round = 200; round <= 202; round++)
                seat.Say(2, round, "x");
            seat.Say(3, 201, "x");
            seat.Say(3, 1, "x");
            seat.AssertAborted((Fault.UnexpectedMessage, 2));
        }
    }

    [Fact, Commits(Fault.Timeout)]
    public void A_deadline_names_everybody_who_is_missing_and_everybody_known_to_have_cheated()
    {
        using var seat = new Seat(Scripts.TwoBroadcasts, parties: 5);
        foreach (var from in (int[])[2, 3, 4, 5])
            seat.Say(from, 1, "x");
        seat.Say(2, 2, "x");
        seat.Say(3, 2, "x");
        seat.Say(3, 2, "y");
        Assert.Equal([new PartyId(4), new PartyId(5)], seat.Session.WaitingFor);
        seat.Session.TimeOut();
        seat.AssertAborted((Fault.Equivocation, 3), (Fault.Timeout, 4), (Fault.Timeout, 5));
        seat.Session.TimeOut();
        seat.Say(4, 2, "x");
        seat.AssertAborted((Fault.Equivocation, 3), (Fault.Timeout, 4), (Fault.Timeout, 5));
    }

    [Fact]
    public void A_deadline_after_the_end_changes_nothing()
    {
        using var seat = new Seat(Scripts.OneBroadcast, parties: 2);
        seat.Say(2, 1, "x");
        seat.Session.TimeOut();
        seat.AssertFinished("m1,x");
    }

    [Fact, Commits(Fault.MalformedMessage), Commits(Fault.Equivocation), Commits(Fault.UnexpectedMessage)]
    public void Several_culprits_of_several_faults_are_named_together()
    {
        using var seat = new Seat(Scripts.OneBroadcast, parties: 6);
        seat.Say(2, 1, "x");
        seat.Say(2, 1, "y");
        seat.Hear(3, seat.Message(1, "x").AsSpan()[..^1]);
        seat.Echo(4, 1);
        seat.Echo(2, 1);
        seat.Say(5, 1, "x");
        seat.Say(6, 1, "x");
        seat.AssertAborted(
            (Fault.MalformedMessage, 3), (Fault.UnexpectedMessage, 2), (Fault.UnexpectedMessage, 4), (Fault.Equivocation, 2));
        Assert.Equal(PartySet.Range(4).Except(new(1)), seat.Session.Abort!.Culprits);
    }
}
