using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>Echo rounds: every party reports what it received before anybody's script goes on.</summary>
public sealed class EchoTests
{
    static byte[][] Honest(Seat seat, string two = "x", string three = "y") =>
        [seat.Report(1, 1, "m1"), seat.Report(1, 2, two), seat.Report(1, 3, three)];

    [Fact]
    public void The_barrier_opens_with_the_last_echo()
    {
        using var seat = new Seat(Scripts.Echoed, parties: 3);
        Assert.Equal([1], seat.Sent());
        seat.Say(2, 1, "x");
        Assert.Equal([], seat.Sent());
        seat.Say(3, 1, "y");
        Assert.Equal([-1], seat.Sent());
        Assert.Equal([new PartyId(2), new PartyId(3)], seat.Session.WaitingFor);
        seat.Echo(3, 1, Honest(seat));
        seat.Echo(3, 1, Honest(seat));
        Assert.Equal([new PartyId(2)], seat.Session.WaitingFor);
        seat.Echo(2, 1, Honest(seat));
        seat.AssertFinished("m1,x,y");
        Assert.Equal([], seat.Sent());
    }

    [Fact]
    public void Echoes_that_come_before_the_last_message_wait()
    {
        using var seat = new Seat(Scripts.Echoed, parties: 3);
        seat.Say(2, 1, "x");
        seat.Echo(2, 1, Honest(seat));
        seat.Echo(3, 1, Honest(seat));
        Assert.Equal([new PartyId(3)], seat.Session.WaitingFor);
        seat.Say(3, 1, "y");
        seat.AssertFinished("m1,x,y");
        Assert.Equal([1, -1], seat.Sent());
    }

    [Fact]
    public void Message_and_echo_of_a_round_not_yet_declared_both_wait()
    {
        using var seat = new Seat(Scripts.EchoedThenSaid(echoedIsSecond: true), parties: 2);
        byte[][] reports = [seat.Report(2, 1, "m1"), seat.Report(2, 2, "x")];
        seat.Say(2, 2, "x");
        seat.Echo(2, 2, reports);
        seat.Echo(2, 2, reports);
        seat.Say(2, 1, "y");
        seat.AssertFinished("m1,x|b,y");
        Assert.Equal([1, 2, -2], seat.Sent());
    }

    [Fact, Commits(Fault.InconsistentBroadcast), Commits(Fault.MalformedMessage)]
    public void A_fault_of_a_later_round_explains_no_difference_in_this_one()
    {
        // 2 tells 3 another thing, and has sent something malformed for round 2: the first must not pass because of the second.
        using var seat = new Seat(Scripts.EchoedThenSaid(echoedIsSecond: false), parties: 3);
        seat.Hear(2, seat.Message(2, "x").AsSpan()[..^1]);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        seat.Echo(2, 1, Honest(seat));
        seat.Echo(3, 1, Honest(seat, two: "another thing"));
        Assert.Equal([1, -1], seat.Sent());
        seat.AssertAborted((Fault.MalformedMessage, 2), (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 3));
    }

    [Fact]
    public void Where_only_some_speak_all_report()
    {
        static IEnumerable<Round> OnlyTwoSpeaks(Scripted p)
        {
            var round1 = p.EchoRound<Note>(1, senders: new([new(2)]));
            if (p.Me.Value == 2)
                round1.Broadcast(new("x"));
            yield return round1;
            p.Finish(new(round1[new(2)].Text));
        }

        using var seat = new Seat(OnlyTwoSpeaks, parties: 3);
        seat.Say(2, 1, "x");
        Assert.Equal([-1], seat.Sent());
        byte[][] reports = [new byte[32], seat.Report(1, 2, "x"), new byte[32]];
        seat.Echo(2, 1, reports);
        Assert.True(seat.Session.IsRunning);
        seat.Echo(3, 1, reports);
        seat.AssertFinished("x");

        using var all = new Simulation(3);
        foreach (var i in PartyId.Range(3))
            all.Add(new Scripted(i.Value, PartySet.Range(3), OnlyTwoSpeaks).Start());
        Assert.All(all.Run().Outputs<Outcome>(), o => Assert.Equal("x", o.Text));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), Commits(Fault.InconsistentBroadcast)]
    public void Who_tells_one_party_another_thing_is_suspected_with_everybody_who_heard_otherwise(ulong seed)
    {
        using var simulation = Cheat(seed, s => s.Cheat<Note>(1, new(2), new(1), _ => new("two-faced")));
        AssertAborted(simulation, 1, (Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 3), (Fault.InconsistentBroadcast, 4));
        AssertAborted(simulation, 3, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2));
        AssertAborted(simulation, 4, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2));
    }

    [Fact, Commits(Fault.Equivocation)]
    public void Who_reports_to_have_said_another_thing_than_it_said_is_caught()
    {
        using var seat = new Seat(Scripts.Echoed, parties: 3);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        seat.Echo(2, 1, Honest(seat, two: "another thing"));
        seat.Echo(3, 1, Honest(seat));
        seat.AssertAborted((Fault.Equivocation, 2));
    }

    [Fact, Commits(Fault.Equivocation)]
    public void Who_lies_about_what_I_said_is_caught()
    {
        using var seat = new Seat(Scripts.Echoed, parties: 3);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        seat.Echo(2, 1, Honest(seat));
        seat.Echo(3, 1, seat.Report(1, 1, "never said"), seat.Report(1, 2, "x"), seat.Report(1, 3, "y"));
        seat.AssertAborted((Fault.Equivocation, 3));
    }

    [Fact]
    public void A_liar_who_is_caught_brings_nobody_else_under_suspicion()
    {
        // 3 lies about me and about 2: that 3 lies explains both.
        using var seat = new Seat(Scripts.Echoed, parties: 3);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        seat.Echo(2, 1, Honest(seat));
        seat.Echo(3, 1, seat.Report(1, 1, "never said"), seat.Report(1, 2, "never said"), seat.Report(1, 3, "y"));
        seat.AssertAborted((Fault.Equivocation, 3));
    }

    [Fact, Commits(Fault.InconsistentBroadcast)]
    public void A_lie_about_a_third_party_makes_suspects_of_both()
    {
        using var seat = new Seat(Scripts.Echoed, parties: 3);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        seat.Echo(2, 1, Honest(seat));
        seat.Echo(3, 1, Honest(seat, two: "slander"));
        seat.AssertAborted((Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 3));
        Assert.Equal(Certainty.Suspected, seat.Session.Abort!.Fault.Certainty);
    }

    [Fact, Commits(Fault.Equivocation)]
    public void Two_different_echoes_are_equivocation()
    {
        using var seat = new Seat(Scripts.Echoed, parties: 3);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        seat.Echo(2, 1, Honest(seat));
        seat.Echo(2, 1, Honest(seat, three: "slander"));
        seat.AssertAborted((Fault.Equivocation, 2));
    }

    [Theory, InlineData(0), InlineData(2), InlineData(4), Commits(Fault.MalformedMessage)]
    public void An_echo_reports_on_every_party(int reports)
    {
        using var seat = new Seat(Scripts.Echoed, parties: 3);
        seat.Echo(2, 1, [.. Enumerable.Repeat(new byte[32], reports)]);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        seat.AssertAborted((Fault.MalformedMessage, 2));
    }

    [Theory, InlineData(1), InlineData(2), Commits(Fault.MalformedMessage), Commits(Fault.InconsistentBroadcast)]
    public void Who_got_something_malformed_still_reports_it(ulong seed)
    {
        // Otherwise 3 and 4 would wait for 1, and know nothing but that 1 is silent.
        using var simulation = Cheat(seed, s => s.TamperBytes(1, new(2), new(1), bytes => bytes[..^1]));
        AssertAborted(simulation, 1, (Fault.MalformedMessage, 2));
        AssertAborted(simulation, 3, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2));
        AssertAborted(simulation, 4, (Fault.InconsistentBroadcast, 1), (Fault.InconsistentBroadcast, 2));
    }

    [Fact, Commits(Fault.Timeout)]
    public void A_withheld_echo_is_a_timeout_and_what_came_is_judged()
    {
        using var seat = new Seat(Scripts.Echoed, parties: 4);
        foreach (var from in (int[])[2, 3, 4])
            seat.Say(from, 1, "x");
        seat.Echo(2, 1, seat.Report(1, 1, "m1"), seat.Report(1, 2, "x"), seat.Report(1, 3, "x"), seat.Report(1, 4, "x"));
        seat.Echo(3, 1, seat.Report(1, 1, "a lie"), seat.Report(1, 2, "x"), seat.Report(1, 3, "x"), seat.Report(1, 4, "x"));
        Assert.True(seat.Session.IsRunning);
        seat.Session.TimeOut();
        seat.AssertAborted((Fault.Equivocation, 3), (Fault.Timeout, 4));
    }

    [Fact, Commits(Fault.Timeout)]
    public void Silence_towards_one_makes_that_one_silent_and_suspected_by_the_rest()
    {
        using var simulation = Cheat(1, s => s.Drop(1, new(2), new(1)));
        AssertAborted(simulation, 1, (Fault.Timeout, 2));
        AssertAborted(simulation, 3, (Fault.Timeout, 1));
    }

    static Simulation Cheat(ulong seed, Action<Simulation> cheat)
    {
        var simulation = new Simulation(seed);
        cheat(simulation);
        foreach (var i in PartyId.Range(4))
            simulation.Add(new Scripted(i.Value, PartySet.Range(4), Scripts.Echoed).Start());
        return simulation.Run();
    }

    static void AssertAborted(Simulation simulation, int observer, params (Fault Fault, int Culprit)[] expected) =>
        Assert.Equal(expected.Select(e => new Accusation(e.Fault, new(e.Culprit))), simulation.AbortOf(new(observer))!.Accusations);
}
