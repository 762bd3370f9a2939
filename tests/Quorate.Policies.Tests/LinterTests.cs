using Quorate.Testing;

namespace Quorate.Policies.Tests;

public class LinterTests
{
    const string Fees = """{ "id": "fees", "effect": "allow", "what": [ { "kind": "fee" } ] }""";
    const string Use = """{ "id": "use", "effect": "require", "what": [ { "kind": "fee", "above": "5" } ], "approvals": [ { "group": "ops", "count": 1, "initiatorMayApprove": true }, { "group": "board", "count": 1, "initiatorMayApprove": true } ] }""";

    static string[] Find(params string[] rules) =>
        [.. PolicyLinter.Run(Documents.Policy(rules)).Where(f => f.Code is not ("unused-group" or "unused-list" or "overlapping-groups")).Select(f => $"{f.Severity} {f.Code} {f.Pointer}")];

    [Fact]
    public void A_sound_policy_has_no_findings() => Assert.Empty(Find(Fees, Use));

    [Theory]
    [InlineData("Error shadowed /rules/1", """{ "id": "a", "effect": "allow", "what": [ { "kind": "transfer", "atMost": "5" } ] }""", """{ "id": "d", "effect": "deny", "what": [ { "kind": "transfer" } ] }""")]
    [InlineData("Error contradictory /rules/1", """{ "id": "a", "effect": "allow", "what": [ { "kind": "transfer" } ] }""", """{ "id": "d", "effect": "deny", "what": [ { "kind": "transfer" } ] }""")]
    [InlineData("Warning redundant /rules/1", """{ "id": "a", "effect": "allow", "initiators": ["alice"], "what": [ { "kind": "transfer" } ] }""", """{ "id": "b", "effect": "allow", "initiators": ["@ops"], "what": [ { "kind": "transfer" } ] }""")]
    [InlineData("Warning redundant /rules/2", """{ "id": "a", "effect": "deny", "wallets": ["w"] }""", """{ "id": "b", "effect": "deny", "wallets": ["w"] }""")]
    [InlineData("Error unreachable /rules/1", """{ "id": "a", "effect": "deny", "initiators": ["alice"], "exceptInitiators": ["@ops"] }""", null)]
    [InlineData("Error unreachable /rules/1", """{ "id": "a", "effect": "deny", "validFrom": "2026-01-02T00:00:00Z", "validUntil": "2026-01-02T00:00:00Z" }""", null)]
    [InlineData("Error unreachable /rules/1", """{ "id": "a", "effect": "deny", "hours": [ { "zone": "UTC", "from": "08:00", "to": "10:00" } ], "outsideHours": [ { "zone": "UTC", "from": "07:00", "to": "11:00" } ] }""", null)]
    [InlineData("Error unreachable /rules/1/what/0", """{ "id": "a", "effect": "allow", "chains": ["eip155:10"], "what": [ { "kind": "transfer", "recipients": ["@known"] } ] }""", null)]
    [InlineData("Error unreachable /rules/1/what/0", """{ "id": "a", "effect": "allow", "chains": ["eip155:10"], "what": [ { "kind": "transfer", "assets": ["eip155:1/slip44:60"] } ] }""", null)]
    [InlineData("Error quorum-too-large /rules/1/approvals/0", """{ "id": "a", "effect": "require", "approvals": [ { "group": "ops", "count": 3, "initiatorMayApprove": true } ] }""", null)]
    [InlineData("Error quorum-too-large /rules/1/approvals/0", """{ "id": "a", "effect": "require", "initiators": ["@ops"], "approvals": [ { "group": "ops", "count": 2, "initiatorMayApprove": false } ] }""", null)]
    [InlineData("Warning initiator-needed /rules/1/approvals/0", """{ "id": "a", "effect": "require", "approvals": [ { "group": "ops", "count": 2, "initiatorMayApprove": false } ] }""", null)]
    [InlineData("Warning no-effect /rules/1/what/0", """{ "id": "a", "effect": "deny", "what": [ { "kind": "memo" } ] }""", null)]
    [InlineData("Warning raw-signing /rules/1", """{ "id": "a", "effect": "allow", "wallets": ["w"], "what": [ { "kind": "rawSigning" } ] }""", null)]
    [InlineData("Warning limit-never-reached /rules/1/within/0", """{ "id": "a", "effect": "allow", "what": [ { "kind": "transfer" } ], "within": [ { "asset": "eip155:1/slip44:60", "atMost": "9" }, { "asset": "eip155:1/slip44:60", "atMost": "9", "rollingSeconds": 60 } ] }""", null)]
    [InlineData("Warning limit-never-reached /rules/1/within/0", """{ "id": "a", "effect": "allow", "what": [ { "kind": "transfer" } ], "within": [ { "asset": "eip155:1/slip44:60", "atMost": "14", "every": "week", "zone": "UTC" }, { "asset": "eip155:1/slip44:60", "atMost": "1", "every": "day", "zone": "UTC" } ] }""", null)]
    [InlineData("Warning limit-never-reached /rules/1/within/1", """{ "id": "a", "effect": "allow", "what": [ { "kind": "transfer" } ], "within": [ { "asset": "eip155:1/slip44:60", "atMost": "9", "rollingSeconds": 7200 }, { "asset": "eip155:1/slip44:60", "atMost": "10", "rollingSeconds": 60, "per": "wallet" } ] }""", null)]
    public void What_can_not_be_meant_is_found(string finding, string rule, string? other)
    {
        string[] rules = other is null ? [Fees, rule] : [Fees, rule, other];
        Assert.Contains(finding, Find(rules));
    }

    [Theory]
    // An hour earlier, another zone, a limit on the wider rule, a smaller quorum: none of these can be shown to be covered.
    [InlineData("""{ "id": "a", "effect": "deny", "hours": [ { "zone": "UTC", "from": "08:00", "to": "10:00" } ] }""", """{ "id": "b", "effect": "deny", "hours": [ { "zone": "UTC", "from": "07:00", "to": "10:00" } ], "wallets": ["w"] }""")]
    [InlineData("""{ "id": "a", "effect": "deny", "wallets": ["w"], "hours": [ { "zone": "UTC", "from": "08:00", "to": "10:00" } ] }""", """{ "id": "b", "effect": "deny", "hours": [ { "zone": "Europe/London", "from": "08:00", "to": "10:00" } ] }""")]
    [InlineData("""{ "id": "a", "effect": "allow", "what": [ { "kind": "transfer" } ] }""", """{ "id": "b", "effect": "deny", "what": [ { "kind": "transfer" } ], "beyond": [ { "asset": "eip155:1/slip44:60", "atMost": "5" } ] }""")]
    [InlineData("""{ "id": "a", "effect": "require", "approvals": [ { "group": "board", "count": 2, "initiatorMayApprove": true } ] }""", """{ "id": "b", "effect": "require", "approvals": [ { "group": "board", "count": 1, "initiatorMayApprove": false } ] }""")]
    public void What_can_not_be_shown_is_not_said(string rule, string other) =>
        Assert.DoesNotContain(Find(Fees, rule, other), f => f.Contains("shadowed", StringComparison.Ordinal) || f.Contains("redundant", StringComparison.Ordinal) || f.Contains("contradictory", StringComparison.Ordinal));

    [Fact]
    public void Empty_and_unused_names_are_found()
    {
        var policy = Policy.Parse("""
            { "quoratePolicy": 1, "name": "n", "groups": { "none": [] }, "addressBook": { "nowhere": { "entries": [] } }, "rules": [] }
            """u8);
        Assert.Equal(
            ["allows-nothing /rules", "empty-group /groups/none", "empty-list /addressBook/nowhere", "unused-group /groups/none", "unused-list /addressBook/nowhere"],
            PolicyLinter.Run(policy).Select(f => $"{f.Code} {f.Pointer}").Order(StringComparer.Ordinal));
    }

    /// <summary>Whatever rule the linter calls superfluous or dead: without it nothing is decided otherwise.</summary>
    [Fact]
    public void Without_a_rule_that_the_linter_calls_dead_every_verdict_is_the_same()
    {
        var removed = 0;
        for (var seed = 0; seed < 1500; seed++)
        {
            using var random = new SeededRandom((ulong)seed, "linting");
            var world = new World(random);
            var json = world.NewPolicy(maxRules: 6);
            var policy = World.Parse(json);
            foreach (var finding in PolicyLinter.Run(policy).Where(f => f.Code is "shadowed" or "contradictory" or "redundant" or "unreachable" && f.Pointer.Split('/').Length == 3))
            {
                var without = json.DeepClone().AsObject();
                without["rules"]!.AsArray().RemoveAt(int.Parse(finding.Pointer.Split('/')[2]));
                var other = World.Parse(without);
                removed++;
                for (var i = 0; i < 40; i++)
                {
                    var request = world.Request();
                    var (approvers, now) = (world.Approvers(request), World.Start.AddMinutes(world.Below(4000)));
                    var (with, reduced) = (policy.EvaluateAssuming(request, approvers, CounterLedger.Empty, now), other.EvaluateAssuming(request, approvers, CounterLedger.Empty, now));
                    Assert.True(with.Verdict == reduced.Verdict, $"{finding}\n{with}\n{reduced}\n{json}");
                }
            }
        }
        Assert.True(removed > 100, $"{removed} rules were called dead");
    }

    /// <summary>A limit that is called unreachable can be taken away: it is never the one that is exceeded.</summary>
    [Fact]
    public void Without_a_limit_that_is_never_reached_every_verdict_is_the_same()
    {
        var removed = 0;
        for (var seed = 0; seed < 1500; seed++)
        {
            using var random = new SeededRandom((ulong)seed, "limits");
            var world = new World(random);
            var json = world.NewPolicy(maxRules: 4);
            var policy = World.Parse(json);
            foreach (var finding in PolicyLinter.Run(policy).Where(f => f.Code == "limit-never-reached"))
            {
                var path = finding.Pointer.Split('/');
                var without = json.DeepClone().AsObject();
                without["rules"]![int.Parse(path[2])]![path[3]]!.AsArray().RemoveAt(int.Parse(path[4]));
                var other = World.Parse(without);
                var (one, two, now) = (CounterLedger.Empty, CounterLedger.Empty, World.Start);
                removed++;
                for (var i = 0; i < 60; i++)
                {
                    now = now.AddMinutes(world.Below(200));
                    var request = world.Request();
                    var approvers = world.Approvers(request);
                    var (with, reduced) = (policy.EvaluateAssuming(request, approvers, one, now), other.EvaluateAssuming(request, approvers, two, now));
                    Assert.True(with.Verdict == reduced.Verdict, $"{finding}\n{with}\n{reduced}\n{json}");
                    one = PolicyReplay.Spend(one, i, with, now);
                    two = PolicyReplay.Spend(two, i, reduced, now);
                }
            }
        }
        Assert.True(removed > 50, $"{removed} limits were called unreachable");
    }
}
