using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Quorate.Policies;

/// <summary>Reads one rule.</summary>
sealed class RuleReader(PolicyReader policy)
{
    const int MaxElements = 200;
    const long MaxRollingSeconds = 366L * 86_400;

    static readonly Dictionary<string, RuleEffect> effects = new()
    {
        ["allow"] = RuleEffect.Allow, ["deny"] = RuleEffect.Deny, ["require"] = RuleEffect.Require,
    };

    static readonly Dictionary<string, DayOfWeek> days = new()
    {
        ["mon"] = DayOfWeek.Monday, ["tue"] = DayOfWeek.Tuesday, ["wed"] = DayOfWeek.Wednesday, ["thu"] = DayOfWeek.Thursday,
        ["fri"] = DayOfWeek.Friday, ["sat"] = DayOfWeek.Saturday, ["sun"] = DayOfWeek.Sunday,
    };

    static readonly Dictionary<string, CalendarPeriod> periods = new()
    {
        ["day"] = CalendarPeriod.Day, ["week"] = CalendarPeriod.Week, ["month"] = CalendarPeriod.Month,
    };

    static readonly Dictionary<string, CounterScope> scopes = new()
    {
        ["rule"] = CounterScope.Rule, ["wallet"] = CounterScope.Wallet, ["initiator"] = CounterScope.Initiator,
    };

    internal PolicyRule Read(JsonValue value)
    {
        var members = new JsonMembers(value);
        var id = members.Required("id").AsName();
        var effect = members.Required("effect").AsChoice(effects);
        members.Optional("description", text => text.AsProse());
        var rule = new PolicyRule(id, effect, value.Pointer)
        {
            Wallets = members.Optional("wallets", list => list.AsSet(1, PolicyReader.MaxMembers, item => item.AsName()).ToFrozenSet(StringComparer.Ordinal)),
            Chains = members.Optional("chains", list => list.AsSet(1, MaxElements, policy.ReadChain).ToFrozenSet()),
            Initiators = members.Optional("initiators", policy.ReadMembers),
            ExceptInitiators = members.Optional("exceptInitiators", policy.ReadMembers),
            During = ReadHours(members.Optional("hours")),
            Outside = ReadHours(members.Optional("outsideHours")),
            ValidFrom = members.OptionalValue("validFrom", time => time.AsInstant()),
            ValidUntil = members.OptionalValue("validUntil", time => time.AsInstant()),
        };
        // An allow rule without acts would allow everything there will ever be.
        var what = effect == RuleEffect.Allow ? members.Required("what") : members.Optional("what");
        var limits = members.Optional(effect == RuleEffect.Allow ? "within" : "beyond");
        var approvals = effect == RuleEffect.Require ? members.Required("approvals") : null;
        members.End();
        rule = rule with
        {
            What = what is null ? [] : [.. what.AsList(1, MaxElements).Select(new PatternReader(policy).Read)],
            Limits = limits is null ? [] : ReadLimits(limits),
            Approvals = approvals is null ? [] : [.. approvals.AsList(1, MaxElements).Select(ReadQuorum)],
        };
        if (effect == RuleEffect.Allow && rule.What.Any(pattern => pattern.Kind == ActKind.RawSigning) && rule.Wallets is null)
            throw what!.Error("raw-signing", "raw signing is granted to wallets by name: the rule needs \"wallets\".");
        return rule;
    }

    static ImmutableArray<Hours> ReadHours(JsonValue? value) => value is null ? [] : [.. value.AsList(1, MaxElements).Select(ReadOneHours)];

    static Hours ReadOneHours(JsonValue value)
    {
        var members = new JsonMembers(value);
        var zone = ReadZone(members.Required("zone"));
        var chosen = members.Optional("days", list => list.AsSet(1, 7, item => item.AsChoice(days))) ?? [.. days.Values];
        var from = ReadMinute(members.Required("from"), Hours.MinutesOfDay - 1);
        var to = ReadMinute(members.Required("to"), Hours.MinutesOfDay);
        members.End();
        if (from == to)
            throw value.Error("empty", "these hours are empty; the whole day is 00:00 to 24:00.");
        return new(zone, [.. chosen], from, to);
    }

    static int ReadMinute(JsonValue value, int max)
    {
        var text = value.AsText(5);
        return text is [>= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '5', >= '0' and <= '9']
            && (((text[0] - '0') * 10) + text[1] - '0') * 60 + ((text[3] - '0') * 10) + text[4] - '0' is var minute && minute <= max
            ? minute
            : throw value.Error("time", string.Create(CultureInfo.InvariantCulture, $"a time of day from 00:00 to {max / 60:00}:{max % 60:00}."));
    }

    // A zone unknown on this machine is refused here and not when it matters.
    static TimeZoneInfo ReadZone(JsonValue value) =>
        value.AsText(Naming.MaxLength).All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
        && TimeZoneInfo.TryFindSystemTimeZoneById(value.Text, out var zone) && zone.HasIanaId && zone.Id == value.Text
            ? zone
            : throw value.Error("zone", "not an IANA time zone known here, such as Europe/Berlin.");

    ImmutableArray<Limit> ReadLimits(JsonValue value)
    {
        var limits = value.AsList(1, MaxElements).ConvertAll(ReadLimit);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < limits.Count; i++)
            if (!seen.Add($"{limits[i].Subject} {limits[i].Window} {limits[i].Scope}"))
                throw value.Items[i].Error("duplicate", "another limit counts the same; only the lower one would matter.");
        return [.. limits];
    }

    Limit ReadLimit(JsonValue value)
    {
        var members = new JsonMembers(value);
        var asset = members.Optional("asset", policy.ReadAsset);
        var count = members.OptionalValue("transactions", number => number.AsNumber(0, 1_000_000_000));
        if ((asset is null) == (count is null))
            throw value.Error("missing", "a limit is on an \"asset\" with \"atMost\", or on \"transactions\".");
        var atMost = count is { } n ? (ulong)n : members.Required("atMost").AsAmount();
        var rolling = members.OptionalValue("rollingSeconds", number => number.AsNumber(1, MaxRollingSeconds));
        var every = members.OptionalValue("every", text => text.AsChoice(periods));
        if (rolling is not null && every is not null)
            throw value.Error("inconsistent", "a window is either rolling or a period of the calendar.");
        CounterWindow? window = rolling is { } seconds ? new CounterWindow.Rolling(seconds)
            : every is { } period ? new CounterWindow.Fixed(period, ReadZone(members.Required("zone")))
            : null;
        if (window is null && count is not null)
            throw value.Error("missing", "a number of transactions needs a window: \"rollingSeconds\" or \"every\".");
        var scope = window is null ? null : members.OptionalValue("per", text => text.AsChoice(scopes));
        members.End();
        return new(asset, atMost, window, scope ?? CounterScope.Rule);
    }

    Quorum ReadQuorum(JsonValue value)
    {
        var members = new JsonMembers(value);
        var name = members.Required("group");
        var group = policy.FindGroup(name.AsName(), name);
        var count = (int)members.Required("count").AsNumber(1, PolicyReader.MaxMembers);
        // No default: whether four eyes may be two is not for a default to say.
        var may = members.Required("initiatorMayApprove").AsTruth();
        members.End();
        return new(name.Text, group, count, may);
    }
}
