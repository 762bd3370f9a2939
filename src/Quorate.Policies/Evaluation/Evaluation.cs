using System.Globalization;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>
/// One evaluation: docs/spec/policies.md, "How a decision is made". Every rule is asked, whatever the others say, so their
/// order can not matter; what rules find is only ever added up.
/// </summary>
sealed class Evaluation(Policy policy, PolicyRequest request, IReadOnlySet<string> voters, CounterLedger counters, long now)
{
    // What a line does to the decision: a denial decides where there is one, support where there is none.
    enum Weight { Note, Supports, Denies }

    readonly List<(TraceLine Line, Weight Weight)> trace = [];
    readonly List<Charge> charges = [];
    readonly List<Outstanding> outstanding = [];
    readonly bool[] isAllowed = new bool[request.Acts.Length];
    readonly Truth[] matches = new Truth[request.Acts.Length];
    bool isDenied;

    internal Decision Run()
    {
        CheckRequest();
        foreach (var rule in policy.Rules)
            if (rule.Concerns(request, now))
                Apply(rule);
        for (var i = 0; i < isAllowed.Length; i++)
            if (!isAllowed[i])
                Deny("", i, $"no rule allows the {request.Acts[i]}");
        if (!voters.Contains(request.Initiator))
            Ask(new("", "", 1, [], [request.Initiator]));

        var decides = isDenied ? Weight.Denies : Weight.Supports;
        var verdict = isDenied ? Verdict.Deny : outstanding.Count > 0 ? Verdict.NeedsApprovals : Verdict.Allow;
        return new()
        {
            Verdict = verdict,
            Policy = policy.Hash,
            Outstanding = verdict == Verdict.NeedsApprovals ? [.. outstanding] : [],
            Charges = isDenied ? [] : [.. charges],
            Trace = [.. trace.Select(entry => entry.Weight == decides ? entry.Line with { IsDecisive = true } : entry.Line)],
        };
    }

    void CheckRequest()
    {
        if (request.ExpiresAt is { } expiry && now >= expiry)
            Deny("", null, $"the intent has expired at {JsonReading.WriteInstant(expiry)}");
        foreach (var violation in request.Violations)
            Deny("", null, violation);
        // Nothing to judge is not nothing to fear.
        if (request.Acts.IsEmpty)
            Deny("", null, "it has no effect that rules could judge");
    }

    void Apply(PolicyRule rule)
    {
        var best = Truth.No;
        for (var i = 0; i < matches.Length; i++)
            best = best.Or(matches[i] = request.Acts[i].Kind == ActKind.Unknown && !rule.What.IsEmpty ? Truth.No : rule.Matches(request.Acts[i], now));
        // What can not be told is enough to deny or to require, and not enough to allow.
        var enough = rule.Effect == RuleEffect.Allow ? Truth.Yes : Truth.Maybe;
        if (best < enough && !(rule.What.IsEmpty && rule.Effect != RuleEffect.Allow))
            return;

        var exceeded = FindExceeded(rule, enough, out var added);
        switch (rule.Effect)
        {
            case RuleEffect.Allow when exceeded is not null:
                Trace(rule.Id, null, Weight.Note, $"would allow within its limits, but {exceeded}");
                break;
            case RuleEffect.Allow:
                for (var i = 0; i < matches.Length; i++)
                    if (matches[i] == Truth.Yes)
                    {
                        isAllowed[i] = true;
                        Trace(rule.Id, i, Weight.Supports, $"allows the {request.Acts[i]}");
                    }
                charges.AddRange(added);
                break;
            case RuleEffect.Deny or RuleEffect.Require when !rule.Limits.IsEmpty && exceeded is null:
                Trace(rule.Id, null, Weight.Note, "within its limits");
                charges.AddRange(added);
                break;
            case RuleEffect.Deny:
                Deny(rule.Id, FirstMatch(enough), Reason("denies", rule, enough, exceeded));
                break;
            default:
                Trace(rule.Id, FirstMatch(enough), Weight.Note, Reason("applies to", rule, enough, exceeded));
                foreach (var quorum in rule.Approvals)
                    Require(rule.Id, quorum);
                break;
        }
    }

    /// <summary>The first limit that the matched acts exceed, in words; else null, with what they add to counters.</summary>
    string? FindExceeded(PolicyRule rule, Truth enough, out List<Charge> added)
    {
        added = [];
        if (rule.Limits.IsEmpty)
            return null;
        for (var i = 0; i < matches.Length; i++)
        {
            var act = request.Acts[i];
            // Limits on assets name all assets that may move: another one's limit is zero.
            if (matches[i] >= enough && act.Asset is not null && !act.Spent.IsZero
                && rule.Limits.Any(limit => limit.Asset is not null)
                && !rule.Limits.Any(limit => limit.Asset is not null && AssetSet.Stands(limit.Asset, act.Asset)))
                return $"no limit names {act.Asset}";
        }
        foreach (var limit in rule.Limits)
        {
            var amount = limit.Asset is null ? 1 : Sum(limit.Asset, enough);
            if (limit.Window is not { } window)
            {
                if (amount > limit.AtMost)
                    return $"{amount} is above {limit}";
                continue;
            }
            var counter = limit.CounterFor(rule.Id, request);
            var used = counters.Usage(counter, window, DateTimeOffset.FromUnixTimeSeconds(now));
            if (!used.TryAdd(amount, out var total) || total > limit.AtMost)
                return $"{amount} on top of {used} is above {limit}";
            if (!amount.IsZero)
                added.Add(new(counter, window, amount, limit.AtMost));
        }
        return null;
    }

    Amount Sum(AssetId asset, Truth enough)
    {
        var sum = Amount.Zero;
        for (var i = 0; i < matches.Length; i++)
        {
            var act = request.Acts[i];
            if (matches[i] >= enough && act.Asset is not null && AssetSet.Stands(asset, act.Asset) && !sum.TryAdd(act.Spent, out sum))
                return Amount.MaxValue;
        }
        return sum;
    }

    void Require(string rule, Quorum quorum)
    {
        bool Counts(string member) => quorum.InitiatorMayApprove || member != request.Initiator;
        string[] approved = [.. quorum.Members.Where(member => voters.Contains(member) && Counts(member)).Order(StringComparer.Ordinal)];
        var names = string.Join(", ", approved);
        if (approved.Length >= quorum.Count)
        {
            Trace(rule, null, Weight.Supports, $"has its {quorum.Count.ToString(CultureInfo.InvariantCulture)} of {quorum.Group}: {names}");
            return;
        }
        string[] candidates = [.. quorum.Members.Where(member => !voters.Contains(member) && Counts(member)).Order(StringComparer.Ordinal)];
        Ask(new(rule, quorum.Group, quorum.Count, [.. approved], [.. candidates]));
    }

    void Ask(Outstanding missing)
    {
        outstanding.Add(missing);
        Trace(missing.Rule, null, Weight.Supports, $"needs {missing}");
    }

    void Deny(string rule, int? act, string text)
    {
        isDenied = true;
        Trace(rule, act, Weight.Denies, text);
    }

    void Trace(string rule, int? act, Weight weight, string text) => trace.Add((new(rule, act, IsDecisive: false, text), weight));

    int? FirstMatch(Truth enough)
    {
        var first = Array.FindIndex(matches, truth => truth >= enough);
        return first < 0 ? null : first;
    }

    string Reason(string verb, PolicyRule rule, Truth enough, string? exceeded)
    {
        var first = rule.What.IsEmpty ? null : FirstMatch(enough);
        var subject = first is { } i ? $"the {request.Acts[i]}" : "the transaction";
        var doubt = first is { } j && matches[j] == Truth.Maybe ? ", which it might mean" : "";
        return $"{verb} {subject}{doubt}{(exceeded is null ? "" : $": {exceeded}")}";
    }
}
