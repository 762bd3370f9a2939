using Quorate.Journal;
using Quorate.Node.Breaker;
using Quorate.Policies;

namespace Quorate.Node.Signing;

/// <summary>
/// What signing shows of the other nodes, for their reputation: docs/spec/breaker.md. It is counted in memory and recorded
/// only where it changes whom this node asks, so that the journal grows with trouble and not with signatures. Thread-safe.
/// </summary>
sealed class SigningConduct(NodeJournal journal, TimeProvider time) : IAsyncDisposable
{
    /// <summary>What a signature makes good of a suspicion: who fails more than one time in five sinks.</summary>
    internal const double SuccessWeight = 0.25;

    /// <summary>What is late in so short a time is one trouble, whatever waits for it: a node that dies has many sessions open.</summary>
    internal static readonly TimeSpan OneTrouble = TimeSpan.FromMinutes(1);

    /// <summary>Between two records of one node.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    readonly Lock access = new();
    readonly Dictionary<NodeId, Seen> nodes = [];
    readonly CancellationTokenSource closing = new();
    Task writing = Task.CompletedTask;

    /// <param name="Since">What has been seen since the last record.</param>
    /// <param name="RecordedAt">When that was; null for never.</param>
    /// <param name="SuspectedAt">When a suspicion was last counted; null for never.</param>
    readonly record struct Seen(Standing Since, DateTimeOffset? RecordedAt, DateTimeOffset? SuspectedAt);

    /// <summary>What is thought of a node now, from 0 to 1: what is recorded of it, and what has been seen since.</summary>
    internal double TrustIn(NodeId node)
    {
        var now = time.GetUtcNow();
        lock (access)
            return Sum(journal.State.StandingOf(node, now), Since(node, now)).Trust;
    }

    /// <summary>Ends when what is being recorded is.</summary>
    internal Task Recorded
    {
        get
        {
            lock (access)
                return writing;
        }
    }

    /// <summary>A node has done something in a signing.</summary>
    /// <param name="node">Which.</param>
    /// <param name="conduct">What.</param>
    /// <param name="weight">How much of one: a suspicion is divided among all on whom it falls.</param>
    internal void Note(NodeId node, Conduct conduct, double weight = 1)
    {
        var now = time.GetUtcNow();
        lock (access)
        {
            var known = journal.State.StandingOf(node, now);
            var since = Since(node, now);
            var seen = nodes.GetValueOrDefault(node);
            if (conduct == Conduct.Suspicion && seen.SuspectedAt is { } last && now >= last && now - last < OneTrouble)
                return;
            // Successes make good and are no credit: whoever begins to fail is asked less at once.
            var due = conduct == Conduct.Success ? Math.Min(SuccessWeight * weight, -Math.Min(0, Sum(known, since).Value)) : weight;
            if (due <= 0 || closing.IsCancellationRequested)
                return;
            since = conduct switch
            {
                Conduct.Success => since.With(due, 0, 0),
                Conduct.Suspicion => since.With(0, due, 0),
                _ => since.With(0, 0, due),
            };
            nodes[node] = seen with { Since = since, SuspectedAt = conduct == Conduct.Suspicion ? now : seen.SuspectedAt };
            if (IsDue(known, since, seen.RecordedAt, now) && writing.IsCompleted)
                writing = Task.Run(RecordAsync, CancellationToken.None);
        }
    }

    /// <summary>Whether something that was seen is to be recorded: it moves the node's place, and the last record is not new.</summary>
    internal static bool IsDue(Standing known, Standing since, DateTimeOffset? recordedAt, DateTimeOffset now) =>
        (recordedAt is not { } last || now - last >= Rest || now < last)
        && (QuorumChoice.StepOf(Sum(known, since).Trust) != QuorumChoice.StepOf(known.Trust)
            || (since.ProvenFaults > 0 && known.ProvenFaults <= Reputation.MostFaults - 1));

    static Standing Sum(Standing known, Standing since) => known.With(since.Successes, since.Suspicions, since.ProvenFaults);

    Standing Since(NodeId node, DateTimeOffset now) => nodes.TryGetValue(node, out var seen) ? seen.Since.Faded(now) : Standing.Unknown(now);

    async Task RecordAsync()
    {
        try
        {
            using var turn = await journal.TakeTurnAsync(closing.Token).ConfigureAwait(false);
            foreach (var (node, since) in Due())
            {
                var at = journal.State.TimeToRecord(time.GetUtcNow());
                await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion,
                    new NodeEvent.SigningNoted(at, node.ToString(), since.Successes, since.Suspicions, since.ProvenFaults), CancellationToken.None).ConfigureAwait(false);
                Forget(node, since);
            }
        }
        catch (Exception problem) when (problem is JournalUnavailableException or OperationCanceledException or ObjectDisposedException)
        {
            // The disk is full, or the node is closing: it stays in memory, and the next note tries again.
        }
    }

    (NodeId Node, Standing Since)[] Due()
    {
        var now = time.GetUtcNow();
        lock (access)
            return
            [
                .. nodes.Where(seen => IsDue(journal.State.StandingOf(seen.Key, now), Since(seen.Key, now), seen.Value.RecordedAt, now))
                    .Select(seen => (seen.Key, Since(seen.Key, now))),
            ];
    }

    void Forget(NodeId node, Standing recorded)
    {
        lock (access)
        {
            var seen = nodes[node];
            nodes[node] = seen with
            {
                Since = seen.Since with
                {
                    Successes = Math.Max(0, seen.Since.Successes - recorded.Successes),
                    Suspicions = Math.Max(0, seen.Since.Suspicions - recorded.Suspicions),
                    ProvenFaults = Math.Max(0, seen.Since.ProvenFaults - recorded.ProvenFaults),
                },
                RecordedAt = time.GetUtcNow(),
            };
        }
    }

    /// <summary>Waits for what is being recorded. What was not worth it is forgotten.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await Recorded.ConfigureAwait(false);
        closing.Dispose();
    }
}
