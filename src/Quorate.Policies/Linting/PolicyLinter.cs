using System.Collections.Immutable;
using System.Text.Json;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>
/// Finds what a policy can not mean: rules that never apply, contradict each other or add nothing, limits that are never
/// reached, quorums nobody can form. It says only what it can show, so silence is no praise.
/// </summary>
public sealed class PolicyLinter
{
    readonly Policy policy;
    readonly List<Finding> findings = [];

    PolicyLinter(Policy policy) => this.policy = policy;

    /// <summary>All findings, errors first, then by pointer.</summary>
    public static ImmutableArray<Finding> Run(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var linter = new PolicyLinter(policy);
        linter.LintNames();
        foreach (var rule in policy.Rules)
        {
            linter.LintReach(rule);
            linter.LintLimits(rule);
            linter.LintApprovals(rule);
            linter.LintAgainstOthers(rule);
        }
        linter.LintWhole();
        return [.. linter.findings.OrderByDescending(f => f.Severity).ThenBy(f => f.Pointer, StringComparer.Ordinal).ThenBy(f => f.Code, StringComparer.Ordinal)];
    }

    void Add(Severity severity, string code, string pointer, string message) => findings.Add(new(severity, code, pointer, message));

    void LintNames()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        CollectNames(policy.Document.Find("rules")!, used);
        foreach (var member in policy.Document.Find("groups")?.Items ?? [])
        {
            if (policy.Groups[member.Key!].Count == 0)
                Add(Severity.Warning, "empty-group", member.Pointer, $"nobody is in the group {member.Key}.");
            if (!used.Contains(member.Key!))
                Add(Severity.Warning, "unused-group", member.Pointer, $"no rule mentions the group {member.Key}.");
        }
        foreach (var list in policy.AddressBook.Values)
        {
            if (list.Entries.IsEmpty)
                Add(Severity.Warning, "empty-list", list.Pointer, $"the list {list.Name} has no entries.");
            if (!used.Contains(list.Name))
                Add(Severity.Warning, "unused-list", list.Pointer, $"no rule mentions the list {list.Name}.");
        }
    }

    static void CollectNames(JsonValue value, HashSet<string> used)
    {
        if (value.Kind == JsonTokenType.String && (value.Text.StartsWith('@') || value.Key == "group"))
            used.Add(value.Text.TrimStart('@'));
        foreach (var item in value.Items)
            CollectNames(item, used);
    }

    void LintReach(PolicyRule rule)
    {
        if (rule.ValidFrom >= rule.ValidUntil)
            Unreachable("it ends before it begins");
        if (rule.Initiators is { } initiators && !initiators.Members.Any(member => rule.ExceptInitiators?.Contains(member) != true))
            Unreachable("no initiator is left");
        if (!rule.During.IsEmpty && !rule.Outside.IsEmpty && rule.During[0].Zone.Id == rule.Outside[0].Zone.Id
            && RuleCoverage.MinutesOf(rule.During) is { } during && RuleCoverage.MinutesOf(rule.Outside) is { } outside
            && !during.Zip(outside).Any(minute => minute.First && !minute.Second))
            Unreachable("all of its hours are outside its hours");
        for (var i = 0; i < rule.What.Length; i++)
            if (WhyNever(rule, rule.What[i]) is { } why)
                Add(Severity.Error, "unreachable", $"{rule.Pointer}/what/{i}", $"no act can match: {why}.");

        void Unreachable(string why) => Add(Severity.Error, "unreachable", rule.Pointer, $"{rule.Id} never applies: {why}.");
    }

    static string? WhyNever(PolicyRule rule, Pattern pattern)
    {
        if (pattern.Counterparties is { IsEmpty: true })
            return "its accounts are empty lists";
        if (rule.Chains is null)
            return null;
        if (pattern.Assets is { } assets && !assets.Assets.Any(asset => rule.Chains.Contains(asset.Chain)))
            return "its assets are on other chains than the rule";
        return pattern.Counterparties is { HasSelf: false, HasNobody: false } accounts && !accounts.Accounts.Any(account => rule.Chains.Contains(account.Chain))
            ? "its accounts are on other chains than the rule"
            : null;
    }

    void LintLimits(PolicyRule rule)
    {
        var place = rule.Effect == RuleEffect.Allow ? "within" : "beyond";
        for (var i = 0; i < rule.Limits.Length; i++)
        {
            var limit = rule.Limits[i];
            if (LimitOrder.FindTighter(rule, limit) is { } tighter)
                Add(Severity.Warning, "limit-never-reached", $"{rule.Pointer}/{place}/{i}", $"{limit} never matters: {tighter} is exceeded first.");
            else if (limit.Asset is null ? limit.AtMost >= Amount.MaxValue : limit.AtMost == Amount.MaxValue)
                Add(Severity.Warning, "limit-never-reached", $"{rule.Pointer}/{place}/{i}", "no amount is above it.");
        }
    }

    void LintApprovals(PolicyRule rule)
    {
        for (var i = 0; i < rule.Approvals.Length; i++)
        {
            var (quorum, pointer) = (rule.Approvals[i], $"{rule.Pointer}/approvals/{i}");
            if (quorum.Count > quorum.Members.Count)
                Add(Severity.Error, "quorum-too-large", pointer, $"{quorum.Count} of {quorum.Group}, in which there are {quorum.Members.Count}: what it applies to can never be approved.");
            else if (!quorum.InitiatorMayApprove && quorum.Count == quorum.Members.Count && AllAsk(rule, quorum))
                Add(Severity.Error, "quorum-too-large", pointer, $"all {quorum.Count} of {quorum.Group}, but only its members ask, and may not approve their own.");
            else if (!quorum.InitiatorMayApprove && quorum.Count == quorum.Members.Count && quorum.Members.Any(member => MayAsk(rule, member)))
                Add(Severity.Warning, "initiator-needed", pointer, $"all {quorum.Count} of {quorum.Group}: when one of them asks, nobody can approve, because initiators may not.");
            for (var j = 0; j < i; j++)
                if (rule.Approvals[j].Group != quorum.Group && rule.Approvals[j].Members.Overlaps(quorum.Members))
                    Add(Severity.Warning, "overlapping-groups", pointer, $"{quorum.Group} and {rule.Approvals[j].Group} share members, who count in both.");
        }
    }

    static bool MayAsk(PolicyRule rule, string member) =>
        rule.Initiators?.Contains(member) != false && rule.ExceptInitiators?.Contains(member) != true;

    static bool AllAsk(PolicyRule rule, Quorum quorum) =>
        rule.Initiators is { } initiators && initiators.Members.Where(member => MayAsk(rule, member)).All(quorum.Members.Contains);

    void LintAgainstOthers(PolicyRule rule)
    {
        foreach (var other in policy.Rules)
        {
            // A rule with limits does not always do what it does; so it makes no other rule superfluous.
            if (other.Id == rule.Id || !other.Limits.IsEmpty || !RuleCoverage.Includes(other, rule))
                continue;
            var isMutual = rule.Limits.IsEmpty && RuleCoverage.Includes(rule, other);
            if (rule.Effect == RuleEffect.Allow && other.Effect == RuleEffect.Deny)
                Add(Severity.Error, isMutual ? "contradictory" : "shadowed", rule.Pointer,
                    $"{rule.Id} allows nothing: {other.Id} denies {(isMutual ? "exactly that" : "all of it")}.");
            // Of two equal rules one is enough: the one whose id comes first.
            else if (rule.Effect == other.Effect && (!isMutual || string.CompareOrdinal(rule.Id, other.Id) > 0)
                && (rule.Effect != RuleEffect.Require || RuleCoverage.Includes(other.Approvals, rule.Approvals)))
                Add(Severity.Warning, "redundant", rule.Pointer, $"{rule.Id} adds nothing to {other.Id}.");
        }
    }

    void LintWhole()
    {
        var allowed = policy.Rules.Where(rule => rule.Effect == RuleEffect.Allow).SelectMany(rule => rule.What).Select(pattern => pattern.Kind).ToHashSet();
        foreach (var rule in policy.Rules)
        {
            if (rule.Effect == RuleEffect.Allow && rule.What.Any(pattern => pattern.Kind == ActKind.RawSigning))
                Add(Severity.Warning, "raw-signing", rule.Pointer, $"{rule.Id} lets {string.Join(", ", rule.Wallets!.Order(StringComparer.Ordinal))} sign what nobody understands.");
            for (var i = 0; i < rule.What.Length; i++)
                if (rule.Effect != RuleEffect.Allow && !allowed.Contains(rule.What[i].Kind))
                    Add(Severity.Warning, "no-effect", $"{rule.Pointer}/what/{i}", $"no rule allows any {PatternReader.NameOf(rule.What[i].Kind)}, so it is denied anyway.");
        }
        if (allowed.Count > 0 && !allowed.Contains(ActKind.Fee))
            Add(Severity.Warning, "no-fee", "/rules", "no rule allows a fee, so whatever costs anything is denied.");
        if (allowed.Count == 0)
            Add(Severity.Warning, "allows-nothing", "/rules", "no rule allows anything.");
    }
}
