using System.Diagnostics;
using Quorate.Journal;
using Quorate.Node;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Node.Tests;

namespace Quorate.Benchmarks;

/// <summary>
/// What a node's judgement costs: decode, derive, policy, approvals, and its record on disk. One request after the other, as
/// the gate takes them; the aim is a p95 below 5 ms.
/// </summary>
static class GateBenchmarks
{
    const int Requests = 1000;

    internal static void Run(string[] args) => RunAsync().GetAwaiter().GetResult();

    static async Task RunAsync()
    {
        var acme = new Deployment();
        Console.WriteLine($"{"",-44} {"p50",9} {"p95",9} {"p99",9}  ms");
        Report("judged, not recorded", Requests, i =>
        {
            _ = Judgement.Rule(acme.State, Request(acme, i), RequestState.Unknown, Deployment.Judges, Deployment.Start);
            return Task.CompletedTask;
        });
        var folder = Directory.CreateTempSubdirectory("quorate-bench-gate").FullName;
        try
        {
            await using var journal = await NodeJournal.OpenAsync(await EventStore.OpenSqliteAsync(Path.Combine(folder, "journal.db")), default);
            var clock = new Clock(Deployment.Start);
            await new NodeGovernance(journal, acme.Id("node-1"), clock).InstallAsync(acme.Genesis, default);
            using (var turn = await journal.TakeTurnAsync(default))
                await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, Deployment.Keyed(acme.Wallet), default);
            var gate = new ReleaseGate(journal, Deployment.Judges, clock);
            var requests = Enumerable.Range(0, Requests).Select(i => Request(acme, i)).ToArray();
            var permits = new Ruling.Permit[Requests];
            Report("ruled: judged and recorded with fsync", Requests, async i => permits[i] = (Ruling.Permit)await gate.RuleAsync(requests[i], default));
            Report("lent: asked again and recorded with fsync", Requests, async i =>
            {
                if (await gate.OpenSessionAsync(permits[i], 0, Threshold.Sessions.SessionId.Derive(BitConverter.GetBytes(i)), Threshold.Sessions.PartySet.Range(2), default) is { } no)
                    throw new InvalidOperationException(no.Detail);
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Two approvals, one wei: the day's limit is not what is measured.
    static SigningRequest Request(Deployment acme, int i)
    {
        var payment = Deployment.Payment(1, nonce: (ulong)i);
        return acme.Request(payment, acme.IntentOf(payment, $"req_{i}"), "alice", "bob");
    }

    static void Report(string name, int count, Func<int, Task> action)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            action(i).GetAwaiter().GetResult();
            times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }
        Array.Sort(times);
        Console.WriteLine($"{name,-44} {times[count / 2],9:F2} {times[count * 95 / 100],9:F2} {times[count * 99 / 100],9:F2}");
    }
}
