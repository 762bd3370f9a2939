namespace Quorate.Node.Breaker;

/// <summary>What is done with a node because of its record.</summary>
public enum BreakerState
{
    /// <summary>Its record is good: the ordinary timeout.</summary>
    Closed,

    /// <summary>Its record is doubtful: a longer timeout, so that a slow node is not driven out by its slowness.</summary>
    HalfOpen,

    /// <summary>Nothing is expected of it: a session that waits for it ends at once. Only a new attempt, after a rest, tries it again.</summary>
    Open,
}

/// <summary>
/// A node's record as one number: (received / expected) × (valid / total) × (1 − latency penalty), each over recent rounds,
/// of which an older one weighs two thirds of the next. Pure: times are given.
/// </summary>
public sealed record PartyHealth
{
    /// <summary>Below it for <see cref="RoundsToChange"/> rounds the breaker is half-open. The field's figure.</summary>
    public const double HalfOpenBelow = 0.6;

    /// <summary>Below it the breaker is open. The field's figure.</summary>
    public const double OpenBelow = 0.3;

    /// <summary>Rounds in a row that half-open the breaker, or close it again: one bad round is weather.</summary>
    public const int RoundsToChange = 2;

    /// <summary>
    /// What a round weighs of the next. With two thirds a spotless node is half-open after two missed rounds at most and
    /// open after three in a row ((2/3)³ = 0.296), the number of failures in a row that opens a breaker of the signing path.
    /// </summary>
    public const double Kept = 2.0 / 3;

    /// <summary>
    /// The part of the timeout that costs nothing: the timeout is 2.5 times the median, so whoever is no slower than the
    /// median is not called slow.
    /// </summary>
    public const double FreeLatency = 1 / AdaptiveTimeout.Multiple;

    /// <summary>
    /// What remains of a record when an open breaker is tried again: one more missed round opens it at once (0.4 · 2/3 &lt; 0.3),
    /// two rounds in time close it.
    /// </summary>
    public const double OnProbation = 0.4;

    /// <summary>A node of which nothing is known: trusted until it gives cause not to be.</summary>
    public static PartyHealth Unknown { get; } = new();

    /// <summary>Received of expected rounds.</summary>
    public double Received { get; init; } = 1;

    /// <summary>Valid of all messages.</summary>
    public double Valid { get; init; } = 1;

    /// <summary>One less the latency penalty.</summary>
    public double Promptness { get; init; } = 1;

    /// <summary>Rounds in a row below <see cref="HalfOpenBelow"/>.</summary>
    public int RoundsBelow { get; init; }

    /// <summary>Rounds in a row at or above it.</summary>
    public int RoundsAbove { get; init; }

    /// <summary>What is done because of it.</summary>
    public BreakerState State { get; init; }

    /// <summary>The score, 0 to 1.</summary>
    public double Score => Received * Valid * Promptness;

    /// <summary>The record after a round whose message came in <paramref name="latency"/> of <paramref name="allowed"/>.</summary>
    public PartyHealth AfterMessage(TimeSpan latency, TimeSpan allowed) => Judged(this with
    {
        Received = Blend(Received, 1),
        Valid = Blend(Valid, 1),
        Promptness = Blend(Promptness, 1 - Penalty(latency, allowed)),
    });

    /// <summary>The record after a round whose message did not come.</summary>
    public PartyHealth AfterSilence() => Judged(this with { Received = Blend(Received, 0) });

    /// <summary>The record after a message that was not valid, an abort that nobody bears out included.</summary>
    public PartyHealth AfterInvalid() => Judged(this with { Valid = Blend(Valid, 0) });

    /// <summary>
    /// How long it takes until nothing is expected any more of a node that is silent: until its score, with the part of the
    /// round that has passed taken for missed, is below <see cref="OpenBelow"/>. Null where that takes the whole timeout, as
    /// it does for every node of good record.
    /// </summary>
    public TimeSpan? GivenUpAfter(TimeSpan allowed)
    {
        if (State == BreakerState.Open || Score < OpenBelow)
            return TimeSpan.Zero;
        var part = (1 - (OpenBelow / Score)) / (1 - Kept);
        return part < 1 ? part * allowed : null;
    }

    /// <summary>The record for another try, after a rest, of a node whose breaker is open; that of others stays.</summary>
    public PartyHealth OnTrial() => State != BreakerState.Open ? this : new() { Received = OnProbation, State = BreakerState.HalfOpen };

    /// <summary>0 up to the median, 1 at the timeout, straight between.</summary>
    static double Penalty(TimeSpan latency, TimeSpan allowed) => Math.Clamp(((latency / allowed) - FreeLatency) / (1 - FreeLatency), 0, 1);

    static double Blend(double before, double now) => (Kept * before) + ((1 - Kept) * now);

    static PartyHealth Judged(PartyHealth after)
    {
        var isBelow = after.Score < HalfOpenBelow;
        var (below, above) = isBelow ? (after.RoundsBelow + 1, 0) : (0, after.RoundsAbove + 1);
        return after with
        {
            RoundsBelow = below,
            RoundsAbove = above,
            State = after.State == BreakerState.Open || after.Score < OpenBelow ? BreakerState.Open
                : below >= RoundsToChange ? BreakerState.HalfOpen
                : after.State == BreakerState.HalfOpen && above >= RoundsToChange ? BreakerState.Closed
                : after.State,
        };
    }
}
