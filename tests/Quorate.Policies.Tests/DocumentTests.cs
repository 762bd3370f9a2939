using System.Text;
using System.Text.Json.Nodes;
using Quorate.Testing;

namespace Quorate.Policies.Tests;

public class DocumentTests
{
    const string Rule = """{ "id": "r", "effect": "allow", "what": [ { "kind": "fee" } ] }""";

    static DocumentException Refused(string text) => Assert.Throws<DocumentException>(() => Policy.Parse(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("", "", "syntax")]
    [InlineData("[]", "", "type")]
    [InlineData("{", "", "syntax")]
    [InlineData("{} {}", "", "syntax")]
    [InlineData("{ /* no */ }", "", "syntax")]
    [InlineData("{ \"a\": [1,] }", "/a", "syntax")]
    [InlineData("\uFEFF{}", "", "syntax")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "/a", "duplicate")]
    [InlineData("{ \"a\": { \"b/c~d\": 1, \"b/c~d\": 2 } }", "/a/b~1c~0d", "duplicate")]
    [InlineData("{ \"a\": 1.5 }", "/a", "number")]
    [InlineData("{ \"a\": 1e3 }", "/a", "number")]
    [InlineData("{ \"a\": -1 }", "/a", "number")]
    [InlineData("{ \"a\": [0, 9007199254740992] }", "/a/1", "number")]
    [InlineData("{ \"a\": \"\\ud800\" }", "", "text")]
    [InlineData("[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]", "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0", "too-deep")]
    [InlineData("{}", "", "missing")]
    [InlineData("{ \"quoratePolicy\": 2 }", "/quoratePolicy", "range")]
    [InlineData("{ \"quoratePolicy\": \"1\" }", "/quoratePolicy", "type")]
    public void What_is_no_document_is_refused_at_its_place(string text, string pointer, string code)
    {
        var problem = Refused(text);
        Assert.Equal((pointer, code), (problem.Pointer, problem.Code));
        Assert.EndsWith(problem.Problem, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"name\": \"test\"", "\"name\": \"te st\"", "/name", "name")]
    [InlineData("\"name\": \"test\"", "\"name\": null", "/name", "type")]
    [InlineData("\"name\": \"test\"", "\"name\": \"test\", \"nam\": 1", "/nam", "unknown-member")]
    [InlineData("\"bob\"]", "\"bob\", \"bob\"]", "/groups/ops/2", "duplicate")]
    [InlineData("\"bob\"]", "\"bob\", 7]", "/groups/ops/2", "type")]
    [InlineData("\"ops\":", "\"o/s\":", "/groups/o~1s", "name")]
    [InlineData("eip155:1:0xA", "0xA", "/addressBook/known/entries/0/account", "account")]
    [InlineData("2026-11-01T00:00:00Z", "2026-11-01", "/addressBook/known/entries/0/addedAt", "instant")]
    [InlineData("2026-11-01T00:00:00Z", "2026-11-01T00:00:00+01:00", "/addressBook/known/entries/0/addedAt", "instant")]
    [InlineData("\"label\": \"A\"", "\"label\": \"A\\u0007\"", "/addressBook/known/entries/0/label", "text")]
    [InlineData("86400", "99999999", "/addressBook/fresh/activationDelaySeconds", "range")]
    [InlineData("\"rules\"", "\"rulez\"", "", "missing")]
    public void A_mistake_around_the_rules_is_refused_at_its_place(string from, string to, string pointer, string code)
    {
        var text = Documents.Text(Rule);
        Assert.Contains(from, text, StringComparison.Ordinal);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        var problem = Refused(text[..at] + to + text[(at + from.Length)..]);
        Assert.Equal((pointer, code), (problem.Pointer, problem.Code));
    }

    [Theory]
    [InlineData("""{ "id": "r" }""", "", "missing")]
    [InlineData("""{ "id": "r", "effect": "permit" }""", "/effect", "choice")]
    [InlineData("""{ "id": "r", "effect": "allow" }""", "", "missing")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [] }""", "/what", "count")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": {} }""", "/what", "type")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "gift" } ] }""", "/what/0/kind", "choice")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "fee", "recipients": ["self"] } ] }""", "/what/0/recipients", "unknown-member")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "transfer", "recipients": ["@nowhere"] } ] }""", "/what/0/recipients/0", "unknown-name")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "transfer", "recipients": ["self", "self"] } ] }""", "/what/0/recipients/1", "duplicate")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "transfer", "atMost": 5 } ] }""", "/what/0/atMost", "type")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "transfer", "atMost": "05" } ] }""", "/what/0/atMost", "amount")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "transfer", "above": "5", "atMost": "5" } ] }""", "/what/0", "empty")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "transfer", "assets": ["ETH"] } ] }""", "/what/0/assets/0", "asset")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "call", "arguments": [ { "position": 0 } ] } ] }""", "/what/0/arguments/0", "missing")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "rawSigning" } ] }""", "/what", "raw-signing")]
    [InlineData("""{ "id": "r", "effect": "allow", "what": [ { "kind": "fee" } ], "beyond": [] }""", "/beyond", "unknown-member")]
    [InlineData("""{ "id": "r", "effect": "deny", "within": [] }""", "/within", "unknown-member")]
    [InlineData("""{ "id": "r", "effect": "deny", "approvals": [] }""", "/approvals", "unknown-member")]
    [InlineData("""{ "id": "r", "effect": "deny", "beyond": [ {} ] }""", "/beyond/0", "missing")]
    [InlineData("""{ "id": "r", "effect": "deny", "beyond": [ { "transactions": 1 } ] }""", "/beyond/0", "missing")]
    [InlineData("""{ "id": "r", "effect": "deny", "beyond": [ { "transactions": 1, "rollingSeconds": 0 } ] }""", "/beyond/0/rollingSeconds", "range")]
    [InlineData("""{ "id": "r", "effect": "deny", "beyond": [ { "transactions": 1, "rollingSeconds": 9, "every": "day", "zone": "UTC" } ] }""", "/beyond/0", "inconsistent")]
    [InlineData("""{ "id": "r", "effect": "deny", "beyond": [ { "transactions": 1, "every": "year", "zone": "UTC" } ] }""", "/beyond/0/every", "choice")]
    [InlineData("""{ "id": "r", "effect": "deny", "beyond": [ { "transactions": 1, "every": "day", "zone": "Mars/Olympus" } ] }""", "/beyond/0/zone", "zone")]
    [InlineData("""{ "id": "r", "effect": "deny", "beyond": [ { "transactions": 1, "rollingSeconds": 9 }, { "transactions": 2, "rollingSeconds": 9 } ] }""", "/beyond/1", "duplicate")]
    [InlineData("""{ "id": "r", "effect": "deny", "hours": [ { "zone": "UTC", "from": "08:00", "to": "08:00" } ] }""", "/hours/0", "empty")]
    [InlineData("""{ "id": "r", "effect": "deny", "hours": [ { "zone": "UTC", "from": "24:00", "to": "08:00" } ] }""", "/hours/0/from", "time")]
    [InlineData("""{ "id": "r", "effect": "deny", "hours": [ { "zone": "UTC", "from": "8:00", "to": "09:00" } ] }""", "/hours/0/from", "time")]
    [InlineData("""{ "id": "r", "effect": "deny", "hours": [ { "zone": "W. Europe Standard Time", "from": "08:00", "to": "09:00" } ] }""", "/hours/0/zone", "zone")]
    [InlineData("""{ "id": "r", "effect": "deny", "initiators": ["@nobody"] }""", "/initiators/0", "unknown-name")]
    [InlineData("""{ "id": "r", "effect": "require" }""", "", "missing")]
    [InlineData("""{ "id": "r", "effect": "require", "approvals": [ { "group": "ops", "count": 1 } ] }""", "/approvals/0", "missing")]
    [InlineData("""{ "id": "r", "effect": "require", "approvals": [ { "group": "ops", "count": 0, "initiatorMayApprove": true } ] }""", "/approvals/0/count", "range")]
    [InlineData("""{ "id": "r", "effect": "require", "approvals": [ { "group": "none", "count": 1, "initiatorMayApprove": true } ] }""", "/approvals/0/group", "unknown-name")]
    public void A_mistake_in_a_rule_is_refused_at_its_place(string rule, string pointer, string code)
    {
        var problem = Refused(Documents.Text(Rule.Replace("\"r\"", "\"first\"", StringComparison.Ordinal), rule));
        Assert.Equal(("/rules/1" + pointer, code), (problem.Pointer, problem.Code));
    }

    [Fact]
    public void Two_rules_of_one_id_and_too_large_documents_are_refused()
    {
        Assert.Equal(("/rules/1/id", "duplicate"), (Refused(Documents.Text(Rule, Rule)).Pointer, Refused(Documents.Text(Rule, Rule)).Code));
        Assert.Equal("too-large", Refused(new string(' ', Policy.MaxSize + 1)).Code);
    }

    [Fact]
    public void Misspelt_addresses_are_refused_where_somebody_knows_the_spelling()
    {
        SpellingCheck check = (chain, address) => address is null ? null : chain.Reference == "1" ? address == address.ToUpperInvariant().Replace("0X", "0x", StringComparison.Ordinal) : null;
        Policy Parse(string text) => Policy.Parse(Encoding.UTF8.GetBytes(text), check);
        Parse(Documents.Text("""{ "id": "r", "effect": "deny", "what": [ { "kind": "transfer", "recipients": ["eip155:10:0xa"], "assets": ["eip155:1/erc20:0xEE"] } ] }"""));
        Assert.Equal("/rules/0/what/0/recipients/0", Assert.Throws<DocumentException>(() => Parse(Documents.Text("""{ "id": "r", "effect": "deny", "what": [ { "kind": "transfer", "recipients": ["eip155:1:0xa"] } ] }"""))).Pointer);
        Assert.Equal("/rules/0/what/0/assets/0", Assert.Throws<DocumentException>(() => Parse(Documents.Text("""{ "id": "r", "effect": "deny", "what": [ { "kind": "transfer", "assets": ["eip155:1/erc20:0xee"] } ] }"""))).Pointer);
    }

    // RFC 8785, appendix B's rules for texts and the sorting example of section 3.2.3, without its number and controls.
    [Theory]
    [InlineData("{ \"b\" : 1 , \"a\" : [ true , false , null ] }", "{\"a\":[true,false,null],\"b\":1}")]
    [InlineData("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"", "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")]
    [InlineData("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin\",\"\\ufb33\":\"Hebrew\"}",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin\",\"€\":\"Euro Sign\",\"😀\":\"Emoji\",\"\ufb33\":\"Hebrew\"}")]
    public void The_canonical_form_is_that_of_RFC_8785(string text, string canonical) =>
        Assert.Equal(canonical, Encoding.UTF8.GetString(CanonicalJson.Write(JsonTree.Parse(Encoding.UTF8.GetBytes(text), 1000))));

    [Fact]
    public void The_hash_is_of_the_content_and_not_of_its_spelling()
    {
        var policy = Policy.Parse(Encoding.UTF8.GetBytes(Documents.Text(Rule)));
        var compact = JsonNode.Parse(Documents.Text(Rule))!.ToJsonString();
        Assert.NotEqual(Documents.Text(Rule), compact);
        Assert.Equal(policy.Hash, Policy.Parse(Encoding.UTF8.GetBytes(compact)).Hash);
        Assert.Equal(policy.Hash, Policy.Parse(policy.ToCanonicalJson()).Hash);
        Assert.NotEqual(policy.Hash, Policy.Parse(Encoding.UTF8.GetBytes(compact.Replace("\"test\"", "\"tesu\"", StringComparison.Ordinal))).Hash);
    }

    [Fact]
    public void Large_documents_are_read_in_time_and_memory_that_fit_their_size()
    {
        // 200,000 members of one object; 10,000 patterns that each name a list of 10,000 accounts.
        var members = "{" + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"{i:x}\":0")) + "}";
        var entries = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $$"""{"account":"eip155:1:0x{{i:x}}","addedAt":"2026-11-01T00:00:00Z"}"""));
        var patterns = string.Join(',', Enumerable.Repeat("""{"kind":"transfer","recipients":["@all"]}""", 200));
        var rules = string.Join(',', Enumerable.Range(0, 50).Select(i => $$"""{"id":"r{{i}}","effect":"allow","what":[{{patterns}}]}"""));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("missing", Refused(members).Code);
        var policy = Policy.Parse(Encoding.UTF8.GetBytes($$$"""{"quoratePolicy":1,"name":"n","addressBook":{"all":{"entries":[{{{entries}}}]}},"rules":[{{{rules}}}]}"""));
        Assert.Equal(50, policy.RuleCount);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 300_000_000);
    }

    [Fact]
    public void Fuzzed_documents_give_a_precise_error_or_a_policy() => Fuzz(documents: 40, mutations: 50);

    [Fact]
    [Trait("Category", "Slow")]
    public void Fuzzed_documents_give_a_precise_error_or_a_policy_at_length() => Fuzz(documents: 2000, mutations: 200);

    static void Fuzz(int documents, int mutations)
    {
        string[] pieces = ["{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e9", "-1", "\\u0000", "\\", "\"id\":", "@", "eip155:", "9007199254740993", "\uD83D\uDE00"];
        var (refused, accepted) = (0, 0);
        for (var n = 0; n < documents; n++)
        {
            using var random = new SeededRandom((ulong)n, "fuzzing policies");
            var text = new World(random).NewPolicy().ToJsonString();
            for (var i = 0; i < mutations; i++)
            {
                var bytes = Encoding.UTF8.GetBytes(text).ToList();
                for (var times = 1 + random.Below(3); times > 0; times--)
                {
                    var at = random.Below(bytes.Count);
                    if (random.Below(3) == 0)
                        bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Below(pieces.Length)]));
                    else if (random.Below(2) == 0)
                        bytes[at] = (byte)random.Below(256);
                    else
                        bytes.RemoveRange(at, Math.Min(random.Below(30), bytes.Count - at));
                }
                try
                {
                    var policy = Policy.Parse(bytes.ToArray());
                    Assert.Equal(policy.Hash, Policy.Parse(policy.ToCanonicalJson()).Hash);
                    accepted++;
                }
                catch (DocumentException problem)
                {
                    refused++;
                    Assert.True(problem.Pointer.Length == 0 || problem.Pointer[0] == '/');
                    Assert.NotEmpty(problem.Problem);
                }
            }
        }
        Assert.True(refused > accepted && accepted > 0, $"{refused} refused, {accepted} accepted");
    }
}
