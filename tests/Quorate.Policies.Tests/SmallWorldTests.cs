using System.Text.Json.Nodes;

namespace Quorate.Policies.Tests;

/// <summary>Every policy of up to three rules out of a box of small ones, against every request and every set of approvers.</summary>
public class SmallWorldTests
{
    static readonly string[] rules =
    [
        """{"effect":"allow","what":[{"kind":"transfer"}]}""",
        """{"effect":"allow","what":[{"kind":"transfer","recipients":["eip155:1:0xA"]}],"within":[{"asset":"eip155:1/slip44:60","atMost":"5","rollingSeconds":60}]}""",
        """{"effect":"allow","initiators":["alice"],"what":[{"kind":"transfer","atMost":"4"},{"kind":"fee"}]}""",
        """{"effect":"deny","what":[{"kind":"transfer","recipients":["eip155:1:0xB"]}]}""",
        """{"effect":"deny","exceptInitiators":["alice"]}""",
        """{"effect":"deny","what":[{"kind":"transfer"}],"beyond":[{"asset":"eip155:1/slip44:60","atMost":"5"}]}""",
        """{"effect":"require","approvals":[{"group":"pair","count":1,"initiatorMayApprove":false}]}""",
        """{"effect":"require","what":[{"kind":"transfer","above":"4"}],"approvals":[{"group":"pair","count":2,"initiatorMayApprove":true}]}""",
        """{"effect":"allow","wallets":["wal_1"],"what":[{"kind":"rawSigning"}]}""",
    ];

    static readonly string[][] acts =
    [
        [],
        ["transfer A 4"], ["transfer A 5"], ["transfer A 6"], ["transfer B 1"], ["transfer A 3", "transfer A 3"], ["transfer A 4", "transfer B 1"],
        ["fee"], ["transfer A 4", "fee"], ["raw"], ["transfer A 4", "raw"], ["unknown"],
    ];

    static Act Parse(string act) => act.Split(' ') switch
    {
        ["transfer", var to, var amount] => new()
        {
            Kind = ActKind.Transfer, Counterparty = World.AccountOf("eip155:1:0x" + to), Asset = Chains.AssetId.Parse("eip155:1/slip44:60"), Amount = ulong.Parse(amount),
        },
        ["fee"] => new() { Kind = ActKind.Fee, Asset = Chains.AssetId.Parse("eip155:1/slip44:60"), Amount = 1 },
        ["raw"] => new() { Kind = ActKind.RawSigning, Data = "?" },
        _ => new() { Kind = ActKind.Unknown, Data = "?" },
    };

    [Fact]
    public void Both_evaluators_agree_on_every_small_policy_and_request()
    {
        string[][] voters = [[], ["alice"], ["bob"], ["alice", "bob"], ["alice", "bob", "carol"], ["carol", "dave"]];
        var requests = (
            from a in acts
            from initiator in (string[])["alice", "dave"]
            select new PolicyRequest { Wallet = "wal_1", Chain = Chains.ChainId.Parse("eip155:1"), Initiator = initiator, Acts = [.. a.Select(Parse)] }).ToArray();
        var checkedCases = 0;
        for (var set = 0; set < 1 << rules.Length; set++)
        {
            if (int.PopCount(set) > 3)
                continue;
            var json = new JsonObject
            {
                ["quoratePolicy"] = 1, ["name"] = "small", ["groups"] = new JsonObject { ["pair"] = new JsonArray("alice", "bob") },
                ["rules"] = new JsonArray(Enumerable.Range(0, rules.Length).Where(i => (set >> i & 1) != 0).Select(i =>
                {
                    var rule = JsonNode.Parse(rules[i])!;
                    rule["id"] = $"r{i}";
                    return rule;
                }).ToArray()),
            };
            var (policy, naive) = (World.Parse(json), new NaiveEvaluator(json));
            foreach (var request in requests)
                foreach (var approvers in voters.Select(v => v.ToHashSet()))
                {
                    var decision = policy.EvaluateAssuming(request, approvers, CounterLedger.Empty, World.Start);
                    var expected = naive.Evaluate(request, approvers, [], World.Start);
                    Assert.True(
                        expected.Verdict == decision.Verdict.ToString() && expected.Missing.SequenceEqual(decision.Outstanding.Select(o => $"{o.Rule} {o.Group} {o.Missing}").Order(StringComparer.Ordinal)),
                        $"expected {expected.Verdict} {string.Join("; ", expected.Missing)}\n{decision}\n{json}");
                    checkedCases++;
                }
        }
        Assert.Equal(130 * 24 * 6, checkedCases);
    }
}
