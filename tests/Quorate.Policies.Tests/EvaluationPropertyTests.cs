using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Testing;

namespace Quorate.Policies.Tests;

public class EvaluationPropertyTests
{
    static void ForAllWorlds(Action<World> property) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            using var random = new SeededRandom((ulong)seed, "world");
            property(new World(random));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    static Decision Evaluate(JsonObject policy, PolicyRequest request, IReadOnlySet<string> approvers, DateTimeOffset now) =>
        World.Parse(policy).EvaluateAssuming(request, approvers, CounterLedger.Empty, now);

    static JsonObject With(JsonObject policy, JsonObject rule)
    {
        var copy = policy.DeepClone().AsObject();
        copy["rules"]!.AsArray().Insert(0, rule.DeepClone());
        return copy;
    }

    [Theory]
    [InlineData("deny")]
    [InlineData("require")]
    public void Adding_a_rule_that_denies_or_requires_never_allows_more(string effect) => ForAllWorlds(world =>
    {
        var (policy, rule, request) = (world.NewPolicy(), world.Rule("added", effect), world.Request());
        var (approvers, now) = (world.Approvers(request), World.Start.AddMinutes(world.Below(2000)));
        Assert.True(Evaluate(With(policy, rule), request, approvers, now).Verdict <= Evaluate(policy, request, approvers, now).Verdict);
    });

    [Fact]
    public void Adding_a_rule_that_allows_never_allows_less() => ForAllWorlds(world =>
    {
        var (policy, rule, request) = (world.NewPolicy(), world.Rule("added", "allow"), world.Request());
        var (approvers, now) = (world.Approvers(request), World.Start.AddMinutes(world.Below(2000)));
        Assert.True(Evaluate(With(policy, rule), request, approvers, now).Verdict >= Evaluate(policy, request, approvers, now).Verdict);
    });

    [Fact]
    public void The_order_of_rules_members_and_accounts_never_matters() => ForAllWorlds(world =>
    {
        var (policy, request) = (world.NewPolicy(), world.Request());
        var (approvers, now) = (world.Approvers(request), World.Start.AddMinutes(world.Below(2000)));
        var shuffled = Shuffle(policy, world)!.AsObject();
        var (one, other) = (Evaluate(policy, request, approvers, now), Evaluate(shuffled, request, approvers, now));
        Assert.Equal(one.Verdict, other.Verdict);
        Assert.Equal(one.Outstanding.Select(o => o.ToString()).Order(), other.Outstanding.Select(o => o.ToString()).Order());
        Assert.Equal(one.Charges.OrderBy(c => c.Counter), other.Charges.OrderBy(c => c.Counter));
        Assert.Equal(one.DecisiveRules, other.DecisiveRules);
    });

    [Fact]
    public void The_order_of_acts_never_matters() => ForAllWorlds(world =>
    {
        var (policy, request) = (world.NewPolicy(), world.Request());
        var (approvers, now) = (world.Approvers(request), World.Start.AddMinutes(world.Below(2000)));
        var (one, other) = (Evaluate(policy, request, approvers, now), Evaluate(policy, request with { Acts = [.. request.Acts.Reverse()] }, approvers, now));
        Assert.Equal(one.Verdict, other.Verdict);
        Assert.Equal(one.Charges.AsEnumerable(), other.Charges);
    });

    [Fact]
    public void Adding_an_approval_never_takes_away() => ForAllWorlds(world =>
    {
        var (policy, request) = (world.NewPolicy(), world.Request());
        var (approvers, now) = (world.Approvers(request), World.Start.AddMinutes(world.Below(2000)));
        var before = Evaluate(policy, request, approvers, now);
        foreach (var member in World.Members)
        {
            var after = Evaluate(policy, request, approvers.Add(member), now);
            Assert.True(after.Verdict >= before.Verdict);
            Assert.Equal(before.Charges.AsEnumerable(), after.Charges);
        }
    });

    [Fact]
    public void Approvals_by_strangers_change_nothing() => ForAllWorlds(world =>
    {
        var (policy, request) = (world.NewPolicy(), world.Request());
        var (approvers, now) = (world.Approvers(request), World.Start.AddMinutes(world.Below(2000)));
        Assert.Equal(
            Evaluate(policy, request, approvers, now).ToString(), Evaluate(policy, request, approvers.Add("mallory"), now).ToString());
    });

    [Fact]
    public void Another_act_never_allows_more() => ForAllWorlds(world =>
    {
        var (policy, request) = (world.NewPolicy(), world.Request());
        var (approvers, now) = (world.Approvers(request), World.Start.AddMinutes(world.Below(2000)));
        if (!request.Acts.IsEmpty)
            Assert.True(Evaluate(policy, request with { Acts = request.Acts.Add(world.Act()) }, approvers, now).Verdict <= Evaluate(policy, request, approvers, now).Verdict);
    });

    [Fact]
    public void Something_not_understood_is_denied_unless_raw_signing_is_granted() => ForAllWorlds(world =>
    {
        var (policy, request) = (world.NewPolicy(), world.Request());
        request = request with { Acts = request.Acts.Add(new() { Kind = ActKind.RawSigning, Data = "something" }) };
        var grants = policy["rules"]!.AsArray().Any(rule => rule!["what"]?.ToJsonString().Contains("rawSigning", StringComparison.Ordinal) == true);
        if (Evaluate(policy, request, world.Approvers(request), World.Start).Verdict != Verdict.Deny)
            Assert.True(grants);
    });

    static JsonNode? Shuffle(JsonNode? node, World world)
    {
        switch (node)
        {
            case JsonObject o:
                return new JsonObject(o.OrderBy(_ => world.Below(1000)).Select(p => KeyValuePair.Create(p.Key, Shuffle(p.Value, world))));
            case JsonArray a:
                return new JsonArray(a.OrderBy(_ => world.Below(1000)).Select(item => Shuffle(item, world)).ToArray());
            default:
                return node?.DeepClone();
        }
    }
}
