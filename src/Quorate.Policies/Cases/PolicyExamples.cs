using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>How one example of a policy came out.</summary>
/// <param name="Case">The example.</param>
/// <param name="Decision">What the policy says; null where what came before was not allowed already.</param>
/// <param name="Problem">What is not as expected; null where all is.</param>
public sealed record ExampleResult(PolicyCase Case, Decision? Decision, string? Problem);

/// <summary>Runs the examples that a policy brings.</summary>
public static class PolicyExamples
{
    /// <summary>Runs all of them, each with counters of its own.</summary>
    public static ImmutableArray<ExampleResult> Run(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return [.. policy.Examples.Select(example => Run(policy, example))];
    }

    static ExampleResult Run(Policy policy, PolicyCase example)
    {
        var ledger = CounterLedger.Empty;
        for (var i = 0; i < example.Earlier.Length; i++)
        {
            var (at, request) = example.Earlier[i];
            var before = policy.EvaluateAssuming(request, example.Approvers.Append(request.Initiator).ToHashSet(StringComparer.Ordinal), ledger, at);
            if (before.Verdict != Verdict.Allow)
                return new(example, null, $"what came before, number {i + 1}, is not allowed: {before}");
            ledger = PolicyReplay.Spend(ledger, i, before, at);
        }
        var decision = policy.EvaluateAssuming(example.Request, example.Approvers, ledger, example.At);
        var rules = decision.DecisiveRules.ToHashSet(StringComparer.Ordinal);
        string? problem = null;
        if (decision.Verdict != example.Expected)
            problem = $"expected {Word(example.Expected)}, got {Word(decision.Verdict)}";
        else if (example.Because is not null && !rules.SetEquals(example.Because))
            problem = $"expected {Word(example.Expected)} because of {List(example.Because)}, got it because of {List(rules)}";
        return new(example, decision, problem);
    }

    static string Word(Verdict verdict) => verdict switch { Verdict.Allow => "allow", Verdict.Deny => "deny", _ => "needs approvals" };

    static string List(IEnumerable<string> rules) => string.Join(", ", rules.Order(StringComparer.Ordinal)) is { Length: > 0 } text ? text : "no rule";
}
