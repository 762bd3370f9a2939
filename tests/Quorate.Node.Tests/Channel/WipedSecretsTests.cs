using Quorate.Cryptography.Curves;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Sessions;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Channel;

/// <summary>Counts living secrets, so nothing else runs meanwhile.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("alone")]
public class WipedSecretsTests
{
    [Fact]
    public void A_group_that_is_abandoned_after_any_packet_leaves_no_secret()
    {
        _ = Id(1);
        var live = new LiveSecrets();
        for (var packets = 0; ; packets++)
        {
            var description = Session();
            using var postman = new Postman(5);
            SecuredGroup[] groups = [.. Enumerable.Range(1, 3).Select(i => Group(description, i))];
            foreach (var group in groups)
            {
                postman.Add(group);
                group.SayReady();
            }
            var moved = true;
            for (var i = 0; i < packets && moved; i++)
                moved = postman.Step();
            var isOver = !moved && groups.All(g => g.Session is not null);
            if (isOver)
            {
                groups[0].Send(null, 1, [1, 2, 3]);
                while (postman.Step())
                {
                }
            }
            foreach (var group in groups)
                group.Dispose();
            Assert.Equal(0, live.More);
            if (isOver)
            {
                // Six keys, six proofs, six contributions, six statements of readiness.
                Assert.True(packets >= 24);
                return;
            }
        }
    }

    [Fact]
    public void A_group_that_failed_leaves_no_secret()
    {
        _ = Id(1);
        var live = new LiveSecrets();
        using var postman = new Postman(1);
        var (a, b) = (Group(Session(), 1), Group(Session(subject: 2), 2));
        postman.Add(a).Add(b).Run();
        Assert.NotNull(a.Failure);
        Assert.NotNull(b.Failure);
        Assert.Equal(0, live.More);

        var c = Group(Session(), 3);
        c.TimeOut();
        Assert.Equal(0, live.More);
    }

    // Each ends by an abort: the first gives up after any packet, tells the others, and nothing is left anywhere.
    [Fact]
    public void Witnessed_sessions_that_one_gives_up_after_any_packet_leave_no_secret()
    {
        _ = Id(1);
        var live = new LiveSecrets();
        for (var packets = 0; ; packets++)
        {
            using var postman = new Postman(5);
            var sessions = postman.Begin(Session(), SecuredRuns.Ed25519Keygen(PartySet.Range(3)), 1, isWitnessed: true);
            var moved = true;
            for (var i = 0; i < packets && moved; i++)
                moved = postman.Step();
            sessions[P(1)].GiveUpOn([P(3)]);
            while (postman.Step())
            {
            }
            foreach (var session in sessions.Values)
            {
                if (!session.IsRunning && session.TakeOutcome() is SessionOutcome<KeyShare<Ed25519>>.Completed done)
                    done.Output.Dispose();
                session.Dispose();
            }
            Assert.Equal(0, live.More);
            if (!moved)
            {
                Assert.True(packets > 40);
                return;
            }
        }
    }
}
