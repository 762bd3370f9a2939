using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Quorate.Node.Tests.Breaker;

/// <summary>The four metrics of the field, under a seeded model of faults, beside a fixed timeout of 30 seconds.</summary>
public class FieldTests(ITestOutputHelper output)
{
    sealed record Row(Trouble Trouble, bool IsAdaptive, FieldRun[] Runs)
    {
        internal double Success => Runs.Count(r => r.Succeeded) / (double)Runs.Length;

        internal int Failed => Runs.Sum(r => r.Detected.Count);

        internal int FalseAborts => Trouble is Trouble.None or Trouble.Slow or Trouble.Lossy ? Failed : 0;

        internal int Recoveries => Runs.Count(r => r.Succeeded && r.Attempts > 1);

        internal int Named => Runs.Count(r => r.IsNamed);

        internal double Detection(double part)
        {
            double[] all = [.. Runs.SelectMany(r => r.Detected).Select(d => d.TotalSeconds).Order()];
            return all.Length == 0 ? 0 : all[Math.Min(all.Length - 1, (int)(part * all.Length))];
        }
    }

    static Row[] Measure(int n, int t, int runs)
    {
        FieldRun One(Trouble trouble, ulong seed, bool isAdaptive)
        {
            using var field = new Field(n, t, trouble, seed, isAdaptive);
            return field.Run();
        }
        return
        [
            .. from trouble in Enum.GetValues<Trouble>()
               from isAdaptive in new[] { false, true }
               select new Row(trouble, isAdaptive, [.. Enumerable.Range(1, runs).Select(seed => One(trouble, (ulong)seed, isAdaptive))]),
        ];
    }

    void Print(string what, Row[] rows)
    {
        var table = new StringBuilder($"{what}\n| trouble | policy | success | detected, median s | p95 s | false aborts | recoveries | named | runs |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var row in rows)
            table.Append(CultureInfo.InvariantCulture,
                $"| {row.Trouble} | {(row.IsAdaptive ? "adaptive" : "fixed 30 s")} | {row.Success:P0} | {row.Detection(0.5):F1} | {row.Detection(0.95):F1} | {row.FalseAborts} | {row.Recoveries} | {row.Named} | {row.Runs.Length} |\n");
        output.WriteLine(table.ToString());
        if (Environment.GetEnvironmentVariable("QUORATE_FIELD_TABLE") is { Length: > 0 } path)
            File.AppendAllText(path, table.ToString());
    }

    static void Check(Row[] rows)
    {
        Row Of(Trouble trouble, bool isAdaptive) => rows.Single(r => r.Trouble == trouble && r.IsAdaptive == isAdaptive);
        // Nobody is ever proven guilty who is not, and in good weather nothing is given up.
        Assert.All(rows, r => Assert.DoesNotContain(r.Runs, run => run.IsInnocentProven));
        foreach (var calm in new[] { Trouble.None, Trouble.Lossy, Trouble.Slow })
        {
            Assert.True(Of(calm, true).Success >= Of(calm, false).Success, $"{calm}");
            Assert.True(Of(calm, true).Success == 1, $"{calm}: {Of(calm, true).Success}");
        }
        Assert.Equal(0, Of(Trouble.None, true).FalseAborts);
        Assert.Equal(0, Of(Trouble.Lossy, true).FalseAborts);
        // Who comes back is had back.
        Assert.Equal(1, Of(Trouble.CrashAndReturn, true).Success);
        Assert.Equal(Of(Trouble.CrashAndReturn, true).Runs.Length, Of(Trouble.CrashAndReturn, true).Recoveries);
        Assert.Equal(1, Of(Trouble.Partition, true).Success);
        // Who cheats gets no key and is named by somebody; who only says that it gives up is not thereby a cheat.
        foreach (var cheat in new[] { Trouble.ByzantineShare, Trouble.Equivocation })
        {
            Assert.Equal(0, Of(cheat, true).Success);
            Assert.Equal(Of(cheat, true).Runs.Length, Of(cheat, true).Named);
        }
        Assert.Equal(0, Of(Trouble.FalseAbort, true).Named);
        // All know of what one has found long before a timeout, and of a crash no later than by the fixed one.
        Assert.True(Of(Trouble.ByzantineShare, true).Detection(0.95) < 2, "share");
        Assert.True(Of(Trouble.FalseAbort, true).Detection(0.95) < 2, "abort");
        Assert.True(Of(Trouble.ByzantineShare, false).Detection(0.5) > 20, "share, fixed");
        Assert.True(Of(Trouble.CrashAndReturn, true).Detection(0.5) < 11, "crash");
        Assert.True(Of(Trouble.CrashAndReturn, false).Detection(0.5) > 29, "crash, fixed");
    }

    [Fact]
    public void The_adaptive_policy_aborts_for_nothing_in_good_weather_and_names_every_cheat()
    {
        var rows = Measure(3, 2, 12);
        Print("2 of 3", rows);
        Check(rows);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_metrics_of_the_field_over_thousands_of_runs()
    {
        foreach (var (n, t, runs) in new[] { (3, 2, 200), (5, 3, 40) })
        {
            var rows = Measure(n, t, runs);
            Print($"{t} of {n}", rows);
            Check(rows);
        }
    }
}
