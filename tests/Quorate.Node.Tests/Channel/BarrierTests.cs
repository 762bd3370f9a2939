using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Threshold.Sessions;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Channel;

public class BarrierTests
{
    static SecuredGroup[] Groups(SessionDescription description, ulong seed, Postman postman)
    {
        SecuredGroup[] groups = [.. description.Parties.Select(p => Group(description, p.Value, seed))];
        foreach (var group in groups)
            postman.Add(group);
        return groups;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void All_come_to_one_id_in_all_weathers(int n)
    {
        for (ulong seed = 0; seed < 25; seed++)
        {
            using var postman = new Postman(seed).InAllWeathers();
            var groups = Groups(Session(n), seed, postman);
            foreach (var group in groups)
                group.SayReady();
            postman.Run();
            Assert.All(groups, g => Assert.Null(g.Failure));
            Assert.All(groups, g => Assert.Empty(g.WaitingFor));
            Assert.Single(groups.Select(g => Assert.IsType<SessionId>(g.Session)).Distinct());
        }
    }

    [Fact]
    public void The_same_attempt_again_is_another_session()
    {
        var ids = new HashSet<SessionId>();
        for (ulong seed = 0; seed < 10; seed++)
        {
            using var postman = new Postman(1);
            var groups = Groups(Session(), seed, postman);
            foreach (var group in groups)
                group.SayReady();
            postman.Run();
            Assert.True(ids.Add(groups[0].Session!));
        }
    }

    // One honest party's fresh contribution is enough.
    [Fact]
    public void One_party_with_new_randomness_makes_a_new_id()
    {
        SessionId Run(ulong seedOfThird)
        {
            var description = Session();
            using var postman = new Postman(1);
            SecuredGroup[] groups = [Group(description, 1), Group(description, 2), Group(description, 3, seedOfThird)];
            foreach (var group in groups)
            {
                postman.Add(group);
                group.SayReady();
            }
            postman.Run();
            return groups[0].Session!;
        }
        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));
    }

    [Fact]
    public void Connected_is_not_ready()
    {
        using var postman = new Postman(1);
        var groups = Groups(Session(), 1, postman);
        groups[0].SayReady();
        groups[1].SayReady();
        postman.Run();
        Assert.All(groups, g => Assert.Null(g.Session));
        Assert.Equal([P(3)], groups[0].WaitingFor);
        Assert.Equal([P(3)], groups[1].WaitingFor);
        Assert.Empty(groups[2].WaitingFor.Except([P(1), P(2)]));
        Assert.Throws<InvalidOperationException>(() => groups[0].Send(null, 1, [1]));

        groups[2].SayReady();
        postman.Run();
        Assert.All(groups, g => Assert.NotNull(g.Session));
    }

    [Fact]
    public void A_deadline_names_whom_it_waited_for_as_suspects()
    {
        using var postman = new Postman(1);
        var groups = Groups(Session(), 1, postman);
        groups[0].SayReady();
        groups[1].SayReady();
        postman.Run().TimeOut();
        Assert.Equal(GroupFault.Timeout, groups[0].Failure!.Fault);
        Assert.Equal([P(3)], groups[0].Failure!.Culprits);
        Assert.Equal(Certainty.Suspected, groups[0].Failure!.Certainty);
    }

    [Fact]
    public void Frames_arrive_in_the_order_in_which_they_were_sent_and_once()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            using var postman = new Postman(seed).InAllWeathers();
            var groups = Groups(Session(), seed, postman);
            foreach (var group in groups)
                group.SayReady();
            postman.Run();
            for (byte i = 0; i < 12; i++)
                groups[0].Send(i % 3 == 0 ? null : P(2), i, [i]);
            postman.Run();

            Assert.Equal(Enumerable.Range(0, 12).Select(i => (byte)i), Taken(groups[1], P(1)));
            Assert.Equal([0, 3, 6, 9], Taken(groups[2], P(1)));
        }
    }

    // A faster peer may send its first round before this party has heard that a third one is ready.
    [Fact]
    public void A_frame_that_comes_before_the_barrier_waits_for_it()
    {
        using var postman = new Postman(3).With(l => [l]);
        var held = new List<Postman.Letter>();
        var isHolding = true;
        postman.With(l =>
        {
            // All that 3 says to 1 after its contribution.
            if (!isHolding || l.From.Equals(Id(2)) || !l.To.Equals(Id(1)) || l.Bytes[33] != 3 || l.Bytes[34] == 1)
                return [l];
            held.Add(l);
            return [];
        });
        var groups = Groups(Session(), 1, postman);
        foreach (var group in groups)
            group.SayReady();
        postman.Run();
        Assert.NotNull(groups[1].Session);
        Assert.Null(groups[0].Session);
        groups[1].Send(null, 1, [42]);
        postman.Run();
        Assert.Null(groups[0].TakeFrame());

        isHolding = false;
        foreach (var letter in held)
            groups[0].Receive(letter.From, letter.Bytes);
        Assert.NotNull(groups[0].Session);
        Assert.Equal([42], Taken(groups[0], P(2)));
    }

    [Fact]
    public void An_identity_that_does_not_sit_there_is_the_callers_mistake()
    {
        Assert.Throws<ArgumentException>(() => new SecuredGroup(Session(), P(1), Identity(2), new Quorate.Testing.SeededRandom(1)));
        Assert.Throws<ArgumentException>(() => new SecuredGroup(Session(), P(9), Identity(1), new Quorate.Testing.SeededRandom(1)));
        Assert.Throws<ArgumentException>(() => Session([1]));
        Assert.Throws<ArgumentException>(() => new SessionDescription(
            new byte[32], new byte[32], "p", new byte[32], new Dictionary<PartyId, NodeId> { [P(1)] = Id(1), [P(2)] = Id(1) }));
        Assert.Throws<ArgumentException>(() => new SessionDescription(
            new byte[31], new byte[32], "p", new byte[32], new Dictionary<PartyId, NodeId> { [P(1)] = Id(1), [P(2)] = Id(2) }));
    }

    static List<byte> Taken(SecuredGroup group, PartyId from)
    {
        var taken = new List<byte>();
        while (group.TakeFrame() is { } frame)
            using (frame)
            {
                Assert.Equal(from, frame.From);
                taken.Add(frame.Bytes.Expose()[0]);
            }
        return taken;
    }
}
