namespace Quorate.Node.Signing;

/// <summary>Whether a peer is asked to sign.</summary>
enum CircuitState
{
    /// <summary>It is.</summary>
    Closed,

    /// <summary>It is not, for a while.</summary>
    Open,

    /// <summary>It is asked once, and what becomes of that decides.</summary>
    HalfOpen,
}

/// <summary>
/// What this node has seen of one peer lately, and whether it therefore asks it to sign: closed, then open after failures,
/// then half-open, in which one session decides. Pure: the time is an argument, counted from any fixed moment and never
/// backwards. Not thread-safe.
/// </summary>
/// <remarks>A breaker saves time and is no punishment: whoever can make a peer fail at this node can open it.</remarks>
sealed class CircuitBreaker
{
    /// <summary>Failures one after the other that open it.</summary>
    internal const int FailuresInARow = 3;

    /// <summary>Outcomes in the window from which on their share of failures counts: of one or two it says nothing.</summary>
    internal const int MinOutcomes = 4;

    /// <summary>Outcomes remembered; older ones are forgotten before their time.</summary>
    internal const int MaxOutcomes = 512;

    /// <summary>Half of the outcomes in this time being failures opens it.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>How long it stays open: the first time, and after one, two, three and more probes that failed.</summary>
    internal static readonly TimeSpan[] OpenFor =
        [TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(240)];

    readonly Queue<(TimeSpan At, bool IsFailure)> outcomes = new();
    int inARow;
    int failedProbes;
    int generation;
    bool isProbing;
    TimeSpan? openUntil;

    /// <summary>The right to ask the peer once. What it leads to is reported with it.</summary>
    /// <param name="Generation">Openings and closings before it: what began before one of them says nothing about it.</param>
    internal readonly record struct Ticket(int Generation);

    /// <summary>What it is at a time.</summary>
    internal CircuitState StateAt(TimeSpan now) =>
        openUntil is not { } until ? CircuitState.Closed : now < until ? CircuitState.Open : CircuitState.HalfOpen;

    /// <summary>Whether <see cref="TryEnter"/> would give a ticket.</summary>
    internal bool Admits(TimeSpan now) => StateAt(now) switch
    {
        CircuitState.Closed => true,
        CircuitState.HalfOpen => !isProbing,
        _ => false,
    };

    /// <summary>Whether the peer has failed lately without an opening for it: others are asked first then.</summary>
    internal bool HasFailedLately(TimeSpan now) => outcomes.Any(o => o.IsFailure && now - o.At < Window);

    /// <summary>A ticket, if the peer may be asked now: while half-open, one at a time.</summary>
    internal Ticket? TryEnter(TimeSpan now)
    {
        if (!Admits(now))
            return null;
        isProbing = openUntil is not null;
        return new(generation);
    }

    /// <summary>The peer did its part.</summary>
    internal void Succeeded(Ticket ticket, TimeSpan now)
    {
        if (ticket.Generation != generation)
            return;
        if (openUntil is not null)
            Turn(null);
        (inARow, failedProbes) = (0, 0);
        Remember(now, false);
    }

    /// <summary>The peer did not do its part.</summary>
    internal void Failed(Ticket ticket, TimeSpan now)
    {
        if (ticket.Generation != generation)
            return;
        if (openUntil is not null)
        {
            failedProbes = Math.Min(failedProbes + 1, OpenFor.Length - 1);
            Turn(now + OpenFor[failedProbes]);
            return;
        }
        inARow++;
        Remember(now, true);
        if (inARow >= FailuresInARow || (outcomes.Count >= MinOutcomes && 2 * outcomes.Count(o => o.IsFailure) >= outcomes.Count))
            Turn(now + OpenFor[0]);
    }

    /// <summary>The peer was not put to the test: somebody else was in the way, or it said no, which is its right.</summary>
    internal void Left(Ticket ticket)
    {
        if (ticket.Generation == generation)
            isProbing = false;
    }

    void Turn(TimeSpan? until)
    {
        (openUntil, isProbing, inARow) = (until, false, 0);
        generation++;
        outcomes.Clear();
    }

    void Remember(TimeSpan now, bool isFailure)
    {
        while (outcomes.TryPeek(out var oldest) && (now - oldest.At >= Window || outcomes.Count == MaxOutcomes))
            outcomes.Dequeue();
        outcomes.Enqueue((now, isFailure));
    }
}
