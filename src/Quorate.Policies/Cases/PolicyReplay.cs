using System.Collections.Immutable;
using System.Globalization;

namespace Quorate.Policies;

/// <summary>What a draft would have said about a recorded intent, where that differs.</summary>
/// <param name="Case">The intent as recorded.</param>
/// <param name="Before">What was decided, or what the other policy says.</param>
/// <param name="After">What the draft says.</param>
public sealed record ReplayDifference(PolicyCase Case, Verdict Before, Decision After);

/// <summary>Runs a draft over recorded intents in the order of time. What the draft allows fills the draft's counters.</summary>
public static class PolicyReplay
{
    /// <summary>The intents about which the draft and the record differ, or the draft and <paramref name="current"/> where given.</summary>
    public static ImmutableArray<ReplayDifference> Run(Policy draft, IReadOnlyList<PolicyCase> recorded, Policy? current = null)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(recorded);
        var differences = ImmutableArray.CreateBuilder<ReplayDifference>();
        var (draftLedger, currentLedger) = (CounterLedger.Empty, CounterLedger.Empty);
        for (var i = 0; i < recorded.Count; i++)
        {
            var (past, before) = (recorded[i], recorded[i].Expected);
            if (current is not null)
            {
                var decision = current.EvaluateAssuming(past.Request, past.Approvers, currentLedger, past.At);
                currentLedger = Spend(currentLedger, i, decision, past.At);
                before = decision.Verdict;
            }
            var after = draft.EvaluateAssuming(past.Request, past.Approvers, draftLedger, past.At);
            draftLedger = Spend(draftLedger, i, after, past.At);
            if (after.Verdict != before)
                differences.Add(new(past, before, after));
        }
        return differences.ToImmutable();
    }

    /// <summary>The ledger after a decision at once followed by signatures.</summary>
    internal static CounterLedger Spend(CounterLedger ledger, int number, Decision decision, DateTimeOffset at)
    {
        if (decision.Verdict != Verdict.Allow || decision.Charges.IsEmpty)
            return ledger;
        var id = number.ToString(CultureInfo.InvariantCulture);
        // It was evaluated against this very ledger, so everything fits.
        return ledger.TryReserve(id, decision.Charges, at, out var reserved) is null
            ? reserved.Commit(id, at)
            : throw new System.Diagnostics.UnreachableException("A charge does not fit that was evaluated to fit.");
    }
}
