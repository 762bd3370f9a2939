using Quorate.Policies;

namespace Quorate.Node.Breaker;

/// <summary>What a node has done in one session, as far as reputation goes.</summary>
public enum Conduct
{
    /// <summary>It took part to the end.</summary>
    Success,

    /// <summary>It was late, or another accused it: at least one of several is at fault, or the network.</summary>
    Suspicion,

    /// <summary>It has broken the protocol, and this node has seen enough to be sure.</summary>
    ProvenFault,
}

/// <summary>What has been counted for one node, each in units that fade.</summary>
/// <param name="Successes">At most <see cref="Reputation.MostSuccesses"/>.</param>
/// <param name="Suspicions">At most <see cref="Reputation.MostSuspicions"/>.</param>
/// <param name="ProvenFaults">At most <see cref="Reputation.MostFaults"/>.</param>
/// <param name="At">Up to when they have faded.</param>
public sealed record Standing(double Successes, double Suspicions, double ProvenFaults, DateTimeOffset At)
{
    /// <summary>What it comes to: successes less suspicions, and a proven fault outweighs whatever can be had of both.</summary>
    public double Value => Successes - Suspicions - (Reputation.FaultWeight * ProvenFaults);

    /// <summary>The same from 0 to 1, for who chooses by more than reputation: 1 for the unknown, 0 after a fault or too many suspicions.</summary>
    public double Trust => Math.Clamp(1 + (Value / Reputation.MostSuspicions), 0, 1);

    /// <summary>The same with more, counted at its time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than none of something.</exception>
    public Standing With(double successes, double suspicions, double provenFaults)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfNegative(suspicions);
        ArgumentOutOfRangeException.ThrowIfNegative(provenFaults);
        return this with
        {
            Successes = Math.Min(Reputation.MostSuccesses, Successes + successes),
            Suspicions = Math.Min(Reputation.MostSuspicions, Suspicions + suspicions),
            ProvenFaults = Math.Min(Reputation.MostFaults, ProvenFaults + provenFaults),
        };
    }

    /// <summary>Nothing is known.</summary>
    public static Standing Unknown(DateTimeOffset at) => new(0, 0, 0, at);

    /// <summary>What is left of it at a time; all of it at one that is past.</summary>
    public Standing Faded(DateTimeOffset at)
    {
        var passed = at > At ? at - At : TimeSpan.Zero;
        var (kept, keptOfFaults) = (Math.Pow(0.5, passed / Reputation.HalfLife), Math.Pow(0.5, passed / Reputation.FaultHalfLife));
        return new(Successes * kept, Suspicions * kept, ProvenFaults * keptOfFaults, At + passed);
    }
}

/// <summary>
/// What this node thinks of the others after all sessions: a fold over what was recorded, without a clock, so that it can
/// be had again from the journal. It decides in which order nodes are asked, never who may sign.
/// </summary>
public sealed class Reputation
{
    /// <summary>Successes beyond these add nothing: a long good record does not pay for a fault.</summary>
    public const double MostSuccesses = 20;

    /// <summary>Suspicions beyond these cost nothing: the network can make any number of them.</summary>
    public const double MostSuspicions = 20;

    /// <summary>Proven faults beyond these cost nothing more.</summary>
    public const double MostFaults = 10;

    /// <summary>More than all successes and suspicions together are worth, so that one that has cheated comes last.</summary>
    public const double FaultWeight = 50;

    /// <summary>After so long half of the successes and suspicions are forgotten: networks change within hours.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromHours(12);

    /// <summary>After so long half of a proven fault is forgotten: people have to act on it first.</summary>
    public static readonly TimeSpan FaultHalfLife = TimeSpan.FromDays(30);

    readonly Dictionary<NodeId, Standing> nodes;

    /// <summary>Nothing is known of anybody.</summary>
    public Reputation() => nodes = [];

    /// <summary>What was stored.</summary>
    public Reputation(IReadOnlyDictionary<NodeId, Standing> standings) => nodes = new(standings);

    /// <summary>Everything that is known, to be stored.</summary>
    public IReadOnlyDictionary<NodeId, Standing> Standings => nodes;

    /// <summary>Counts something. Times must not go back for it to fade; one that does counts as no time.</summary>
    /// <param name="node">Of whom.</param>
    /// <param name="conduct">What.</param>
    /// <param name="at">When.</param>
    /// <param name="weight">How much of one, 0 to 1: a suspicion is divided among all on whom it falls.</param>
    public void Record(NodeId node, Conduct conduct, DateTimeOffset at, double weight = 1)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, 1);
        var now = Of(node, at);
        nodes[node] = conduct switch
        {
            Conduct.Success => now.With(weight, 0, 0),
            Conduct.Suspicion => now.With(0, weight, 0),
            _ => now.With(0, 0, weight),
        };
    }

    /// <summary>What is known of a node at a time.</summary>
    public Standing Of(NodeId node, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(node);
        return nodes.TryGetValue(node, out var known) ? known.Faded(at) : Standing.Unknown(at);
    }

    /// <summary>Nodes in the order in which they are asked: the best first, equals by their keys.</summary>
    public IReadOnlyList<NodeId> Order(IEnumerable<NodeId> candidates, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        return [.. candidates.OrderByDescending(n => Of(n, at).Value).ThenBy(n => n.ToString(), StringComparer.Ordinal)];
    }
}
