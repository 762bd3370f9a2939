using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Quorate.Policies.Tests;

/// <summary>
/// docs/spec/policies.md once more, straight from the JSON and as slowly as it reads: big integers, lists of everything ever
/// spent, wall clocks compared as dates. Written for the tests only, and shares nothing with the evaluator but the request.
/// </summary>
sealed class NaiveEvaluator(JsonObject policy)
{
    internal sealed record Spent(string Rule, string Limit, string Whom, DateTimeOffset At, BigInteger Amount);

    internal sealed record Answer(string Verdict, string[] Missing, List<Spent> Spending);

    // Three-valued: true, false, null for nobody knows.
    static bool? All(IEnumerable<bool?> truths) => truths.Aggregate((bool?)true, (a, b) => a == false || b == false ? false : a is null || b is null ? null : true);

    static bool? Any(IEnumerable<bool?> truths) => !All(truths.Select(t => !t));

    internal Answer Evaluate(PolicyRequest request, IReadOnlySet<string> approvers, IReadOnlyList<Spent> history, DateTimeOffset now)
    {
        var isDenied = request.Acts.IsEmpty || request.Violations.Length > 0 || request.ExpiresAt <= now.ToUnixTimeSeconds();
        var missing = new List<string>();
        var spending = new List<Spent>();
        var covered = new bool[request.Acts.Length];
        foreach (var rule in policy["rules"]!.AsArray().Select(r => r!.AsObject()))
        {
            if (!Concerns(rule, request, now))
                continue;
            var effect = (string)rule["effect"]!;
            var truths = request.Acts.Select(act => MatchesRule(rule, act, now)).ToArray();
            var acts = request.Acts.Where((_, i) => effect == "allow" ? truths[i] == true : truths[i] != false).ToArray();
            if (acts.Length == 0 && (effect == "allow" || rule.ContainsKey("what")))
                continue;
            var limits = (rule["within"] ?? rule["beyond"])?.AsArray();
            var added = new List<Spent>();
            var fits = limits is null || Fits(rule, limits, acts, request, history, now, added);
            if (effect == "allow" && fits)
            {
                for (var i = 0; i < covered.Length; i++)
                    covered[i] |= truths[i] == true;
            }
            var applies = limits is null || !fits;
            if (fits)
                spending.AddRange(added);
            if (effect == "deny" && applies)
                isDenied = true;
            if (effect == "require" && applies)
                foreach (var quorum in rule["approvals"]!.AsArray())
                {
                    var group = policy["groups"]![(string)quorum!["group"]!]!.AsArray().Select(m => (string)m!);
                    var voted = group.Count(m => approvers.Contains(m) && ((bool)quorum["initiatorMayApprove"]! || m != request.Initiator));
                    if (voted < (int)quorum["count"]!)
                        missing.Add($"{rule["id"]} {quorum["group"]} {(int)quorum["count"]! - voted}");
                }
        }
        if (!approvers.Contains(request.Initiator))
            missing.Add("  1");
        if (isDenied || covered.Contains(false))
            return new("Deny", [], []);
        return new(missing.Count > 0 ? "NeedsApprovals" : "Allow", [.. missing.Order(StringComparer.Ordinal)], spending);
    }

    bool Concerns(JsonObject rule, PolicyRequest request, DateTimeOffset now)
    {
        bool Names(string member, string value) => rule[member]!.AsArray().Any(item => (string)item! is var text
            && (text == value || (text[0] == '@' && policy["groups"]![text[1..]]!.AsArray().Any(m => (string)m! == value))));
        return (!rule.ContainsKey("wallets") || Names("wallets", request.Wallet))
            && (!rule.ContainsKey("chains") || Names("chains", request.Chain.ToString()))
            && (!rule.ContainsKey("initiators") || Names("initiators", request.Initiator))
            && !(rule.ContainsKey("exceptInitiators") && Names("exceptInitiators", request.Initiator))
            && !(rule.ContainsKey("validFrom") && now < Instant(rule["validFrom"]))
            && !(rule.ContainsKey("validUntil") && now >= Instant(rule["validUntil"]))
            && (!rule.ContainsKey("hours") || rule["hours"]!.AsArray().Any(h => IsOpen(h!, now)))
            && !(rule.ContainsKey("outsideHours") && rule["outsideHours"]!.AsArray().Any(h => IsOpen(h!, now)));
    }

    // Text comparison of wall clock times; "24:00" sorts after every time there is.
    static bool IsOpen(JsonNode hours, DateTimeOffset now)
    {
        var local = Local(now, (string)hours["zone"]!);
        var (time, from, to) = (local.ToString("HH:mm", CultureInfo.InvariantCulture), (string)hours["from"]!, (string)hours["to"]!);
        bool On(DateTime day) => hours["days"]!.AsArray().Any(d => day.DayOfWeek.ToString().StartsWith((string)d!, StringComparison.OrdinalIgnoreCase));
        bool After(string bound) => string.CompareOrdinal(time, bound) >= 0;
        return string.CompareOrdinal(from, to) < 0
            ? On(local) && After(from) && !After(to)
            : (On(local) && After(from)) || (On(local.AddDays(-1)) && !After(to));
    }

    bool? MatchesRule(JsonObject rule, Act act, DateTimeOffset now) =>
        !rule.ContainsKey("what") ? true : Any(rule["what"]!.AsArray().Select(pattern => Matches(pattern!.AsObject(), act, now)));

    bool? Matches(JsonObject pattern, Act act, DateTimeOffset now)
    {
        var kind = (string)pattern["kind"]!;
        if (!kind.Equals(act.Kind.ToString(), StringComparison.OrdinalIgnoreCase))
            return false;
        var side = kind switch { "transfer" => "Recipients", "approval" => "Spenders", "call" => "Contracts", "delegation" => "Delegates", _ => "Owners" };
        var amount = BigInteger.Parse(act.Amount.ToString(), CultureInfo.InvariantCulture);
        var truths = new List<bool?>();
        if (pattern["assets"] is JsonArray assets)
            truths.Add(assets.Any(a => Stands((string)a!, act.Asset?.ToString())));
        if (pattern["above"] is { } above && kind != "call")
            truths.Add(amount > Big(above));
        if (pattern["atMost"] is { } atMost && kind != "call")
            truths.Add(amount <= Big(atMost));
        if (pattern[char.ToLowerInvariant(side[0]) + side[1..]] is JsonArray named)
            truths.Add(IsIn(named, act.Counterparty?.ToString(), act.IsToSelf, now));
        if (pattern["except" + side] is JsonArray except)
            truths.Add(!IsIn(except, act.Counterparty?.ToString(), act.IsToSelf, now));
        if (pattern["maxBytes"] is { } maxBytes)
            truths.Add(act.Data!.Length / 2 <= (int)maxBytes);
        if (pattern["codeHashes"] is JsonArray hashes)
            truths.Add(hashes.Any(h => (string)h! == act.Data));
        if (pattern["functions"] is JsonArray functions)
            truths.Add(act.Function is null ? null : functions.Any(f => (string)f! == act.Function));
        foreach (var condition in pattern["arguments"]?.AsArray() ?? [])
            truths.Add(MatchesArgument(condition!.AsObject(), act, now));
        return All(truths);
    }

    bool? MatchesArgument(JsonObject condition, Act act, DateTimeOffset now)
    {
        var position = (int)condition["position"]!;
        if (act.Function is null || act.Arguments.Length <= position)
            return null;
        var value = act.Arguments[position].Value;
        if (condition["oneOf"] is JsonArray values)
            return values.Any(v => (string)v! == value);
        if (condition["accounts"] is JsonArray accounts)
            return IsIn(accounts, $"{act.Counterparty!.Chain}:{value}", isToSelf: false, now);
        return BigInteger.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number <= Big(condition["atMost"]!) : null;
    }

    bool? IsIn(JsonArray accounts, string? account, bool isToSelf, DateTimeOffset now) => Any(accounts.Select(item => (string)item! switch
    {
        "self" => isToSelf,
        "nobody" => account is null && !isToSelf,
        ['@', .. var list] => Any(policy["addressBook"]![list]!["entries"]!.AsArray().Where(e => (string)e!["account"]! == account)
            .Select(e => now >= Instant(e!["addedAt"]).AddSeconds((int)policy["addressBook"]![list]!["activationDelaySeconds"]!) ? true : (bool?)null)),
        var text => text == account,
    }));

    static bool Fits(
        JsonObject rule, JsonArray limits, Act[] acts, PolicyRequest request, IReadOnlyList<Spent> history, DateTimeOffset now, List<Spent> added)
    {
        var moved = acts.Where(a => a.Asset is not null && !a.IsToSelf).Select(a => (Asset: a.Asset!.ToString(), Amount: BigInteger.Parse(a.Amount.ToString(), CultureInfo.InvariantCulture))).ToArray();
        if (limits.Any(l => l!["asset"] is not null) && moved.Any(m => m.Amount > 0 && !limits.Any(l => l!["asset"] is not null && Stands((string)l["asset"]!, m.Asset))))
            return false;
        foreach (var limit in limits.Select(l => l!.AsObject()))
        {
            var amount = limit.ContainsKey("asset")
                ? moved.Where(m => Stands((string)limit["asset"]!, m.Asset)).Aggregate(BigInteger.Zero, (sum, m) => sum + m.Amount)
                : BigInteger.One;
            var atMost = limit.ContainsKey("asset") ? Big(limit["atMost"]!) : (int)limit["transactions"]!;
            var (isRolling, isFixed) = (limit.ContainsKey("rollingSeconds"), limit.ContainsKey("every"));
            var whom = (string?)limit["per"] switch { "wallet" => request.Wallet, "initiator" => request.Initiator, _ => "" };
            var name = $"{limit["asset"]} {limit["rollingSeconds"]} {limit["every"]} {limit["zone"]} {limit["per"] ?? "rule"}";
            var used = history.Where(s => s.Rule == (string)rule["id"]! && s.Limit == name && s.Whom == whom)
                .Where(s => isRolling ? (now - s.At).TotalSeconds < (int)limit["rollingSeconds"]!
                    : isFixed && Period(limit, s.At) == Period(limit, now))
                .Aggregate(BigInteger.Zero, (sum, s) => sum + s.Amount);
            if (used + amount > atMost)
                return false;
            if ((isRolling || isFixed) && amount > 0)
                added.Add(new((string)rule["id"]!, name, whom, now, amount));
        }
        return true;
    }

    static string Period(JsonObject limit, DateTimeOffset at)
    {
        var local = Local(at, (string)limit["zone"]!);
        return (string)limit["every"]! switch
        {
            "day" => local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "week" => $"{ISOWeek.GetYear(local)}-{ISOWeek.GetWeekOfYear(local)}",
            _ => local.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        };
    }

    static bool Stands(string named, string? asset) => asset is not null && (named == asset || asset.StartsWith(named + "/", StringComparison.Ordinal));

    static DateTime Local(DateTimeOffset at, string zone) => TimeZoneInfo.ConvertTimeBySystemTimeZoneId(at, zone).DateTime;

    static DateTimeOffset Instant(JsonNode? text) => DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture);

    static BigInteger Big(JsonNode text) => BigInteger.Parse((string)text!, CultureInfo.InvariantCulture);
}
