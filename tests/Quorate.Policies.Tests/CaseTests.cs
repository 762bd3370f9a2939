using System.Text;
using System.Text.RegularExpressions;
using Quorate.Testing;

namespace Quorate.Policies.Tests;

public partial class CaseTests
{
    static byte[][] Blocks(string member) => [.. JsonBlock().Matches(File.ReadAllText(Repository.PathOf("docs/policies.md")))
        .Select(match => match.Groups[1].Value).Where(text => text.Contains($"\"{member}\"", StringComparison.Ordinal)).Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void Every_policy_of_the_guide_is_sound_and_passes_its_examples()
    {
        var policies = Blocks("quoratePolicy").Select(text => Policy.Parse(text)).ToArray();
        Assert.Equal(4, policies.Length);
        foreach (var policy in policies)
        {
            Assert.DoesNotContain(PolicyLinter.Run(policy), finding => finding.Severity == Severity.Error || finding.Code is not "raw-signing");
            Assert.NotEqual(0, policy.ExampleCount);
            Assert.All(PolicyExamples.Run(policy), result => Assert.True(result.Problem is null, $"{policy.Name}, {result.Case.Name}: {result.Problem}\n{result.Decision}"));
        }
    }

    [Fact]
    public void The_recording_of_the_guide_replays_as_it_says()
    {
        var recording = Recording.Parse(Assert.Single(Blocks("quorateRecording")));
        var difference = Assert.Single(PolicyReplay.Run(Policy.Parse(Blocks("quoratePolicy")[0]), recording));
        Assert.Equal(("int_2", Verdict.Allow, Verdict.Deny), (difference.Case.Name, difference.Before, difference.After.Verdict));
        Assert.Equal(["no-weekends"], difference.After.DecisiveRules);
    }

    [Fact]
    public void A_policy_differs_from_itself_nowhere_and_from_a_stricter_one_where_that_bites()
    {
        var recording = Recording.Parse(Blocks("quorateRecording")[0]);
        var policy = Policy.Parse(Blocks("quoratePolicy")[0]);
        Assert.Empty(PolicyReplay.Run(policy, recording, policy));
        Assert.Equal(["int_1"], PolicyReplay.Run(Documents.Policy(), recording, policy).Select(d => d.Case.Name));
    }

    [Fact]
    public void What_a_draft_allows_fills_its_counters()
    {
        var draft = Documents.Policy("""{ "id": "one", "effect": "allow", "what": [ { "kind": "fee" } ], "within": [ { "transactions": 1, "rollingSeconds": 60 } ] }""");
        PolicyCase At(int seconds) => new()
        {
            Name = $"int_{seconds}", At = World.Start.AddSeconds(seconds), Request = Documents.Request(Documents.Fee(1)), Approvers = new HashSet<string> { "alice" }, Expected = Verdict.Allow,
        };
        Assert.Equal(["int_30", "int_59"], PolicyReplay.Run(draft, [At(0), At(30), At(59), At(60), At(120)]).Select(d => d.Case.Name));
    }

    [Fact]
    public void A_recording_is_read_back_as_it_was_written()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            using var random = new SeededRandom((ulong)seed, "recording");
            var world = new World(random);
            var cases = Enumerable.Range(0, 5).Select(i =>
            {
                var request = world.Request();
                return new PolicyCase { Name = $"int_{i}", At = World.Start.AddHours(i), Request = request, Approvers = world.Approvers(request), Expected = (Verdict)world.Below(3) };
            }).ToArray();
            var written = Recording.Write(cases);
            var read = Recording.Parse(written);
            Assert.Equal(written, Recording.Write(read));
            var policy = World.Parse(world.NewPolicy());
            // Unknown kinds are written as what may not be understood either; both are denied without raw signing.
            foreach (var (one, other) in cases.Zip(read).Where(pair => pair.First.Request.Acts.All(act => act.Kind != ActKind.Unknown) && pair.First.Request.Violations.IsEmpty && pair.First.Request.ExpiresAt is null))
                Assert.Equal(
                    policy.EvaluateAssuming(one.Request, one.Approvers, CounterLedger.Empty, one.At).ToString(),
                    policy.EvaluateAssuming(other.Request, other.Approvers, CounterLedger.Empty, other.At).ToString());
        }
    }

    [Fact]
    public void An_example_that_fails_says_how()
    {
        string Example(string rest) => $$"""{ "name": "e", "at": "2026-11-20T10:00:00Z", "wallet": "w", "chain": "eip155:1", "initiator": "alice", "acts": [ { "kind": "fee", "asset": "eip155:1/slip44:60", "amount": "1" } ], {{rest}} }""";
        ExampleResult Run(string rest) => Assert.Single(PolicyExamples.Run(Policy.Parse(Encoding.UTF8.GetBytes(
            Documents.Text("""{ "id": "fees", "effect": "allow", "what": [ { "kind": "fee", "atMost": "5" } ] }""").TrimEnd().TrimEnd('}') + $", \"examples\": [ {Example(rest)} ] }}"))));
        Assert.Null(Run("\"expect\": \"allow\", \"because\": [\"fees\"]").Problem);
        Assert.Equal("expected deny, got allow", Run("\"expect\": \"deny\"").Problem);
        Assert.Equal("expected allow because of no rule, got it because of fees", Run("\"expect\": \"allow\", \"because\": []").Problem);
        Assert.Equal(Verdict.NeedsApprovals, Run("\"expect\": \"needsApprovals\", \"initiatorHasSigned\": false").Decision!.Verdict);
        Assert.Contains("number 1, is not allowed", Run("\"expect\": \"allow\", \"earlier\": [ { \"at\": \"2026-11-20T09:00:00Z\", \"acts\": [ { \"kind\": \"fee\", \"asset\": \"eip155:1/slip44:60\", \"amount\": \"6\" } ] } ]").Problem, StringComparison.Ordinal);
        Assert.Equal("/examples/0/earlier/0", Assert.Throws<DocumentException>(() => Run("\"expect\": \"allow\", \"earlier\": [ { \"at\": \"2026-11-20T11:00:00Z\", \"acts\": [] } ]")).Pointer);
    }

    [Theory]
    [InlineData("{ \"quorateRecording\": 1, \"intents\": [ { } ] }", "/intents/0")]
    [InlineData("{ \"quorateRecording\": 1, \"intents\": [ B, A ] }", "/intents/1")]
    [InlineData("{ \"quorateRecording\": 1, \"intents\": [ A ], \"more\": 1 }", "/more")]
    public void A_recording_out_of_order_or_out_of_shape_is_refused(string text, string pointer)
    {
        string At(int hour) => $$"""{ "intent": "i", "at": "2026-11-20T0{{hour}}:00:00Z", "wallet": "w", "chain": "eip155:1", "initiator": "alice", "acts": [], "decision": "deny" }""";
        text = text.Replace("A", At(1), StringComparison.Ordinal).Replace(" B,", $" {At(2)},", StringComparison.Ordinal);
        Assert.Equal(pointer, Assert.Throws<DocumentException>(() => Recording.Parse(Encoding.UTF8.GetBytes(text))).Pointer);
    }

    [GeneratedRegex("^```json\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex JsonBlock();
}
