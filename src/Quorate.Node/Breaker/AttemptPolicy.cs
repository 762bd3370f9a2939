using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Policies;

namespace Quorate.Node.Breaker;

/// <summary>An attempt of a ceremony that failed, as this node remembers it.</summary>
/// <param name="EndedAt">When it ended here.</param>
/// <param name="Proven">Who has broken the protocol, to this node's certain knowledge.</param>
/// <param name="Suspected">Who may be at fault.</param>
public sealed record FailedAttempt(DateTimeOffset EndedAt, IReadOnlyList<NodeId> Proven, IReadOnlyList<NodeId> Suspected)
{
    /// <summary>
    /// Accusers and accused, where somebody says that another has shown him a fault which nobody else could see. One of the
    /// two does not follow the protocol, and nobody can tell which.
    /// </summary>
    public IReadOnlyList<NodeId> Disputed { get; init; } = [];

    /// <summary>What a session's report says of its attempt.</summary>
    public static FailedAttempt Of(SessionDescription description, SessionReport report, DateTimeOffset endedAt)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(report);
        NodeId[] Those(Conduct conduct) => [.. report.Conduct.Where(c => c.Conduct == conduct).Select(c => description[c.Party]).Distinct()];
        return new(endedAt, Those(Conduct.ProvenFault), Those(Conduct.Suspicion));
    }
}

/// <summary>What follows from the attempts so far.</summary>
public abstract record NextAttempt
{
    NextAttempt() { }

    /// <summary>Another one, then and with these deadlines, under a new name and with nothing of the one before.</summary>
    public sealed record Again(DateTimeOffset At, SessionDeadlines Deadlines) : NextAttempt;

    /// <summary>No more.</summary>
    /// <param name="Named">Because of whom: the proven, or else those who accuse each other, or else those suspected in most attempts.</param>
    /// <param name="IsProven">Which of the two.</param>
    public sealed record GiveUp(IReadOnlyList<NodeId> Named, bool IsProven) : NextAttempt;
}

/// <summary>
/// Whether a ceremony that takes all of its nodes is tried again. Not with a node that has been proven to cheat: no waiting
/// makes it honest, and its part cannot be done by another. Pure.
/// </summary>
public sealed record AttemptPolicy
{
    /// <summary>How long to rest, and how often to try.</summary>
    public Cooldown Cooldown { get; init; } = new();

    /// <summary>Between what a round's timeout adapts itself; the book has the same.</summary>
    public TimeoutLimits Timeouts { get; init; } = new();

    /// <summary>What follows from the attempts so far, in their order; the first attempt from none.</summary>
    /// <param name="history">The attempts so far, in their order.</param>
    /// <param name="timeout">The present timeout of a round: <see cref="HealthBook.Timeout"/>.</param>
    /// <param name="now">The time.</param>
    public NextAttempt Decide(IReadOnlyList<FailedAttempt> history, TimeSpan timeout, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Count == 0)
            return new NextAttempt.Again(now, new() { Ready = Timeouts.Longest });
        // All have been ready before. What differs is when they learned of the failure, by one round's timeout at most where
        // no abort reaches them; and as long again to meet. At worst the longest and the shortest.
        var ready = 2 * timeout < Timeouts.Longest + Timeouts.Shortest ? 2 * timeout : Timeouts.Longest + Timeouts.Shortest;
        var deadlines = new SessionDeadlines { Ready = ready };
        NodeId[] proven = [.. history.SelectMany(a => a.Proven).Distinct()];
        if (proven.Length > 0)
            return new NextAttempt.GiveUp(proven, IsProven: true);
        // Either the accused cheats or the accuser does, and the ceremony takes both.
        NodeId[] disputed = [.. history.SelectMany(a => a.Disputed).Distinct().OrderBy(n => n.ToString(), StringComparer.Ordinal)];
        if (disputed.Length > 0)
            return new NextAttempt.GiveUp(disputed, IsProven: false);
        if (history.Count < Cooldown.Attempts)
            return new NextAttempt.Again(history[^1].EndedAt + Cooldown.After(history.Count), deadlines);
        var suspected = history.SelectMany(a => a.Suspected).GroupBy(n => n).Select(g => (Node: g.Key, Times: g.Count())).ToArray();
        return new NextAttempt.GiveUp(
            [.. suspected.Where(s => s.Times == suspected.Max(o => o.Times)).Select(s => s.Node).OrderBy(n => n.ToString(), StringComparer.Ordinal)],
            IsProven: false);
    }
}
