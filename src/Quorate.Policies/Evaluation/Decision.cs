using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Quorate.Policies;

/// <summary>What a policy says.</summary>
public enum Verdict
{
    /// <summary>No.</summary>
    Deny = 0,

    /// <summary>Yes, once <see cref="Decision.Outstanding"/> is there.</summary>
    NeedsApprovals = 1,

    /// <summary>Yes.</summary>
    Allow = 2,
}

/// <summary>What is missing still.</summary>
/// <param name="Rule">The rule that asks; empty for the initiator's own signature.</param>
/// <param name="Group">The group whose members may give it; empty for the initiator's own signature.</param>
/// <param name="Required">How many of them.</param>
/// <param name="Approved">Who has, in ordinal order.</param>
/// <param name="Candidates">Who could still, in ordinal order.</param>
public sealed record Outstanding(
    string Rule, string Group, int Required, ImmutableArray<string> Approved, ImmutableArray<string> Candidates)
{
    /// <summary>How many are missing.</summary>
    public int Missing => Required - Approved.Length;

    /// <inheritdoc/>
    public override string ToString() => Group.Length == 0
        ? $"the initiator's own signature, {string.Join(", ", Candidates)}"
        : string.Create(CultureInfo.InvariantCulture, $"{Missing} more of {Group} ({string.Join(", ", Candidates)}), as {Rule} requires {Required}");
}

/// <summary>One line of a trace.</summary>
/// <param name="Rule">The rule it is about; empty for what precedes all rules.</param>
/// <param name="Act">The act it is about, by its place in the request; null for the transaction.</param>
/// <param name="IsDecisive">Whether the decision follows from it.</param>
/// <param name="Text">What was found.</param>
public sealed record TraceLine(string Rule, int? Act, bool IsDecisive, string Text);

/// <summary>The answer to a request, with the reasons. A function of the policy, the request, approvals, counters and time, and nothing else.</summary>
public sealed record Decision
{
    /// <summary>Yes, no, or not yet.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The policy that was asked.</summary>
    public required Digest Policy { get; init; }

    /// <summary>What is missing, where the verdict is <see cref="Verdict.NeedsApprovals"/>.</summary>
    public required ImmutableArray<Outstanding> Outstanding { get; init; }

    /// <summary>What to reserve in the ledger before anything is signed. Empty where denied.</summary>
    public required ImmutableArray<Charge> Charges { get; init; }

    /// <summary>What was found, rule by rule.</summary>
    public required ImmutableArray<TraceLine> Trace { get; init; }

    /// <summary>The rules whose lines are decisive, in ordinal order.</summary>
    public IEnumerable<string> DecisiveRules =>
        Trace.Where(line => line.IsDecisive && line.Rule.Length > 0).Select(line => line.Rule).Distinct().Order(StringComparer.Ordinal);

    /// <summary>The decision for a person: the verdict, what is missing, and the trace with decisive lines marked.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Verdict switch
        {
            Verdict.Allow => "allow",
            Verdict.NeedsApprovals => "needs approvals",
            _ => "deny",
        });
        foreach (var missing in Outstanding)
            text.Append(CultureInfo.InvariantCulture, $"\n  missing: {missing}");
        foreach (var line in Trace)
            text.Append(CultureInfo.InvariantCulture, $"\n  {(line.IsDecisive ? '*' : ' ')} {(line.Rule.Length == 0 ? "request" : line.Rule)}: {line.Text}");
        return text.ToString();
    }
}
