using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorate.Cli.Local;

/// <summary>
/// The first policy: up to a mark everybody pays alone, above it two members approve, beyond another mark nobody pays at all.
/// Every rule has an example, for <c>quorate policy test</c>.
/// </summary>
static class LocalPolicy
{
    static readonly JsonSerializerOptions oneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document, laid out for people: a rule is a few lines, not thirty.</summary>
    internal static string Write(IReadOnlyCollection<LocalChain> chains)
    {
        var text = new StringBuilder();
        text.AppendLine("{");
        text.AppendLine("""  "quoratePolicy": 1,""");
        text.AppendLine("""  "name": "first",""");
        text.AppendLine("""  "description": "Small payments by anybody, larger ones with two approvals, large ones never.",""");
        text.AppendLine($$"""  "groups": { "team": {{Line(new JsonArray([.. LocalPaths.Members.Select(m => (JsonNode)m)]))}} },""");
        text.AppendLine("""  "rules": [""");
        text.AppendJoin(",\n", [.. General(), .. chains.SelectMany(Rules)]).AppendLine();
        text.AppendLine("  ],");
        text.AppendLine("""  "examples": [""");
        text.AppendJoin(",\n", chains.SelectMany(Examples)).AppendLine();
        text.AppendLine("  ]");
        text.Append('}');
        return text.ToString().ReplaceLineEndings("\n");
    }

    static IEnumerable<string> General() =>
    [
        Rule("to-itself", "allow", "What comes back to the wallet, as change of Bitcoin does.", """ "what": [ { "kind": "transfer", "recipients": ["self"] } ] """),
        Rule("messages", "allow", "Notes on payments and short messages.", """ "what": [ { "kind": "memo", "maxBytes": 100 } ] """),
    ];

    static IEnumerable<string> Rules(LocalChain c) =>
    [
        Rule($"pay-{c.Name}", "allow", $"The team pays up to {c.Show(c.Most)} at once.",
            $$""" "initiators": ["@team"], "what": [ { "kind": "transfer", "assets": ["{{c.Coin}}"], "atMost": "{{c.Most}}" } ] """),
        Rule($"fees-{c.Name}", "allow", $"A transaction costs {c.Show(c.MaxFee)} at most.",
            $$""" "what": [ { "kind": "fee", "assets": ["{{c.Coin}}"], "atMost": "{{c.MaxFee}}" } ] """),
        Rule($"two-approve-{c.Name}", "require", $"Above {c.Show(c.Alone)} two members approve.",
            $$""" "what": [ { "kind": "transfer", "assets": ["{{c.Coin}}"], "exceptRecipients": ["self"], "above": "{{c.Alone}}" } ], """.TrimEnd() + "\n     " +
            """ "approvals": [ { "group": "team", "count": 2, "initiatorMayApprove": true } ] """),
        Rule($"never-{c.Name}", "deny", $"More than {c.Show(c.Most)} at once is never paid, whoever approves.",
            $$""" "what": [ { "kind": "transfer", "assets": ["{{c.Coin}}"], "exceptRecipients": ["self"], "above": "{{c.Most}}" } ] """),
    ];

    static IEnumerable<string> Examples(LocalChain c) =>
    [
        Example(c, "a small payment takes its initiator alone", c.Alone, "allow", []),
        Example(c, "a larger one waits for a second member", c.Most, "needsApprovals", ["alice"]),
        Example(c, "and goes through with one", c.Most, "allow", ["alice", "bob"]),
        Example(c, "a large one does not, whoever approves", c.Most + "0", "deny", [.. LocalPaths.Members]),
    ];

    static string Rule(string id, string effect, string description, string rest) =>
        $$"""
            { "id": "{{id}}", "effect": "{{effect}}", "description": "{{description}}",
              {{rest.Trim()}} }
        """;

    static string Example(LocalChain c, string name, string amount, string expect, string[] approvers)
    {
        var approved = approvers.Length == 0 ? "" : $""" "approvedBy": {Line(new JsonArray([.. approvers.Select(m => (JsonNode)m)]))},""";
        return $$"""
            { "name": "{{c.Name}}: {{name}}", "at": "2026-11-20T10:00:00Z", "wallet": "treasury", "chain": "{{c.Id}}", "initiator": "alice",{{approved}}
              "acts": [ { "kind": "transfer", "to": "{{c.Id}}:{{Somebody(c)}}", "asset": "{{c.Coin}}", "amount": "{{amount}}" } ], "expect": "{{expect}}" }
        """;
    }

    /// <summary>An address on a chain that is nobody's here.</summary>
    internal static string Somebody(LocalChain c) => c.Name switch
    {
        "ethereum" => "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb",
        "bitcoin" => c.Id == Chains.Bitcoin.BitcoinNetwork.Regtest.Chain.ToString() ? "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080" : "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        _ => "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM",
    };

    static string Line(JsonNode node) => node.ToJsonString(oneLine).Replace(",", ", ", StringComparison.Ordinal);
}
