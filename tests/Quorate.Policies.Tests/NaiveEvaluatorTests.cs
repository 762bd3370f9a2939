using Quorate.Testing;
using Xunit.Abstractions;

namespace Quorate.Policies.Tests;

public class NaiveEvaluatorTests(ITestOutputHelper output)
{
    [Fact]
    public void Both_evaluators_agree_on_3000_random_policies_and_intents() => Compare(policies: 500, intents: 6, seed: 1);

    [Fact]
    [Trait("Category", "Slow")]
    public void Both_evaluators_agree_on_100000_random_policies_and_intents() => Compare(policies: 12_500, intents: 8, seed: 2);

    void Compare(int policies, int intents, ulong seed)
    {
        var verdicts = new Dictionary<string, int>();
        for (var n = 0; n < policies; n++)
        {
            using var random = new SeededRandom(seed + ((ulong)n << 8), "policies");
            var world = new World(random);
            var json = world.NewPolicy();
            var policy = World.Parse(json);
            var naive = new NaiveEvaluator(json);
            var history = new List<NaiveEvaluator.Spent>();
            var (ledger, now) = (CounterLedger.Empty, World.Start);
            for (var i = 0; i < intents; i++)
            {
                now = now.AddMinutes(world.Below(420));
                var request = world.Request();
                var approvers = world.Approvers(request);
                var decision = policy.EvaluateAssuming(request, approvers, ledger, now);
                var expected = naive.Evaluate(request, approvers, history, now);

                var missing = decision.Outstanding.Select(o => $"{o.Rule} {o.Group} {o.Missing}").Order(StringComparer.Ordinal);
                Assert.True(
                    expected.Verdict == decision.Verdict.ToString() && expected.Missing.SequenceEqual(missing) && expected.Spending.Count == decision.Charges.Length,
                    $"policy {n}, intent {i} at {now:u}: expected {expected.Verdict} [{string.Join("; ", expected.Missing)}] spending {expected.Spending.Count}\n{decision}\n{json}");

                verdicts[expected.Verdict] = verdicts.GetValueOrDefault(expected.Verdict) + 1;
                if (decision.Verdict == Verdict.Allow)
                {
                    history.AddRange(expected.Spending);
                    Assert.Null(ledger.TryReserve($"{i}", decision.Charges, now, out ledger));
                    ledger = ledger.Commit($"{i}", now);
                }
            }
        }
        output.WriteLine(string.Join(", ", verdicts));
        // A test in which everything is denied compares nothing.
        Assert.All(Enum.GetNames<Verdict>(), verdict => Assert.True(verdicts.GetValueOrDefault(verdict) > policies * intents / 20, verdict));
    }
}
