using System.Collections.Frozen;
using System.Collections.Immutable;
using Quorate.Journal;
using Quorate.Server.Deciding;

namespace Quorate.Server.Events;

/// <summary>
/// What callers hear of, and under which names: every type of the journal's events is either public here, with each member
/// of its data named, or internal. Nothing of an event gets out that is not named.
/// </summary>
static class EventRules
{
    static readonly FrozenDictionary<string, EventRule> rules =
        TransferEvents.Rules.Concat(ResourceEvents.Rules).ToFrozenDictionary(r => r.Journal, StringComparer.Ordinal);

    /// <summary>What callers do not hear of, by why they do not.</summary>
    internal static IReadOnlyList<(string Why, ImmutableArray<string> Journal)> Internal { get; } =
    [
        ("observations, every so often", ["balance-reconciled"]),
        ("steps of the server's own", ["ceremony-led"]),
        ("the other half of an event that is public", ["claimed", "claim-released"]),
        ("requests of callers, which may hold anything", ["idempotency-key-answered", "idempotency-key-freed", "idempotency-key-taken"]),
        ("the audit's own", ["heads-cosigned", "receipt-decisions-gathered"]),
        ("how the server keeps transfers of one account apart",
        [
            "transfer-reservation-decided", "transfer-reservation-noted", "transfer-reservation-settled",
            "balance-observed", "coins-observed", "coins-released", "coins-reserved", "funds-held", "funds-released", "funds-returned", "funds-spent",
            "life-abandoned", "life-bound", "life-ended", "life-released", "life-reserved", "life-settled",
            "nonce-abandoned", "nonce-account-added", "nonce-account-observed", "nonce-bound", "nonce-recalled", "nonce-released", "nonce-reserved", "nonces-observed",
            "spend-abandoned", "spend-bound", "spend-ended", "spend-included", "spend-reorganised", "spend-sent",
        ]),
    ];

    /// <summary>The journal's types that are public.</summary>
    internal static IEnumerable<EventRule> All => rules.Values;

    /// <summary>All types, by name.</summary>
    internal static IReadOnlyDictionary<string, EventType> Types { get; } = new SortedDictionary<string, EventType>(
        rules.Values.SelectMany(r => r.Types).ToDictionary(t => t.Name, StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>The rule for an event; null where it is not public.</summary>
    internal static EventRule? Of(RecordedEvent recorded) =>
        rules.TryGetValue(recorded.Type, out var rule) && recorded.Stream.StartsWith(rule.Prefix, StringComparison.Ordinal) ? rule : null;

    /// <summary>The types that patterns name: a type, all of a kind as <c>transfer.*</c>, or <c>*</c>. Null with the pattern that names none.</summary>
    internal static (ImmutableArray<string> Types, Refusal? Refusal) Match(IEnumerable<string> patterns)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            var own = Types.Keys.Where(t => IsMatch(pattern, t)).ToArray();
            if (own.Length == 0)
                return ([], new("invalid_type", $"{pattern} is no type of events; docs/events.md has them all."));
            found.UnionWith(own);
        }
        return ([.. found], null);
    }

    /// <summary>Whether a pattern names a type.</summary>
    internal static bool IsMatch(string pattern, string type) =>
        pattern == "*" || pattern == type || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
