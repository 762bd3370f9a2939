using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>
/// A request with the time and the approvals it had: an example of a policy, which says what it expects, or a recorded
/// intent, which says what was decided.
/// </summary>
public sealed record PolicyCase
{
    /// <summary>An example's title or a recorded intent's id.</summary>
    public required string Name { get; init; }

    /// <summary>When it is judged.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What is asked.</summary>
    public required PolicyRequest Request { get; init; }

    /// <summary>Who has approved, the initiator included where he has signed.</summary>
    public required IReadOnlySet<string> Approvers { get; init; }

    /// <summary>What is expected, or was decided.</summary>
    public required Verdict Expected { get; init; }

    /// <summary>For an example: the rules that decide, where it says.</summary>
    internal FrozenSet<string>? Because { get; init; }

    /// <summary>For an example: requests granted before, which fill counters.</summary>
    internal ImmutableArray<(DateTimeOffset At, PolicyRequest Request)> Earlier { get; init; } = [];
}
