using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>Confirm rounds: the next message carries the report, so that agreement costs no round of its own.</summary>
public sealed class ConfirmTests
{
    static Seat Begun()
    {
        var seat = new Seat(Scripts.Confirmed, parties: 3);
        seat.Say(2, 1, "x");
        seat.Say(3, 1, "y");
        Assert.Equal([1, 2], seat.Sent());
        return seat;
    }

    static byte[][] Honest(Seat seat, string two = "x", string three = "y") =>
        [seat.Report(1, 1, "m1"), seat.Report(1, 2, two), seat.Report(1, 3, three)];

    [Fact]
    public void Agreement_opens_the_barrier()
    {
        using var seat = Begun();
        seat.Say(2, 2, "p", Honest(seat));
        seat.Say(3, 2, "q", Honest(seat));
        seat.AssertFinished("m1,x,y|b,p,q");
    }

    [Fact, Commits(Fault.InconsistentBroadcast)]
    public void A_report_of_another_message_makes_suspects_of_its_sender_and_the_reporter()
    {
        using var seat = Begun();
        seat.Say(2, 2, "p", Honest(seat));
        seat.Say(3, 2, "q", Honest(seat, two: "other"));
        seat.AssertAborted((Fault.InconsistentBroadcast, 2), (Fault.InconsistentBroadcast, 3));
    }

    [Fact, Commits(Fault.Equivocation)]
    public void A_lie_about_my_message_or_the_liars_own_is_caught()
    {
        using var seat = Begun();
        seat.Say(2, 2, "p", Honest(seat, two: "other"));
        seat.Say(3, 2, "q", seat.Report(1, 1, "never said"), seat.Report(1, 2, "x"), seat.Report(1, 3, "y"));
        seat.AssertAborted((Fault.Equivocation, 2), (Fault.Equivocation, 3));
    }

    [Fact, Commits(Fault.Equivocation)]
    public void The_same_message_with_another_report_is_equivocation()
    {
        using var seat = Begun();
        seat.Say(2, 2, "p", Honest(seat));
        seat.Say(2, 2, "p", Honest(seat));
        seat.Say(2, 2, "p", Honest(seat, three: "other"));
        seat.Say(3, 2, "q", Honest(seat));
        seat.AssertAborted((Fault.Equivocation, 2));
    }

    [Theory, InlineData(0), InlineData(2), InlineData(4), Commits(Fault.MalformedMessage)]
    public void A_message_without_one_report_for_every_party_is_malformed(int reports)
    {
        using var seat = Begun();
        seat.Say(2, 2, "p", [.. Enumerable.Repeat(new byte[32], reports)]);
        seat.Say(3, 2, "q", Honest(seat));
        seat.AssertAborted((Fault.MalformedMessage, 2));
    }

    [Fact, Commits(Fault.Timeout), Commits(Fault.Equivocation)]
    public void A_deadline_judges_the_reports_that_came()
    {
        using var seat = Begun();
        seat.Say(2, 2, "p", Honest(seat, two: "other"));
        seat.Session.TimeOut();
        seat.AssertAborted((Fault.Equivocation, 2), (Fault.Timeout, 3));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), Commits(Fault.InconsistentBroadcast)]
    public void Every_honest_party_learns_of_an_inconsistency_in_every_order_of_messages(ulong seed)
    {
        // The last to send its report already has all others': it must report before it aborts.
        using var simulation = new Simulation(seed).Cheat<Note>(1, new(2), new(1), _ => new("two-faced"));
        foreach (var i in PartyId.Range(3))
            simulation.Add(new Scripted(i.Value, PartySet.Range(3), Scripts.Confirmed).Start());
        simulation.Run();
        Accusation[] toOne = [new(Fault.InconsistentBroadcast, new(2)), new(Fault.InconsistentBroadcast, new(3))];
        Accusation[] toThree = [new(Fault.InconsistentBroadcast, new(1)), new(Fault.InconsistentBroadcast, new(2))];
        Assert.Equal(toOne, simulation.AbortOf(new(1))!.Accusations);
        Assert.Equal(toThree, simulation.AbortOf(new(3))!.Accusations);
    }
}
