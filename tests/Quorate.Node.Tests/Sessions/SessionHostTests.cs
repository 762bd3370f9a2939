using Quorate.Cryptography.Curves;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Channel;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Node.Tests.Channel.Nodes;
using static Quorate.Node.Tests.Sessions.SecuredRuns;

namespace Quorate.Node.Tests.Sessions;

public class SessionHostTests
{
    static readonly PartySet all = PartySet.Range(3);
    static readonly TimeSpan soon = TimeSpan.FromSeconds(60);

    sealed class Fleet : IAsyncDisposable
    {
        internal Fleet(MemoryNetwork network, TimeProvider? time = null, int maxSessions = 64) => Nodes = [.. Enumerable.Range(1, 3).Select(i =>
        {
            var board = new Switchboard(network.Join(Id(i)), Enumerable.Range(1, 3).Select(Id).ToHashSet(), maxSessions);
            return (board, new SessionHost(board, Identity(i), time ?? TimeProvider.System, new SeededRandom((ulong)i, "host")));
        })];

        internal (Switchboard Board, SessionHost Host)[] Nodes { get; }

        internal Task<SessionOutcome<KeyShare<Ed25519>>> Keygen(
            int node, byte attempt = 1, Task? ready = null, SessionDeadlines? deadlines = null, CancellationToken cancellationToken = default) =>
            Task.Run(() => Nodes[node - 1].Host.RunAsync(
                Session(3, attempt), P(node), Ed25519Keygen(all)(P(node)), deadlines ?? new(), ready ?? Task.CompletedTask, cancellationToken));

        public async ValueTask DisposeAsync()
        {
            foreach (var (board, _) in Nodes)
                await board.DisposeAsync();
        }
    }

    static KeyShare<Ed25519> Output(SessionOutcome<KeyShare<Ed25519>> outcome) =>
        Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Completed>(outcome).Output;

    static async Task Until(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 3000, "It did not come to pass.");
            await Task.Delay(20);
        }
    }

    [Fact]
    public async Task Hosts_in_tasks_of_their_own_generate_a_key_in_bad_weather()
    {
        using var random = new SeededRandom(1, "weather");
        Postman.Rule[] rules = [Weather.Repeat(random), Weather.Tamper(random), Weather.Junk(random)];
        await using var fleet = new Fleet(new(letter => rules.Aggregate(new[] { letter }.AsEnumerable(), (letters, rule) => letters.SelectMany(l => rule(l)))));
        var outcomes = await Task.WhenAll([.. all.Select(p => fleet.Keygen(p.Value))]).WaitAsync(soon);
        Assert.Single(outcomes.Select(o => Output(o).Package.GroupKey).Distinct());
        Assert.All(fleet.Nodes, n => Assert.Equal(0, n.Board.Open));
    }

    [Fact]
    public async Task Sessions_beside_each_other_do_not_mix()
    {
        await using var fleet = new Fleet(new());
        var runs = Enumerable.Range(1, 8).Select(a => Task.WhenAll([.. all.Select(p => fleet.Keygen(p.Value, (byte)a))])).ToArray();
        var keys = (await Task.WhenAll(runs).WaitAsync(soon)).Select(run => Assert.Single(run.Select(o => Output(o).Package.GroupKey).Distinct()));
        // The same randomness for the protocol, yet under each its own session id.
        Assert.Equal(8, keys.Count());
    }

    [Fact]
    public async Task A_node_that_comes_late_finds_what_was_said_before()
    {
        var network = new MemoryNetwork();
        await using var fleet = new Fleet(network);
        var early = new[] { fleet.Keygen(1), fleet.Keygen(2) };
        // Two keys, a proof and a contribution each.
        await Until(() => network.Sent == 8);
        var late = fleet.Keygen(3);
        Assert.All(await Task.WhenAll([.. early, late]).WaitAsync(soon), o => Output(o).Dispose());
    }

    [Fact]
    public async Task Nothing_begins_before_every_node_has_decided()
    {
        await using var fleet = new Fleet(new());
        var decision = new TaskCompletionSource();
        var others = new[] { fleet.Keygen(1), fleet.Keygen(2) };
        var third = fleet.Keygen(3, ready: decision.Task);
        await Task.Delay(300);
        Assert.All(others, o => Assert.False(o.IsCompleted));
        decision.SetResult();
        Assert.All(await Task.WhenAll([.. others, third]).WaitAsync(soon), o => Output(o).Dispose());
    }

    [Fact]
    public async Task A_node_that_decides_against_it_says_nothing()
    {
        var time = new ManualTime();
        await using var fleet = new Fleet(new(), time);
        var others = new[] { fleet.Keygen(1), fleet.Keygen(2) };
        var third = fleet.Keygen(3, ready: Task.FromException(new UnauthorizedAccessException("denied")));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => third.WaitAsync(soon));
        Assert.All(others, o => Assert.False(o.IsCompleted));
        Assert.All(await Late(time, others), o =>
        {
            var failure = Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Apart>(o).Failure;
            Assert.Equal(GroupFault.Timeout, failure.Fault);
            Assert.Contains(P(3), failure.Culprits);
        });
    }

    [Fact]
    public async Task A_node_that_falls_silent_after_the_barrier_is_a_suspect()
    {
        var time = new ManualTime();
        var network = new MemoryNetwork();
        await using var fleet = new Fleet(network, time);
        // The third opens the barrier and then says nothing: its protocol can not even be made.
        var third = Task.Run(() => fleet.Nodes[2].Host.RunAsync<KeyShare<Ed25519>>(
            Session(), P(3), _ => throw new InvalidOperationException("no protocol"), new(), Task.CompletedTask, default));
        var others = new[] { fleet.Keygen(1), fleet.Keygen(2) };
        await Assert.ThrowsAsync<InvalidOperationException>(() => third.WaitAsync(soon));
        // Per pair: two keys, proofs, contributions, readinesses; and the first round of the two.
        await Until(() => network.Sent >= 24 + 4);
        Assert.All(await Late(time, others), o =>
        {
            var abort = Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Aborted>(o).Abort;
            Assert.Contains(new Accusation(Fault.Timeout, P(3)), abort.Accusations);
            Assert.All(abort.Accusations, a => Assert.Equal(Certainty.Suspected, a.Fault.Certainty));
        });
    }

    [Fact]
    public async Task A_watched_session_ends_at_its_adaptive_deadline_and_tells_the_others()
    {
        var network = new MemoryNetwork(letter => isCut && (letter.From.Equals(Id(3)) || letter.To.Equals(Id(3))) ? [] : [letter]);
        await using var fleet = new Fleet(network);
        var watches = Enumerable.Range(0, 3).Select(_ => new SessionWatch(new(new() { Shortest = TimeSpan.FromSeconds(0.5), Longest = TimeSpan.FromSeconds(2) }))).ToArray();
        Task<SessionOutcome<KeyShare<Ed25519>>> Keygen(int node, byte attempt) => Task.Run(() => fleet.Nodes[node - 1].Host.RunWatchedAsync(
            Session(3, attempt), P(node), Ed25519Keygen(all)(P(node)), watches[node - 1], Task.CompletedTask, default));

        var outcomes = await Task.WhenAll(Keygen(1, 1), Keygen(2, 1), Keygen(3, 1)).WaitAsync(soon);
        Assert.All(outcomes, o => Output(o).Dispose());
        Assert.All(outcomes, o => Assert.All(o.Report!.Conduct, c => Assert.Equal(Node.Breaker.Conduct.Success, c.Conduct)));
        Assert.True(watches[0].Book.Timeout < TimeSpan.FromSeconds(2));

        // The third's line is cut as soon as all are ready.
        var third = Task.Run(() => fleet.Nodes[2].Host.RunWatchedAsync<KeyShare<Ed25519>>(Session(3, 2), P(3), id =>
        {
            isCut = true;
            return Ed25519Keygen(all)(P(3))(id);
        }, watches[2], Task.CompletedTask, default));
        outcomes = await Task.WhenAll(Keygen(1, 2), Keygen(2, 2)).WaitAsync(soon);
        Assert.All(outcomes, o => Assert.Contains(o.Report!.Conduct, c => c.Party == P(3) && c.Conduct == Node.Breaker.Conduct.Suspicion));
        Assert.All(outcomes, o => Assert.True(o.Report!.Took < TimeSpan.FromSeconds(35)));
        await third.WaitAsync(soon);
    }

    volatile bool isCut;

    [Fact]
    public async Task A_transport_that_takes_nothing_ends_with_the_deadline()
    {
        var time = new ManualTime();
        await using var fleet = new Fleet(new() { IsStuck = true }, time);
        var run = fleet.Keygen(1);
        var outcome = (await Late(time, [run]))[0];
        Assert.Equal([P(2), P(3)], Assert.IsType<SessionOutcome<KeyShare<Ed25519>>.Apart>(outcome).Failure.Culprits);
    }

    [Fact]
    public async Task A_session_that_is_given_up_is_gone()
    {
        await using var fleet = new Fleet(new());
        using var giveUp = new CancellationTokenSource();
        var run = fleet.Keygen(1, cancellationToken: giveUp.Token);
        await Until(() => fleet.Nodes[0].Board.Open == 1);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(soon));
        Assert.Equal(0, fleet.Nodes[0].Board.Open);
    }

    [Fact]
    public async Task Closing_the_node_ends_its_sessions()
    {
        await using var fleet = new Fleet(new());
        var run = fleet.Keygen(1);
        await Until(() => fleet.Nodes[0].Board.Open == 1);
        await fleet.Nodes[0].Board.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(soon));
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => fleet.Keygen(1, attempt: 2));
    }

    [Fact]
    public async Task Sessions_in_flight_are_bounded_and_an_attempt_is_open_once()
    {
        await using var fleet = new Fleet(new(), maxSessions: 2);
        using var giveUp = new CancellationTokenSource();
        var first = fleet.Keygen(1, 1, cancellationToken: giveUp.Token);
        await Until(() => fleet.Nodes[0].Board.Open == 1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fleet.Keygen(1, 1));
        var second = fleet.Keygen(1, 2, cancellationToken: giveUp.Token);
        await Until(() => fleet.Nodes[0].Board.Open == 2);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fleet.Keygen(1, 3));
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(first, second));
    }

    [Fact]
    public async Task A_flood_for_attempts_that_nobody_opened_pushes_out_only_the_floods_own()
    {
        var network = new MemoryNetwork();
        await using var fleet = new Fleet(network);
        var others = new[] { fleet.Keygen(1), fleet.Keygen(2) };
        await Until(() => network.Sent == 8);
        for (var i = 0; i < 5_000; i++)
        {
            var junk = new byte[100];
            junk[0] = 1;
            BitConverter.TryWriteBytes(junk.AsSpan(1), i);
            // From a stranger, and in packets that are too long to wait, from a member.
            network.Inject(Id(7), Id(3), junk);
            network.Inject(Id(1), Id(3), [.. junk, .. new byte[1000]]);
            network.Inject(Id(1), Id(3), []);
        }
        var late = fleet.Keygen(3);
        Assert.All(await Task.WhenAll([.. others, late]).WaitAsync(soon), o => Output(o).Dispose());
    }

    /// <summary>Lets all deadlines pass, again and again until the runs have ended.</summary>
    static async Task<SessionOutcome<KeyShare<Ed25519>>[]> Late(ManualTime time, Task<SessionOutcome<KeyShare<Ed25519>>>[] runs)
    {
        var ended = Task.WhenAll(runs);
        for (var i = 0; !ended.IsCompleted; i++)
        {
            Assert.True(i < 300, "The deadlines did not end it.");
            await Task.WhenAny(ended, Task.Delay(200));
            time.Advance(TimeSpan.FromSeconds(31));
        }
        return await ended;
    }
}
