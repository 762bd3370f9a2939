using Quorate.Cryptography.Curves;
using Quorate.Node.Breaker;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Channel;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Xunit.Abstractions;
using static Quorate.Node.Tests.Channel.Nodes;
using static Quorate.Node.Tests.Sessions.SecuredRuns;

namespace Quorate.Node.Tests.Sessions;

/// <summary>Three parties generate a key and sign what they hear; the third does wrong with its signatures.</summary>
public sealed class WitnessTests : IDisposable
{
    static readonly SessionDescription description = Session();
    static readonly TimeSpan later = TimeSpan.FromSeconds(1);

    readonly Postman postman = new(1);
    readonly SortedDictionary<int, WatchedSession<KeyShare<Ed25519>>> honest = [];
    readonly Dictionary<int, HealthBook> books = [];
    readonly Turncoat third = new(description, 3, Ed25519Keygen(PartySet.Range(3))(P(3)));
    TimeSpan now = TimeSpan.Zero;

    readonly ITestOutputHelper output;

    public WitnessTests(ITestOutputHelper output)
    {
        this.output = output;
        foreach (var i in new[] { 1, 2 })
        {
            books.Add(i, new(new()));
            var secured = new SecuredSession<KeyShare<Ed25519>>(
                description, P(i), Identity(i), Ed25519Keygen(PartySet.Range(3))(P(i)), new SeededRandom(1, $"channels {i}"), isWitnessed: true);
            var session = new WatchedSession<KeyShare<Ed25519>>(secured, description, P(i), new(), books[i], now);
            honest.Add(i, session);
            postman.Add(Id(i), (from, bytes) => session.Receive(from, bytes, now), session.TakeOutgoing);
            session.SayReady(now);
        }
        postman.Add(Id(3), third.Receive, third.Group.TakeOutgoing);
    }

    public void Dispose()
    {
        postman.Dispose();
        third.Dispose();
        foreach (var session in honest.Values)
            session.Dispose();
    }

    SessionId Named => third.Group.Session!;

    /// <summary>Two barriers open; at the third the others wait for what the third does not send.</summary>
    void RunToTheLastRound()
    {
        third.MuteFrom = 3;
        postman.Run();
        Assert.All(honest.Values, s => Assert.True(s.IsRunning));
        Assert.Equal(2, third.Witness.Step);
    }

    SessionOutcome<KeyShare<Ed25519>> Outcome(int node) => honest[node].TakeOutcome(now += later);

    GroupFailure Failure(int node, GroupFault fault, params int[] culprits)
    {
        var outcome = Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Apart>(Outcome(node));
        Assert.Equal(fault, outcome.Failure.Fault);
        Assert.Equal(culprits.Select(P), outcome.Failure.Culprits);
        if (outcome.Failure.Certainty == Certainty.Proven)
            Assert.All(outcome.Report!.Conduct, c => Assert.Equal(new(P(3), Conduct.ProvenFault, 1), c));
        else
            Assert.All(outcome.Report!.Conduct, c => Assert.Equal(Conduct.Suspicion, c.Conduct));
        return outcome.Failure;
    }

    AbortStatement Abort(
        int signer = 3, IReadOnlyList<ProgressStatement>? progress = null, byte[]? root = null, SessionId? session = null, int identity = 3,
        SessionDescription? about = null, params Accusation[] accusations)
    {
        progress ??= third.Witness.GiveUp(AbortReason.Deadline, [])!.Progress;
        return AbortStatement.Make(
            about ?? description, session ?? Named, P(signer), Identity(identity), 2, AbortReason.Deadline, accusations, progress,
            root ?? StateTree.Root(session ?? Named, progress));
    }

    [Fact]
    public void An_abort_that_checks_ends_the_session_and_proves_nothing_against_the_accused()
    {
        RunToTheLastRound();
        third.Group.Say(Purpose.Abort, Abort(accusations: [new(Fault.InvalidShare, P(1))]).Encoded);
        postman.Run();

        var failure = Failure(2, GroupFault.Abandoned, 3);
        Assert.True(Assert.Single(failure.Evidence).Verify(Id(3)));
        // The accused knows that it is innocent.
        var accused = Outcome(1);
        Assert.Equal([new(P(3), Conduct.Suspicion, 1)], accused.Report!.Conduct);
        Assert.False(accused.Report.IsBorneOut);
        Assert.Equal(Fault.InvalidShare, accused.Report.Abort!.Accusations[0].Fault);
        Assert.Equal([1, 2, 3], accused.Report.Abort.Progress.Select(p => (int)p.Party.Value));
        // Nobody bears it out, so it costs the one who said it and not the one whom it names.
        Assert.True(books[2][Id(3)].Valid < 1);
        Assert.Equal(1, books[2][Id(1)].Score);
    }

    [Fact]
    public void Unfounded_aborts_again_and_again_open_their_makers_breaker()
    {
        var health = PartyHealth.Unknown;
        for (var i = 0; i < 3; i++)
            health = health.AfterInvalid();
        Assert.Equal(BreakerState.Open, health.State);
        var reputation = new Reputation();
        var abort = new Func<int, PartyConduct[]>(accused =>
        [
            .. Verdict.Of(
                AbortStatement.Make(description, SessionId.Random(new SeededRandom(1)), P(3), Identity(3), 0, AbortReason.Deadline,
                    [new(Fault.Timeout, P(accused))], [], new byte[32]), [], P(2)),
        ]);
        foreach (var accused in new[] { 1, 2, 1, 2 })
            foreach (var (party, conduct, weight) in abort(accused))
                reputation.Record(Id(party), conduct, DateTimeOffset.UnixEpoch, weight);
        Assert.Equal(4, reputation.Of(Id(3), DateTimeOffset.UnixEpoch).Suspicions);
        Assert.Equal(2, reputation.Of(Id(1), DateTimeOffset.UnixEpoch).Suspicions);
    }

    public static TheoryData<string> Unbelievable => ["forged", "replayed", "other attempt", "cut", "accuses itself", "nonsense"];

    [Theory]
    [MemberData(nameof(Unbelievable))]
    public void An_abort_that_its_aborter_has_not_signed_for_this_session_is_ignored(string how)
    {
        RunToTheLastRound();
        byte[] abort = how switch
        {
            "forged" => Abort(signer: 2).Encoded.ToArray(),
            "replayed" => Abort(session: SessionId.Random(new SeededRandom(9))).Encoded.ToArray(),
            "other attempt" => Abort(about: Session(attempt: 2)).Encoded.ToArray(),
            "cut" => Abort().Encoded[..^1].ToArray(),
            // Header: aborter 2, step 2, reason 1, count 2, fault 1, culprit 2.
            "accuses itself" => Replace(Abort(accusations: [new(Fault.Timeout, P(1))]).Encoded.ToArray(), 9, 3),
            _ => [1, 2, 3],
        };
        third.Group.Say(Purpose.Abort, abort);
        postman.Run();
        Assert.All(honest.Values, s => Assert.True(s.IsRunning));

        // They wait on, until their own deadline; who has not been believed is charged with it.
        now += TimeSpan.FromSeconds(40);
        honest[1].Tick(now);
        var outcome = Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Aborted>(Outcome(1));
        Assert.Equal([new(Fault.Timeout, P(3))], outcome.Abort.Accusations);
        Assert.Equal(1, outcome.Report!.Parties.Single(p => p.Party == P(3)).Invalid);
    }

    static byte[] Replace(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }

    [Fact]
    public void A_flood_of_aborts_that_are_not_believed_names_its_sender()
    {
        RunToTheLastRound();
        for (var i = 0; i < SessionWitness.MaxIgnored; i++)
            third.Group.Say(Purpose.Abort, [1, 2, (byte)i]);
        postman.Run();
        Assert.All(honest.Values, s => Assert.True(s.IsRunning));
        third.Group.Say(Purpose.Abort, [1, 2, 3]);
        postman.Run();
        Failure(1, GroupFault.Malformed, 3);
        Assert.False(honest[2].IsRunning);
    }

    [Fact]
    public void A_wrong_root_convicts_who_signed_it()
    {
        RunToTheLastRound();
        third.Group.Say(Purpose.Abort, Abort(root: new byte[32]).Encoded);
        postman.Run();
        var evidence = Assert.Single(Failure(1, GroupFault.FalseReport, 3).Evidence);
        Assert.True(evidence.Verify(Id(3)));
    }

    [Fact]
    public void A_leaf_that_its_party_never_signed_convicts_who_signed_the_abort()
    {
        RunToTheLastRound();
        var progress = third.Witness.GiveUp(AbortReason.Deadline, [])!.Progress.ToArray();
        progress[0] = ProgressStatement.Unchecked(P(1), 3, progress[0].State, progress[0].Signature);
        third.Group.Say(Purpose.Abort, Abort(progress: progress).Encoded);
        postman.Run();
        var evidence = Assert.Single(Failure(1, GroupFault.FalseReport, 3).Evidence);
        Assert.Equal(StatementKind.Abort, evidence.Kind);
        Assert.True(evidence.Verify(Id(3)));
        Failure(2, GroupFault.FalseReport, 3);
    }

    [Fact]
    public void An_abort_told_to_one_reaches_all()
    {
        RunToTheLastRound();
        third.Group.Say(Purpose.Abort, Abort().Encoded, P(2));
        postman.Run();
        Failure(1, GroupFault.Abandoned, 3);
        Failure(2, GroupFault.Abandoned, 3);
    }

    [Fact]
    public void Two_states_at_one_step_convict_whoever_signed_them_wherever_they_meet()
    {
        third.SaysProgress = false;
        RunToTheLastRound();
        SayProgress(3, [P(2)]);
        // To the second it says that it heard something else from the first: the second can only suspect both, and gives up.
        SayProgress(3, [P(1)], column: 0);
        postman.Run();
        var divergence = Failure(2, GroupFault.Divergence, 1, 3);
        Assert.Equal(Certainty.Suspected, divergence.Certainty);
        // Its abort brings the other statement to the first.
        var evidence = Failure(1, GroupFault.Equivocation, 3).Evidence;
        Assert.Equal(2, evidence.Count);
        Assert.All(evidence, e => Assert.True(e.Verify(Id(3))));
        Assert.False(evidence[0].Content.SequenceEqual(evidence[1].Content));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Who_signs_that_it_heard_what_was_not_said_is_named_by_who_knows(int column)
    {
        third.SaysProgress = false;
        RunToTheLastRound();
        // Column 1 is what the second said; column 2 what the third says that it said itself.
        SayProgress(3, [P(1)], column);
        postman.Run();
        var failure = Failure(2, GroupFault.FalseProgress, 3);
        Assert.Contains(failure.Evidence, e => e.Signer == P(3));
        Failure(1, GroupFault.Abandoned, 2);
    }

    public static TheoryData<string> Nonsense => ["cut", "unsigned", "again", "ahead"];

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Progress_that_no_honest_party_sends_names_its_sender(string how)
    {
        RunToTheLastRound();
        var good = Progress(3, 3, -1);
        byte[] bad = how switch
        {
            "cut" => good[..^1],
            "unsigned" => Replace(good, good.Length - 1, (byte)(good[^1] ^ 1)),
            "again" => Progress(3, 2, -1),
            _ => Progress(3, 4, -1),
        };
        third.Group.Say(Purpose.Progress, bad);
        postman.Run();
        Failure(1, GroupFault.Malformed, 3);
    }

    [Fact]
    public void Who_gives_up_tells_the_others_at_once_and_they_charge_whom_they_miss_too()
    {
        RunToTheLastRound();
        now += TimeSpan.FromSeconds(31);
        honest[1].Tick(now);
        postman.Run();
        var outcome = Outcome(2);
        Assert.Equal(GroupFault.Abandoned, Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Apart>(outcome).Failure.Fault);
        Assert.True(outcome.Report!.IsBorneOut);
        Assert.Equal(AbortReason.Deadline, outcome.Report.Abort!.Reason);
        Assert.Equal([new(P(3), Conduct.Suspicion, 1)], outcome.Report.Conduct);
        Assert.Equal(1, books[2][Id(1)].Score);
        Assert.True(books[2][Id(3)].Received < 1);
    }

    [Fact]
    public void A_session_that_waits_for_a_node_whose_breaker_is_open_ends_before_its_deadline()
    {
        for (var i = 0; i < 3; i++)
            books[1].Silence(Id(3), null);
        Assert.True(honest[1].Left(now) <= TimeSpan.Zero);
        honest[1].Tick(now);
        var failure = Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Apart>(Outcome(1)).Failure;
        Assert.Equal((GroupFault.Timeout, P(3)), (failure.Fault, Assert.Single(failure.Culprits)));
    }

    [Fact]
    public void Who_is_not_asked_to_sign_ignores_what_others_say()
    {
        using var weather = new Postman(2);
        var sessions = new[] { 1, 2, 3 }.ToDictionary(i => i, i => new SecuredSession<KeyShare<Ed25519>>(
            description, P(i), Identity(i), Ed25519Keygen(PartySet.Range(3))(P(i)), new SeededRandom(1, $"channels {i}"), isWitnessed: i == 1));
        foreach (var (i, session) in sessions)
        {
            weather.Add(Id(i), session);
            session.SayReady();
        }
        weather.Run();
        foreach (var session in sessions.Values)
        {
            session.Output().Dispose();
            session.Dispose();
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Signed_progress_costs_one_message_for_each_peer_and_barrier(int n)
    {
        (int Packets, int Bytes) Run(bool isWitnessed)
        {
            using var weather = new Postman(1);
            var sessions = weather.Begin(Session(n), Ed25519Keygen(PartySet.Range(n)), 1, isWitnessed);
            weather.Run();
            foreach (var session in sessions.Values)
            {
                session.Output().Dispose();
                session.Dispose();
            }
            return (weather.Sent.Count, weather.Sent.Sum(l => l.Bytes.Length));
        }
        var (plain, witnessed) = (Run(false), Run(true));
        var messages = n * (n - 1) * 3;
        Assert.Equal(messages, witnessed.Packets - plain.Packets);
        // A record's 60 bytes, step, round, a column for each party, the signature.
        Assert.Equal(messages * (60 + 2 + 1 + (32 * n) + 64), witnessed.Bytes - plain.Bytes);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; i < 10; i++)
            Run(false);
        var without = System.Diagnostics.Stopwatch.GetElapsedTime(began) / (10 * n);
        for (var i = 0; i < 10; i++)
            Run(true);
        output.WriteLine($"{n} parties, each: {without.TotalMilliseconds:F2} ms without, {((System.Diagnostics.Stopwatch.GetElapsedTime(began) / (10 * n)) - without).TotalMilliseconds:F2} ms with");
    }

    void SayProgress(int signer, PartyId[] except, int column = -1)
    {
        for (var step = 1; step <= 2; step++)
            third.Group.Say(Purpose.Progress, Progress(signer, step, column), except);
    }

    /// <summary>The third's progress as it is, or with one column changed, under its signature.</summary>
    byte[] Progress(int signer, int step, int column)
    {
        var liar = new SessionWitness(description, Named, P(signer), Identity(signer));
        byte[] message = [];
        for (var i = 1; i <= step; i++)
        {
            if (third.Broadcasts.FirstOrDefault(b => b.Step == i) is { } broadcast)
            {
                var digests = broadcast.Digests.ToArray();
                if (column >= 0)
                    digests[32 * column] ^= 1;
                liar.Add(broadcast with { Digests = digests });
            }
            message = liar.Progress();
        }
        return message;
    }

}
