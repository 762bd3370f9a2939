namespace Quorate.Threshold.Sessions;

/// <summary>One party accused of one fault.</summary>
public readonly record struct Accusation(Fault Fault, PartyId Culprit);

/// <summary>Why a session ended without output: every fault found at the step where it ended, with every culprit.</summary>
public sealed class Abort
{
    internal Abort(IEnumerable<Accusation> accusations)
    {
        Accusations = [.. accusations.Distinct().OrderBy(a => a.Fault).ThenBy(a => a.Culprit)];
        Culprits = [.. Accusations.Select(a => a.Culprit).Distinct().Order()];
    }

    /// <summary>All accusations, by fault and then by party. Never empty.</summary>
    public IReadOnlyList<Accusation> Accusations { get; }

    /// <summary>Everybody accused, in ascending order.</summary>
    public IReadOnlyList<PartyId> Culprits { get; }

    /// <summary>The fault, where only one kind was found; else the first of them.</summary>
    public Fault Fault => Accusations[0].Fault;

    /// <summary>The gravest severity among the accusations.</summary>
    public Severity Severity => Accusations.Max(a => a.Fault.Severity);

    /// <summary>The faults and who is accused of them, for logs.</summary>
    public override string ToString() => string.Join("; ", Accusations
        .GroupBy(a => a.Fault)
        .Select(g => $"{g.Key} ({g.Key.Certainty}): {string.Join(", ", g.Select(a => a.Culprit))}"));
}
