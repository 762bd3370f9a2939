using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Threshold.Sessions;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Channel;

/// <summary>A member of the group does wrong, with its own identity key.</summary>
public class CheatingTests
{
    static (SecuredGroup A, SecuredGroup B, CheatingSeat C) Meet()
    {
        var description = Session();
        var (a, b, c) = (Group(description, 1), Group(description, 2), new CheatingSeat(description, 3));
        a.SayReady();
        b.SayReady();
        c.Run(a, b);
        return (a, b, c);
    }

    static void AssertNamed(SecuredGroup group, GroupFault fault, int culprit, int statements)
    {
        var failure = Assert.IsType<GroupFailure>(group.Failure);
        Assert.Equal(fault, failure.Fault);
        Assert.Equal([P(culprit)], failure.Culprits);
        Assert.Equal(Certainty.Proven, failure.Certainty);
        Assert.Equal(statements, failure.Evidence.Count);
        Assert.All(failure.Evidence, statement =>
        {
            Assert.Equal(P(culprit), statement.Signer);
            Assert.True(statement.Verify(Id(culprit)));
            Assert.False(statement.Verify(Id(culprit % 3 + 1)));
            Assert.Equal(group.Description.Attempt, statement.Attempt);
        });
    }

    [Fact]
    public void Two_contributions_are_proven_by_their_makers_own_signatures()
    {
        var (a, b, c) = Meet();
        c.To(1).Send(Purpose.Contribution, 0, c.SignedContribution(1));
        c.To(2).Send(Purpose.Contribution, 0, c.SignedContribution(2));
        c.Run(a, b);
        AssertNamed(a, GroupFault.Equivocation, 3, statements: 2);
        AssertNamed(b, GroupFault.Equivocation, 3, statements: 2);
        Assert.False(a.Failure!.Evidence[0].Content.SequenceEqual(a.Failure.Evidence[1].Content));
    }

    [Fact]
    public void A_report_of_what_nobody_signed_is_proven_by_the_reporters_own_signature()
    {
        var (a, b, c) = Meet();
        var mine = c.SignedContribution(1);
        c.To(1).Send(Purpose.Contribution, 0, mine);
        c.To(2).Send(Purpose.Contribution, 0, mine);
        c.Run(a, b);
        var (ofA, ofB) = (c.Heard(1, Purpose.Contribution)!, c.Heard(2, Purpose.Contribution)!);

        var changed = ofB.ToArray();
        changed[0] ^= 1;
        c.To(1).Send(Purpose.Readiness, 0, c.SignedReadiness(ofA, changed, mine));
        // To B, the same about B itself.
        c.To(2).Send(Purpose.Readiness, 0, c.SignedReadiness(ofA, changed, mine));
        c.Run(a, b);
        AssertNamed(a, GroupFault.FalseReport, 3, statements: 1);
        AssertNamed(b, GroupFault.FalseReport, 3, statements: 1);
    }

    [Fact]
    public void An_honest_report_opens_the_barrier_even_by_hand()
    {
        var (a, b, c) = Meet();
        var mine = c.SignedContribution(1);
        c.To(1).Send(Purpose.Contribution, 0, mine);
        c.To(2).Send(Purpose.Contribution, 0, mine);
        c.Run(a, b);
        var ready = c.SignedReadiness(c.Heard(1, Purpose.Contribution)!, c.Heard(2, Purpose.Contribution)!, mine);
        c.To(1).Send(Purpose.Readiness, 0, ready);
        c.To(2).Send(Purpose.Readiness, 0, ready);
        c.Run(a, b);
        Assert.NotNull(a.Session);
        Assert.Equal(a.Session, b.Session);
    }

    // What stands in a session's place at another party is signed, so the statement itself shows it.
    [Theory]
    [InlineData("subject")]
    [InlineData("protocol")]
    [InlineData("seats")]
    public void Who_takes_the_session_for_another_is_named_by_its_own_signature(string what)
    {
        var mine = Session();
        var other = what switch
        {
            "subject" => Session(subject: 2),
            "protocol" => Session(protocol: "test/2"),
            _ => Session([1, 2, 4]),
        };
        using var postman = new Postman(1);
        var (a, b) = (Group(mine, 1), Group(other, 2));
        postman.Add(a).Add(b).Run();
        AssertNamed(a, GroupFault.Disagreement, 2, statements: 1);
        AssertNamed(b, GroupFault.Disagreement, 1, statements: 1);
        Assert.Equal(other.Digest, a.Failure!.Evidence[0].Content[32..]);
    }

    // Who is in another organisation, attempt or seat is not addressed at all, so nothing it says opens.
    [Theory]
    [InlineData("organisation")]
    [InlineData("attempt")]
    [InlineData("seat")]
    public void Who_is_somewhere_else_is_not_heard_and_only_suspected(string what)
    {
        var other = what switch
        {
            "organisation" => Session(organisation: 2),
            "attempt" => Session(attempt: 2),
            _ => new SessionDescription(
                Session().Organisation, Session().Attempt, "test/1", Session().Subject,
                new Dictionary<PartyId, NodeId> { [P(1)] = Id(1), [P(2)] = Id(3), [P(3)] = Id(2) }),
        };
        using var postman = new Postman(1);
        var a = Group(Session(), 1);
        var b = new SecuredGroup(other, what == "seat" ? P(3) : P(2), Identity(2), new Quorate.Testing.SeededRandom(1));
        postman.Add(a).Add(b).Run().TimeOut();
        Assert.Equal(GroupFault.Timeout, a.Failure!.Fault);
        Assert.Equal([P(2), P(3)], a.Failure.Culprits);
    }

    public static TheoryData<byte, int> Nonsense => new()
    {
        { (byte)Purpose.Contribution, 0 }, { (byte)Purpose.Contribution, 95 }, { (byte)Purpose.Contribution, 96 }, { (byte)Purpose.Contribution, 97 },
        { (byte)Purpose.Readiness, 0 }, { (byte)Purpose.Readiness, (3 * 96) + 64 }, { (byte)Purpose.Readiness, (3 * 96) + 65 }, { 9, 1 },
    };

    [Theory, MemberData(nameof(Nonsense))]
    public void Nonsense_over_an_authentic_channel_names_its_sender(byte purpose, int length)
    {
        var (a, b, c) = Meet();
        if (purpose == (byte)Purpose.Readiness)
            c.To(1).Send(Purpose.Contribution, 0, c.SignedContribution(1));
        c.To(1).Send((Purpose)purpose, 0, new byte[length]);
        c.Run(a, b);
        AssertNamed(a, GroupFault.Malformed, 3, statements: 0);
        Assert.Null(b.Failure);
    }

    [Fact]
    public void A_second_contribution_or_readiness_names_its_sender()
    {
        var (a, b, c) = Meet();
        c.To(1).Send(Purpose.Contribution, 0, c.SignedContribution(1));
        c.To(1).Send(Purpose.Contribution, 0, c.SignedContribution(1));
        c.Run(a, b);
        AssertNamed(a, GroupFault.Malformed, 3, statements: 0);
    }

    [Fact]
    public void A_frame_before_readiness_names_its_sender()
    {
        var (a, b, c) = Meet();
        var mine = c.SignedContribution(1);
        c.To(1).Send(Purpose.Contribution, 0, mine);
        c.To(2).Send(Purpose.Contribution, 0, mine);
        c.Run(a, b);
        c.To(1).Session = SessionIdOf(a, c, mine);
        c.To(1).Send(Purpose.Frame, 1, [1]);
        c.Run(a, b);
        AssertNamed(a, GroupFault.Malformed, 3, statements: 0);
    }

    [Fact]
    public void A_flood_of_frames_names_its_sender_and_is_not_kept()
    {
        var (a, b, c) = Meet();
        var mine = c.SignedContribution(1);
        c.To(1).Send(Purpose.Contribution, 0, mine);
        c.To(2).Send(Purpose.Contribution, 0, mine);
        c.Run(a, b);
        c.To(1).Send(Purpose.Readiness, 0, c.SignedReadiness(c.Heard(1, Purpose.Contribution)!, c.Heard(2, Purpose.Contribution)!, mine));
        c.To(1).Session = SessionIdOf(a, c, mine);
        for (var i = 0; i < SecuredGroup.MaxUntaken; i++)
            c.To(1).Send(Purpose.Frame, 1, new byte[1000]);
        c.Run(a, b);
        Assert.Null(a.Failure);
        c.To(1).Send(Purpose.Frame, 1, new byte[1000]);
        c.Run(a, b);
        AssertNamed(a, GroupFault.Malformed, 3, statements: 0);
        Assert.Null(a.TakeFrame());
    }

    static SessionId SessionIdOf(SecuredGroup group, CheatingSeat c, byte[] mine) => SessionId.Derive(
        group.Description.Digest.ToArray(), c.Heard(1, Purpose.Contribution)![..32], c.Heard(2, Purpose.Contribution)![..32], mine[..32]);
}
