using System.Diagnostics;
using System.Diagnostics.Metrics;
using Quorate.Node.Signing;
using Quorate.Node.Tests;
using Quorate.Node.Tests.Signing;

namespace Quorate.Benchmarks;

/// <summary>
/// What it costs to be observed: signatures of three nodes in this process, with their files, in blocks that take turns: nobody
/// listens, and somebody listens to every span and every measure of all of them and keeps nothing.
/// </summary>
static class TracingBenchmarks
{
    const int Blocks = 20, Requests = 10;

    internal static void Run(string[] args) => RunAsync().GetAwaiter().GetResult();

    static async Task RunAsync()
    {
        await using var fleet = await Fleet.StartAsync(policy: Deployment.AnythingGoes());
        var (quiet, heard, spans, values) = (new List<double>(), new List<double>(), 0L, 0L);
        var made = 0;
        for (var block = -2; block < 2 * Blocks; block++)
        {
            var isHeard = block % 2 != 0;
            using var activities = new ActivityListener
            {
                ShouldListenTo = source => isHeard && source.Name.StartsWith("Quorate.", StringComparison.Ordinal),
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ => Interlocked.Increment(ref spans),
            };
            ActivitySource.AddActivityListener(activities);
            using var measures = new MeterListener
            {
                InstrumentPublished = (instrument, listener) =>
                {
                    if (isHeard && instrument.Meter.Name.StartsWith("Quorate.", StringComparison.Ordinal))
                        listener.EnableMeasurementEvents(instrument);
                },
            };
            measures.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref values));
            measures.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref values));
            measures.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref values));
            measures.Start();
            for (var i = 0; i < Requests; i++)
            {
                var request = fleet.Acme.SolanaRequest($"sol_{++made}", (ulong)made);
                var began = Stopwatch.GetTimestamp();
                if (await fleet.LeadAsync(1, request) is not SigningReport.Signed)
                    throw new InvalidOperationException("It was not signed.");
                if (block >= 0)
                    (isHeard ? heard : quiet).Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }
        quiet.Sort();
        heard.Sort();
        Console.WriteLine($"{"FROST Ed25519, three nodes in one process",-44}{"p50",9}{"p95",9}  ms");
        Console.WriteLine($"{"nobody listens",-44}{quiet[quiet.Count / 2],9:F2}{quiet[quiet.Count * 95 / 100],9:F2}");
        Console.WriteLine($"{"every span and measure is heard",-44}{heard[heard.Count / 2],9:F2}{heard[heard.Count * 95 / 100],9:F2}");
        Console.WriteLine($"ratio of the medians {heard[heard.Count / 2] / quiet[quiet.Count / 2]:F3}; {spans / (double)(heard.Count + Requests):F0} spans and {values / (double)(heard.Count + Requests):F0} measures a signature");
        Console.WriteLine($"a span that is heard: {Span(true):F0} ns; one that nobody hears: {Span(false):F1} ns");
    }

    static double Span(bool isHeard)
    {
        const int Count = 1_000_000;
        using var source = new ActivitySource($"bench.{isHeard}");
        using var listener = new ActivityListener
        {
            ShouldListenTo = other => isHeard && other.Name == source.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Count; i++)
            source.StartActivity("span")?.SetTag("a", "b").Dispose();
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / Count;
    }
}
