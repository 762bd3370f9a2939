using Quorate.Journal;
using Quorate.Node.Breaker;
using Quorate.Node.Signing;
using Quorate.Policies;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Xunit.Abstractions;

namespace Quorate.Node.Tests.Signing;

/// <summary>What signing shows of others: it moves whom a node asks, survives a restart, and costs a few events.</summary>
public sealed class SigningConductTests(ITestOutputHelper output) : IAsyncLifetime
{
    sealed class Moving : TimeProvider
    {
        internal TimeSpan Passed { get; set; }

        public override DateTimeOffset GetUtcNow() => Deployment.Start + Passed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }

    readonly Deployment acme = new(nodeCount: 5);
    readonly Moving time = new();
    readonly string folder = Directory.CreateTempSubdirectory("quorate-conduct").FullName;
    NodeJournal journal = null!;
    SigningConduct conduct = null!;

    public async Task InitializeAsync()
    {
        journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(Path.Combine(folder, "journal.db"), new() { Time = time }), default);
        conduct = Over(journal, time);
    }

    static SigningConduct Over(NodeJournal journal, TimeProvider time) => new(journal, time);

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    async Task StopAsync()
    {
        await conduct.DisposeAsync();
        await journal.DisposeAsync();
    }

    NodeId Node(int number) => acme.Id($"node-{number}");

    async Task<long> EventsAsync()
    {
        await conduct.Recorded;
        return (await journal.HeadAsync(default)).Position;
    }

    async Task NoteAsync(int node, Conduct what, int times = 1, double minutes = 1)
    {
        for (var i = 0; i < times; i++)
        {
            conduct.Note(Node(node), what);
            await conduct.Recorded;
            time.Passed += TimeSpan.FromMinutes(minutes);
        }
    }

    [Fact]
    public async Task Signatures_alone_are_never_recorded()
    {
        var before = await EventsAsync();
        await NoteAsync(2, Conduct.Success, 500, 0.1);
        Assert.Equal((before, 1), (await EventsAsync(), conduct.TrustIn(Node(2))));
        // And they are no credit: whoever begins to fail sinks as fast as somebody new.
        await NoteAsync(2, Conduct.Suspicion, 2);
        await NoteAsync(3, Conduct.Suspicion, 2);
        Assert.Equal(conduct.TrustIn(Node(3)), conduct.TrustIn(Node(2)), 0.01);
    }

    [Fact]
    public async Task Who_was_slow_once_is_where_it_was_and_nothing_is_written_about_it()
    {
        var before = await EventsAsync();
        conduct.Note(Node(2), Conduct.Suspicion);
        Assert.True(conduct.TrustIn(Node(2)) < 1);
        Assert.Equal(QuorumChoice.StepOf(1), QuorumChoice.StepOf(conduct.TrustIn(Node(2))));
        await NoteAsync(2, Conduct.Success, 4);
        Assert.Equal(1, conduct.TrustIn(Node(2)), 1e-9);
        Assert.Equal(before, await EventsAsync());
    }

    [Fact]
    public async Task Many_sessions_that_die_at_once_are_one_trouble()
    {
        for (var i = 0; i < 48; i++)
            conduct.Note(Node(2), Conduct.Suspicion);
        Assert.Equal(0.95, conduct.TrustIn(Node(2)), 1e-9);
        time.Passed += SigningConduct.OneTrouble;
        conduct.Note(Node(2), Conduct.Suspicion);
        Assert.Equal(0.9, conduct.TrustIn(Node(2)), 0.001);
        await conduct.Recorded;
    }

    [Fact]
    public async Task A_proven_fault_is_on_disk_at_once_and_outlasts_restarts_and_good_conduct()
    {
        await NoteAsync(2, Conduct.ProvenFault);
        await StopAsync();
        await InitializeAsync();
        Assert.Equal(0, conduct.TrustIn(Node(2)));
        await NoteAsync(2, Conduct.Success, 200);
        Assert.Equal(0, conduct.TrustIn(Node(2)));
        time.Passed += TimeSpan.FromDays(60);
        Assert.True(conduct.TrustIn(Node(2)) > 0, "nothing is for ever");
    }

    [Fact]
    public async Task What_is_recorded_and_what_is_not_yet_add_up_to_the_same()
    {
        await NoteAsync(2, Conduct.Suspicion, 4);
        var trust = conduct.TrustIn(Node(2));
        Assert.InRange(trust, 0.79, 0.82);
        // Three of them are recorded at the most: a record is five minutes from the next.
        Assert.True(journal.State.StandingOf(Node(2), time.GetUtcNow()).Trust > trust);
        await NoteAsync(2, Conduct.Suspicion, 4);
        await StopAsync();
        await InitializeAsync();
        Assert.InRange(conduct.TrustIn(Node(2)), 0.59, 0.71);
    }

    [Fact]
    public async Task However_much_happens_the_records_are_few()
    {
        var before = await EventsAsync();
        // A day of a cheat that fails every second time, every ten seconds.
        for (var i = 0; i < 8_640; i++)
        {
            time.Passed = TimeSpan.FromSeconds(10 * i);
            conduct.Note(Node(2), i % 2 == 0 ? Conduct.Suspicion : Conduct.Success);
            conduct.Note(Node(3), Conduct.ProvenFault);
            if (i % 30 == 0)
                await conduct.Recorded;
        }
        var events = await EventsAsync() - before;
        output.WriteLine($"{events} events");
        Assert.InRange(events, 2, 2 * (86_400 / (long)SigningConduct.Rest.TotalSeconds + 1));
        Assert.InRange(events, 2, 60);
    }

    /// <summary>Twelve hours of one request every half a minute; says how often each peer is in the quorum that is asked first.</summary>
    async Task<int[]> SimulateAsync(bool isRemembered, Func<int, int, SeededRandom, bool> fails)
    {
        var (health, chosen) = (new PeerHealth(time), new int[6]);
        using var random = new SeededRandom(5, "signing");
        var begun = time.Passed;
        for (var i = 0; i < 1_440; i++)
        {
            time.Passed = begun + TimeSpan.FromSeconds(30 * i);
            // Every two hours the node is started again, and what it had in memory alone is gone.
            if (i % 240 == 0)
                health = new(time);
            var suspects = new HashSet<int>();
            for (var attempt = 0; attempt < 3; attempt++)
            {
                Candidate[] candidates = [.. Enumerable.Range(2, 4).Select(p => new Candidate(
                    new(p), health.Look(Node(p)), isRemembered ? conduct.TrustIn(Node(p)) : 1, suspects.Contains(p)))];
                if (QuorumChoice.Choose(new(1), 3, candidates, new HashSet<(PartyId, PartyId)>(), []) is not { } quorum)
                    break;
                var peers = quorum.Except(new PartyId(1)).Select(p => p.Value).ToArray();
                if (attempt == 0)
                    foreach (var peer in peers)
                        chosen[peer]++;
                var tickets = peers.ToDictionary(p => p, p => health.TryEnter(Node(p))!.Value);
                if (peers.FirstOrDefault(p => fails(p, i, random)) is not 0 and var slow)
                {
                    time.Passed += TimeSpan.FromSeconds(5);
                    health.Failed(Node(slow), tickets[slow]);
                    conduct.Note(Node(slow), Conduct.Suspicion);
                    foreach (var other in peers.Where(p => p != slow))
                        health.Left(Node(other), tickets[other]);
                    suspects.Add(slow);
                    continue;
                }
                foreach (var peer in peers)
                {
                    // The one that fails is the fastest, so that it is asked first as long as nothing else counts.
                    health.Succeeded(Node(peer), tickets[peer], TimeSpan.FromMilliseconds(10 * ((peer + 2) % 5 + 1)));
                    conduct.Note(Node(peer), Conduct.Success);
                }
                break;
            }
            await conduct.Recorded;
        }
        return chosen;
    }

    [Fact]
    public async Task A_node_that_keeps_failing_is_chosen_less_and_one_that_was_slow_once_as_often_as_before()
    {
        static bool OneInThree(int peer, int _, SeededRandom random)
        {
            Span<byte> coin = stackalloc byte[1];
            random.Fill(coin);
            return peer == 3 && coin[0] < 85;
        }

        var forgetful = await SimulateAsync(isRemembered: false, OneInThree);
        await StopAsync();
        File.Delete(Path.Combine(folder, "journal.db"));
        await InitializeAsync();
        var before = await EventsAsync();
        var remembering = await SimulateAsync(isRemembered: true, OneInThree);
        output.WriteLine($"in the first quorum of 1,440: {forgetful[3]} without a memory, {remembering[3]} with; {await EventsAsync() - before} events");
        Assert.True(forgetful[3] > 100, $"{forgetful[3]}");
        Assert.True(remembering[3] < forgetful[3] / 2, $"{remembering[3]} of {forgetful[3]}");
        Assert.InRange(await EventsAsync() - before, 1, 12);

        // The same node, honest again after two days, and slow once.
        time.Passed += TimeSpan.FromDays(2);
        var honest = await SimulateAsync(isRemembered: true, (peer, request, _) => peer == 3 && request == 100);
        output.WriteLine($"honest and slow once: {honest[3]}");
        Assert.True(honest[3] > 1_300, $"{honest[3]}");
    }
}
